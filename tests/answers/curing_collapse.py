"""Answers to the exercises of lesson 08: right ones however written, usual mistakes, mistakes together."""
import math

import torch
from torch import nn

from gensq_course.lessons.curing_collapse.verdict import ANSWERS
from gensq_course.lessons.curing_collapse.waste import best_mixtures

NAMES = ("price_with_free_bits", "normalised_means", "bag_log_likelihood", "verdict", "wasted_nats")
bits, norm, bag, clinic, waste = NAMES


def batch_norm(mean, gamma):
    layer = nn.BatchNorm1d(mean.shape[1], eps=1e-12)
    nn.init.constant_(layer.weight, gamma)
    return layer(mean)


def by_loop(log_probs, targets, lengths):
    rows = [sum(log_probs[i, t] for t in row[: lengths[i]]) for i, row in enumerate(targets)]
    return torch.stack(rows)


def hull(rates, distortions):
    """By a scan of all slopes: the largest supporting line below all points."""
    r, d = rates.tolist(), distortions.tolist()
    lines = [((d[j] - d[i]) / (r[j] - r[i]), i) for i in range(len(r)) for j in range(len(r)) if r[i] < r[j]]
    below = [(s, d[i] - s * r[i]) for s, i in lines if all(y >= d[i] + s * (x - r[i]) - 1e-5 for x, y in zip(r, d))]
    ends = {x: min(y for z, y in zip(r, d) if z == x) for x in (min(r), max(r))}
    return torch.tensor([y - max([ends[x]] if x in ends else [s * x + c for s, c in below]) for x, y in zip(r, d)])


RIGHT = [
    ("price_with_free_bits", lambda kl, floor: torch.maximum(kl.mean(0), torch.tensor(floor))),
    ("price_with_free_bits", lambda kl, floor: torch.where(kl.mean(0) > floor, kl.mean(0), floor)),
    ("normalised_means", batch_norm),
    ("normalised_means", lambda m, g: g * (m - m.mean(0)) / m.std(0)),
    ("normalised_means", lambda m, g: nn.functional.batch_norm(m, None, None, torch.full(m.shape[1:], g), training=True)),
    ("normalised_means", lambda m, g: g * (m - m.mean(0)) / ((m - m.mean(0)) ** 2).mean(0).sqrt()),
    ("bag_log_likelihood", by_loop),
    ("verdict", lambda: dict(ANSWERS)),
    ("wasted_nats", hull),
]


def mask(targets, lengths):
    return torch.arange(targets.shape[1]) < lengths[:, None]


