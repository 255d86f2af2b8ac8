"""KL(q ‖ p) by Monte Carlo, and what its standard error hides; `stats.estimate` averages.

No sample knows about the region that q never visits: see `k3_has_variance`.
"""
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.distributions import MultivariateNormal, Normal

from gensq_lib.maths.divergences import log_prob, renyi, reparameterize

Gaussian = Normal | MultivariateNormal


def kl_monte_carlo(q: Gaussian, p: Gaussian, *, num_samples: int, generator: torch.Generator | None = None
                   ) -> Float[Tensor, "sample *batch factor"]:
    """Unbiased single-sample estimates log q(z) - log p(z), z ~ q: log ratios. Average them; report their standard error."""
    z = reparameterize(q, num_samples=num_samples, generator=generator)
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


def k3_has_variance(q: Gaussian, p: Gaussian) -> Bool[Tensor, "*batch factor"]:
    r"""Is $E_q[(p/q)^2]$ finite? For Gaussians: is $\sigma_q^2 > \sigma_p^2/2$? The posterior of a VAE seldom is that wide."""
    return renyi(p, q, order=2.0).isfinite()
