"""Divergences by Monte Carlo, always with a standard error, and what that error hides.

A log ratio is log q(z) - log p(z) for z drawn from q. `k1` and `k3` turn it into an unbiased single-sample estimate of
KL(q ‖ p); `stats.estimate` averages. No sample knows about the region that q never visits: see `k3_has_variance`.
"""
import math

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor
from torch.distributions import Bernoulli, Categorical, Distribution, MultivariateNormal, Normal

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.divergences import log_prob, renyi, reparameterize
from gensq_lib.maths.stats import Estimate, estimate


def draw(q: Distribution, *, num_samples: int, generator: torch.Generator | None = None) -> Shaped[Tensor, "sample *batch"]:
    """Independent samples of every distribution of the batch."""
    match q:
        case Normal() | MultivariateNormal():
            return reparameterize(q, num_samples=num_samples, generator=generator)
        case Bernoulli():
            return torch.bernoulli(q.probs.expand(num_samples, *q.probs.shape), generator=generator)
        case Categorical():
            rows = q.probs.reshape(-1, q.probs.shape[-1])
            drawn = torch.multinomial(rows, num_samples, replacement=True, generator=generator)
            return drawn.T.reshape(num_samples, *q.batch_shape)
    raise GensqError(f"expected a Normal, MultivariateNormal, Bernoulli or Categorical to draw from, got {type(q).__name__}; "
                     "draw yourself and give log q(z) - log p(z) to stats.estimate")


def kl_monte_carlo(q: Distribution, p: Distribution, *, num_samples: int,
                   generator: torch.Generator | None = None) -> Float[Tensor, "sample *batch factor"]:
    """Unbiased single-sample estimates log q(z) - log p(z), z ~ q. Average them; report their standard error."""
    z = draw(q, num_samples=num_samples, generator=generator)
    return log_prob(q, z) - log_prob(p, z)


def k1(log_ratio: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """The naive estimate: the log ratio itself. Often negative; unbiased; its variance is finite for Gaussians."""
    return log_ratio


def k3(log_ratio: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    r"""$p/q - 1 - \log (p/q)$: k1 plus a control variate of mean 0, never negative (Schulman 2020).

    Less noise when q is near p. Where q is narrow its variance is infinite: see `k3_has_variance` before you trust the
    standard error.
    """
    return torch.expm1(-log_ratio) + log_ratio


def k3_has_variance(q: Distribution, p: Distribution) -> Bool[Tensor, "*batch factor"]:
    r"""Is $E_q[(p/q)^2]$ finite? For Gaussians: is $\sigma_q^2 > \sigma_p^2/2$? The posterior of a VAE seldom is that wide."""
    return renyi(p, q, order=2.0).isfinite()


def js_monte_carlo(q: Distribution, p: Distribution, *, num_samples: int,
                   generator: torch.Generator | None = None) -> Estimate:
    """Jensen-Shannon divergence of any two families that can be drawn from, `num_samples` from each; per factor."""
    of_q, of_p = (estimate(log_ratio_to_mixture(a, b, num_samples, generator)) for a, b in ((q, p), (p, q)))
    return (of_q + of_p) * 0.5


def log_ratio_to_mixture(a: Distribution, b: Distribution, num_samples: int, generator: torch.Generator | None
                         ) -> Float[Tensor, "sample *batch factor"]:
    """log a(z) - log m(z), z ~ a, where m is the even mixture."""
    z = draw(a, num_samples=num_samples, generator=generator)
    return log_prob(a, z) - torch.logaddexp(log_prob(a, z), log_prob(b, z)) + math.log(2)
