"""Answers to the exercises of lesson 00: right ones however written, usual mistakes, mistakes together."""
import math

import torch

WAYS = {
    "surprise": [lambda p: -torch.log(p), lambda p: (1 / p).log(), lambda p: torch.stack([-x.log() for x in p]),
                 lambda p: torch.distributions.Geometric(probs=p).log_prob(torch.zeros_like(p)).neg()],
    "standard_error": [
        lambda v: v.std(dim=0) / len(v) ** 0.5, lambda v: (v.var(0) / v.shape[0]).sqrt(),
        lambda v: ((v - v.mean(0)).square().sum(0) / (len(v) * (len(v) - 1))).sqrt(),
        lambda v: torch.stack([column.std() for column in v.T]) / math.sqrt(len(v))],
    "at_temperature": [
        lambda lp, t: lp / t - (lp / t).logsumexp(-1, keepdim=True),
        lambda lp, temperature: (lp.exp() ** (1 / temperature) / (lp.exp() ** (1 / temperature)).sum(-1, True)).log(),
        lambda lp, t: torch.distributions.Categorical(logits=lp / t).logits,
        lambda lp, t: torch.softmax(lp / t, dim=1).log()],
}
NAMES = tuple(WAYS)
RIGHT = [*((name, way) for name in NAMES for way in WAYS[name]),  # nobody differentiates them: any precision will do
         ("surprise", lambda p: -(p.double().log())), ("at_temperature", lambda lp, t: (lp / t).log_softmax(-1).detach())]


def log_row(function):
    return ("at_temperature", function)


WRONG = [
    ("surprise", lambda p: p.log(), ["sign is turned"]),
    ("surprise", lambda p: -p.log2(), ["bits"]),
    ("surprise", lambda p: -p.log10(), ["base 10"]),
    ("surprise", lambda p: 1 - p, ["1 - p"]),
    ("surprise", lambda p: 1 / p, ["logarithm is missing"]),
    ("surprise", lambda p: (-p).exp(), ["exp(-p)"]),
    ("surprise", lambda p: -p * p.log(), ["-p log p"]),
    ("surprise", lambda p: -(1 + p).log(), ["log1p"]),
    ("surprise", lambda p: -p.log().mean(), ["averages over the batch"]),
    ("surprise", lambda p: -p.log().sum().item(), ["python float", "sums over the batch"]),
    ("surprise", lambda p: p * p.log2(), ["-p log p", "bits", "sign"]),
    ("surprise", lambda p: p.log2(), ["bits", "sign"]),
    ("surprise", lambda p: p.log10(), ["base 10", "sign"]),
    ("standard_error", lambda v: v.std(0), ["standard deviation of one value"]),
    ("standard_error", lambda v: v.std(0) / len(v), ["divides by n;"]),
    ("standard_error", lambda v: v.var(0) / math.sqrt(len(v)), ["variance stands"]),
    ("standard_error", lambda v: v.std(0, unbiased=False) / math.sqrt(len(v)), ["n - 1"]),
    ("standard_error", lambda v: v.std(1) / math.sqrt(v.shape[1]), ["batch axis (1)"]),
    ("standard_error", lambda v: v.mean(0) / math.sqrt(len(v)), ["mean stands"]),
    ("standard_error", lambda v: v.std(0).mean() / math.sqrt(len(v)), ["averages over the batch"]),
    ("standard_error", lambda v: v.var(0), ["variance stands", "one value"]),
    ("standard_error", lambda v: v.var(0) / len(v), ["variance stands", "divides by n;"]),
    ("standard_error", lambda v: v.std(0, unbiased=False), ["n - 1", "one value"]),
    ("standard_error", lambda v: v.std(1), ["batch axis (1)", "one value"]),
    ("standard_error", lambda v: -v.std(0), ["one value", "sign"]),
    (*log_row(lambda lp, t: (lp * t).log_softmax(-1)), ["multiplies"]),
    (*log_row(lambda lp, t: lp / t), ["not normalised"]),
    (*log_row(lambda lp, t: (lp / t).log_softmax(0)), ["batch axis (0)"]),
    (*log_row(lambda lp, t: (lp / t).softmax(-1)), ["asks for log-probabilities"]),
    (*log_row(lambda lp, t: lp.log_softmax(-1)), ["no effect"]),
    (*log_row(lambda lp, t: lp - math.log(t)), ["log p - log t"]),
    (*log_row(lambda lp, t: lp / t - (lp / t).sum(-1, keepdim=True)), ["logsumexp"]),
    (*log_row(lambda lp, t: lp * t), ["multiplies", "not normalised"]),
    (*log_row(lambda lp, t: (lp * t).softmax(-1)), ["multiplies", "log-probabilities"]),
    (*log_row(lambda lp, t: (lp / t).exp()), ["not normalised", "log-probabilities"]),
    (*log_row(lambda lp, t: (lp / t).softmax(0)), ["batch axis (0)", "log-probabilities"]),
    (*log_row(lambda lp, t: -(lp / t).log_softmax(-1)), ["sign"]),
    (*log_row(lambda lp, t: lp.div_(t).log_softmax(-1)), ["in place"]),
]
