"""Answers to the exercises of lesson 04: right ones however written, usual mistakes, mistakes together."""
import math

import torch
from torch.distributions import Bernoulli, Normal
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid, softplus

NAMES = ("gaussian_log_likelihood", "bernoulli_log_likelihood", "level_nll", "water_level")
HALF_LOG = 0.5 * math.log(2 * math.pi)


def gauss(f):
    return ("gaussian_log_likelihood", f)


def coin(f):
    return ("bernoulli_log_likelihood", f)


def unit(f):
    return ("level_nll", f)


def g(x, m, s, half=0.5, norm=1.0, constant=1.0):
    return -half * (x - m)**2 / (2 * s).exp() - norm * s - constant * HALF_LOG


def b(x, a):
    return x * logsigmoid(a) + (1 - x) * logsigmoid(-a)


def naive(x, a):
    return x * a.sigmoid().log() + (1 - x) * (1 - a.sigmoid()).log()

def water(f):
    return ("water_level", f)


def w(covariance, noise, latent, half=0.5, square=0.5, size=None, least=1.0, least_left=None):
    """Rate and distortion, with the constants that students mistake."""
    values = torch.linalg.eigvalsh(covariance).flip(-1)
    kept, rest = values[:latent], values[latent:]
    rate = half * (kept / noise).clamp(min=least).log().sum()
    left = kept.clamp(max=noise if least_left is None else least_left).sum() + rest.sum()
    size = len(values) if size is None else size
    return torch.stack([rate, square * left / noise + 0.5 * size * math.log(2 * math.pi * noise)])


def by_loop(covariance, noise, latent):
    rate, left = 0.0, 0.0
    for i, value in enumerate(sorted(torch.linalg.eigvalsh(covariance).tolist(), reverse=True)):
        awake = i < latent and value > noise
        rate += 0.5 * math.log(value / noise) if awake else 0.0
        left += noise if awake else value
    return torch.tensor([rate, left / (2 * noise) + 0.5 * len(covariance) * math.log(2 * math.pi * noise)])


RIGHT = [water(lambda c, v, d: w(c, v, d)), water(by_loop), water(lambda c, v, d: w(c.double(), v, d)),
         unit(lambda d, n, k: (n * math.log(k) - d).double()),
         gauss(lambda x, m, s: Normal(m, s.exp()).log_prob(x).sum(1)),
         coin(lambda x, a: Bernoulli(logits=a).log_prob(x).sum(-1)), coin(lambda x, a: (x * a - softplus(a)).sum(-1)),
         coin(lambda x, a: -binary_cross_entropy_with_logits(a, x, reduction="none").sum(-1)),
         unit(lambda d, n, k: -(d - n * math.log(k)))]
