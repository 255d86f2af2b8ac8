"""Answers to the exercises of lesson 12: right ones however written, usual mistakes, mistakes together."""
import math
from functools import partial

import torch
from torch.nn import functional

NAMES = ("copy_loss", "rouge_l", "wrong_share", "coverage_loss", "compression_bound")
copy, rouge, wrong, coverage, bound = NAMES
TINY = 1e-8


def lcs(a, b, step=lambda up, left, corner: max(up, left)):
    """By rows of plain integers."""
    above = [0] * (len(b) + 1)
    for x in a:
        row = [0]
        for j, y in enumerate(b):
            row.append(above[j] + 1 if x == y else step(above[j + 1], row[j], above[j]))
        above = row
    return above[-1]


def recursive(a, b):
    """Without a table."""
    if not a or not b:
        return 0
    return 1 + recursive(a[1:], b[1:]) if a[0] == b[0] else max(recursive(a[1:], b), recursive(a, b[1:]))


def f(beta, shared, said, reference):
    r, p = shared / len(reference), shared / len(said)
    below = r + beta**2 * p
    return (1 + beta**2) * r * p / below if below else 0 * beta


def by(length, score=f):
    """ROUGE-L with another length or another score."""
    def answer(beta, said, reference):
        return torch.as_tensor(score(beta, length(said.tolist(), reference.tolist()), said, reference), dtype=beta.dtype)
    return answer


def shared_in_any_order(a, b):
    left = list(b)
    return sum(word in left and not left.remove(word) for word in a)


def first_places(a, b):
    place = shared = 0
    for word in a:
        if word in b[place:]:
            place, shared = b.index(word, place) + 1, shared + 1
    return shared


def mixture(gate, log_vocab, weights, same):
    g = torch.sigmoid(gate)
    return g * torch.exp(log_vocab) + (1 - g) * torch.where(same, weights, 0.0).sum(1)


def in_logarithms(gate, log_vocab, weights, same):
    """As the library does it, with the floor at the end."""
    copied = (weights * same).sum(-1).clamp(min=1e-38).log()
    mixed = torch.logaddexp(functional.logsigmoid(gate) + log_vocab, functional.logsigmoid(-gate) + copied)
    return -mixed.clamp(min=math.log(TINY))


def floored(p):
    return -p.clamp(min=TINY).log()


def copied(weights, same):
    return (weights * same).sum(-1)


def share(weight, said, report, bad=lambda s, r: (s != 0) & (s != r), total=lambda w, s, r: (w * (s != 0)).sum(1)):
    below = total(weight, said, report)
    return (weight * bad(said, report)).sum(1) / torch.as_tensor(below).masked_fill(torch.as_tensor(below) == 0, 1)


def by_loop(weight, said, report):
    found = []
    for ours, theirs in zip(said.tolist(), report.tolist(), strict=True):
        below = sum(w for w, s in zip(weight.tolist(), ours) if s)
        above = sum(w for w, s, r in zip(weight.tolist(), ours, theirs) if s and s != r)
        found.append(above / below if below else 0.0)
    return torch.tensor(found, dtype=weight.dtype)


def looked_again(weights):
    """Step by step."""
    seen, total = torch.zeros_like(weights[0]), torch.zeros((), dtype=weights.dtype)
    for row in weights:
        total, seen = total + torch.minimum(row, seen).sum(), seen + row
    return total


def before(weights):
    return weights.cumsum(0) - weights


RIGHT = [
    (copy, lambda g, v, w, s: floored(mixture(g, v, w, s))),
    (copy, in_logarithms),
    (rouge, by(lcs)),
    (rouge, by(recursive)),
    (wrong, share), (wrong, by_loop),
    (coverage, looked_again),
    (coverage, lambda w: torch.stack([w, before(w)]).amin(0).sum()),
    (bound, lambda x, c, q: x.mean() + (c - q).mean()),
]

