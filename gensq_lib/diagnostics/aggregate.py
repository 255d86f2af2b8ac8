"""The aggregate posterior q(z), the mean of q(z|x) over all sentences, against the prior. Nats.

    E[KL(q(z|x) ‖ p(z))] = I(x; z) + KL(q(z) ‖ p(z))    (Hoffman & Johnson 2016)

So a KL may be information, or only a q(z) that stands beside the prior. q(z) is never known, only estimated from N
sentences. Estimate both terms on the right with the same q(z) and it cancels: the identity then holds for any q(z), a wrong
one too, and proves nothing. Here each term is bounded on its own.
"""
import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Normal

from gensq_lib.maths.divergences import reparameterize

REACH, POINTS = 2.0, 801  # the grid goes this far past the outermost posterior (and past the prior), with this many points


@dataclass(frozen=True)
class AggregateKL:
    """KL(q(z) ‖ p(z)) lies between `lower` and `upper` on average over draws."""

    lower: float
    upper: float


def aggregate_kl(mean: Float[Tensor, "sentence latent"], stddev: Float[Tensor, "sentence latent"], *,
                 generator: torch.Generator, chunk: int = 256) -> AggregateKL:
    r"""E[log q(z) - log p(z)] over z ~ q(z), with q(z) estimated from the same N sentences, in two ways.

    Bias: a sentence's own q in the average makes q(z) too large where z is, so that estimate is too high; without it, by
    Jensen, too low. Few sentences or narrow posteriors drive the two apart; both need more sentences, not more draws.
    Taught in lesson 07.
    """
    z = reparameterize(Normal(mean, stddev), generator=generator)[0]
    with_own, without_own = log_aggregate(mean, stddev, z, chunk=chunk)
    prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return AggregateKL((without_own - prior).mean().item(), (with_own - prior).mean().item())


def log_aggregate(mean: Float[Tensor, "sentence latent"], stddev: Float[Tensor, "sentence latent"],
                  z: Float[Tensor, "sentence latent"], *, chunk: int = 256
                  ) -> tuple[Float[Tensor, "sentence"], Float[Tensor, "sentence"]]:
    """Two estimates of log q(z) at a draw of each sentence: with the sentence's own q in the average, and without it."""
    n, with_own, without_own = len(mean), [], []
    for rows in torch.arange(n).split(chunk):
        density = Normal(mean, stddev).log_prob(z[rows, None]).sum(-1)
        with_own.append(density.logsumexp(1) - math.log(n))
        density[torch.arange(len(rows)), rows] = float("-inf")
        without_own.append(density.logsumexp(1) - math.log(n - 1))
    return torch.cat(with_own), torch.cat(without_own)


def aggregate_kl_per_dimension(mean: Float[Tensor, "sentence latent"], stddev: Float[Tensor, "sentence latent"]
                               ) -> Float[Tensor, "latent"]:
    r"""KL(q(z_j) ‖ p(z_j)) of each dimension alone, by quadrature: no draws, no noise.

    Bias: upwards, by about 1/N, because the q of N sentences is rougher than that of all. Their sum leaves out how the
    dimensions depend on each other, so it is at most KL(q(z) ‖ p(z)).
    """
    mean, stddev = mean.double(), stddev.double()
    return torch.stack([_kl_on_a_line(m, s) for m, s in zip(mean.unbind(-1), stddev.unbind(-1), strict=True)]).float()


def _kl_on_a_line(mean: Float[Tensor, "sentence"], stddev: Float[Tensor, "sentence"]) -> Float[Tensor, ""]:
    """The trapezoidal rule on a grid that holds every posterior."""
    far = (mean.abs() + 4 * stddev).max().clamp_min(4.0).item() + REACH
    points = max(POINTS, math.ceil(6 * far / stddev.min().clamp_min(0.005).item()))  # a third of the narrowest, or finer
    grid = torch.linspace(-far, far, points, dtype=torch.float64)
    log_q = torch.cat([Normal(mean, stddev).log_prob(some[:, None]).logsumexp(-1) for some in grid.split(512)])
    log_q = log_q - math.log(len(mean))
    difference = (log_q - Normal(0.0, 1.0).log_prob(grid)).where(log_q > -700, 0.0)  # 0 log 0 = 0
    return torch.trapezoid(log_q.exp() * difference, grid)
