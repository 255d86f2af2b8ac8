"""The exercises of lesson 04: two likelihoods of a picture, and the units in which models can be compared."""
import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import ContinuousBernoulli
from torch.nn.functional import logsigmoid

from gensq_course.checks.exercises import Exact, Has, Inputs, Values, words
from gensq_course.checks.registry import register
from gensq_course.lessons.dense_vae.water import WATER


def gaussian_log_likelihood(
    images: Float[Tensor, "batch pixel"], mean: Float[Tensor, "batch pixel"], log_stddev: Float[Tensor, "pixel"]
) -> Float[Tensor, "batch"]:
    """log N(images; mean, exp(log_stddev)^2), summed over the pixels."""
    distance = (images - mean) / log_stddev.exp()
    return (-0.5 * distance.square() - log_stddev - 0.5 * math.log(2 * math.pi)).sum(-1)


def spoiled_gaussian(has: Has, images: Tensor, mean: Tensor, log_stddev: Tensor) -> Tensor:
    log_stddev = log_stddev / 2 if has("log var") else log_stddev
    stddev = log_stddev if has("no exp") else log_stddev.exp() + (0.01 if has("epsilon") else 0.0)
    log_stddev = stddev.log() if has("no exp") or has("epsilon") else log_stddev
    variance = stddev if has("no square") else stddev**2
    square = images - mean if has("difference not squared") else (images - mean).square()
    terms = -(1.0 if has("half") else 0.5) * square / (1.0 if has("noise ignored") else variance)
    terms = terms + log_width(has, log_stddev)
    constant = 0.0 if has("no 2 pi") or has("2 pi once") else 0.5 * math.log(2 * math.pi)
    terms = terms - (2.0 if has("2 pi not halved") else 1.0) * constant
    terms = terms.exp() if has("densities") else terms
    return over_pixels(has, terms) - (0.5 * math.log(2 * math.pi) if has("2 pi once") else 0.0)


def log_width(has: Has, log_stddev: Tensor) -> Tensor | float:
    """What more noise costs, per pixel."""
    if has("no normaliser"):
        return 0.0
    log_stddev = log_stddev.sum() if has("normaliser twice summed") else log_stddev
    return log_stddev if has("normaliser sign") else -(2.0 if has("normaliser of the variance") else 1.0) * log_stddev


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
    narrow = (torch.tensor([[0.004, 0.5], [-0.002, -30.0]]), torch.zeros(2, 2), torch.tensor([-6.0, 4.0]))
    return [*small, narrow] + [(*torch.randn(2, batch, pixel, generator=draw), torch.randn(pixel, generator=draw))
                               for batch, pixel in sizes]


GAUSSIAN = Exact(
    **words(__file__, "gaussian_log_likelihood"), reference=gaussian_log_likelihood, spoiled=spoiled_gaussian,
    cases=gaussian_cases)


def bernoulli_log_likelihood(
    images: Float[Tensor, "batch pixel"], logits: Float[Tensor, "batch pixel"]
) -> Float[Tensor, "batch"]:
    """log-probability of black (1) and white (0) pixels, summed; p = sigmoid(logits)."""
    return (images * logsigmoid(logits) + (1 - images) * logsigmoid(-logits)).sum(-1)


def spoiled_bernoulli(has: Has, images: Tensor, logits: Tensor) -> Tensor:
    images, logits = (logits, images) if has("arguments exchanged") else (images, -logits if has("turned") else logits)
    if has("continuous"):
        return over_pixels(has, ContinuousBernoulli(logits=logits, validate_args=False).log_prob(images))
    log_one, log_zero = logs_of_coin(has, logits)
    zero = 0.0 if has("black only") else (1 - images) * (log_one if has("log p for white") else log_zero)
    terms = log_one if has("images unused") else images * log_one + zero
    if has("softmax"):
        terms = images * logits.log_softmax(-1)
    if has("exp overflows"):
        terms = images * logits - logits.exp().log1p()
    if has("probabilities"):
        terms = images * log_one.exp() + (1 - images) * log_zero.exp()
    if has("squared error"):
        terms = -(images - logits.sigmoid()).square()
    return over_pixels(has, terms.nan_to_num() if has("nan to num") else terms)


def logs_of_coin(has: Has, logits: Tensor) -> tuple[Tensor, Tensor]:
    """log p and log(1 - p), as a student may write them."""
    p = logits if has("no sigmoid") else logits.sigmoid()
    if has("logits as log p"):
        return logits, logsigmoid(-logits)
    if has("small number added"):
        return (p + 1e-8).log(), (1 - p + 1e-8).log()
    if has("underflow") or has("nan to num") or has("no sigmoid"):
        return p.log(), (1 - p).log()
    return logsigmoid(logits), logsigmoid(-logits)


def bernoulli_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(12)
    small = [(torch.tensor([[pixel]]), torch.tensor([[0.5]])) for pixel in (1.0, 0.0)]
    small.append((torch.tensor([[1.0, 0.0]]), torch.tensor([[200.0, -200.0]])))  # sure and right
    return small + [(torch.rand(batch, pixel, generator=draw).round(), scale * torch.randn(batch, pixel, generator=draw))
                    for batch, pixel, scale in ((2, 3, 1.0), (3, 5, 2.0), (4, 6, 300.0))]


BERNOULLI = Exact(
    **words(__file__, "bernoulli_log_likelihood"), reference=bernoulli_log_likelihood, spoiled=spoiled_bernoulli,
    cases=bernoulli_cases)


def level_nll(log_density: Float[Tensor, "batch"], num_pixels: int, num_levels: int) -> Float[Tensor, "batch"]:
    """Nats for the grey levels of an image, from the log-density of its dequantised pixels in [0, 1)."""
    return num_pixels * math.log(num_levels) - log_density


def spoiled_level(has: Has, log_density: Tensor, num_pixels: int, num_levels: int) -> Tensor:
    num_pixels, num_levels = (num_levels, num_pixels) if has("exchanged") else (num_pixels, num_levels)
    num_pixels, num_levels = (64, 17) if has("fixed size") else (num_pixels, num_levels)
    levels = max(num_levels - 1, 1) if has("one level less") else num_levels
    width = math.log2(levels) if has("log 2") else math.log10(levels) if has("log 10") else math.log(levels)
    width = levels if has("no log") else width
    num = 1 if has("one pixel") else num_pixels
    volume = 0.0 if has("no volume") else -num * width if has("wrong way") else num * width
    if has("per pixel unit"):
        return (volume - log_density) / num_pixels
    if has("log of a product"):
        return volume * log_density
    result = volume + log_density if has("density sign") else volume - log_density
    return result.clamp(min=0) if has("clamped") else result


LEVEL = Values(
    **words(__file__, "level_nll"), reference=level_nll, spoiled=spoiled_level,
    cases=lambda: [(torch.tensor([0.0]), 1, 17), (torch.tensor([20.0, 45.0, 61.5]), 64, 17),
                   (torch.tensor([5.0, -1.0]), 1, 2), (torch.tensor([-3.0, 120.0, 7.0, 9.5]), 12, 256)])

register(GAUSSIAN, BERNOULLI, LEVEL, WATER)