WRONG = [
    (copy, lambda g, v, w, s: -mixture(g, v, w, s).log(), "there is no floor"),
    (copy, lambda g, v, w, s: floored(mixture(-g, v, w, s)), "gate is turned around"),
    (copy, lambda g, v, w, s: floored(v.exp() + copied(w, s)), "without the gate"),
    (copy, lambda g, v, w, s: floored(g * v.exp() + (1 - g) * copied(w, s)), "a logit"),
    (copy, lambda g, v, w, s: floored(v.exp()), "nothing is copied"),
    (copy, lambda g, v, w, s: floored(copied(w, s)), "only copies count"),
    (copy, lambda g, v, w, s: floored(mixture(g, v, w, s & (s.cumsum(1) == 1))), "first place"),
    (copy, lambda g, v, w, s: floored(g.sigmoid() * v.exp() + (1 - g.sigmoid()) * (w * s).amax(-1)), "highest weight"),
    (copy, lambda g, v, w, s: floored(g.sigmoid() * v.exp() + (1 - g.sigmoid()) * (w * s).mean(-1)),
     "averaged over the document"),
    (copy, lambda g, v, w, s: floored(mixture(g, v, w, torch.ones_like(s))), "same is not used"),
    (copy, lambda g, v, w, s: floored(g.sigmoid() * v.exp() + (1 - g.sigmoid()) * s.any(-1)), "copied for certain"),
    (copy, lambda g, v, w, s: floored(g.sigmoid() * v + (1 - g.sigmoid()) * copied(w, s)), "take exp"),
    (copy, lambda g, v, w, s: mixture(g, v, w, s), "this is the probability"),
    (copy, lambda g, v, w, s: floored((g.sigmoid() * v + (1 - g.sigmoid()) * copied(w, s).clamp(min=TINY).log()).exp()),
     "logarithms are mixed"),
    (copy, lambda g, v, w, s: -mixture(g, v, w, s).clamp(min=1e-2).log(), "hide rare words"),
    (copy, lambda g, v, w, s: -floored(mixture(g, v, w, s)), "sign"),
    (copy, lambda g, v, w, s: floored(mixture(g, v, w, s)).mean(), "batch"),
    (copy, lambda g, v, w, s: floored(mixture(g, v, w, s)) / math.log(2), "bits"),
    (rouge, by(shared_in_any_order), "any order"),
    (rouge, by(first_places), "first place that is left"),
    (rouge, by(lambda a, b: sum(x == y for x, y in zip(a, b))), "same places"),
    (rouge, by(partial(lcs, step=lambda up, left, corner: 0)), "substring"),
    (rouge, by(partial(lcs, step=lambda up, left, corner: corner)), "both are skipped at once"),
    (rouge, by(partial(lcs, step=lambda up, left, corner: up)), "one side"),
    (rouge, by(lcs, lambda beta, n, a, b: n), "length of the subsequence"),
    (rouge, by(lcs, lambda beta, n, a, b: n / len(b)), "this is recall"),
    (rouge, by(lcs, lambda beta, n, a, b: n / len(a)), "this is precision"),
    (rouge, by(lcs, lambda beta, n, a, b: f(beta, n, b, a)), "wrong side"),
    (rouge, by(lcs, lambda beta, n, a, b: f(beta**0.5, n, a, b)), "squared"),
    (rouge, by(lcs, lambda beta, n, a, b: f(beta**0, n, a, b)), "beta is not used"),
    (rouge, by(lcs, lambda beta, n, a, b: f(beta, n, a, b) / (1 + beta**2)), "factor 1 + beta"),
    (rouge, by(lcs, lambda beta, n, a, b: (n / len(a) + n / len(b)) / 2), "arithmetic mean"),
    (rouge, by(lcs, lambda beta, n, a, b: n / len(a) * n / len(b)), "not divided by R"),
    (wrong, lambda w, s, r: share(w, s, r, bad=lambda s, r: s != r), "left out counts as wrong"),
    (wrong, lambda w, s, r: share(w, s, r, bad=lambda s, r: (s != 0) & (r != 0) & (s != r)), "counts as right when it is said"),
    (wrong, lambda w, s, r: share(w, s, r, bad=lambda s, r: (s != 0) & (s == r)), "share of what is right"),
    (wrong, lambda w, s, r: ((s != 0) & (s != r)).any(1).to(w), "whether anything is wrong"),
    (wrong, lambda w, s, r: (w * ((s != 0) & (s != r))).sum(1), "not divided by what is said"),
    (wrong, lambda w, s, r: share(w, s, r, total=lambda w, s, r: w.sum()), "divided by all facts"),
    (wrong, lambda w, s, r: share(w, s, r, total=lambda w, s, r: (w * (r != 0)).sum(1)), "facts of the report"),
    (wrong, lambda w, s, r: share(w, s, r, total=lambda w, s, r: s.shape[1]), "number of facts"),
    (wrong, lambda w, s, r: share(torch.ones_like(w), s, r), "weight is not used"),
    (wrong, lambda w, s, r: share(w, s, r, total=lambda w, s, r: (s != 0).to(w).sum(1)), "what is said is not weighed"),
    (wrong, lambda w, s, r: (w * ((s != 0) & (s != r))).sum() / (w * (s != 0)).sum(), "one number for each"),
    (wrong, lambda w, s, r: (w * ((s != 0) & (s != r))).sum(1) / (w * (s != 0)).sum(1), "0 / 0"),
    (coverage, lambda w: torch.minimum(w, w.cumsum(0)).sum(), "in its own coverage"),
    (coverage, lambda w: torch.maximum(w, before(w)).sum(), "larger one is taken"),
    (coverage, lambda w: torch.minimum(w, before(w)).mean(), "averaged; the sum"),
    (coverage, lambda w: torch.minimum(w, before(w)).sum(1).mean(), "averaged over the words of the summary"),
    (coverage, lambda w: (w * before(w)).sum(), "multiplied"),
    (coverage, lambda w: torch.minimum(w, w.cumsum(1) - w).sum(), "along the document"),
    (coverage, lambda w: torch.minimum(w[1:], w[:-1]).sum(), "word just before"),
    (coverage, lambda w: torch.minimum(w, w.roll(1, 0)).sum(), "wraps around"),
    (coverage, lambda w: torch.minimum(w, w.sum(0) - w).sum(), "come later"),
    (coverage, lambda w: (w - before(w)).abs().sum(), "difference of attention"),
    (coverage, lambda w: (w - before(w)).clamp(min=0).sum(), "first time"),
    (coverage, lambda w: torch.minimum(w, before(w) / torch.arange(1, len(w) + 1)[:, None]).sum(),
     "averaged over the words so far"),
    (coverage, lambda w: -looked_again(w), "sign"),
    (bound, lambda x, c, q: (x + c).mean(), "entropy of q"),
    (bound, lambda x, c, q: (x + c + q).mean(), "log_q is added"),
    (bound, lambda x, c, q: (x - q).mean(), "log_prior is missing"),
    (bound, lambda x, c, q: (x - c - q).mean(), "log_prior is subtracted"),
    (bound, lambda x, c, q: (c - q).mean(), "log_document is missing"),
    (bound, lambda x, c, q: (x + c - q).sum(), "added up; their mean"),
    (bound, lambda x, c, q: (x + c - q).max(), "only the best draw"),
    (bound, lambda x, c, q: (q.exp() * (x + c - q)).sum(), "weighed by q"),
    (bound, lambda x, c, q: (x + c - q).logsumexp(0) - math.log(len(q)), "importance-weighted"),
    (bound, lambda x, c, q: x + c - q, "a number for each draw"),
    (bound, lambda x, c, q: (x + c - q).exp().mean(), "p(x) itself"),
    (bound, lambda x, c, q: (x + 0.1 * c - q).mean(), "multiplied by 0.1"),
    (bound, lambda x, c, q: -(x + c - q).mean(), "sign"),
]

