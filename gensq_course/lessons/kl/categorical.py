"""Exercise of lesson 02: the KL divergence between two distributions over words, where some have probability 0."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def kl_categorical(log_q: Float[Tensor, "batch vocab"], log_p: Float[Tensor, "batch vocab"]) -> Float[Tensor, "batch"]:
    """Sum over words of q (log q - log p), with 0 log 0 = 0; nats."""
    difference = (log_q - log_p).masked_fill(log_q == -torch.inf, 0.0)
    return (log_q.exp() * difference).sum(-1)


def spoiled_categorical(has: Has, log_q: Tensor, log_p: Tensor) -> Tensor:
    if has("reverse"):
        log_q, log_p = log_p, log_q
    difference = -log_p if has("cross-entropy") else log_q - log_p
    if not has("zero times infinity"):
        difference = difference.masked_fill(log_q == -torch.inf, 0.0)
    weight = log_p.exp() if has("weights of p") else log_q if has("log weights") else log_q.exp()
    terms = difference if has("no weights") else weight * difference
    if has("absolute"):
        terms = terms.abs()
    if has("per word") or has("mean over words"):
        return terms if has("per word") else terms.mean(-1)
    return terms.sum(0 if has("wrong axis") else -1)


def categorical_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(23)
    never = torch.tensor([[0.5, 0.5, 0.0]]).log()
    small = [(torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[0.25, 0.75]]).log()),
             (never, torch.tensor([[0.25, 0.25, 0.5]]).log()), (never, torch.tensor([[0.75, 0.25, 0.0]]).log()),
             (torch.tensor([[0.5, 0.5, 0.0]]).log(), torch.tensor([[1.0, 0.0, 0.0]]).log())]  # impossible, and happens: infinite
    return small + [tuple(torch.randn(2, batch, vocab, generator=draw).log_softmax(-1)) for batch, vocab in ((2, 4), (3, 6))]


FORMS = {
    "replaced after the sum": lambda q, p: (q.exp() * (q - p)).sum(-1).nan_to_num(posinf=torch.inf),
    "batch mean by the library": lambda q, p: torch.nn.functional.kl_div(p, q.exp(), reduction="batchmean"),
}

CATEGORICAL = Exact(
    **words(__file__, "kl_categorical"), reference=kl_categorical, spoiled=spoiled_categorical, cases=categorical_cases,
    forms=FORMS, free=lambda *logits: tuple(x.log_softmax(-1) for x in logits))
