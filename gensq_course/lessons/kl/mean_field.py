"""Exercise of lesson 02: the diagonal Gaussian that is nearest to one with a full covariance."""
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words, instead


def mean_field(covariance: Float[Tensor, "batch latent latent"]) -> Float[Tensor, "batch latent"]:
    """The variances of the diagonal q with the least KL(q || p), p = N(0, covariance): 1 / diagonal of the precision."""
    return 1 / diagonal(covariance.inverse())


def diagonal(matrix: Float[Tensor, "batch latent latent"]) -> Float[Tensor, "batch latent"]:
    return matrix.diagonal(dim1=-2, dim2=-1)


def partner(covariance: Float[Tensor, "batch latent latent"]) -> Float[Tensor, "batch latent"]:
    """The covariance of each dimension with the next one."""
    return diagonal(covariance.roll(-1, -1))


TAKEN: dict[str, Callable[[Tensor], Tensor]] = {  # for the right variances
    "other direction": diagonal,
    "precision": lambda c: diagonal(c.inverse()),
    "entries inverted": lambda c: 1 / diagonal(c),
    "eigenvalues": torch.linalg.eigvalsh,
    "one partner only": lambda c: diagonal(c) - partner(c) ** 2 / diagonal(c).roll(-1, -1),
    "unit variances": lambda c: 1 - partner(c) ** 2,
    "determinant": lambda c: torch.linalg.det(c)[:, None] / diagonal(c),
}


def spoiled_field(has: Has, covariance: Tensor) -> Tensor:
    result = instead(has, mean_field, TAKEN)(covariance)
    result = torch.diag_embed(result) if has("a matrix") else result
    return result.sqrt() if has("standard deviations") else result


def field_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(25)
    small = [(torch.tensor([[[1.0, 0.5], [0.5, 1.0]]]),), (torch.tensor([[[4.0, -1.0], [-1.0, 1.0]]]),)]
    roots = (torch.randn(batch, latent, latent, generator=draw) for batch, latent in ((1, 1), (3, 3), (2, 4)))
    return small + [(root @ root.mT + 0.5 * torch.eye(root.shape[-1]),) for root in roots]


FIELD = Values(**words(__file__, "mean_field"), reference=mean_field, spoiled=spoiled_field, cases=field_cases, together=2)
