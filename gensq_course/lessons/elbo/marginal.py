"""Exercise of lesson 01: log p(x) of each sentence, summed over a latent variable with few values."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


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


FORMS = {
    "epsilon": lambda p, lik: ((p + lik).exp().sum(-1) + 1e-10).log(),
    "product of logs": lambda p, lik: (p * lik).logsumexp(-1),
    "log divided": lambda p, lik: (p + lik).logsumexp(-1) / len(p),
}

MARGINAL = Exact(**words(__file__, "log_marginal"), reference=log_marginal, spoiled=spoiled_marginal, cases=marginal_cases,
                 forms=FORMS)
