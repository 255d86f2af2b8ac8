"""Exercise of lesson 01: the ELBO of each sentence, for a latent variable with few values."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words
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


def kept(log_q: Tensor, values: Tensor) -> Tensor:
    """Under q, with nothing where q is 0."""
    return (log_q.exp() * values.masked_fill(log_q == -torch.inf, 0.0)).sum(-1)


FORMS = {
    "entropy sign": lambda q, p, lik: kept(q, lik + p + q),
    "reverse rate": lambda q, p, lik: kept(q, lik) - (p.exp() * (p - q)).sum(-1),
    "nothing but the sum": lambda q, p, lik: (q.exp() * (lik + p - q)).sum(-1).nan_to_num(),
    "log of the weighted mean": lambda q, p, lik: (q.exp() * (p + lik - q).exp()).sum(-1).log(),
}

BOUND = Exact(
    **words(__file__, "elbo_per_sentence"), reference=elbo_per_sentence, spoiled=spoiled_bound, cases=bound_cases, forms=FORMS,
    free=lambda logits, log_prior, log_likelihood: (logits.log_softmax(-1), log_prior, log_likelihood))