WRONG = [  # exercise, answer, words that the message must hold
    (bits, lambda kl, floor: kl.clamp(min=floor).mean(0), ["under every sentence"]),
    (bits, lambda kl, floor: (kl * (kl > floor)).mean(0), ["hard mask per sentence"]),
    (bits, lambda kl, floor: kl.mean(0) * (kl.mean(0) > floor), ["charge the floor itself"]),
    (bits, lambda kl, floor: kl.mean(0).clamp(max=floor), ["smaller of the two"]),
    (bits, lambda kl, floor: (kl.mean(0) - floor).relu(), ["only what lies above"]),
    (bits, lambda kl, floor: kl.mean(0), ["no floor"]),
    (bits, lambda kl, floor: kl.mean(0).sum().clamp(min=floor)[None], ["one group"]),
    (bits, lambda kl, floor: kl.mean(0).clamp(min=floor / kl.shape[1]), ["divided by the number of dimensions"]),
    (bits, lambda kl, floor: kl.sum(0).clamp(min=floor), ["sums over the batch"]),
    (bits, lambda kl, floor: kl.mean(1).clamp(min=floor), ["averages over the dimensions"]),
    (bits, lambda kl, floor: kl.mean(0).clamp(min=floor).sum(), ["one number per dimension"]),
    (bits, lambda kl, floor: -kl.clamp(min=floor).mean(0), ["under every sentence", "sign"]),
    (bits, lambda kl, floor: kl.clamp(min=floor / kl.shape[1]).mean(0), ["under every sentence", "divided by the number"]),
    (bits, lambda kl, floor: kl.mean(0).clamp(min=floor) / math.log(2), ["bits"]),
    (bits, lambda kl, floor: [None][0], ["None"]),
    (bits, lambda kl, floor: kl.clamp_(min=floor).mean(0), ["in place"]),
    (norm, lambda m, g: g * (m - m.mean(1, keepdim=True)) / m.std(1, keepdim=True, correction=0), ["each sentence"]),
    (norm, lambda m, g: g * (m - m.mean()) / m.std(correction=0), ["one spread for all"]),
    (norm, lambda m, g: g * m / m.std(0, correction=0), ["not taken off"]),
    (norm, lambda m, g: g * (m - m.mean(0)) / m.var(0, correction=0), ["divides by the variance"]),
    (norm, lambda m, g: (m - m.mean(0)) / m.std(0, correction=0), ["gamma is missing"]),
    (norm, lambda m, g: g**0.5 * (m - m.mean(0)) / m.std(0, correction=0), ["root of gamma"]),
    (norm, lambda m, g: g * (m - m.mean(0)), ["not divided"]),
    (norm, lambda m, g: g * (m - m.mean(0)) / m.std(0, correction=0) + g, ["only scales"]),
    (norm, lambda m, g: (m - m.mean(0)) / m.std(0), ["n - 1", "gamma is missing"]),
    (norm, lambda m, g: (m - m.mean(0)) / m.var(0, correction=0), ["variance", "gamma is missing"]),
    (bag, lambda p, t, n: p.gather(1, t).sum(-1), ["padding is counted"]),
    (bag, lambda p, t, n: (p.gather(1, t) * mask(t, n - 1)).sum(-1), ["<eos>"]),
    (bag, lambda p, t, n: (p.gather(1, t) * mask(t, n)).sum(-1) / n, ["mean over the tokens"]),
    (bag, lambda p, t, n: p.gather(1, t) * mask(t, n), ["one number per token"]),
    (bag, lambda p, t, n: (p.gather(1, t).exp() * mask(t, n)).sum(-1), ["adds up probabilities"]),
    (bag, lambda p, t, n: -(p.gather(1, t)).sum(-1), ["padding is counted", "sign"]),
    (bag, lambda p, t, n: (p.gather(1, t) * mask(t, n - 1)).sum(-1) / (n - 1).clamp(min=1), ["<eos>", "mean over the tokens"]),
    (bag, lambda p, t, n: p.gather(1, t)[0, 0].item(), ["float"]),
    (bag, lambda p, t, n: p.gather(1, t).where(t != 0, 0.0).sum(-1), ["guessed from the targets"]),
    (norm, lambda m, g: (m - m.mean(0)) / (g * m.std(0, correction=0)), ["divided by gamma"]),
    (waste, lambda r, d: d - torch.stack([d[r <= x].min() for x in r]), ["mixtures of two runs"]),
    (waste, lambda r, d: d - d.min(), ["another rate"]),
    (waste, lambda r, d: r + d - (r + d).min(), ["compares by -ELBO"]),
    (waste, lambda r, d: d - best_mixtures(r, d, {"share"}.__contains__), ["another rate"]),
    *((waste, lambda r, d, mistake=mistake: d - best_mixtures(r, d, {mistake}.__contains__), [says]) for mistake, says in (
        ("half", "one half"), ("start", "wrong run"), ("beyond", "beyond their two runs"), ("worst", "worst mixture"),
        ("not itself", "not mixed with itself"), ("equal rates", "the same rate"))),
    (waste, lambda r, d: (d - best_mixtures(r, d)) / d, ["divided by the distortion"]),
    (bag, lambda p, t, n: (p.gather(1, t) * mask(t, n)).sum(-1), ["0 times minus infinity"]),
    (bag, lambda p, t, n: p[:, t].sum(-1), ["at every sentence's words"]),
    (bits, lambda kl, floor: kl.mean(0) + floor, ["the floor is added"]),
    (bits, lambda kl, floor: kl.mean().clamp(min=floor).expand(kl.shape[1]), ["one mean over everything"]),
    (bits, lambda kl, floor: kl.clamp(min=floor), ["mean over the batch is missing"]),
    (bits, lambda kl, floor: kl.amax(0).clamp(min=floor), ["largest KL"]),
    (waste, best_mixtures, ["how far the run lies above"]),
    ("verdict", lambda: {**ANSWERS, "A": "cured"}, ["A: a cured model", "cost of a shuffled z 0.0"]),
    ("verdict", lambda: {**ANSWERS, "D": "empty", "C": "cured"}, ["D: an empty z", "4 nats", "C: a cured model"]),
    ("verdict", lambda: {word: letter for letter, word in ANSWERS.items()}, ["keys and values are exchanged"]),
    ("verdict", lambda: {**ANSWERS, "D": "empty"}, ["pays 4 nats"]),
    ("verdict", lambda: "cured", ["expected a dict"]),
    ("verdict", lambda: {"A": "well"}, ["is no option", "no answer yet"]),
]
