"""The losses of adversarial training as one table: logits in, one number per example out.

A judge (the discriminator of Goodfellow et al. 2014) gives each example a logit, large for "real". A `Loss` says what it
pays for a logit on a real example and on a fake one, and what the generator pays for the logit of its fake. The caller
averages. To add a loss, add a row. *Taught in lesson 14.*
"""
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import relu, softplus

from gensq_lib.ground.errors import GensqError, nearest

PerExample = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Loss:
    """Three prices of a logit. `optimum`: the best one where real examples have the density p and fakes q, if there is one."""

    real: PerExample
    fake: PerExample
    generator: PerExample
    optimum: Callable[[Tensor, Tensor], Tensor] | None = None

    def judge(self, real: Float[Tensor, "batch"], fake: Float[Tensor, "batch"]) -> Float[Tensor, "batch"]:
        """What the judge pays for a pair: its price on a real example plus that on a fake one."""
        return self.real(real) + self.fake(fake)


def log_ratio(p: Tensor, q: Tensor) -> Tensor:
    """log p - log q: the logit whose sigmoid is p / (p + q)."""
    return p.log() - q.log()


LOSSES: dict[str, Loss] = {
    # Goodfellow et al. 2014, eq. 1: softplus(-a) = -log sigmoid(a), softplus(a) = -log(1 - sigmoid(a)); nats.
    "minimax": Loss(lambda a: softplus(-a), lambda a: softplus(a), lambda a: -softplus(a), log_ratio),
    # Goodfellow et al. 2014, section 3: the same game for the judge, a generator that keeps its slope when it loses.
    "non_saturating": Loss(lambda a: softplus(-a), lambda a: softplus(a), lambda a: softplus(-a), log_ratio),
    # Mao et al. 2017 with targets 1 and 0.
    "least_squares": Loss(lambda a: 0.5 * (a - 1).square(), lambda a: 0.5 * a.square(), lambda a: 0.5 * (a - 1).square(),
                          lambda p, q: p / (p + q)),
    # Arjovsky et al. 2017: a difference of means. Needs a judge whose slope is bounded, else it has no optimum.
    "wasserstein": Loss(lambda a: -a, lambda a: a, lambda a: -a),
    # As in Miyato et al. 2018: no price for a logit beyond the margin of 1.
    "hinge": Loss(lambda a: relu(1 - a), lambda a: relu(1 + a), lambda a: -a, lambda p, q: torch.sign(p - q)),
}


def loss_named(name: str) -> Loss:
    """The row of `LOSSES` with that name; a wrong name is refused with the nearest right one."""
    if name not in LOSSES:
        raise GensqError(f'expected a loss out of {", ".join(LOSSES)}, got "{name}"'
                         f"{nearest(name, LOSSES) or '; choose one of these'}")
    return LOSSES[name]
