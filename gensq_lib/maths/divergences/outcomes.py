"""Log-probabilities of distributions over finitely many outcomes, exact also where a probability is 0 or tiny.

torch.distributions clamps a probability that was given as 0 to about 1e-7, which turns an infinite KL into a small one.
"""
import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Bernoulli, Categorical, Distribution, MultivariateNormal
from torch.nn.functional import logsigmoid


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


def expected_difference(log_q: Float[Tensor, "*batch outcome"], log_p: Float[Tensor, "*batch outcome"]
                        ) -> Float[Tensor, "*batch"]:
    r"""$\sum_k q_k \log (q_k / p_k)$ with $0 \log 0 = 0$; infinite where p excludes what q allows."""
    difference = (log_q - log_p).masked_fill(log_q == -torch.inf, 0.0)  # before the product: 0 times NaN is NaN
    terms = log_q.exp() * difference
    return terms.sum(-1)


def log_prob(d: Distribution, z: Tensor) -> Float[Tensor, "*batch factor"]:
    """log d(z), nats, one number for each independent factor of d."""
    if isinstance(d, Categorical | Bernoulli):
        outcomes = log_outcomes(d)
        picked = outcomes.expand(*z.shape, outcomes.shape[-1]).gather(-1, z.long()[..., None])
        return picked if isinstance(d, Categorical) else picked.squeeze(-1)
    return d.log_prob(z)[..., None] if isinstance(d, MultivariateNormal) else d.log_prob(z)
