"""Answers to the exercises of lesson 00: right ones however written, usual mistakes, mistakes together."""
import math

import torch



def searched(log_probs, uniforms, temperature):
    """searchsorted, and a while loop."""
    drawn, time, previous = torch.zeros(len(uniforms), dtype=torch.long), 0, 1
    while time < len(uniforms) and previous != 2:
        chances = torch.softmax(log_probs[previous] / temperature, 0)
        previous = drawn[time] = torch.searchsorted(chances.cumsum(0), uniforms[time], right=True)
        time += 1
    return drawn


def counted(log_probs, uniforms, temperature):
    """How many cumulative probabilities are at most u; a list that is filled up at the end."""
    out, previous = [], 1
    for u in uniforms.tolist():
        scaled = log_probs[previous] / temperature
        previous = int(((scaled - scaled.logsumexp(0)).exp().cumsum(0) <= u).sum())
        out.append(previous)
        if previous == 2:
            break
    return torch.tensor(out + [0] * (len(uniforms) - len(out)))


def by_multiplying(log_probs, uniforms, temperature):
    """p^(1/T), word after word in plain Python."""
    drawn, previous = torch.zeros_like(uniforms), 1
    for time, u in enumerate(uniforms):
        weights = log_probs[previous].exp() ** (1 / temperature)
        left, word = u * weights.sum(), 0
        while left >= weights[word]:
            left, word = left - weights[word], word + 1
        drawn[time] = previous = word
        if word == 2:
            return drawn
    return drawn


WAYS = {
    "surprise": [lambda p: -torch.log(p), lambda p: (1 / p).log(), lambda p: torch.stack([-x.log() for x in p]),
                 lambda p: torch.special.xlogy(torch.ones_like(p), p).neg()],
    "standard_error": [
        lambda v: v.std(dim=0) / len(v) ** 0.5, lambda v: (v.var(0) / v.shape[0]).sqrt(),
        lambda v: ((v - v.mean(0)).square().sum(0) / (len(v) * (len(v) - 1))).sqrt(),
        lambda v: torch.stack([column.std() for column in v.T]) / math.sqrt(len(v))],
    "at_temperature": [
        lambda lp, t: lp / t - (lp / t).logsumexp(-1, keepdim=True),
        lambda lp, t: torch.distributions.Categorical(logits=lp / t).logits,
        lambda lp, t: (lp / t) - torch.stack([row.logsumexp(0) for row in lp / t])[:, None]],
    "draw_words": [searched, counted, by_multiplying],
}
NAMES = tuple(WAYS)
RIGHT = [*((name, way) for name in NAMES for way in WAYS[name]),  # nobody differentiates them: any precision will do
         ("surprise", lambda p: -(p.double().log())), ("at_temperature", lambda lp, t: (lp / t).log_softmax(-1).detach())]


def loop(log_probs, uniforms, temperature, *, start=1, ending=2,
         choose=lambda chances, u: int((chances.cumsum(0) > u).int().argmax())):
    """A right answer with a part to exchange."""
    drawn, previous = torch.zeros(len(uniforms), dtype=torch.long), start
    for time, u in enumerate(uniforms):
        drawn[time] = previous = choose((log_probs[previous] / temperature).softmax(0), u)
        if previous == ending:
            break
    return drawn


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
    (*log_row(lambda lp, t: torch.softmax(lp / t, dim=1).log()), ["log domain"]),
    (*log_row(lambda lp, t: ((lp.exp() ** (1 / t)) / (lp.exp() ** (1 / t)).sum(-1, True)).log()), ["log domain"]),
    ("surprise", lambda p: -p.clamp(min=1e-12).log(), ["clamp"]),
    ("draw_words", lambda lp, u, t: loop(lp, u, t, start=0), ["row of <bos>, word 1"]),
    ("draw_words", lambda lp, u, t: loop(lp, u, 1.0), ["temperature is not used"]),
    ("draw_words", lambda lp, u, t: loop(lp, u, 1 / t), ["multiplies by the temperature"]),
    ("draw_words", lambda lp, u, t: loop(lp, u[:1].expand(len(u)), t), ["first random number for every word"]),
    ("draw_words", lambda lp, u, t: loop(lp, u, t, ending=-1), ["goes on after <eos>"]),
    ("draw_words", lambda lp, u, t: loop(lp, u, t, choose=lambda c, u: int(c.argmax())), ["likeliest word"]),
    ("draw_words", lambda lp, u, t: loop(lp, u, t, choose=lambda c, u: int((c > u).int().argmax())), ["single probabilities"]),
    ("draw_words", lambda lp, u, t: loop(lp, u, t, choose=lambda c, u: int(torch.searchsorted(c.cumsum(0), u))),
     ["probability 0"]),
    ("draw_words", lambda lp, u, t: loop(lp.T, u, t), ["column"]),
    ("draw_words", lambda lp, u, t: [*loop(lp, u, t)], ["python list"]),
]
WRONG.append(("draw_words", lambda lp, u, t: loop(lp, u, 1.0, start=0), ["temperature is not used", "row of <bos>"]))
