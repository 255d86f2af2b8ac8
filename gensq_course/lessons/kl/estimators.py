"""Divergences by Monte Carlo, always with a standard error, and what that error hides.

A log ratio is log q(z) - log p(z) for z drawn from q. `k1` and `k3` turn it into an unbiased single-sample estimate of
KL(q ‖ p); `stats.estimate` averages. No sample knows about the region that q never visits: see `k3_has_variance`.
"""
import math
from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor
from torch.distributions import Bernoulli, Categorical, Distribution, MultivariateNormal, Normal

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.divergences import log_prob, renyi, reparameterize
from gensq_lib.maths.stats import Estimate, estimate


Draw = Callable[[Distribution, int, torch.Generator | None], Tensor]
FAMILIES: dict[type[Distribution], Draw] = {}


def drawing(*families: type[Distribution]) -> Callable[[Draw], Draw]:
    """Register how families are drawn from, `(q, num_samples, generator) -> samples`: a new family is one decorated function."""
    def register(function: Draw) -> Draw:
        FAMILIES.update(dict.fromkeys(families, function))
        return function
    return register


def draw(q: Distribution, *, num_samples: int, generator: torch.Generator | None = None) -> Shaped[Tensor, "sample *batch"]:
    """Independent samples of every distribution of the batch."""
    for family, function in FAMILIES.items():
        if isinstance(q, family):
            return function(q, num_samples, generator)
    known = ", ".join(family.__name__ for family in FAMILIES)
    raise GensqError(f"expected a distribution to draw from ({known}), got {type(q).__name__}; "
                     "draw yourself and give log q(z) - log p(z) to stats.estimate")


drawing(Normal, MultivariateNormal)(
    lambda q, num_samples, generator: reparameterize(q, num_samples=num_samples, generator=generator))
drawing(Bernoulli)(
    lambda q, num_samples, generator: torch.bernoulli(q.probs.expand(num_samples, *q.probs.shape), generator=generator))


@drawing(Categorical)
def draw_categorical(q: Categorical, num_samples: int, generator: torch.Generator | None) -> Tensor:
    """Numbers of outcomes."""
    rows = q.probs.reshape(-1, q.probs.shape[-1])
    drawn = torch.multinomial(rows, num_samples, replacement=True, generator=generator)
    return drawn.T.reshape(num_samples, *q.batch_shape)


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
