"""Answers to the exercises of lesson 20: right ones however written, usual mistakes, mistakes together."""
import math

import torch
from torch.nn import functional

from gensq_course.lessons.tutorial_autopsy import hunting

NAMES = ("hunt", "sentence_codes", "elbo_loss", "real_fake_loss", "corpus_perplexity", "one_round")
hunt, codes, elbo, loss, perplexity, game = NAMES
softplus = functional.softplus
FOUND = hunting.answers()
FALSE = next(number for number, line in enumerate(hunting.lines(), start=1) if line.innocent)
BLANK = next(number for number, line in enumerate(hunting.lines(), start=1) if not line.text)


def kl_of(m, v):
    return (m.square() + v.exp() - v - 1) / 2


def words_of(nll, real):
    return torch.where(real, nll, 0.0).sum(-1)


def elbo_of(nll, real, mean, log_var, kl=kl_of, said=words_of):
    return (said(nll, real) + kl(mean, log_var).sum(-1)).mean()


def by_distributions(nll, real, mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return (nll * real).sum() / len(nll) + torch.distributions.kl_divergence(q, p).sum() / len(nll)


def bce(real, fake):
    price = functional.binary_cross_entropy_with_logits
    return price(real, torch.ones_like(real)) + price(fake, torch.zeros_like(fake))


def by_steps(generator, judge, real, noise, fresh, rate, *, detach=True, of_judge=None, of_generator=None, seen="fresh",
             against="new", down=(1, 1), moves=(True, True), order=("generator", "judge"), total=torch.mean, step=None):
    """A round with torch's own optimiser in mind; each keyword is a mistake."""
    of_judge = of_judge or (lambda real, fake: total(softplus(-real)) + total(softplus(fake)))
    of_generator = of_generator or (lambda fake: total(softplus(-fake)))
    rate = rate if step is None else step
    g, d = generator.clone().requires_grad_(), judge.clone().requires_grad_()
    fakes = noise + g
    slopes = torch.autograd.grad(of_judge(real @ d, (fakes.detach() if detach else fakes) @ d), [d] if detach else [d, g])
    new = judge - rate * down[0] * slopes[0] if moves[0] else judge
    g = g if detach else (generator - rate * slopes[1]).requires_grad_()
    shown = {"fresh": fresh, "noise": noise}[seen]
    slope, = torch.autograd.grad(of_generator((shown + g) @ {"new": new, "old": judge}[against]), g)
    moved = g.detach() - rate * down[1] * slope if moves[1] else generator
    both = {"generator": moved, "judge": new}
    return torch.stack([both[name].detach() for name in order])


def round_with(**mistake):
    return lambda *inputs: by_steps(*inputs, **mistake)


def first_generator(generator, judge, real, noise, fresh, rate):
    moved = by_steps(generator, judge, real, noise, fresh, rate, against="old")[0]
    d = judge.clone().requires_grad_()
    price = softplus(-(real @ d)).mean() + softplus((noise + moved) @ d).mean()
    return torch.stack([moved, judge - rate * torch.autograd.grad(price, d)[0]])


def shown_noise(generator, judge, real, noise, fresh, rate):
    return by_steps(generator, judge, real, noise - generator, fresh, rate)


def fresh_for_the_judge(generator, judge, real, noise, fresh, rate):
    return by_steps(generator, judge, real, fresh, fresh, rate)


def noises_swapped(generator, judge, real, noise, fresh, rate):
    return by_steps(generator, judge, real, fresh, noise, rate)


def some(num, **more):
    return lambda: {number: kind for number, kind in list(FOUND.items())[:num]} | more


RIGHT = [
    (hunt, lambda: list(FOUND)), (hunt, lambda: FOUND), (hunt, some(32)), (hunt, lambda: tuple(FOUND)),
    (codes, lambda h: torch.cat(tuple(h), dim=1)), (codes, lambda h: h.transpose(0, 1).reshape(h.shape[1], -1)),
    (codes, lambda h: h.permute(1, 0, 2).flatten(1)),
    (elbo, elbo_of), (elbo, by_distributions),
    (loss, bce), (loss, lambda r, f: -functional.logsigmoid(r).mean() - functional.logsigmoid(-f).mean()),
    (perplexity, lambda n, w: math.exp(1) ** (n.sum() / w.sum())), (perplexity, lambda n, w: torch.exp(n.mean() / w.mean())),
    (game, by_steps),
]

WRONG = [
    (hunt, lambda: [], "thirty are enough"), (hunt, some(20), "thirty are enough"),
    (hunt, lambda: [*FOUND, FALSE], "false alarm costs a point"), (hunt, lambda: [*FOUND, BLANK], "nothing is wrong here"),
    (hunt, lambda: ["6"], "line numbers from 1"), (hunt, lambda: [0, *FOUND], "line numbers from 1"),
    (hunt, lambda: 6, "line numbers such as"), (hunt, lambda: {6: "typo"}, "a kind (mathematics"),
    (codes, lambda h: h.view(h.shape[1], -1), "what lies in memory"), (codes, lambda h: h[0] + h[1], "are added"),
    (codes, lambda h: h.mean(0), "are averaged"), (codes, lambda h: h[-1], "one direction alone"),
    (codes, lambda h: torch.cat([h[1], h[0]], 1), "forward comes first"),
    (codes, lambda h: torch.stack([h[0], h[1]], 1), "axis of their own"),
    (codes, lambda h: torch.stack([h[0], h[1]], -1).flatten(1), "alternate"),
    (codes, lambda h: torch.cat([h[0], h[1]]), "below each other"),
    (codes, lambda h: h.transpose(0, 1).flatten(1).flip(0), "another order than the sentences"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, said=lambda n, r: n.sum(1)), "multiply by real"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, said=lambda n, r: (n * r).sum(1) / r.sum(1)), "nats per word"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, said=lambda n, r: (n * r).mean(1)), "all places of the rectangle"),
    (elbo, lambda n, r, m, v: (n * r).sum(1).mean() + kl_of(m, v).mean(), "averaged over the dimensions"),
    (elbo, lambda n, r, m, v: (n * r).sum(1).mean() - kl_of(m, v).sum(1).mean(), "is subtracted"),
    (elbo, lambda n, r, m, v: (n * r).sum(1).mean(), "the kl is missing"),
    (elbo, lambda n, r, m, v: kl_of(m, v).sum(1).mean(), "the words are missing"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, kl=lambda m, v: m**2 + v.exp() - 1 - v), "factor ½"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, kl=lambda m, v: (m**2 + (2 * v).exp() - 1 - 2 * v) / 2), "taken for log σ"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, kl=lambda m, v: (m**2 + v - 1 - v) / 2), "not log_var"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, kl=lambda m, v: (m**2 + v.exp() - v) / 2), "−1 of the kl"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, kl=lambda m, v: (m**2 + v.exp() - 1) / 2), "−log σ² of the kl is missing"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, kl=lambda m, v: (m**2 + v.exp() - 1 + v) / 2), "sign of log σ²"),
    (elbo, lambda n, r, m, v: elbo_of(n, r, m, v, kl=lambda m, v: (m + v.exp() - 1 - v) / 2), "to be squared"),
    (elbo, lambda n, r, m, v: (n * r).sum(1) + kl_of(m, v).sum(1), "number for each sentence"),
    (elbo, lambda n, r, m, v: n.sum() / n.numel() - kl_of(m, v).mean(), "three things are wrong"),
    (elbo, lambda n, r, m, v: n[r].mean() + kl_of(m, v).sum(1).mean(), "per word of the whole batch"),
    (elbo, lambda n, r, m, v: (n * r).sum() + kl_of(m, v).sum(), "the sentences are added up"),
    (elbo, lambda n, r, m, v: -elbo_of(n, r, m, v), "sign"),
    (loss, lambda r, f: softplus(r).mean() + softplus(-f).mean(), "labels are swapped"),
    (loss, lambda r, f: r.mean() + f.mean(), "push both down, without end"),
    (loss, lambda r, f: r.sigmoid().mean() + f.sigmoid().mean(), "behind a sigmoid"),
    (loss, lambda r, f: f.mean() - r.mean(), "wasserstein"),
    (loss, lambda r, f: bce(r.sigmoid(), f.sigmoid()), "a sigmoid stands before"),
    (loss, lambda r, f: softplus(-r).mean(), "only reals count"), (loss, lambda r, f: softplus(f).mean(), "only fakes count"),
    (loss, lambda r, f: softplus(-r).mean() + softplus(-f).mean(), "generator's loss"),
    (loss, lambda r, f: softplus(r).mean() + softplus(f).mean(), "reals are called fake, as"),
    (loss, lambda r, f: softplus(-r).mean() - softplus(f).mean(), "subtracted; both"),
    (loss, lambda r, f: functional.logsigmoid(r).mean() + functional.logsigmoid(-f).mean(), "not −log d"),
    (loss, lambda r, f: (1 - r.sigmoid()).mean() + f.sigmoid().mean(), "negative logarithm"),
    (loss, lambda r, f: softplus(-r).mean() * softplus(f).mean(), "multiplied"),
    (loss, lambda r, f: bce(r, f) / 2, "divided by two"),
    (loss, lambda r, f: softplus(torch.cat([-r, f])).mean(), "one pot; a mean of each kind is wanted, and their sum"),
    (loss, lambda r, f: 2 * softplus(torch.cat([-r, f])).mean(), "larger kind counts more"),
    (loss, lambda r, f: softplus(-r).sum() + softplus(f).sum(), "mean of each kind"),
    (loss, lambda r, f: (r - 1).square().mean() + f.square().mean(), "lsgan"),
    (perplexity, lambda n, w: (n / w).exp().mean(), "are averaged; one exp"),
    (perplexity, lambda n, w: (n / w).mean().exp(), "counts alike"),
    (perplexity, lambda n, w: n.sum() / w.sum(), "nats per word; its exp"),
    (perplexity, lambda n, w: n.mean().exp(), "not divided by its words"),
    (perplexity, lambda n, w: 2 ** (n.sum() / w.sum()), "belong to e"),
    (perplexity, lambda n, w: (w.sum() / n.sum()).exp(), "upside down"),
    (perplexity, lambda n, w: (n / w).max().exp(), "worst batch"),
    (perplexity, lambda n, w: (w * (n / w).exp()).sum() / w.sum(), "words as weights"),
    (perplexity, lambda n, w: (-n.sum() / w.sum()).exp(), "sign is turned"),
    (game, round_with(detach=False), "moves the generator, too"), (game, round_with(seen="noise"), "use `fresh`"),
    (game, round_with(of_judge=lambda r, f: bce(r, f) / 2), "loss is divided by two"), (game, shown_noise, "noise alone"),
    (game, round_with(against="old"), "before its step"), (game, first_generator, "generator moves first"),
    (game, round_with(of_generator=lambda fake: -softplus(fake).mean()), "flat where it is caught"),
    (game, round_with(of_generator=lambda fake: softplus(fake).mean()), "told to be caught"),
    (game, round_with(of_judge=lambda r, f: softplus(r).mean() + softplus(-f).mean()), "labels are swapped"),
    (game, round_with(of_judge=lambda r, f: softplus(-r).mean()), "sees no fakes"),
    (game, round_with(of_judge=lambda r, f: softplus(f).mean()), "sees no reals"),
    (game, round_with(down=(-1, 1)), "judge goes up"), (game, round_with(down=(1, -1)), "generator goes up"),
    (game, round_with(total=torch.sum), "losses are means"), (game, round_with(step=1.0), "rate is not used"),
    (game, round_with(moves=(False, True)), "judge has not learnt"),
    (game, round_with(moves=(True, False)), "generator has not learnt"),
    (game, round_with(order=("judge", "generator")), "in the other order"),
    (game, round_with(of_judge=lambda r, f: r.mean() + f.mean()), "outputs are taken for losses, as in line 76"),
    (game, round_with(of_judge=lambda r, f: r.sigmoid().mean() + f.sigmoid().mean()), "behind a sigmoid, are taken for losses"),
    (game, fresh_for_the_judge, "shown fakes from `fresh`"), (game, noises_swapped, "changed places"),
    (game, round_with(of_judge=lambda r, f: bce(r.sigmoid(), f.sigmoid())), "sigmoid stands before softplus"),
]

