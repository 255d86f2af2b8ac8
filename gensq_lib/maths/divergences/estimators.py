"""Divergences by Monte Carlo, always with a standard error, and what that error hides.

A log ratio is log q(z) - log p(z) for z drawn from q. `k1` and `k3` turn it into an unbiased single-sample estimate of
KL(q ‖ p); `stats.estimate` averages. No sample knows about the region that q never visits: see `k3_has_variance`.
"""
import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.distributions import Distribution

from gensq_lib.maths.divergences.closed_forms import renyi
from gensq_lib.maths.divergences.drawing import draw
from gensq_lib.maths.divergences.outcomes import log_prob
from gensq_lib.maths.stats import Estimate, estimate, half


def kl_monte_carlo(q: Distribution, p: Distribution, *, num_samples: int,
                   generator: torch.Generator | None = None) -> Float[Tensor, "sample *batch factor"]:
    """Unbiased single-sample estimates log q(z) - log p(z), z ~ q. Average them; report their standard error.

    Taught in lesson 02.
    """
    z = draw(q, num_samples=num_samples, generator=generator)
    return log_prob(q, z) - log_prob(p, z)


def k1(log_ratio: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """The naive estimate: the log ratio itself. Often negative; unbiased; its variance is finite for Gaussians.

    Taught in lesson 02.
    """
    return log_ratio


def k3(log_ratio: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    r"""$p/q - 1 - \log (p/q)$: k1 plus a control variate of mean 0, never negative (Schulman 2020).

    Less noise when q is near p. Where q is narrow its variance is infinite: see `k3_has_variance` before you trust the
    standard error. Taught in lesson 02.
    """
    return torch.expm1(-log_ratio) + log_ratio


def k3_has_variance(q: Distribution, p: Distribution) -> Bool[Tensor, "*batch factor"]:
    r"""Is $E_q[(p/q)^2]$ finite? For Gaussians: is $\sigma_q^2 > \sigma_p^2/2$? The posterior of a VAE seldom is that wide."""
    return renyi(p, q, order=2.0).isfinite()


def js_monte_carlo(q: Distribution, p: Distribution, *, num_samples: int,
                   generator: torch.Generator | None = None) -> Estimate:
    """Jensen-Shannon divergence of any two families that can be drawn from, `num_samples` from each; per factor."""
    return half(*(estimate(log_ratio_to_mixture(a, b, num_samples, generator)) for a, b in ((q, p), (p, q))))


def log_ratio_to_mixture(a: Distribution, b: Distribution, num_samples: int, generator: torch.Generator | None
                         ) -> Float[Tensor, "sample *batch factor"]:
    """log a(z) - log m(z), z ~ a, where m is the even mixture."""
    z = draw(a, num_samples=num_samples, generator=generator)
    return log_prob(a, z) - torch.logaddexp(log_prob(a, z), log_prob(b, z)) + math.log(2)
