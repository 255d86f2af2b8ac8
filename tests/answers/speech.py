"""Answers to the exercises of lesson 13: right ones however written, usual mistakes, mistakes together."""
import math

import torch
from torch.distributions import Normal

NAMES = ("mel_filterbank", "log_spectral_distance", "clip_log_likelihood", "digit_posterior", "expected_errors")
bank, distance, likelihood, posterior, errors = NAMES


def to_mel(hertz):
    return 2595 * torch.log10(1 + hertz / 700)


def to_hertz(mel):
    return 700 * (10 ** (mel / 2595) - 1)


def corners(bins, num, top=None, steps=None):
    return to_hertz(torch.linspace(0, to_mel(bins[-1]).item() if top is None else top, num + 2 if steps is None else steps,
                                   dtype=torch.float64))


def triangles(bins, edges, step=1, shape=lambda up, down: torch.minimum(up, down).clamp(min=0)):
    left, centre, right = edges[:-2:step, None], edges[1:-1:step, None], edges[2::step, None]
    return shape((bins - left) / (centre - left), (right - bins) / (right - centre)).to(bins)


def by_interpolation(bins, num):
    """Each triangle as numpy draws it."""
    import numpy
    edges = corners(bins, num).numpy()
    rows = [numpy.interp(bins.numpy(), edges[i:i + 3], [0, 1, 0], left=0, right=0) for i in range(num)]
    return torch.from_numpy(numpy.stack(rows)).to(bins)


def decibels(power, floor):
    return 10 * (power + floor).log10()


def apart(a, b, floor):
    return decibels(a, floor) - decibels(b, floor)


def log_density(x, mean, log_stddev):
    return Normal(mean, log_stddev.exp()).log_prob(x)


def averaged(log_w):
    return log_w.logsumexp(0) - math.log(log_w.shape[0])


def joint(log_w, log_prior):
    return averaged(log_w) + log_prior


def shares(channel, language):
    return (channel + language).softmax(0)


RIGHT = [
    (bank, lambda bins, num: triangles(bins, corners(bins, num))),
    (bank, by_interpolation),
    (distance, lambda a, b, floor: (10 * ((a + floor) / (b + floor)).log10()).pow(2).mean(-2).sqrt().mean(-1)),
    (distance, lambda a, b, floor: torch.linalg.vector_norm(apart(a, b, floor), dim=1).mean(-1) / math.sqrt(a.shape[1])),
    (likelihood, lambda x, m, s: log_density(x, m, s).sum((1, 2))),
    (likelihood, lambda x, m, s: log_density(x, m, s).flatten(1).sum(1)),
    (posterior, lambda w, p: (w.logsumexp(0) + p).log_softmax(-1)),
    (posterior, lambda w, p: joint(w, p).log_softmax(-1)),
    (errors, lambda c, p, d: (d * shares(c, p)).sum(1)),
    (errors, lambda c, p, d: d @ ((c + p).exp() / (c + p).exp().sum())),
]

