"""Exercise of lesson 05: nats per sentence, nats per token and perplexity of a padded batch."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def three_units(token_log_probs: Float[Tensor, "batch time"], lengths: Int[Tensor, "batch"]) -> Float[Tensor, "three"]:
    """NLL per sentence and per token (nats, <eos> counted) and perplexity per token."""
    real = torch.arange(token_log_probs.shape[1], device=lengths.device) < lengths[:, None]
    total = -token_log_probs.where(real, 0.0).sum()
    per_token = total / lengths.sum()
    return torch.stack([total / len(lengths), per_token, per_token.exp()])


def spoiled_units(has: Has, token_log_probs: Tensor, lengths: Tensor) -> Tensor:
    time = token_log_probs.shape[1]
    paid = lengths - 1 if has("no eos") else lengths + 1 if has("one too many") else lengths
    counted = lengths - 1 if has("eos not counted") else lengths if has("one too many") else paid
    if has("padding") or has("padding in the sum"):
        paid = torch.full_like(lengths, time)
        counted = lengths if has("padding in the sum") else paid
    if has("padding counted"):
        counted = torch.full_like(lengths, time)
    real = torch.arange(time) < paid[:, None]
    kept = token_log_probs * real if has("zero times infinity") else token_log_probs.where(real, 0.0)
    each = kept.sum(-1) * (1 if has("no minus") else -1)
    per_sentence, per_token = each.mean(), each.sum() / counted.sum()
    if has("per sentence"):
        per_sentence, per_token = each, each / counted
    if has("sum of sentences"):
        per_sentence = each.sum()
    if has("mean of means"):
        per_token = (each / counted).mean()
    return in_units(has, per_sentence, per_token, each / counted)


def in_units(has: Has, per_sentence: Tensor, per_token: Tensor, of_each: Tensor) -> Tensor:
    perplexity = per_token.exp()
    if has("of a sentence"):
        perplexity = per_sentence.exp()
    if has("mean of perplexities"):
        perplexity = of_each.exp().mean()
    if has("base 2"):
        perplexity = 2**per_token
    if has("inverse"):
        perplexity = (-per_token).exp()
    return torch.stack([per_token, per_sentence, perplexity] if has("order") else [per_sentence, per_token, perplexity])


def units_cases() -> list[Inputs]:
    """Behind the end of a sentence stand numbers that a network really puts out there; a mask of `avoid` puts -inf."""
    draw = torch.Generator().manual_seed(4)
    cases = [([2], 2), ([2, 3], 3), ([4, 2, 7], 9)]
    found = [(-torch.rand(len(lengths), time, generator=draw) - 0.25, torch.tensor(lengths)) for lengths, time in cases]
    hidden = (torch.tensor([[-1.0, -0.5, -torch.inf], [-0.5, -torch.inf, -torch.inf]]), torch.tensor([2, 1]))
    return [found[0], (torch.tensor([[-3.0, -0.25, 0.0]]), torch.tensor([3])), hidden, *found[1:]]


UNITS = Values(**words(__file__, "three_units"), reference=three_units, spoiled=spoiled_units, cases=units_cases)
