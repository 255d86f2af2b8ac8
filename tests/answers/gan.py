"""Answers to the exercises of lesson 14: right ones however written, usual mistakes, mistakes together."""
import math

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid, one_hot, softplus

from gensq_course.lessons.gan.ward import ANSWERS

NAMES = ("game_losses", "optimal_judge", "gradient_penalty", "orbit", "mode_shares", "diagnoses")
losses, best, slope, circle, modes, ward = NAMES


def bce(logits, label):
    return binary_cross_entropy_with_logits(logits, torch.full_like(logits, label), reduction="none")


def penalty(critic, real, fake, alpha, *, axes=None, graph=True, target=1.0, root=True, detach=True):
    share = alpha.reshape(-1, *[1] * (real.dim() - 1))
    x = share * real + (1 - share) * fake
    x = (x.detach() if detach else x).requires_grad_()
    (g,) = torch.autograd.grad(critic(x).sum(), x, create_graph=graph)
    square = g.square().sum(tuple(range(1, g.dim())) if axes is None else axes)
    return ((square.sqrt() if root else square) - target) ** 2


def pair(real, fake):
    return torch.stack([softplus(-real) + softplus(fake), softplus(-fake)], -1)


def belonging(x, centres, radius):
    d = torch.cdist(x, centres)
    return one_hot(d.argmin(1), len(centres)) * (d <= radius)


def circled(start, h, penalty, alternate, steps, *, towards=1, first=True, size=torch.linalg.norm):
    matrix = torch.tensor([[1.0, h], [-h * towards, 1 - h * penalty]], dtype=start.dtype)
    if alternate:
        matrix[0] = torch.tensor([1 - towards * h * h, h * (1 - h * penalty)], dtype=start.dtype)
    found = [start]
    for _ in range(steps):
        found.append(matrix @ found[-1])
    return torch.stack([size(x) for x in found[first:]])


RIGHT = [
    (circle, circled),
    (losses, pair),
    (losses, lambda real, fake: torch.stack([bce(real, 1.0) + bce(fake, 0.0), bce(fake, 1.0)], 1)),
    (best, lambda log_p, log_q: 1 / (1 + (log_q - log_p).exp())),
    (best, lambda log_p, log_q: torch.stack([log_p, log_q]).softmax(0)[0]),
    (slope, penalty),
    (slope, lambda *inputs: penalty(*inputs, detach=False)),
    (modes, lambda x, centres, radius: belonging(x, centres, radius).sum(0) / len(x)),
    (modes, lambda x, centres, radius: belonging(x, centres, radius).float().mean(0)),
    (ward, lambda: dict(ANSWERS)),
]

