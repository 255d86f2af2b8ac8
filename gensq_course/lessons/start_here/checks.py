"""The exercises of lesson 00: the surprise of an event, the standard error of a mean, sampling at a temperature.

They are small on purpose: a reader meets stub, check, hint and solution with formulas that later lessons take for granted.
"""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words
from gensq_course.checks.registry import register


def surprise(probability: Float[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    """-log p, nats: what an event of probability p costs."""
    return -probability.log()


def spoiled_surprise(has: Has, probability: Tensor) -> Tensor:
    if has("one minus"):
        return 1 - probability
    if has("inverse"):
        return 1 / probability
    if has("exponential"):
        return (-probability).exp()
    logarithm = probability.log1p() if has("one plus") else probability.log()
    logarithm = logarithm / math.log(10) if has("base ten") else logarithm
    return -probability * logarithm if has("weighted") else -logarithm


def surprise_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(1)
    rare = torch.tensor([1e-6, 1e-20, 0.25, 0.0])
    return [(torch.tensor([0.5]),), (torch.tensor([0.125, 1.0]),), (rare,), (0.01 + 0.98 * torch.rand(7, generator=draw),)]


SURPRISE_FORMS = {
    "epsilon": lambda p: -(p + 1e-3).log(),
    "clamped": lambda p: -p.clamp(min=0.01).log(),
}
SURPRISE = Values(**words(__file__, "surprise"), reference=surprise, spoiled=spoiled_surprise, cases=surprise_cases,
                  forms=SURPRISE_FORMS)


def standard_error(values: Float[Tensor, "sample batch"]) -> Float[Tensor, "batch"]:
    """Of the mean over the samples: their standard deviation (with n - 1) divided by the square root of n."""
    return values.std(0) / math.sqrt(len(values))


def spoiled_error(has: Has, values: Tensor) -> Tensor:
    if has("everything"):
        values = values.reshape(-1, 1).expand(-1, values.shape[1])
    if has("wrong axis"):
        values = values.T
    num = len(values)
    spread = values.std(0, unbiased=not has("biased"))
    if has("mean"):
        spread = values.mean(0)
    if has("variance"):
        spread = spread.square()
    if has("deviation"):
        return spread
    return spread / (num if has("over n") else math.sqrt(num))


def error_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(2)
    return [(torch.tensor([[1.0, 2.0], [3.0, 8.0]]),), (3 + 2 * torch.randn(5, 3, generator=draw),),
            (torch.tensor([[5.0, -900.0], [5.0, 1000.0], [5.0, 0.0]]),), (torch.randn(9, 4, generator=draw) - 1,)]


ERROR_FORMS = {
    "n - 1 twice": lambda v: v.std(0) / math.sqrt(len(v) - 1),
    "columns counted": lambda v: v.std(0) / math.sqrt(v.shape[1]),
    "all values counted": lambda v: v.std(0) / math.sqrt(v.numel()),
    "one number": lambda v: v.std() / math.sqrt(len(v)),
    "n of the text": lambda v: v.std(0) / math.sqrt(1000),
    "mean not subtracted": lambda v: v.square().mean(0).sqrt() / math.sqrt(len(v)),
    "absolute deviation": lambda v: (v - v.mean(0)).abs().mean(0) / math.sqrt(len(v)),
    "brackets": lambda v: ((v.var(0, unbiased=False) - 1) / len(v)).sqrt(),
}
ERROR = Values(**words(__file__, "standard_error"), reference=standard_error, spoiled=spoiled_error, cases=error_cases,
               forms=ERROR_FORMS)


def at_temperature(log_probs: Float[Tensor, "batch vocab"], temperature: float) -> Float[Tensor, "batch vocab"]:
    """Log-probabilities proportional to p^(1/T), normalised again over the vocabulary."""
    return (log_probs / temperature).log_softmax(-1)


def spoiled_temperature(has: Has, log_probs: Tensor, temperature: float) -> Tensor:
    scaled = log_probs * temperature if has("multiplied") else log_probs / temperature
    if has("ignored"):
        scaled = log_probs
    if has("probability divided"):
        return log_probs - math.log(temperature)
    axis = 0 if has("wrong axis") else -1
    if has("no logarithm"):
        return scaled.exp() if has("not normalised") else scaled.softmax(axis)
    if has("sum instead"):
        return scaled - scaled.sum(axis, keepdim=True)
    return scaled if has("not normalised") else scaled.log_softmax(axis)


def temperature_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(3)
    small = [(torch.tensor([[0.8, 0.2]]).log(), 2.0), (torch.tensor([[0.5, 0.25, 0.25]]).log(), 0.5),
             (torch.tensor([[0.0, -300.0, -0.5]]).log_softmax(-1), 0.5)]  # exp of the second is 0 in single precision
    return small + [(torch.randn(batch, vocab, generator=draw).log_softmax(-1), heat)
                    for batch, vocab, heat in ((2, 4, 1.7), (3, 6, 0.6))]


TEMPERATURE_FORMS = {
    "one normaliser": lambda x, t: x / t - (x / t).logsumexp((0, 1)),
    "largest off": lambda x, t: x / t - (x / t).max(-1, keepdim=True).values,
    "over the sum": lambda x, t: (x / t) / (x / t).sum(-1, keepdim=True),
    "cut at 1": lambda x, t: (x / max(t, 1.0)).log_softmax(-1),
    "first row": lambda x, t: (x / t).log_softmax(-1)[0],
    "divided, then normalised": lambda x, t: (x.exp() / t).log().log_softmax(-1),
    "out of the log domain": lambda x, t: (x.exp() ** (1 / t) / (x.exp() ** (1 / t)).sum(-1, keepdim=True)).log(),
}
TEMPERATURE = Values(**words(__file__, "at_temperature"), reference=at_temperature, spoiled=spoiled_temperature,
                     cases=temperature_cases, forms=TEMPERATURE_FORMS)

register(SURPRISE, ERROR, TEMPERATURE)