WRONG = [
    (bank, lambda bins, num: triangles(bins, torch.linspace(0, bins[-1].item(), num + 2)), "equal steps of hertz"),
    (bank, lambda bins, num: triangles(bins, to_mel(corners(bins, num))), "corners are in mel"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num, top=2595 * math.log(1 + bins[-1].item() / 700))), "natural one"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num, top=to_mel(2 * bins[-1]).item())), "twice the last bin"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num) + 700), "the -1 is missing"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num), shape=torch.minimum), "negative"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num), shape=lambda up, down: torch.maximum(up, down).clamp(min=0)),
     "take the smaller one"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num), shape=lambda up, down: up.clamp(min=0) * down.clamp(min=0)),
     "multiplied"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num), shape=lambda up, down: ((up > 1e-4) & (down > 1e-4)).float()),
     "counts in full"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num, steps=2 * num + 1), step=2), "side by side"),
    (bank, lambda bins, num: (lambda rows: rows / rows.sum(1, keepdim=True))(triangles(bins, corners(bins, num))), "its sum"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num)).T, "exchanged"),
    (bank, lambda bins, num: triangles(bins, corners(bins, num)) * 2 / (
        corners(bins, num)[2:] - corners(bins, num)[:-2])[:, None].to(bins), "area 1"),
    (distance, lambda a, b, floor: 2 * apart(a, b, floor).square().mean(1).sqrt().mean(-1), "magnitudes"),
    (distance, lambda a, b, floor: apart(a, b, floor).square().mean(1).sqrt().mean(-1) / 10, "bels"),
    (distance, lambda a, b, floor: apart(a, b, floor).square().mean(1).sqrt().mean(-1) * math.log(10), "natural one"),
    (distance, lambda a, b, floor: 10 * (a - b).square().mean(1).sqrt().mean(-1), "compared as they are"),
    (distance, lambda a, b, floor: (10 * (a.clamp(min=floor) / b.clamp(min=floor)).log10()).square().mean(1).sqrt().mean(-1),
     "least value"),
    (distance, lambda a, b, floor: apart(a, b, floor).square().mean((1, 2)).sqrt(), "taken once"),
    (distance, lambda a, b, floor: apart(a, b, floor).square().mean((1, 2)), "root is missing"),
    (distance, lambda a, b, floor: apart(a, b, floor).abs().mean((1, 2)), "absolute"),
    (distance, lambda a, b, floor: apart(a, b, floor).square().mean(2).sqrt().mean(-1), "other way round"),
    (distance, lambda a, b, floor: apart(a, b, floor).square().sum(1).sqrt().mean(-1), "bands are added up"),
    (distance, lambda a, b, floor: apart(a, b, floor).square().mean(1).sqrt().sum(-1), "frames are added up"),
    (distance, lambda a, b, floor: apart(a, b, floor).mean((1, 2)), "cancel"),
    (distance, lambda a, b, floor: apart(a, b, floor).square().mean(1).sqrt().mean(), "clips are averaged"),
    (distance, lambda a, b, floor: -apart(a, b, floor).square().mean(1).sqrt().mean(-1), "sign"),
    (likelihood, lambda x, m, s: log_density(x, m, s).sum(1).mean(-1), "frames are averaged"),
    (likelihood, lambda x, m, s: log_density(x, m, s).sum(2).mean(-1), "bands are averaged"),
    (likelihood, lambda x, m, s: log_density(x, m, s).mean((1, 2)), "mean of all numbers"),
    (likelihood, lambda x, m, s: log_density(x, m, s).sum(1), "frames are not added up"),
    (likelihood, lambda x, m, s: log_density(x, m, s).sum(2), "bands are not added up"),
    (likelihood, lambda x, m, s: log_density(x, m, s).sum(0), "bands and frames should be"),
    (likelihood, lambda x, m, s: log_density(x, m, s).sum(), "one number for each is wanted"),
    (likelihood, lambda x, m, s: (log_density(x, m, s) + s).sum((1, 2)), "-log sigma is missing"),
    (likelihood, lambda x, m, s: (log_density(x, m, s) + 2 * s).sum((1, 2)), "wrong sign"),
    (likelihood, lambda x, m, s: (log_density(x, m, s) + 0.5 * math.log(2 * math.pi)).sum((1, 2)), "log(2 pi) is missing"),
    (likelihood, lambda x, m, s: (-((x - m) / s.exp()).square() - s - 0.5 * math.log(2 * math.pi)).sum((1, 2)), "counts half"),
    (likelihood, lambda x, m, s: (-0.5 * (x - m).square() / s.exp() - s - 0.5 * math.log(2 * math.pi)).sum((1, 2)),
     "sigma squared"),
    (likelihood, lambda x, m, s: log_density(x, m, 0 * s).sum((1, 2)) - s.sum() * x.shape[-1], "not divided by sigma"),
    (likelihood, lambda x, m, s: (-0.5 * ((x - m) / s.exp()).square()).sum((1, 2)), "half the squared error"),
    (likelihood, lambda x, m, s: -log_density(x, m, s).sum((1, 2)), "sign"),
    (posterior, lambda w, p: (w.mean(0) + p).log_softmax(-1), "the ELBO"),
    (posterior, lambda w, p: (w.amax(0) + p).log_softmax(-1), "only the best draw"),
    (posterior, lambda w, p: (w.sum(0) + p).log_softmax(-1), "ever surer"),
    (posterior, lambda w, p: (w[0] + p).log_softmax(-1), "first draw"),
    (posterior, lambda w, p: (averaged(w.log_softmax(-1)) + p).log_softmax(-1), "each draw is normalised"),
    (posterior, lambda w, p: w.logsumexp(0).log_softmax(-1), "not added"),
    (posterior, lambda w, p: (w.logsumexp(0) - p).log_softmax(-1), "is subtracted"),
    (posterior, lambda w, p: (w.logsumexp(0) + p.exp()).log_softmax(-1), "a logarithm already"),
    (posterior, joint, "log p(x, y)"),
    (posterior, lambda w, p: joint(w, p).log_softmax(0), "over clips"),
    (posterior, lambda w, p: joint(w, p).softmax(-1), "these are probabilities"),
    (posterior, lambda w, p: joint(w, p) - joint(w, p).amax(-1, keepdim=True), "the largest is subtracted"),
    (posterior, lambda w, p: w.logsumexp(0).log_softmax(-1) + p, "after normalising"),
    (errors, lambda c, p, d: d @ c.softmax(0), "is not used: the channel alone"),
    (errors, lambda c, p, d: d @ p.softmax(0), "would not matter"),
    (errors, lambda c, p, d: d @ (c - p).softmax(0), "unlikely sentences"),
    (errors, lambda c, p, d: d @ (c + p).exp(), "do not add up"),
    (errors, lambda c, p, d: d @ (c + p), "logarithms are used as weights"),
    (errors, lambda c, p, d: d @ (-c - p).softmax(0), "least likely"),
    (errors, lambda c, p, d: d.mean(1), "counts alike"),
    (errors, lambda c, p, d: d.sum(1), "added up without weights"),
    (errors, lambda c, p, d: d.sum(1) * shares(c, p), "its own probability"),
    (errors, shares_alone := lambda c, p, d: shares(c, p), "not the expected errors"),
    (errors, lambda c, p, d: 1 - shares_alone(c, p, d), "wrong anywhere"),
    (errors, lambda c, p, d: d[:, shares(c, p).argmax()], "against the likeliest"),
    (errors, lambda c, p, d: (d > 0).float() @ shares(c, p), "as one with ten"),
    (errors, lambda c, p, d: (d @ shares(c, p)).min(), "the smallest one"),
    (errors, lambda c, p, d: d @ shares(c, p) / math.log(2), "bits"),
]

