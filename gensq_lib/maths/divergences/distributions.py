"""Drawing from Gaussians so that a gradient passes through the draw, and log-probabilities that are exact at 0 too.

torch.distributions clamps a probability that was given as 0 to about 1e-7, which turns an infinite KL into a small one.
"""
import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Bernoulli, Categorical, Dirichlet, Distribution, MultivariateNormal, Normal
from torch.nn.functional import logsigmoid

LEAST = 1e-30  # of a share that is drawn: those of a small concentration underflow


def reparameterize(q: Normal | MultivariateNormal | Dirichlet, *, num_samples: int = 1, generator: torch.Generator | None = None
                   ) -> Float[Tensor, "sample *batch latent"]:
    r"""$z = \mu + \sigma\,\epsilon$ with $\epsilon \sim N(0, I)$ (Kingma & Welling 2014, sec. 2.4).

    For a full covariance $L L^T$ it is $\mu + L\epsilon$; for shares, gamma variables divided by their sum. Taught in lesson 02.
    """
    if isinstance(q, Dirichlet):
        return _shares(q, num_samples, generator)
    noise = normal_like(q.mean, num_samples=num_samples, generator=generator)
    if isinstance(q, MultivariateNormal):
        return q.mean + (q.scale_tril @ noise[..., None]).squeeze(-1)
    return q.mean + q.stddev * noise


def _shares(q: Dirichlet, num: int, generator: torch.Generator | None) -> Float[Tensor, "sample *batch latent"]:
    """Draws that a generator decides; torch draws them from its own state alone. None is 0: a log-density would be infinite."""
    with torch.random.fork_rng(devices=[], enabled=generator is not None):
        if generator is not None:
            torch.manual_seed(int(torch.randint(2**62, (1,), generator=generator, device=generator.device)))
        return q.rsample((num,)).clamp(min=LEAST)


def normal_like(like: Float[Tensor, "*batch latent"], *, num_samples: int,
                generator: torch.Generator | None = None) -> Float[Tensor, "sample *batch latent"]:
    """Standard normal noise, drawn where the generator lives and moved to `like`."""
    source = generator.device if generator is not None else like.device
    noise = torch.randn((num_samples, *like.shape), generator=generator, device=source, dtype=like.dtype)
    return noise.to(like.device)


def log_outcomes(d: Categorical | Bernoulli) -> Float[Tensor, "*batch outcome"]:
    """log p of every outcome, nats; for a Bernoulli the outcomes 0 and 1 are a new last axis."""
    by_logits = d._param is vars(d).get("logits")  # as it was made; the other form is derived, and rounded
    if isinstance(d, Categorical):
        return d.logits if by_logits else safe_log(d.probs)
    if by_logits:
        return torch.stack([logsigmoid(-d.logits), logsigmoid(d.logits)], -1)
    return torch.stack([safe_log(1 - d.probs), safe_log(d.probs)], -1)


def safe_log(probs: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """The logarithm, -inf at 0, with a gradient that is not NaN there."""
    impossible = probs == 0
    return probs.masked_fill(impossible, 1.0).log().masked_fill(impossible, -torch.inf)


def log_prob(d: Distribution, z: Tensor) -> Float[Tensor, "*batch factor"]:
    """log d(z), nats, one number for each independent factor of d. Taught in lesson 11."""
    if isinstance(d, Categorical | Bernoulli):
        outcomes = log_outcomes(d)
        picked = outcomes.expand(*z.shape, outcomes.shape[-1]).gather(-1, z.long()[..., None])
        return picked if isinstance(d, Categorical) else picked.squeeze(-1)
    return d.log_prob(z)[..., None] if isinstance(d, MultivariateNormal | Dirichlet) else d.log_prob(z)
