"""How well the encoder does its work: against the true posterior on a grid, and by the gap between two bounds. Nats."""
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.divergences import log_prob
from gensq_lib.maths.objectives import evaluating, log_mean_exp, log_weights


@dataclass(frozen=True)
class TruePosterior:
    """p(z | x) of each sentence, for a z of one number, and log p(x), the integral that it is divided by."""

    mean: Float[Tensor, "batch"]
    stddev: Float[Tensor, "batch"]
    log_marginal: Float[Tensor, "batch"]


def true_posterior(model: nn.Module, batch: Any, *, grid: Float[Tensor, "sample"], chunk: int = 16) -> TruePosterior:
    """The true posterior of the *model*, whatever its encoder says, by quadrature over a z of one number (He et al. 2019).

    Bias: what lies outside the grid is lost, so log p(x) is too low and the mean is drawn to the middle; and a posterior
    narrower than the distance of two grid points is seen at one point only. Double the grid and compare.
    """
    if model.prior(batch).mean.shape[-1] != 1:
        raise GensqError("expected a z of one number, got more; a grid over several dimensions has too many points: "
                         "train a model with latent_dim=1")
    step = grid.diff()
    widths = torch.cat([step[:1], step[1:] + step[:-1], step[-1:]]) / 2  # the trapezoidal rule
    with evaluating(model):
        found = [_log_joint(model, batch, some) for some in grid.split(chunk)]
    log_joint = torch.cat(found) + widths.log()[:, None]
    weights = log_joint.softmax(0)
    mean = (weights * grid[:, None]).sum(0)
    variance = (weights * (grid[:, None] - mean).square()).sum(0)
    return TruePosterior(mean, variance.sqrt(), log_joint.logsumexp(0))


def _log_joint(model: nn.Module, batch: Any, points: Float[Tensor, "sample"]) -> Float[Tensor, "sample batch"]:
    """log p(x, z) at the same z for every sentence."""
    z = points[:, None, None].expand(-1, len(batch), 1)
    return model.log_likelihood(batch, z) + log_prob(model.prior(batch), z).sum(-1)


def bound_gap(model: nn.Module, batch: Any, *, num_samples: int, generator: torch.Generator) -> Float[Tensor, "batch"]:
    """The importance-weighted bound minus the ELBO, from the same draws: never negative (Burda et al. 2016).

    Bias: too small on average. It tends to KL(q(z|x) ‖ p(z|x)), what the encoder loses, only as `num_samples` grows.
    """
    with evaluating(model):
        weights = log_weights(model, batch, num_samples=num_samples, generator=generator)
    return log_mean_exp(weights) - weights.mean(0)