COMPOSED = [
    (hunt, lambda: [*list(FOUND)[:5], FALSE], ["false alarm costs a point", "thirty are enough"]),
    (elbo, lambda n, r, m, v: n.sum(1).mean() + kl_of(m, v).mean(), ["multiply by real", "averaged over the dimensions"]),
    (elbo, lambda n, r, m, v: n.sum(1).mean() - kl_of(m, v).sum(1).mean(), ["multiply by real", "is subtracted"]),
    (elbo, lambda n, r, m, v: n.sum(1).mean(), ["multiply by real", "the kl is missing"]),
    (elbo, lambda n, r, m, v: (n * r).mean(1).mean() + kl_of(m, v).mean(),
     ["all places of the rectangle", "averaged over the dimensions"]),
    (elbo, lambda n, r, m, v: (n * r).mean(1).mean() - kl_of(m, v).sum(1).mean(),
     ["all places of the rectangle", "is subtracted"]),
    (elbo, lambda n, r, m, v: ((n * r).sum(1) / r.sum(1)).mean() - kl_of(m, v).sum(1).mean(),
     ["nats per word", "is subtracted"]),
    (elbo, lambda n, r, m, v: (n * r).sum(1).mean() + (m**2 + v.exp() - 1 - v).mean(),
     ["factor ½", "averaged over the dimensions"]),
    (elbo, lambda n, r, m, v: n.sum(1).mean() + (m**2 + v.exp() - 1 - v).sum(1).mean(), ["multiply by real", "factor ½"]),
    (elbo, lambda n, r, m, v: (n * r).sum(1).mean() - kl_of(m, v).mean(), ["is subtracted", "averaged over the dimensions"]),
]
