"""Two clouds of points, real and generated: which modes are covered, how near each lies to the other, how far apart they are.

No loss says how good a generator is; these look at its samples. `divergences.mmd` belongs to the same family.
"""
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import expect, whole


@dataclass(frozen=True)
class Coverage:
    """How many modes are covered, from samples: `strict` inside 3 standard deviations, `loose` in the mode's neighbourhood.

    Covered: at least a quarter of the mode's fair share of all samples lies there. `near` is the share of samples that
    are inside 3 standard deviations of any mode (98.9 % for the truth in the plane); `counts` has them by mode.
    """

    strict: int
    loose: int
    near: float
    counts: Int[Tensor, "mode"]


def coverage(x: Float[Tensor, "sample latent"], centres: Float[Tensor, "mode latent"], *, stddev: float,
             least: float = 0.25) -> Coverage:
    """The neighbourhood of a mode reaches half-way to the nearest other one. Taught in lesson 14."""
    expect(len(centres) > 1, f"expected at least 2 modes to cover, got {len(centres)}; a single one cannot be missed")
    expect(stddev > 0 and len(x), f"expected samples and a stddev above 0, got {len(x)} and {stddev}; draw some")
    distances, nearest = torch.cdist(x, centres).min(1)
    half_way = torch.cdist(centres, centres).fill_diagonal_(float("inf")).min() / 2
    wanted = least * len(x) / len(centres)

    def counts(radius: float | Tensor) -> Int[Tensor, "mode"]:
        return torch.bincount(nearest[distances <= radius], minlength=len(centres))

    inside = counts(3 * stddev)
    return Coverage(int((inside >= wanted).sum()), int((counts(half_way) >= wanted).sum()), inside.sum().item() / len(x), inside)


@dataclass(frozen=True)
class PrecisionRecall:
    """Shares: of the generated points that lie among the real ones, and of the real points that lie among the generated."""

    precision: float
    recall: float


def precision_recall(real: Float[Tensor, "sample latent"], fake: Float[Tensor, "other latent"], *, neighbours: int = 3
                     ) -> PrecisionRecall:
    """A point lies among a cloud if it is in a ball around one of its points (Kynkäänniemi et al. 2019).

    The ball of a point reaches to its k-th nearest neighbour in its own cloud. Bias: a single stray point has a large ball,
    and both shares depend on k and on the number of points: compare equal numbers only. A memorised cloud scores 1 and 1.
    """
    return PrecisionRecall(share_among(fake, real, neighbours), share_among(real, fake, neighbours))


def share_among(points: Float[Tensor, "sample latent"], cloud: Float[Tensor, "other latent"], neighbours: int) -> float:
    """The share of the points that lie in a ball of the cloud; a ball reaches to its centre's k-th neighbour."""
    expect(whole(neighbours, 1), f"expected 1 neighbour or more, got {neighbours}; 3 is a usual choice")
    expect(len(cloud) > neighbours, f"expected more than {neighbours} points in each cloud, got {len(cloud)}; draw more")
    radius = torch.cdist(cloud, cloud).kthvalue(neighbours + 1, dim=1).values  # the nearest of all is the point itself
    return (torch.cdist(points, cloud) <= radius).any(1).float().mean().item()


def frechet_distance(x: Float[Tensor, "sample latent"], y: Float[Tensor, "other latent"]) -> float:
    r"""$|\mu_x - \mu_y|^2 + \mathrm{tr}(C_x + C_y - 2 (C_x^{1/2} C_y C_x^{1/2})^{1/2})$: zero if both moments agree.

    The squared Wasserstein distance of two Gaussians with the clouds' means and covariances (used by Heusel et al. 2017 on
    features of a network). It sees no third moment, so a ring and a disc of the same covariance are the same to it; and it
    is biased upwards for few points. Squared units of x.
    """
    (mean_x, cov_x), (mean_y, cov_y) = (moments(points) for points in (x, y))
    cross = torch.linalg.eigvals(cov_x @ cov_y).real.clamp_min(0).sqrt().sum()  # C_x C_y has the eigenvalues of C_x^½ C_y C_x^½
    return ((mean_x - mean_y).square().sum() + cov_x.trace() + cov_y.trace() - 2 * cross).item()


def moments(points: Float[Tensor, "sample latent"]) -> tuple[Float[Tensor, "latent"], Float[Tensor, "latent latent"]]:
    """Mean and covariance, in double precision."""
    expect(len(points) > 1, f"expected at least 2 points for a covariance, got {len(points)}; draw more")
    expect(points.isfinite().all(), "expected finite points, got NaN or infinity; look for the first of them")
    return points.double().mean(0), torch.atleast_2d(points.double().T.cov())
