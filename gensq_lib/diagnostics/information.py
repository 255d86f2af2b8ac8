"""How much of x is in z: active units and mutual information. Nats."""
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Normal

from gensq_lib.diagnostics.aggregate import log_aggregate
from gensq_lib.maths.divergences import reparameterize


def active_units(mean: Float[Tensor, "sentence latent"], *, threshold: float = 0.01) -> int:
    """Dimensions whose posterior *mean* varies over the data by more than `threshold` (Burda et al. 2016).

    Alone it proves nothing: batch-normalised means are active in an untrained model. Taught in lesson 06.
    """
    return int((mean.var(0) > threshold).sum())


def active_units_over(mean: Float[Tensor, "sentence latent"], thresholds: Sequence[float]) -> list[int]:
    """The same count at each threshold. Between two kinds of dimensions it is flat; where it falls all the way, the count
    at any one threshold is an accident of the threshold.

    Bias: the variance over N sentences is unbiased, with a relative error of about sqrt(2 / N); a count near a step is not.
    Taught in lesson 07.
    """
    variance = mean.var(0)
    return [int((variance > threshold).sum()) for threshold in thresholds]


@dataclass(frozen=True)
class MutualInformation:
    """I(x; z) under q lies between `lower` and `upper` on average; `lower` is at most `log_n`, `upper` is not."""

    lower: float
    upper: float
    log_n: float


def mutual_information(mean: Float[Tensor, "sentence latent"], stddev: Float[Tensor, "sentence latent"], *,
                       generator: torch.Generator, chunk: int = 256) -> MutualInformation:
    r"""E[log q(z|x) - log q(z)], with q(z) estimated from the same N sentences (Poole et al. 2019).

    With a sentence's own q in the average, q(z) is too large where z is, and the estimate is a lower
    bound, at most log N; without it, an upper bound. If the two are far apart, N is too small. Taught in lesson 06.
    """
    z = reparameterize(Normal(mean, stddev), generator=generator)[0]
    own = Normal(mean, stddev).log_prob(z).sum(-1)
    with_own, without_own = log_aggregate(mean, stddev, z, chunk=chunk)
    return MutualInformation((own - with_own).mean().item(), (own - without_own).mean().item(), math.log(len(mean)))
