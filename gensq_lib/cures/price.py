"""Cures that change the price of z. What they return is a loss, and is never called KL or ELBO."""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.cures.base import Cure
from gensq_lib.cures.registry import register
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.divergences import mmd
from gensq_lib.maths.schedules import Schedule, constant, cyclical, linear, sigmoid

FREE_BITS = 0.45  # nats per dimension
RATE = 3.6  # nats per sentence: what FREE_BITS buys in 8 dimensions, so that prices can be compared


class Annealing(Cure):
    """beta * penalty, with beta growing during training (Bowman et al. 2016; cyclical: Fu et al. 2019).

    A constant beta below 1 is the beta-VAE of Higgins et al. (2017), turned the other way round.
    """

    def __init__(self, beta: Schedule | float, inner: Cure | None = None):
        super().__init__(inner)
        self.beta = beta if callable(beta) else constant(beta)

    def penalty(self, terms, step):
        return self.beta(step) * super().penalty(terms, step)


register("linear", lambda training, inner: Annealing(linear(0.0, 1.0, steps=training.share(1 / 2)), inner))
register("sigmoid", lambda training, inner: Annealing(sigmoid(0.0, 1.0, steps=training.share(1 / 2)), inner))
register("cyclical", lambda training, inner: Annealing(cyclical(0.0, 1.0, period=training.share(1 / 4)), inner))
register("small_beta", lambda training, inner: Annealing(0.5, inner))


class FreeBits(Cure):
    """sum_j max(floor, E_batch[KL_j]): below `floor` nats a dimension is free (Kingma et al. 2016, appendix C.8).

    This is the per-dimension variant on the batch mean. A KL just above `latent_dim * floor`
    is what the floor bought, not what the model found worth paying for. Taught in lesson 08.
    """

    def __init__(self, floor: float):
        super().__init__()
        self.floor = _not_negative("free bits", floor, "nats per dimension; try 0.5")

    def penalty(self, terms, step):
        return terms.kl.mean(0).clamp(min=self.floor).sum()


register("free_bits", lambda training, inner: FreeBits(FREE_BITS), sets_price=True)


class GroupFreeBits(FreeBits):
    """The same with one floor for each of `groups` equal groups of dimensions: inside a group they share it.

    Taught in lesson 08.
    """

    def __init__(self, floor: float, *, groups: int = 1):
        super().__init__(floor)
        self.groups = groups

    def penalty(self, terms, step):
        latent_dim = terms.kl.shape[-1]
        if latent_dim % self.groups:
            raise GensqError(f"expected groups that divide {latent_dim} dimensions, got {self.groups}; try 2")
        return terms.kl.mean(0).view(self.groups, -1).sum(-1).clamp(min=self.floor).sum()


register("group_free_bits", lambda training, inner: GroupFreeBits(RATE), sets_price=True)


class TargetRate(Cure):
    """|KL - target|: too little costs as much as too much, so the rate is held at `target` nats per sentence.

    A way to ask for one point of the rate-distortion plane (Alemi et al. 2018).
    """

    def __init__(self, target: float):
        super().__init__()
        self.target = _not_negative("a target rate", target, "nats per sentence; try 4")

    def penalty(self, terms, step):
        return (terms.kl.sum(-1).mean() - self.target).abs()


register("target_rate", lambda training, inner: TargetRate(RATE), sets_price=True)


class MMD(Cure):
    """kl_weight * KL + weight * MMD²(q(z), p(z)): asks of all codes together that they look like the prior.

    InfoVAE (Zhao et al. 2019). The kernel's bandwidth grows with the dimension: with a bandwidth of 1 every pair of
    points in 16 dimensions is far apart, and the gradient is dead.
    """

    def __init__(self, weight: float, *, kl_weight: float = 0.0, bandwidth: float | None = None, seed: int = 0):
        super().__init__()
        self.weight, self.kl_weight, self.bandwidth, self.seed = weight, kl_weight, bandwidth, seed

    def penalty(self, terms, step):
        return self.kl_weight * super().penalty(terms, step) + self.weight * self.discrepancy(terms.z[0], step)

    def discrepancy(self, z: Float[Tensor, "batch latent"], step: int) -> Float[Tensor, ""]:
        """MMD² of codes and fresh draws from the prior; `bandwidth` is the median distance² unless it is given."""
        prior = torch.randn(z.shape, generator=torch.Generator().manual_seed(self.seed * 1_000_003 + step)).to(z.device)
        return mmd(z.float(), prior, bandwidth=self.bandwidth)


register("mmd", lambda training, inner: MMD(20.0, kl_weight=0.3), sets_price=True)


def _not_negative(what: str, value: float, advice: str) -> float:
    if not value >= 0 or math.isinf(value):
        raise GensqError(f"expected {what} >= 0 {advice}, got {value}")
    return value
