"""Exercise of lesson 05: nats per sentence, nats per token and perplexity of a padded batch."""
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def three_units(token_log_probs: Float[Tensor, "batch time"], lengths: Int[Tensor, "batch"]) -> Float[Tensor, "three"]:
    """NLL per sentence and per token (nats, <eos> counted) and perplexity per token."""
    real = torch.arange(token_log_probs.shape[1], device=lengths.device) < lengths[:, None]
    each, num_tokens = -token_log_probs.where(real, 0.0).sum(1), real.sum(1)
    per_sentence, per_token = each.mean(), each.sum() / num_tokens.sum()
    return torch.stack([per_sentence, per_token, per_token.exp()])


SLIPS = {
    "no eos": ("< lengths[:, None]", "< lengths[:, None] - 1"),
    "eos not counted": (", real.sum(1)", ", real.sum(1) - 1"),
    "one too many": (("< lengths", "<= lengths"), (", real.sum(1)", ", lengths")),
    "padding": ("< lengths", "< torch.inf * lengths"),
    "padding in the sum": (".where(real, 0.0)", ""),
    "padding counted": (", real.sum(1)", ", (real | True).sum(1)"),
    "zero times infinity": ("token_log_probs.where(real, 0.0)", "(token_log_probs * real)"),
    "no minus": ("= -", "= "),
    "sum of sentences": ("each.mean()", "each.sum()"),
    "mean of means": ("each.sum() / num_tokens.sum()", "(each / num_tokens).mean()"),
    "per sentence": (("each.mean()", "each"), ("each.sum() / num_tokens.sum()", "each / num_tokens")),
    "of a sentence": ("per_token.exp()", "per_sentence.exp()"),
    "mean of perplexities": ("per_token.exp()", "(each / num_tokens).exp().mean()"),
    "base 2": ("per_token.exp()", "2**per_token"),
    "inverse": ("per_token.exp()", "(-per_token).exp()"),
    "order": ("[per_sentence, per_token", "[per_token, per_sentence"),
}


def units_cases() -> list[Inputs]:
    """Behind the end of a sentence stand numbers that a network really puts out there; a mask of `avoid` puts -inf."""
    draw = torch.Generator().manual_seed(4)
    cases = [([2], 2), ([2, 3], 3), ([4, 2, 7], 9)]
    found = [(-torch.rand(len(lengths), time, generator=draw) - 0.25, torch.tensor(lengths)) for lengths, time in cases]
    hidden = (torch.tensor([[-1.0, -0.5, -torch.inf], [-0.5, -torch.inf, -torch.inf]]), torch.tensor([2, 1]))
    return [found[0], (torch.tensor([[-3.0, -0.25, 0.0]]), torch.tensor([3])), hidden, *found[1:]]


UNITS = Values(**words(__file__, "three_units"), reference=three_units, slips=SLIPS, cases=units_cases)