WRONG = [
    (*water(lambda c, v, d: w(c, v, d, half=1.0)), "factor 1/2 of the rate"),
    (*water(lambda c, v, d: w(c, v, d, square=1.0)), "2 σ²"),
    (*water(lambda c, v, d: w(c, v, d, size=1)), "once per pixel"),
    (*water(lambda c, v, d: w(c, v, d, size=d)), "number of z"),
    (*water(lambda c, v, d: w(c, v, d, size=0)), "no density"),
    (*water(lambda c, v, d: w(c, v**2, d)), "not the standard deviation"),
    (*water(lambda c, v, d: w(c, v, len(c))), "at most latent_dim"),
    (*water(lambda c, v, d: w(c.diag().diag(), v, d)), "eigenvalues"),
    (*water(lambda c, v, d: w(c, v, d).flip(0)), "exchanged"),
    (*water(lambda c, v, d: w(c, v, d).sum()), "one sum"),
    (*unit(lambda d, n, k: n * math.log(k - 1 or 1) - d), "off by one"),
    (*unit(lambda d, n, k: (n * math.log(k) - d).clamp(min=0)), "clamped"),
    (*unit(lambda d, n, k: 64 * math.log(17) - d), "written into it"),
    (*gauss(lambda x, m, s: Normal(m, (s / 2).exp()).log_prob(x).sum(-1)), "log_var"),
    (*gauss(lambda x, m, s: Normal(m, s.clamp(min=-3).exp()).log_prob(x).sum(-1)), "clamp"),
    (*coin(lambda x, a: (x * a.log_softmax(-1)).sum(-1)), "softmax"),
    (*coin(lambda x, a: -(x - a.sigmoid()).square().sum(-1)), "squared error"),
    (*coin(lambda x, a: naive(x, a).nan_to_num().sum(-1)), "nan_to_num"),
    (*coin(lambda x, a: (x * a - a.exp().log1p()).sum(-1)), "softplus"),
    (*gauss(lambda x, m, s: g(x, m, s, half=1).sum(-1)), "1/2 in front"),
    (*gauss(lambda x, m, s: g(x, m, s, norm=0).sum(-1)), "- log stddev is missing"),
    (*gauss(lambda x, m, s: g(x, m, s, norm=-1).sum(-1)), "wrong sign"),
    (*gauss(lambda x, m, s: g(x, m, s, constant=0).sum(-1)), "log(2 pi)"),
    (*gauss(lambda x, m, s: (-0.5 * (x - m)**2 / s.exp() - s - HALF_LOG).sum(-1)), "variance"),
    (*gauss(lambda x, m, s: (-0.5 * (x - m)**2 - s - HALF_LOG).sum(-1)), "not divided by the variance"),
    (*gauss(lambda x, m, s: (-0.5 * (x - m) / (2 * s).exp() - s - HALF_LOG).sum(-1)), "must be squared"),
    (*gauss(lambda x, m, s: -g(x, m, s).sum(-1)), "sign is turned"),
    (*gauss(lambda x, m, s: g(x, m, s).mean(-1)), "mean over the pixels"),
    (*gauss(lambda x, m, s: g(x, m, s)), "one number per pixel"),
    (*gauss(lambda x, m, s: g(x, m, s).sum(0)), "batch axis (0)"),
    (*gauss(lambda x, m, s: g(x, m, s).sum(-1).mean()), "averages over the batch"),
    (*coin(lambda x, a: naive(x, a).sum(-1)), "logsigmoid"),
    (*coin(lambda x, a: (x * logsigmoid(a)).sum(-1)), "white pixels"),
    (*coin(lambda x, a: b(x, -a).sum(-1)), "exchanged"),
    (*coin(lambda x, a: b(1 - x, a).sum(-1)), "exchanged"),
    (*coin(lambda x, a: (x * a + (1 - x) * logsigmoid(-a)).sum(-1)), "logits are taken for log p"),
    (*coin(lambda x, a: (x * a.sigmoid() + (1 - x) * (-a).sigmoid()).sum(-1)), "adds probabilities"),
    (*coin(lambda x, a: -b(x, a).sum(-1)), "binary cross-entropy is the negative"),
    (*coin(lambda x, a: b(x, a).mean(-1)), "mean over the pixels"),
    (*coin(lambda x, a: b(x, a)), "one number per pixel"),
    (*coin(lambda x, a: b(x, a).sum()), "sums over the batch"),
    (*unit(lambda d, n, k: -d), "width of a level is forgotten"),
    (*unit(lambda d, n, k: -d - n * math.log(k)), "wrong sign"),
    (*unit(lambda d, n, k: math.log(k) - d), "once per pixel"),
    (*unit(lambda d, n, k: n * math.log(k) + d), "log-density has the wrong sign"),
    (*unit(lambda d, n, k: n * math.log2(k) - d), "bits"),
    (*unit(lambda d, n, k: n * k - d), "where its logarithm belongs"),
    (*unit(lambda d, n, k: (n * math.log(k) - d) / n), "nats per pixel"),
]
COMPOSED = [
    (*gauss(lambda x, m, s: g(x, m, s, half=1).mean(-1)), ["1/2", "mean over the pixels"]),
    (*gauss(lambda x, m, s: -g(x, m, s, constant=0).sum(-1)), ["sign", "log(2 pi)"]),
    (*gauss(lambda x, m, s: g(x, m, s, norm=0, constant=0).sum(-1)), ["log stddev is missing", "log(2 pi)"]),
    (*gauss(lambda x, m, s: -g(x, m, s).mean(-1)), ["sign", "mean over the pixels"]),
    (*gauss(lambda x, m, s: g(x, m, s, half=1, constant=0).sum(-1)), ["1/2", "log(2 pi)"]),
    (*gauss(lambda x, m, s: (x - m).square().mean(-1)), []),
    (*gauss(lambda x, m, s: -g(x, m, s)), ["sign", "per pixel"]),
    (*gauss(lambda x, m, s: g(x, m, s).mean(-1).double()), ["dtype", "mean over the pixels"]),
    (*coin(lambda x, a: -b(x, a).mean(-1)), ["negative", "mean over the pixels"]),
    (*coin(lambda x, a: -naive(x, a).sum(-1)), ["negative", "logsigmoid"]),
    (*coin(lambda x, a: naive(x, a).mean(-1)), ["logsigmoid", "mean over the pixels"]),
    (*coin(lambda x, a: -b(x, a)), ["negative", "per pixel"]),
    (*coin(lambda x, a: (x * logsigmoid(a)).mean(-1)), ["white", "mean over the pixels"]),
    (*coin(lambda x, a: -b(x, -a).sum(-1)), ["negative", "exchanged"]),
    (*coin(lambda x, a: -b(x, a).sum(-1).double()), ["dtype", "negative"]),
    (*unit(lambda d, n, k: d), ["forgotten", "sign"]),
    (*unit(lambda d, n, k: d + math.log(k)), ["once per pixel", "sign"]),
    (*unit(lambda d, n, k: -math.log(k) - d), ["once per pixel", "wrong sign"]),
    (*unit(lambda d, n, k: n * math.log2(k) + d), ["bits", "sign"]),
    (*unit(lambda d, n, k: -d / n), ["forgotten", "per pixel"]),
]
