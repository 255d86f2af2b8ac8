"""Exercise of lesson 01: the ELBO of each sentence, for a latent variable with few values."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs
from gensq_course.lessons.elbo.marginal import world


def elbo_per_sentence(
    log_q: Float[Tensor, "batch latent"], log_prior: Float[Tensor, "latent"], log_likelihood: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch"]:
    """E_q[log p(z) + log p(x | z) - log q(z)], with 0 log 0 = 0; nats per sentence (Kingma & Welling 2014, eq. 2)."""
    terms = (log_likelihood + log_prior - log_q).masked_fill(log_q == -torch.inf, 0.0)
    return (log_q.exp() * terms).sum(-1)


def spoiled_bound(has: Has, log_q: Tensor, log_prior: Tensor, log_likelihood: Tensor) -> Tensor:
    paid = 0 * log_likelihood if has("no entropy") else log_q
    price = paid - (0 if has("no prior") else -log_prior if has("prior sign") else log_prior)
    terms = -price if has("no likelihood") else log_likelihood + price if has("rate added") else log_likelihood - price
    if not has("zero times infinity"):
        terms = terms.masked_fill(log_q == -torch.inf, 0.0)
    if has("log of the mean"):
        return (log_likelihood if has("no prior") else log_prior + log_likelihood).logsumexp(-1)
    if has("best value"):
        return (log_prior + log_likelihood).max(-1).values
    weight = log_prior.exp() if has("weights of the prior") else log_q if has("log weights") else log_q.exp()
    terms = terms if has("no weights") else weight * terms
    if has("per value"):
        return terms
    if has("wrong axis"):
        return terms.sum(0)
    return terms.mean(-1) if has("mean over z") else terms.sum(-1)


def bound_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(13)
    halves, likely = torch.tensor([0.5, 0.5]).log(), torch.tensor([[0.2, 0.4]]).log()
    small = [(torch.tensor([[0.75, 0.25]]).log(), halves, likely), (torch.tensor([[1.0, 0.0]]).log(), halves, likely)]
    return small + [(torch.randn(batch, latent, generator=draw).log_softmax(-1), *world(draw, batch, latent))
                    for batch, latent in ((2, 3), (4, 5))]


BOUND = Exact(
    name="elbo_per_sentence", reference=elbo_per_sentence, spoiled=spoiled_bound, cases=bound_cases,
    free=lambda logits, log_prior, log_likelihood: (logits.log_softmax(-1), log_prior, log_likelihood),
    mistakes={
        "no entropy": "log q is missing: without it q is not charged for being sure, and the best q is a single z.",
        "no prior": "the prior is missing: the joint is p(z) p(x|z).",
        "rate added": "the KL to the prior is added: it is a price, so it is subtracted.",
        "prior sign": "log p(z) has the wrong sign: it is + log p(x|z) + log p(z) - log q(z).",
        "no likelihood": "log p(x|z) is missing: this is minus the KL to the prior.",
        "log of the mean": "it takes the logarithm of the mean: that is log p(x) itself, whatever q is. The ELBO is the mean "
        "of the logarithms.",
        "zero times infinity": "0 log 0 comes out as NaN: where q is 0 (log_q is -inf) the term counts as 0.",
        "weights of the prior": "the average is under the prior; it is under q.",
        "no weights": "the weights are missing: each z counts with its probability q(z).",
        "log weights": "the weights are log q; take q itself, log_q.exp().",
        "mean over z": "it divides by the number of values of z; the weights q already add up to 1.",
        "best value": "it takes the best z only: that is log p(x, z) of one z.",
        "per value": "it returns one number per z: sum over them.",
        "wrong axis": "it sums over the batch axis (0); the values of z are along the last axis.",
    },
    hints=(
        "An average under q of three logarithms. Which three, and which of them is subtracted?",
        "ELBO = sum over z of q(z) [log p(z) + log p(x|z) - log q(z)]; where q(z) is 0 the term is 0.",
        "terms = (log_likelihood + log_prior - log_q).masked_fill(log_q == -torch.inf, 0.0); (log_q.exp() * terms).sum(-1).",
    ),
    praise="Nothing in it asks for p(x) or p(z|x): it can be computed where log p(x) cannot.",
)