COMPOSED = [
    (copy, lambda g, v, w, s: -mixture(-g, v, w, s).log(), ["there is no floor", "gate is turned around"]),
    (copy, lambda g, v, w, s: -mixture(g, v, w, torch.ones_like(s)).log(), ["there is no floor", "same is not used"]),
    (copy, lambda g, v, w, s: floored(mixture(-g, v, w, torch.ones_like(s))), ["gate is turned around", "same is not used"]),
    (rouge, by(shared_in_any_order, lambda beta, n, a, b: n / len(b)), ["any order", "this is recall"]),
    (rouge, by(partial(lcs, step=lambda *_: 0), lambda beta, n, a, b: n / len(a)), ["substring", "this is precision"]),
    (rouge, by(partial(lcs, step=lambda up, left, corner: up), lambda beta, n, a, b: n / len(a)), ["one side",
     "this is precision"]),
    (wrong, lambda w, s, r: share(torch.ones_like(w), s, r, bad=lambda s, r: s != r),
     ["left out counts as wrong", "weight is not used"]),
    (wrong, lambda w, s, r: (w * (s != r)).sum(1), ["left out counts as wrong", "not divided by what is said"]),
    (coverage, lambda w: torch.minimum(w, w.cumsum(0)).mean(), ["in its own coverage", "averaged; the sum"]),
    (coverage, lambda w: torch.maximum(w, w.cumsum(0)).sum(), ["in its own coverage", "larger one is taken"]),
    (bound, lambda x, c, q: x.mean(), ["entropy of q", "log_prior is missing"]),
    (bound, lambda x, c, q: (x + c).sum(), ["entropy of q", "added up; their mean"]),
]
