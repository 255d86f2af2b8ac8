"""Exercise of lesson 01: log p(x) of each sentence, summed over a latent variable with few values."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


def log_marginal(
    log_prior: Float[Tensor, "latent"], log_likelihood: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch"]:
    """log of the sum over z of p(z) p(x | z), nats per sentence."""
    return (log_prior + log_likelihood).logsumexp(-1)


def spoiled_marginal(has: Has, log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    joint = log_likelihood if has("no prior") else log_likelihood - log_prior if has("prior subtracted") else (
        log_prior + log_likelihood)
    axis = 0 if has("wrong axis") else -1
    if has("mean of logs"):
        return (log_prior.exp() * log_likelihood).sum(axis)
    if has("sum of logs"):
        return joint.sum(axis)
    if has("best value"):
        return joint.max(axis).values
    if has("mean over z"):
        return joint.logsumexp(axis) - torch.tensor(float(joint.shape[axis])).log().to(joint)
    if has("no log"):
        return joint.exp().sum(axis)
    return joint.exp().sum(axis).log() if has("underflow") else joint.logsumexp(axis)


def world(draw: torch.Generator, batch: int, latent: int, level: float = -3.0, spread: float = 1.0) -> Inputs:
    """A prior and log-likelihoods around `level`; a long text has one below -800, where exp is 0 in any precision."""
    return torch.randn(latent, generator=draw).log_softmax(-1), level + spread * torch.randn(batch, latent, generator=draw)


def marginal_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(11)
    small = [(torch.tensor([0.5, 0.5]).log(), torch.tensor([[0.2, 0.4]]).log())]
    return small + [world(draw, 2, 3), world(draw, 4, 3, level=-800.0, spread=15.0), world(draw, 4, 5)]


MARGINAL = Exact(
    name="log_marginal", reference=log_marginal, spoiled=spoiled_marginal, cases=marginal_cases,
    mistakes={
        "mean of logs": "it averages log p(x|z) under the prior. By Jensen that is too low: average p(x|z) first, then take "
        "the logarithm.",
        "no prior": "the prior is missing: each p(x|z) counts with its weight p(z).",
        "sum of logs": "it adds up logarithms, which multiplies probabilities; p(x) is a sum of probabilities.",
        "underflow": "exp of a log-probability below -750 is 0 in floating point, and log 0 is -inf: use logsumexp.",
        "wrong axis": "it sums over the batch axis (0); the values of z are along the last axis.",
        "best value": "it takes the best z only; p(x) is the sum over all of them.",
        "mean over z": "it divides by the number of values of z; the prior's weights already add up to 1.",
        "prior subtracted": "the prior is divided by; p(x, z) is p(z) times p(x|z), so the logarithms add.",
        "no log": "it returns p(x); the logarithm is missing.",
    },
    hints=(
        "p(x) is the sum over z of p(x, z). What is log p(x, z), from the two tensors that you have?",
        "log p(x, z) = log_prior + log_likelihood (it broadcasts over the batch). Then log, sum, exp: inside out.",
        "(log_prior + log_likelihood).logsumexp(-1)",
    ),
    praise="With three values of z this is a short sum. With a z of sixteen real numbers it is an integral nobody can do.",
)
