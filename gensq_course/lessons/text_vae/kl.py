"""Exercise of lesson 06: the KL divergence from the approximate posterior to the prior, per sentence."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def kl_to_prior(
    mean: Float[Tensor, "batch latent"], log_var: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch"]:
    """KL(N(mean, e^log_var) || N(0, I)), nats per sentence (Kingma & Welling 2014, appendix B)."""
    return 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(-1)


def spoiled_kl(has: Has, mean: Tensor, log_var: Tensor) -> Tensor:
    if has("sigma"):
        log_var = log_var.square().log()
    if has("log sigma"):
        log_var = 2 * log_var
    variance = log_var if has("no exp") else log_var.exp()
    if has("no square"):
        variance = (log_var / 2).exp()
    square = mean if has("mean not squared") else mean.square()
    terms = square + variance - log_var
    if has("reverse"):
        terms = (square + 1) / variance + log_var
    if has("log var sign"):
        terms = terms + 2 * log_var
    terms = (terms if has("minus one") else terms - 1) * (1.0 if has("half") else 0.5)
    return reduced(has, terms)


def reduced(has: Has, terms: Tensor) -> Tensor:
    if has("per dimension"):
        return terms
    if has("wrong axis"):
        return terms.sum(0)
    return terms.mean(-1) if has("mean over latent") else terms.sum(-1)


def kl_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(6)
    small = [(torch.full((1, 1), mean), torch.full((1, 1), log_var)) for mean, log_var in ((1.0, 0.0), (0.0, 1.0))]
    return small + [tuple(torch.randn(2, batch, latent, generator=draw)) for batch, latent in ((1, 3), (3, 5))]


KL = Exact(**words(__file__, "kl_to_prior"), reference=kl_to_prior, spoiled=spoiled_kl, cases=kl_cases)
