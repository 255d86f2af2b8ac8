"""What adversarial training minimises: losses as one table, penalties on the judge: logits in, one number per example out.

A judge (the discriminator of Goodfellow et al. 2014) gives each example a logit, large for "real". A `Loss` says what it
pays for a logit on a real example and on a fake one, and what the generator pays for the logit of its fake. The caller
averages. To add a loss, add a row. *Taught in lesson 14.* (Rewards of words are in `policy`.)

Penalties are prices on the slope of a judge, one number per example, too. The slope of an example is the norm of d logit / d x
over all axes but the batch. Both penalties build the graph of the slope (`create_graph`), else the judge could not be trained
on them, and expect a judge that looks at each example alone: under batch normalisation the slope of one example would run
through all others.
"""
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import relu, softplus

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


def slopes(logits: PerExample, x: Float[Tensor, "batch *shape"]) -> Float[Tensor, "batch"]:
    """The norm of the gradient of each example's logit in that example; logit per unit of x."""
    x = x.detach().requires_grad_()
    gradient, = torch.autograd.grad(logits(x).sum(), x, create_graph=True)
    return gradient.flatten(1).norm(dim=1)


def points_between(real: Float[Tensor, "batch *shape"], fake: Float[Tensor, "batch *shape"], *, generator: torch.Generator
                   ) -> Float[Tensor, "batch *shape"]:
    """A point on the line from each real example to its fake partner, at a place of its own."""
    shape = (len(real),) + (1,) * (real.dim() - 1)
    alpha = torch.rand(shape, generator=generator, device=generator.device).to(real)
    return alpha * real + (1 - alpha) * fake


def gradient_penalty(logits: PerExample, real: Float[Tensor, "batch *shape"], fake: Float[Tensor, "batch *shape"], *,
                     generator: torch.Generator) -> Float[Tensor, "batch"]:
    """(slope - 1)² between real and fake examples (Gulrajani et al. 2017): holds a Wasserstein critic near slope 1."""
    return (slopes(logits, points_between(real, fake, generator=generator)) - 1).square()


def zero_centred(logits: PerExample, real: Float[Tensor, "batch *shape"], fake: Float[Tensor, "batch *shape"], *,
                 generator: torch.Generator) -> Float[Tensor, "batch"]:
    """Half the squared slope at the real examples alone (R1 of Mescheder et al. 2018): at the goal nothing should pull."""
    return 0.5 * slopes(logits, real).square()


Penalty = Callable[..., Tensor]
PENALTIES: dict[str, Penalty | None] = {"none": None, "gradient_penalty": gradient_penalty, "zero_centred": zero_centred}
