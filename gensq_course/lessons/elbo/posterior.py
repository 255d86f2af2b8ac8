"""Exercise of lesson 01: the true posterior over the latent variable, by Bayes' rule, in logarithms."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs
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


POSTERIOR = Exact(
    name="log_posterior", reference=log_posterior, spoiled=spoiled_posterior, cases=posterior_cases,
    mistakes={
        "not normalised": "this is log p(x, z): divide by p(x), so that the probabilities of z add up to 1.",
        "no prior": "the prior is missing: it is p(z) p(x|z), normalised, not p(x|z) alone.",
        "wrong axis": "it is normalised over the batch (axis 0): for each sentence the z must add up to 1, along the last axis.",
        "probabilities": "these are probabilities: return their logarithms.",
        "underflow": "exp of a log-probability below -750 is 0, and 0 / 0 is NaN: stay in logarithms.",
        "prior twice": "the prior is counted twice.",
        "wrong way": "log p(x) is added: dividing by p(x) subtracts its logarithm.",
        "sum of logs": "it subtracts the sum of the logarithms; log p(x) is the logarithm of the sum.",
    },
    hints=(
        "Bayes: p(z|x) = p(z) p(x|z) / p(x). What is that in logarithms?",
        "log p(z|x) = log_prior + log_likelihood - log p(x), and log p(x) is your log_marginal, with an axis added.",
        "(log_prior + log_likelihood).log_softmax(-1) does it in one go.",
    ),
    praise="The one object that inference is after. Dividing by p(x) is the step that a larger world forbids.",
)
