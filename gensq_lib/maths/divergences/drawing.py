"""Drawing from a distribution with a generator that comes in; Gaussians so that a gradient passes through the draw."""
from collections.abc import Callable

import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch.distributions import Bernoulli, Categorical, Distribution, MultivariateNormal, Normal

from gensq_lib.ground.errors import GensqError


def reparameterize(q: Normal | MultivariateNormal, *, num_samples: int = 1, generator: torch.Generator | None = None
                   ) -> Float[Tensor, "sample *batch latent"]:
    r"""$z = \mu + \sigma\,\epsilon$ with $\epsilon \sim N(0, I)$ (Kingma & Welling 2014, sec. 2.4).

    For a full covariance $L L^T$ it is $\mu + L\epsilon$. Taught in lesson 02.
    """
    noise = normal_like(q.mean, num_samples=num_samples, generator=generator)
    if isinstance(q, MultivariateNormal):
        return q.mean + (q.scale_tril @ noise[..., None]).squeeze(-1)
    return q.mean + q.stddev * noise


def normal_like(like: Float[Tensor, "*batch latent"], *, num_samples: int,
                generator: torch.Generator | None = None) -> Float[Tensor, "sample *batch latent"]:
    """Standard normal noise, drawn where the generator lives and moved to `like`."""
    source = generator.device if generator is not None else like.device
    noise = torch.randn((num_samples, *like.shape), generator=generator, device=source, dtype=like.dtype)
    return noise.to(like.device)


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
