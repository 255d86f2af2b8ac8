"""Exercise of lesson 01: the true posterior over the latent variable, by Bayes' rule, in logarithms."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words
from gensq_course.lessons.elbo.marginal import world


def log_posterior(
    log_prior: Float[Tensor, "latent"], log_likelihood: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch latent"]:
    """log p(z | x) for each sentence and each z, nats."""
    return (log_prior + log_likelihood).log_softmax(-1)


def spoiled_posterior(has: Has, log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    joint = log_likelihood if has("no prior") else log_likelihood + log_prior * (2 if has("prior twice") else 1)
    axis = 0 if has("wrong axis") else -1
    if has("not normalised"):
        result = joint
    elif has("wrong way"):
        result = joint + joint.logsumexp(axis, keepdim=True)
    elif has("sum of logs"):
        result = joint - joint.sum(axis, keepdim=True)
    elif has("underflow"):
        result = (joint.exp() / joint.exp().sum(axis, keepdim=True)).log()
    else:
        result = joint.log_softmax(axis)
    return result.exp() if has("probabilities") else result


def posterior_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(12)
    small = [(torch.tensor([0.5, 0.5]).log(), torch.tensor([[0.2, 0.6]]).log())]
    return small + [world(draw, 2, 3), world(draw, 4, 3, level=-800.0, spread=15.0), world(draw, 4, 5)]


FORMS = {
    "other normaliser": lambda p, lik: p + lik - lik.logsumexp(-1, keepdim=True),
    "prior only below": lambda p, lik: lik - (p + lik).logsumexp(-1, keepdim=True),
    "one normaliser": lambda p, lik: p + lik - (p + lik).logsumexp((0, 1)),
    "largest entry": lambda p, lik: p + lik - (p + lik).max(-1, keepdim=True).values,
    "winner": lambda p, lik: torch.nn.functional.one_hot((p + lik).argmax(-1), len(p)).to(lik).log(),
    "product of logs": lambda p, lik: (p * lik).log_softmax(-1),
}

POSTERIOR = Exact(**words(__file__, "log_posterior"), reference=log_posterior, spoiled=spoiled_posterior, cases=posterior_cases,
                  forms=FORMS)
