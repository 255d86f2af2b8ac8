"""Exercise of lesson 02: the diagonal Gaussian that is nearest to one with a full covariance."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def mean_field(covariance: Float[Tensor, "batch latent latent"]) -> Float[Tensor, "batch latent"]:
    """The variances of the diagonal q with the least KL(q || p), p = N(0, covariance): 1 / diagonal of the precision."""
    return 1 / covariance.inverse().diagonal(dim1=-2, dim2=-1)


def spoiled_field(has: Has, covariance: Tensor) -> Tensor:
    diagonal = covariance.diagonal(dim1=-2, dim2=-1)
    precision = covariance.inverse().diagonal(dim1=-2, dim2=-1)
    if has("other direction"):
        result = diagonal
    elif has("precision"):
        result = precision
    elif has("entries inverted"):
        result = 1 / diagonal
    elif has("eigenvalues"):
        result = torch.linalg.eigvalsh(covariance)
    elif has("one partner only"):
        partner = covariance.roll(-1, -1).diagonal(dim1=-2, dim2=-1)
        result = diagonal - partner**2 / diagonal.roll(-1, -1)
    elif has("unit variances"):
        result = 1 - covariance.roll(-1, -1).diagonal(dim1=-2, dim2=-1) ** 2
    elif has("determinant"):
        result = torch.linalg.det(covariance)[:, None] / diagonal
    else:
        result = 1 / precision
    result = torch.diag_embed(result) if has("a matrix") else result
    return result.sqrt() if has("standard deviations") else result


def field_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(25)
    small = [(torch.tensor([[[1.0, 0.5], [0.5, 1.0]]]),), (torch.tensor([[[4.0, -1.0], [-1.0, 1.0]]]),)]
    roots = (torch.randn(batch, latent, latent, generator=draw) for batch, latent in ((1, 1), (3, 3), (2, 4)))
    return small + [(root @ root.mT + 0.5 * torch.eye(root.shape[-1]),) for root in roots]


FIELD = Values(**words(__file__, "mean_field"), reference=mean_field, spoiled=spoiled_field, cases=field_cases, together=2)
