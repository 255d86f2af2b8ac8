"""The exercises of lesson 04: two likelihoods of a picture, and the units in which models can be compared."""
import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid

from gensq_course.checks.exercises import Exact, Has, Inputs, words
from gensq_course.checks.registry import register


def gaussian_log_likelihood(
    images: Float[Tensor, "batch pixel"], mean: Float[Tensor, "batch pixel"], log_stddev: Float[Tensor, "pixel"]
) -> Float[Tensor, "batch"]:
    """log N(images; mean, exp(log_stddev)^2), summed over the pixels."""
    distance = (images - mean) / log_stddev.exp()
    return (-0.5 * distance.square() - log_stddev - 0.5 * math.log(2 * math.pi)).sum(-1)


def spoiled_gaussian(has: Has, images: Tensor, mean: Tensor, log_stddev: Tensor) -> Tensor:
    stddev = (log_stddev / 2).exp() if has("log var") else log_stddev.exp()
    variance = stddev if has("no square") else stddev**2
    square = images - mean if has("difference not squared") else (images - mean).square()
    terms = -(1.0 if has("half") else 0.5) * square / (1.0 if has("noise ignored") else variance)
    if not has("no normaliser"):
        terms = terms + (log_stddev if has("normaliser sign") else -log_stddev)
    terms = terms - (0.0 if has("no 2 pi") else 0.5 * math.log(2 * math.pi))
    return over_pixels(has, terms)


def over_pixels(has: Has, terms: Tensor) -> Tensor:
    if has("per pixel"):
        return terms
    if has("wrong axis"):
        return terms.sum(0)
    return terms.mean(-1) if has("mean over pixels") else terms.sum(-1)


def gaussian_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(11)
    small = [(torch.tensor([[x]]), torch.zeros(1, 1), torch.tensor([s])) for x, s in ((1.0, 0.0), (0.0, 1.0))]
    sizes = ((2, 3), (4, 6))
    return small + [(*torch.randn(2, batch, pixel, generator=draw), torch.randn(pixel, generator=draw)) for batch, pixel in sizes]


GAUSSIAN = Exact(
    **words(__file__, "gaussian_log_likelihood"), reference=gaussian_log_likelihood, spoiled=spoiled_gaussian,
    cases=gaussian_cases)


def bernoulli_log_likelihood(
    images: Float[Tensor, "batch pixel"], logits: Float[Tensor, "batch pixel"]
) -> Float[Tensor, "batch"]:
    """log-probability of black (1) and white (0) pixels, summed; p = sigmoid(logits)."""
    return (images * logsigmoid(logits) + (1 - images) * logsigmoid(-logits)).sum(-1)


def spoiled_bernoulli(has: Has, images: Tensor, logits: Tensor) -> Tensor:
    if has("turned"):
        logits = -logits
    if has("underflow"):
        p = logits.sigmoid()
        log_one, log_zero = p.log(), (1 - p).log()
    else:
        log_one, log_zero = logsigmoid(logits), logsigmoid(-logits)
    if has("logits as log p"):
        log_one = logits
    terms = images * log_one + (0.0 if has("black only") else (1 - images) * log_zero)
    if has("probabilities"):
        terms = images * log_one.exp() + (1 - images) * log_zero.exp()
    return over_pixels(has, terms)


def bernoulli_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(12)
    small = [(torch.tensor([[pixel]]), torch.tensor([[0.5]])) for pixel in (1.0, 0.0)]
    return small + [(torch.rand(batch, pixel, generator=draw).round(), scale * torch.randn(batch, pixel, generator=draw))
                    for batch, pixel, scale in ((2, 3, 1.0), (3, 5, 2.0), (4, 6, 300.0))]


BERNOULLI = Exact(
    **words(__file__, "bernoulli_log_likelihood"), reference=bernoulli_log_likelihood, spoiled=spoiled_bernoulli,
    cases=bernoulli_cases)


def level_nll(log_density: Float[Tensor, "batch"], num_pixels: int, num_levels: int) -> Float[Tensor, "batch"]:
    """Nats for the grey levels of an image, from the log-density of its dequantised pixels in [0, 1)."""
    return num_pixels * math.log(num_levels) - log_density


def spoiled_level(has: Has, log_density: Tensor, num_pixels: int, num_levels: int) -> Tensor:
    width = math.log2(num_levels) if has("log 2") else num_levels if has("no log") else math.log(num_levels)
    num = 1 if has("one pixel") else num_pixels
    volume = 0.0 if has("no volume") else -num * width if has("wrong way") else num * width
    if has("per pixel unit"):
        return (volume - log_density) / num_pixels
    return volume + log_density if has("density sign") else volume - log_density


LEVEL = Exact(
    **words(__file__, "level_nll"), reference=level_nll, spoiled=spoiled_level,
    cases=lambda: [(torch.tensor([0.0]), 1, 17), (torch.tensor([20.0, 45.0, 61.5]), 64, 17),
                   (torch.tensor([-3.0, 120.0, 7.0, 9.5]), 12, 256)])

register(GAUSSIAN, BERNOULLI, LEVEL)
