"""How far apart are two distributions? All answers in nats.

Each function keeps the axes it can (per latent dimension, per example); the caller sums or
averages, so that the unit of a number is visible where it is used.
"""
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Categorical, Distribution, Normal

from gensq_lib.errors import GensqError

RULES: dict[tuple[type, type], Callable[[Distribution, Distribution], Tensor]] = {}


def rule(q_type: type, p_type: type):
    """Register a closed form: a new pair of families is one decorated function."""
    def register(function):
        RULES[q_type, p_type] = function
        return function
    return register


def kl(q: Distribution, p: Distribution) -> Float[Tensor, "*batch factor"]:
    """KL(q ‖ p) in closed form. The last axis lists the independent factors (one per latent dimension)."""
    for (q_type, p_type), function in RULES.items():
        if isinstance(q, q_type) and isinstance(p, p_type):
            return function(q, p)
    known = ", ".join(f"{a.__name__}‖{b.__name__}" for a, b in RULES)
    raise GensqError(f"expected a pair with a closed form ({known}), got {type(q).__name__}‖{type(p).__name__}; "
                     "use kl_monte_carlo, or add a rule to divergences")


@rule(Normal, Normal)
def kl_gaussian(q: Normal, p: Normal) -> Float[Tensor, "*batch latent"]:
    r"""KL between diagonal Gaussians, one number per dimension (Kingma & Welling 2014, appendix B).

    $\log\frac{\sigma_p}{\sigma_q} + \frac{\sigma_q^2 + (\mu_q-\mu_p)^2}{2\sigma_p^2} - \frac12$
    """
    ratio = q.stddev / p.stddev
    shift = (q.mean - p.mean) / p.stddev
    return 0.5 * (ratio**2 + shift**2 - 1) - ratio.log()


@rule(Categorical, Categorical)
def kl_categorical(q: Categorical, p: Categorical) -> Float[Tensor, "*batch 1"]:
    r"""$\sum_k q_k \log (q_k / p_k)$, with $0 \log 0 = 0$; one factor."""
    difference = (q.logits - p.logits).masked_fill(q.probs == 0, 0.0)
    return (q.probs * difference).sum(-1, keepdim=True)


def kl_monte_carlo(q: Distribution, p: Distribution, *, num_samples: int,
                   generator: torch.Generator | None = None) -> Float[Tensor, "sample *batch latent"]:
    """Unbiased single-sample estimates log q(z) - log p(z), z ~ q. Average them; report their standard error."""
    z = reparameterize(q, num_samples=num_samples, generator=generator)
    return q.log_prob(z) - p.log_prob(z)


def reparameterize(q: Normal, *, num_samples: int = 1, generator: torch.Generator | None = None
                   ) -> Float[Tensor, "sample *batch latent"]:
    r"""$z = \mu + \sigma\,\epsilon$ with $\epsilon \sim N(0, I)$ (Kingma & Welling 2014, sec. 2.4)."""
    return q.mean + q.stddev * normal_like(q.mean, num_samples=num_samples, generator=generator)


def normal_like(like: Float[Tensor, "*batch latent"], *, num_samples: int,
                generator: torch.Generator | None = None) -> Float[Tensor, "sample *batch latent"]:
    """Standard normal noise, drawn where the generator lives and moved to `like`."""
    source = generator.device if generator is not None else like.device
    noise = torch.randn((num_samples, *like.shape), generator=generator, device=source, dtype=like.dtype)
    return noise.to(like.device)
