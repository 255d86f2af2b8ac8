"""Exercise of lesson 02: from a KL per dimension to nats per token."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def nats_per_token(kl: Float[Tensor, "batch latent"], lengths: Int[Tensor, "batch"]) -> Float[Tensor, ""]:
    """All nats over all tokens."""
    return kl.sum() / lengths.sum()


def spoiled_tokens(has: Has, kl: Tensor, lengths: Tensor) -> Tensor:
    per_sentence = kl.mean(-1) if has("mean over latent") else kl[:, 0] if has("first dimension") else kl.sum(-1)
    counts = torch.full_like(lengths, int(lengths.max())) if has("padding") else lengths + 1 if has("one more") else lengths
    if has("per sentence"):
        return per_sentence.mean()
    if has("total"):
        return per_sentence.sum()
    if has("mean of ratios") or has("not averaged"):
        return per_sentence / counts if has("not averaged") else (per_sentence / counts).mean()
    result = per_sentence.sum() / counts.sum() / (len(lengths) if has("per sentence and token") else 1)
    return 1 / result if has("upside down") else result


def token_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(24)
    small = [(torch.ones(1, 1), torch.tensor([4])), (torch.ones(2, 1), torch.tensor([2, 6]))]
    return small + [(torch.rand(batch, latent, generator=draw), torch.randint(3, 17, (batch,), generator=draw))
                    for batch, latent in ((2, 3), (7, 4))]


FORMS = {
    "eos left out": lambda kl, n: kl.sum() / (n - 1).sum(),
    "sum of ratios": lambda kl, n: (kl.sum(-1) / n).sum(),
    "first sentence": lambda kl, n: kl[0].sum() / n[0],
    "per dimension": lambda kl, n: kl.sum(0) / n.sum(),
    "weighted by length": lambda kl, n: (kl.sum(-1) * n).sum() / n.sum(),
}

TOKENS = Exact(**words(__file__, "nats_per_token"), reference=nats_per_token, spoiled=spoiled_tokens, cases=token_cases,
               forms=FORMS)
