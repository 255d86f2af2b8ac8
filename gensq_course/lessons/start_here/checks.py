"""The exercises of lesson 00: the surprise of an event, the standard error of a mean, sampling at a temperature.

They are small on purpose: a reader meets stub, check, hint and solution with formulas that later lessons take for granted.
"""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs
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
    return [(torch.tensor([0.5]),), (torch.tensor([0.125, 1.0]),), (0.01 + 0.98 * torch.rand(7, generator=draw),)]


SURPRISE = Exact(
    name="surprise", reference=surprise, spoiled=spoiled_surprise, cases=surprise_cases,
    mistakes={
        "sign": "the sign is turned: log p is negative, the surprise is -log p.",
        "bits": "this is in bits (log2); all numbers of this course are in nats: use the natural logarithm.",
        "base ten": "this is the logarithm to base 10; use the natural one, torch.log.",
        "one minus": "this is 1 - p; the surprise is -log p, which grows without bound as p goes to 0.",
        "inverse": "this is 1/p; the logarithm is missing.",
        "exponential": "this is exp(-p); the surprise is a logarithm, -log p.",
        "weighted": "this is -p log p, one term of an entropy; the surprise of the event itself has no weight.",
        "one plus": "this is the logarithm of 1 + p (log1p); an event that is certain must have surprise 0.",
    },
    hints=(
        "Something certain (p = 1) has surprise 0, and two independent events have the sum of their surprises. Which function "
        "turns products into sums?",
        "A logarithm, with the sign turned so that the result is positive. Natural, so that the unit is the nat.",
        "Return -probability.log().",
    ),
    praise="In nats; -log p of a whole sentence is its negative log-likelihood, the NLL.",
)


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
            (torch.randn(9, 4, generator=draw) - 1,)]


ERROR = Exact(
    name="standard_error", reference=standard_error, spoiled=spoiled_error, cases=error_cases,
    mistakes={
        "deviation": "this is the standard deviation of one value; the error of the mean of n values is smaller by the square "
        "root of n.",
        "over n": "it divides by n; divide by the square root of n.",
        "variance": "the variance stands where the standard deviation belongs.",
        "biased": "the spread divides by n (correction 0); with the mean estimated from the same values divide by n - 1, as "
        "std does by default.",
        "wrong axis": "it works along the batch axis (1); the samples are along axis 0.",
        "everything": "it mixes all columns into one: each column is an estimate of its own, with an error of its own.",
        "mean": "the mean stands where the standard deviation belongs.",
    },
    hints=(
        "Four times as many samples halve the error. Which power of n does this?",
        "Standard deviation over the samples (axis 0), divided by the square root of how many samples there are.",
        "Return values.std(0) / len(values) ** 0.5.",
    ),
    praise="Every estimate in this course comes with this number; a difference below twice its size says little.",
)


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
    small = [(torch.tensor([[0.8, 0.2]]).log(), 2.0), (torch.tensor([[0.5, 0.25, 0.25]]).log(), 0.5)]
    return small + [(torch.randn(batch, vocab, generator=draw).log_softmax(-1), heat)
                    for batch, vocab, heat in ((2, 4, 1.7), (3, 6, 0.6))]


TEMPERATURE = Exact(
    name="at_temperature", reference=at_temperature, spoiled=spoiled_temperature, cases=temperature_cases,
    mistakes={
        "multiplied": "it multiplies by the temperature; divide, so that a high temperature makes words more equal.",
        "not normalised": "the result is not normalised: the probabilities of a row must add up to 1 again (subtract the "
        "logsumexp, or use log_softmax).",
        "wrong axis": "it normalises along the batch axis (0); the words are along the last axis (-1).",
        "no logarithm": "it returns probabilities; the exercise asks for log-probabilities.",
        "ignored": "the temperature has no effect on the result.",
        "probability divided": "it divides the probability by T (log p - log T); the temperature divides the log-probability.",
        "sum instead": "it subtracts the sum of the logarithms; the normaliser is the logarithm of the sum (logsumexp).",
    },
    hints=(
        "p^(1/T) in the log domain is one division. What is then wrong with the row?",
        "Its probabilities no longer add up to 1. log_softmax(-1) subtracts exactly what is needed, the logsumexp of the row.",
        "Return (log_probs / temperature).log_softmax(-1).",
    ),
    praise="This is all that temperature is: the sampler of the library does it at every word.",
)

register(SURPRISE, ERROR, TEMPERATURE)
