"""Exercise of lesson 02: from a KL per dimension to nats per token."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


def nats_per_token(kl: Float[Tensor, "batch latent"], lengths: Int[Tensor, "batch"]) -> Float[Tensor, ""]:
    """All nats over all tokens."""
    return kl.sum() / lengths.sum()


def spoiled_tokens(has: Has, kl: Tensor, lengths: Tensor) -> Tensor:
    per_sentence = kl.mean(-1) if has("mean over latent") else kl.sum(-1)
    if has("first dimension"):
        per_sentence = kl[:, 0]
    counts = torch.full_like(lengths, int(lengths.max())) if has("padding") else lengths + 1 if has("one more") else lengths
    if has("per sentence"):
        return per_sentence.mean()
    if has("total"):
        return per_sentence.sum()
    if has("mean of ratios"):
        return (per_sentence / counts).mean()
    if has("not averaged"):
        return per_sentence / counts
    result = per_sentence.sum() / counts.sum()
    if has("per sentence and token"):
        return result / len(lengths)
    return 1 / result if has("upside down") else result


def token_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(24)
    small = [(torch.ones(1, 1), torch.tensor([4])), (torch.ones(2, 1), torch.tensor([2, 6]))]
    return small + [(torch.rand(batch, latent, generator=draw), torch.randint(3, 17, (batch,), generator=draw))
                    for batch, latent in ((2, 3), (7, 4))]


TOKENS = Exact(
    name="nats_per_token", reference=nats_per_token, spoiled=spoiled_tokens, cases=token_cases,
    mistakes={
        "mean of ratios": "it averages KL / length over the sentences: a short sentence then weighs as much as a long one. "
        "Divide all nats by all tokens.",
        "mean over latent": "it takes the mean over the dimensions: independent dimensions add up.",
        "per sentence": "this is the mean per sentence: divide by the number of tokens.",
        "padding": "every sentence is counted with the longest length: padding is no token.",
        "total": "this is the sum over all sentences: divide by the number of tokens.",
        "not averaged": "it returns one number per sentence: one number for all is asked for.",
        "per sentence and token": "it is divided by the number of sentences, too: all nats over all tokens.",
        "first dimension": "only the first dimension is counted: sum over all of them.",
        "one more": "one token too many is counted for each sentence: lengths already has <eos>.",
        "upside down": "these are tokens per nat.",
    },
    hints=(
        "How many nats are there in all? How many tokens?",
        "All nats: the sum over sentences and dimensions. All tokens: the sum of lengths.",
        "kl.sum() / lengths.sum().",
    ),
    praise="The same way perplexity per token is made: all nats over all tokens, never a mean of means.",
)
