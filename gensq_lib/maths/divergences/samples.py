"""Distances between two clouds of points: no density is asked for, only samples."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import GensqError


def mmd(x: Float[Tensor, "sample latent"], y: Float[Tensor, "other latent"], *, bandwidth: float | None = None
        ) -> Float[Tensor, ""]:
    """Squared maximum mean discrepancy, Gaussian kernel exp(-distance² / bandwidth) (Gretton et al. 2012, eq. 3).

    Unbiased, so it is about 0, and may be below, when x and y come from one distribution. In d dimensions distances² grow
    like d and a fixed bandwidth sees nothing: the default is the median distance², 2 d for standard normals. No unit.
    """
    if min(len(x), len(y)) < 2:
        raise GensqError(f"expected at least 2 samples on each side, got {len(x)} and {len(y)}; draw more")
    scale = median_bandwidth(x, y) if bandwidth is None else bandwidth
    same = sum(others_only((-distances(a, a) / scale).exp()) for a in (x, y))
    return same - 2 * (-distances(x, y) / scale).exp().mean()


def distances(x: Float[Tensor, "sample latent"], y: Float[Tensor, "other latent"]) -> Float[Tensor, "sample other"]:
    """Squared distances of all pairs; from differences, because |x|² + |y|² - 2xy rounds badly far from 0."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").square()


def others_only(kernel: Float[Tensor, "sample sample"]) -> Float[Tensor, ""]:
    """The mean over pairs of different points; a point's likeness to itself would be a bias."""
    num = len(kernel)
    return (kernel.sum() - kernel.trace()) / (num * (num - 1))


def median_bandwidth(x: Float[Tensor, "sample latent"], y: Float[Tensor, "other latent"]) -> Float[Tensor, ""]:
    """The median squared distance between different points of both clouds; it scales with the dimension by itself."""
    both = torch.cat([x, y]).detach()
    pairs = torch.tril_indices(len(both), len(both), -1, device=both.device)
    median = distances(both, both)[pairs[0], pairs[1]].median()
    return median.clamp_min(torch.finfo(both.dtype).tiny)


def wasserstein_1d(x: Float[Tensor, "sample latent"], y: Float[Tensor, "other latent"], *, order: float = 1.0
                   ) -> Float[Tensor, "latent"]:
    r"""$(\int_0^1 |F_x^{-1}(u) - F_y^{-1}(u)|^r du)^{1/r}$, r the order, for each dimension alone, in the units of x.

    On a line the cheapest way to move one cloud onto the other keeps the order of the points.
    """
    if not order >= 1:
        raise GensqError(f"expected an order of at least 1, got {order}; write 1 or 2")
    steps = [torch.arange(1, len(a) + 1, device=x.device, dtype=torch.float64) / len(a) for a in (x, y)]
    ends = torch.cat(steps).unique()  # between two ends both quantile functions are constant
    widths = ends.diff(prepend=ends.new_zeros(1)).to(x.dtype)
    middles = ends - widths.double() / 2
    gaps = quantile(x, middles) - quantile(y, middles)
    return (widths[:, None] * gaps.abs() ** order).sum(0) ** (1 / order)


def quantile(x: Float[Tensor, "sample latent"], levels: Float[Tensor, "level"]) -> Float[Tensor, "level latent"]:
    """The smallest points below which at least this share of x lies, for each dimension."""
    index = (levels * len(x)).long().clamp(0, len(x) - 1)
    return x.sort(0).values[index]