WRONG = [  # exercise, answer, words that the message must hold
    (losses, lambda r, f: torch.stack([softplus(r) + softplus(-f), softplus(-f)], 1), ["labels are swapped"]),
    (losses, lambda r, f: torch.stack([softplus(-r) + softplus(f), -softplus(f)], 1), ["saturating one"]),
    (losses, lambda r, f: torch.stack([softplus(-r) + softplus(f), -softplus(-f)], 1), ["sign turned"]),
    (losses, lambda r, f: torch.stack([softplus(-r) + softplus(f), softplus(-r)], 1), ["looks at real examples"]),
    (losses, lambda r, f: pair(r.sigmoid(), f.sigmoid()), ["sigmoid is applied"]),
    (losses, lambda r, f: torch.stack([-r.sigmoid().log() - (1 - f.sigmoid()).log(), -f.sigmoid().log()], 1), ["-inf"]),
    (losses, lambda r, f: torch.stack([softplus(f), softplus(-f)], 1), ["lacks its real"]),
    (losses, lambda r, f: torch.stack([softplus(-r), softplus(-f)], 1), ["lacks the fakes"]),
    (losses, lambda r, f: torch.stack([(softplus(-r) + softplus(f)) / 2, softplus(-f)], 1), ["not their mean"]),
    (losses, lambda r, f: pair(r, f).flip(1), ["columns are exchanged"]),
    (losses, lambda r, f: pair(r, f).T, ["wrong axis"]),
    (losses, lambda r, f: pair(r, f).mean(0), ["averages over the batch"]),
    (losses, lambda r, f: -pair(r, f), ["signs are turned"]),
    (losses, lambda r, f: pair(f, r), ["looks at real examples"]),
    (losses, lambda r, f: [None][0], ["none"]),
    (best, lambda p, q: (q - p).sigmoid(), ["exchanged"]),
    (best, lambda p, q: p.exp() / (p.exp() + q.exp()), ["0 / 0"]),
    (best, lambda p, q: p - q, ["logit"]),
    (best, lambda p, q: (p - q).exp(), ["ratio"]),
    (best, lambda p, q: p / (p + q), ["log densities are put"]),
    (best, lambda p, q: (p > q).float(), ["decides"]),
    (best, lambda p, q: logsigmoid(p - q), ["logarithm"]),
    (slope, lambda *inputs: penalty(*inputs, graph=False), ["create_graph"]),
    (slope, lambda *inputs: penalty(*inputs).detach(), ["create_graph"]),
    (slope, lambda *inputs: penalty(*inputs, target=0.0), ["- 1 is missing"]),
    (slope, lambda *inputs: penalty(*inputs, root=False), ["has a root"]),
    (slope, lambda *inputs: penalty(*inputs, axes=0), ["batch axis"]),
    (slope, lambda *inputs: penalty(*inputs, axes=-1), ["last axis"]),
    (slope, lambda *inputs: penalty(*inputs, axes=tuple(range(inputs[1].dim()))).expand(len(inputs[1])), ["one norm"]),
    (slope, lambda c, r, f, a: penalty(c, r, f, a[:1].expand_as(a)), ["same alpha"]),
    (slope, lambda c, r, f, a: penalty(c, r, f, 1 - a), ["alpha belongs"]),
    (slope, lambda c, r, f, a: penalty(c, r, r, a), ["at the real"]),
    (slope, lambda c, r, f, a: penalty(c, f, f, a), ["at the fakes"]),
    (slope, lambda c, r, f, a: penalty(c, r, f, a).mean(0), ["averages over the batch"]),
    (circle, lambda s, h, p, alternate, n: circled(s, h, p, True, n), ["answers the new psi"]),
    (circle, lambda s, h, p, alternate, n: circled(s, h, p, False, n), ["answers the old psi"]),
    (circle, lambda s, h, p, alternate, n: circled(s, h, p, not alternate, n), ["two orders are exchanged"]),
    (circle, lambda s, h, p, alternate, n: circled(s, h, 0.0, alternate, n), ["penalty is not used"]),
    (circle, lambda s, h, p, alternate, n: circled(s, h, -p, alternate, n), ["penalty has the wrong sign"]),
    (circle, lambda s, h, p, alternate, n: circled(s, h, 2 * p, alternate, n), ["counts twice"]),
    (circle, lambda s, h, p, alternate, n: circled(s.flip(0), h, p, alternate, n), ["theta and psi are exchanged"]),
    (circle, lambda *inputs: circled(*inputs, towards=-1), ["judge's step has the wrong sign"]),
    (circle, lambda *inputs: circled(*inputs, first=False)[:-1], ["the start is in the list"]),
    (circle, lambda *inputs: circled(*inputs)[-1:], ["only the last distance"]),
    (circle, lambda *inputs: circled(*inputs).square(), ["squared distance"]),
    (circle, lambda *inputs: circled(*inputs, size=lambda x: x.abs().sum()), ["straight distance"]),
    (modes, lambda x, c, r: (torch.cdist(x, c) <= r).float().mean(0), ["counted for both"]),
    (modes, lambda x, c, r: belonging(x, c, math.inf).float().mean(0), ["however far"]),
    (modes, lambda x, c, r: belonging(x, c, r).sum(0) / belonging(x, c, r).sum().clamp(min=1), ["divide by all samples"]),
    (modes, lambda x, c, r: belonging(x, c, r).sum(0).float(), ["these are counts"]),
    (modes, lambda x, c, r: belonging(x, c, r).any(0).float(), ["one sample is enough"]),
    (modes, lambda x, c, r: belonging(x, c, r).sum(1).float(), ["per sample"]),
    (modes, lambda x, c, r: belonging(x, c, r**0.5).float().mean(0), ["squared distances"]),
    (ward, lambda: {**ANSWERS, "C": "healthy"}, ["c: a healthy run"]),
    (ward, lambda: {**ANSWERS, "A": "generator not in the optimiser"}, ["a: gradients would arrive"]),
    (ward, lambda: "healthy", ["expected a dict"]),
    (ward, lambda: {"B": "well"}, ["is no option", "no answer yet"]),
]

COMPOSED = [
    (losses, lambda r, f: torch.stack([softplus(r) + softplus(-f), -softplus(f)], 1), ["labels are swapped", "saturating"]),
    (losses, lambda r, f: torch.stack([(softplus(-r) + softplus(f)) / 2, -softplus(f)], 1), ["not their mean", "saturating"]),
    (losses, lambda r, f: pair(r, f).flip(1).mean(0), ["columns are exchanged", "averages over the batch"]),
    (losses, lambda r, f: -pair(r, f).mean(0), ["signs are turned", "averages over the batch"]),
    (best, lambda p, q: q - p, ["exchanged", "logit"]),
    (best, lambda p, q: (q - p).exp(), ["exchanged", "ratio"]),
    (slope, lambda *inputs: penalty(*inputs, target=0.0, root=False), ["- 1 is missing", "has a root"]),
    (slope, lambda *inputs: penalty(*inputs, axes=-1, target=0.0), ["last axis", "- 1 is missing"]),
    (slope, lambda c, r, f, a: penalty(c, r, f, (1 - a)[:1].expand_as(a)), ["same alpha", "alpha belongs"]),
    (slope, lambda c, r, f, a: penalty(c, r, f, a, root=False).mean(0), ["has a root", "averages"]),
    (modes, lambda x, c, r: (torch.cdist(x, c) <= r).float().sum(0), ["counted for both", "these are counts"]),
    (modes, lambda x, c, r: belonging(x, c, math.inf).float().mean(0) * len(x), ["however far", "these are counts"]),
]
