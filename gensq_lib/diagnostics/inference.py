"""How well the encoder does its work: the gap between two bounds. Nats."""
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.maths.objectives import evaluating, log_mean_exp, log_weights


def bound_gap(model: nn.Module, batch: Any, *, num_samples: int, generator: torch.Generator) -> Float[Tensor, "batch"]:
    """The importance-weighted bound minus the ELBO, from the same draws: never negative (Burda et al. 2016).

    Bias: too small on average. It tends to KL(q(z|x) ‖ p(z|x)), what the encoder loses, only as `num_samples` grows.
    Taught in lesson 07.
    """
    with evaluating(model):
        weights = log_weights(model, batch, num_samples=num_samples, generator=generator)
    return log_mean_exp(weights) - weights.mean(0)
