"""Prices on the slope of a judge: one number per example, so that nothing is hidden in a mean.

The slope of an example is the norm of d logit / d x over all axes but the batch. Both penalties build the graph of the slope
(`create_graph`), else the judge could not be trained on them, and expect a judge that looks at each example
alone: under batch normalisation the slope of one example would run through all others.
"""
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

Logits = Callable[[Tensor], Tensor]


def slopes(logits: Logits, x: Float[Tensor, "batch *shape"]) -> Float[Tensor, "batch"]:
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


def gradient_penalty(logits: Logits, real: Float[Tensor, "batch *shape"], fake: Float[Tensor, "batch *shape"], *,
                     generator: torch.Generator) -> Float[Tensor, "batch"]:
    """(slope - 1)² between real and fake examples (Gulrajani et al. 2017): holds a Wasserstein critic near slope 1."""
    return (slopes(logits, points_between(real, fake, generator=generator)) - 1).square()


def zero_centred(logits: Logits, real: Float[Tensor, "batch *shape"], fake: Float[Tensor, "batch *shape"], *,
                 generator: torch.Generator) -> Float[Tensor, "batch"]:
    """Half the squared slope at the real examples alone (R1 of Mescheder et al. 2018): at the goal nothing should pull."""
    return 0.5 * slopes(logits, real).square()


Penalty = Callable[..., Tensor]
PENALTIES: dict[str, Penalty | None] = {"none": None, "gradient_penalty": gradient_penalty, "zero_centred": zero_centred}
