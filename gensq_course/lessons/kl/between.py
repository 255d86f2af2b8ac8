"""Exercise of lesson 02: the KL divergence between two diagonal Gaussians, per dimension."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def kl_between(
    q_mean: Float[Tensor, "batch latent"], q_std: Float[Tensor, "batch latent"],
    p_mean: Float[Tensor, "batch latent"], p_std: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch latent"]:
    """KL(q || p) of each dimension, nats (Kingma & Welling 2014, appendix B, with any p)."""
    ratio, shift = q_std / p_std, (q_mean - p_mean) / p_std
    return 0.5 * (ratio.square() + shift.square() - 1) - ratio.log()


def spoiled_between(has: Has, q_mean: Tensor, q_std: Tensor, p_mean: Tensor, p_std: Tensor) -> Tensor:
    if has("reverse"):
        q_mean, q_std, p_mean, p_std = p_mean, p_std, q_mean, q_std
    if has("variances"):
        q_std, p_std = q_std.sqrt(), p_std.sqrt()
    ratio = q_std / p_std
    shift = (q_mean - p_mean) / (1 if has("shift not scaled") else q_std if has("shift over q") else p_std)
    terms = (ratio if has("ratio not squared") else ratio.square()) + (shift if has("shift not squared") else shift.square())
    terms = (terms if has("minus one") else terms - 1) * (1.0 if has("half") else 0.5)
    logs = 0 * ratio if has("no log") else -ratio.log() if has("log turned") else ratio.log()
    terms = terms - (0.5 * logs if has("half a log") else logs)
    if has("sum over latent"):
        return terms.sum(-1)
    return terms.mean(-1) if has("mean over latent") else terms


def between_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(21)
    small = [tuple(torch.full((1, 1), x) for x in case) for case in ((1.0, 1.0, 0.0, 1.0), (0.0, 2.0, 0.0, 1.0))]
    return small + [gaussians(draw, batch, latent) for batch, latent in ((1, 3), (3, 5))]


def gaussians(draw: torch.Generator, batch: int, latent: int) -> Inputs:
    means = torch.randn(2, batch, latent, generator=draw)
    stds = torch.randn(2, batch, latent, generator=draw).mul(0.5).exp()
    return means[0], stds[0], means[1], stds[1]


BETWEEN = Exact(
    **words(__file__, "kl_between"), reference=kl_between, spoiled=spoiled_between, cases=between_cases,
    free=lambda q_mean, q_std, p_mean, p_std: (q_mean, q_std.abs(), p_mean, p_std.abs()))
