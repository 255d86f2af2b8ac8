"""Exercise of lesson 04: which directions of the data a linear VAE with a fixed noise uses, and what they cost."""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def water_level(covariance: Float[Tensor, "pixel pixel"], noise_variance: float, latent_dim: int) -> Float[Tensor, "2"]:
    """Rate and distortion of the best linear VAE whose noise variance is fixed, nats per image (Tipping & Bishop 1999)."""
    eigenvalues = torch.linalg.eigvalsh(covariance).flip(-1)
    kept, rest = eigenvalues[:latent_dim], eigenvalues[latent_dim:]
    rate = 0.5 * (kept / noise_variance).clamp(min=1).log().sum()
    left = kept.clamp(max=noise_variance).sum() + rest.sum()
    constant = 0.5 * len(eigenvalues) * math.log(2 * math.pi * noise_variance)
    return torch.stack([rate, left / (2 * noise_variance) + constant])


def spoiled_level(has: Has, covariance: Tensor, noise_variance: float, latent_dim: int) -> Tensor:
    noise = noise_variance**2 if has("noise squared") else noise_variance
    found = covariance.diagonal().sort().values if has("diagonal") else torch.linalg.eigvalsh(covariance)
    found = found if has("smallest") else found.flip(-1)
    num = len(found) if has("all directions") else latent_dim
    kept, rest = found[:num], found[num:]
    awake = kept > (math.sqrt(noise) if has("standard deviation") else 0.0 if has("no threshold") else noise)
    rate = (0.5 if not has("no half") else 1.0) * price(has, kept, noise)[awake].sum()
    used = 0.0 * kept if has("awake left nothing") else torch.full_like(kept, noise)
    used = kept if has("nothing explained") else used
    asleep = 0.0 * kept if has("asleep forgotten") else kept
    left = torch.where(awake, used, asleep).sum() + (0.0 if has("rest forgotten") else rest.sum())
    scaled = left if has("not divided") else left / ((1.0 if has("no half of the square") else 2.0) * noise)
    size = 1 if has("constant once") else latent_dim if has("constant of z") else len(found)
    constant = 0.0 if has("no constant") else 0.5 * size * math.log((1.0 if has("no 2 pi") else 2 * math.pi) * noise)
    rows = [rate, scaled + constant]
    return torch.stack(rows[::-1] if has("rows exchanged") else rows)


def price(has: Has, kept: Tensor, noise: float) -> Tensor:
    """Twice the nats that each direction costs."""
    if has("one more"):
        return (1 + kept / noise).log()
    if has("less noise"):
        return ((kept - noise).clamp(min=1e-30) / noise).log()
    return (kept / noise) - 1 if has("no log") else (kept / noise).log()


def level_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(14)
    small = [(torch.diag(torch.tensor([2.0, 0.25])), 1.0, 1), (torch.tensor([[0.5, 0.3], [0.3, 0.5]]), 4.0, 2),
             (torch.tensor([[1.0, 0.8], [0.8, 1.0]]), 0.5, 2)]
    roots = (torch.randn(pixel, pixel, generator=draw) for pixel in (3, 4, 6))
    return small + [(root @ root.mT, noise, latent)
                    for root, noise, latent in zip(roots, (0.3, 2.5, 0.7), (3, 1, 4), strict=True)]


WATER = Values(**words(__file__, "water_level"), reference=water_level, spoiled=spoiled_level, cases=level_cases, together=2)