COMPOSED = [
    (distance, lambda a, b, floor: 2 * apart(a, b, floor).square().mean((1, 2)).sqrt(), ["magnitudes", "taken once"]),
    (distance, lambda a, b, floor: 2 * apart(a, b, floor).square().sum(1).sqrt().mean(-1), ["magnitudes", "bands are added up"]),
    (distance, lambda a, b, floor: 2 * apart(a, b, floor).square().mean(1).sqrt().sum(-1), ["magnitudes", "frames are added up"]),
    (likelihood, lambda x, m, s: (log_density(x, m, s) + s).sum(1).mean(-1), ["frames are averaged", "-log sigma is missing"]),
    (likelihood, lambda x, m, s: (log_density(x, m, s) + s).mean((1, 2)), ["mean of all numbers", "-log sigma is missing"]),
    (likelihood, lambda x, m, s: (log_density(x, m, s) + 0.5 * math.log(2 * math.pi)).sum(1).mean(-1),
     ["frames are averaged", "log(2 pi) is missing"]),
    (posterior, lambda w, p: w.mean(0).log_softmax(-1), ["the ELBO", "not added"]),
    (posterior, lambda w, p: w.mean(0) + p, ["the ELBO", "log p(x, y)"]),
    (posterior, lambda w, p: w.amax(0).log_softmax(-1), ["only the best draw", "not added"]),
    (errors, lambda c, p, d: (d @ c.softmax(0)).min(), ["the channel alone", "the smallest one"]),
    (errors, lambda c, p, d: (d > 0).float() @ c.softmax(0), ["the channel alone", "as one with ten"]),
    (errors, lambda c, p, d: 1 - c.softmax(0), ["the channel alone", "wrong anywhere"]),
]
