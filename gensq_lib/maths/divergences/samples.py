"""Distances between two clouds of points: no density is asked for, only samples."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import expect


def mmd(x: Float[Tensor, "sample latent"], y: Float[Tensor, "other latent"], *, bandwidth: float | None = None
        ) -> Float[Tensor, ""]:
    """Squared maximum mean discrepancy, Gaussian kernel exp(-distance² / bandwidth) (Gretton et al. 2012, eq. 3).

    Unbiased, so it is about 0, and may be below, when x and y come from one distribution. In d dimensions distances² grow
    like d and a fixed bandwidth sees nothing: the default is the median distance², 2 d for standard normals. No unit.
    """
    expect(min(len(x), len(y)) > 1, f"expected at least 2 samples on each side, got {len(x)} and {len(y)}; draw more")
    expect(bandwidth is None or bandwidth > 0, f"expected a bandwidth above 0, got {bandwidth}; None takes the median")
    scale = median_bandwidth(x, y) if bandwidth is None else bandwidth
    same = sum(mean_of_others((-squared_distances(a, a) / scale).exp()) for a in (x, y))
    return same - 2 * (-squared_distances(x, y) / scale).exp().mean()


def squared_distances(x: Float[Tensor, "sample latent"], y: Float[Tensor, "other latent"]) -> Float[Tensor, "sample other"]:
    """Squared distances of all pairs; from differences, because |x|² + |y|² - 2xy rounds badly far from 0."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").square()


def mean_of_others(kernel: Float[Tensor, "sample sample"]) -> Float[Tensor, ""]:
    """The mean over pairs of different points; a point's likeness to itself would be a bias."""
    num = len(kernel)
    return (kernel.sum() - kernel.trace()) / (num * (num - 1))


def median_bandwidth(x: Float[Tensor, "sample latent"], y: Float[Tensor, "other latent"]) -> Float[Tensor, ""]:
    """The median squared distance between different points of both clouds; it scales with the dimension by itself."""
    both = torch.cat([x, y]).detach()
    pairs = torch.tril_indices(len(both), len(both), -1, device=both.device)
    median = squared_distances(both, both)[pairs[0], pairs[1]].median()
    return median.clamp_min(torch.finfo(both.dtype).tiny)
