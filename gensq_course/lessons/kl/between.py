"""Exercise of lesson 02: the KL divergence between two diagonal Gaussians, per dimension."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


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
    name="kl_between", reference=kl_between, spoiled=spoiled_between, cases=between_cases,
    free=lambda q_mean, q_std, p_mean, p_std: (q_mean, q_std.abs(), p_mean, p_std.abs()),
    mistakes={
        "reverse": "this is KL(p || q): q and p are exchanged. The average is over q, the first one.",
        "half": "the factor 1/2 is missing.",
        "sum over latent": "it sums over the dimensions: here one number per dimension is asked for, the caller sums.",
        "mean over latent": "it takes the mean over the dimensions: a hidden beta of 1/latent_dim. Keep one number each.",
        "variances": "q_std and p_std are taken for variances; they are standard deviations.",
        "minus one": "the - 1 is missing: for equal Gaussians the KL must be 0.",
        "log turned": "the logarithm is upside down: it is log(p_std / q_std), large when q is narrow.",
        "no log": "the term log(p_std / q_std) is missing.",
        "half a log": "the logarithm is halved: log(p_std / q_std) with standard deviations has the factor 1; only with "
        "variances it has 1/2.",
        "shift over q": "the distance of the means is measured in q's standard deviations; it is in p's.",
        "shift not scaled": "the distance of the means must be divided by p_std before it is squared.",
        "shift not squared": "the distance of the means must be squared.",
        "ratio not squared": "the ratio of the widths must be squared: q_std**2 / p_std**2.",
    },
    hints=(
        "Equal Gaussians must give 0. Which terms are left when only the means differ? Half the squared distance in p's widths.",
        "KL = log(p_std / q_std) + (q_std² + (q_mean - p_mean)²) / (2 p_std²) - 1/2.",
        "Write ratio = q_std / p_std and shift = (q_mean - p_mean) / p_std; then 0.5 (ratio² + shift² - 1) - log ratio.",
    ),
    praise="One number per dimension: who needs nats per sentence sums over the last axis, and everybody sees it.",
)
