"""Exercises of lesson 05: counted in nats and in tokens, and an interpolated Kneser-Ney for a table of bigram counts."""
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


UNITS_SLIPS = {
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


UNITS = Values(**words(__file__, "three_units"), reference=three_units, slips=UNITS_SLIPS, cases=units_cases)


def kneser_ney(counts: Float[Tensor, "before vocab"], discount: float) -> Float[Tensor, "before vocab"]:
    """p(word | word before), each row sums to 1 (Kneser & Ney 1995; interpolated as in Chen & Goodman 1999)."""
    seen = (counts > 0).to(counts.dtype)
    total, kinds, contexts = counts.sum(1, keepdim=True), seen.sum(1, keepdim=True), seen.sum(0)
    kept = (counts - discount).clamp(min=0) / total
    weight = discount * kinds / total
    smoothed = kept + weight * contexts / contexts.sum()
    return smoothed


KNESER_NEY_SLIPS = {
    "kinds before": ("seen.sum(1,", "seen.sum(0,"),
    "all kinds": ("* kinds", "* counts.shape[1]"),
    "wrong axis": (("counts.sum(1,", "counts.sum(0,"), ("seen.sum(1,", "seen.sum(0,")),
    "no keepdim": (("counts.sum(1, keepdim=True)", "counts.sum(1)"), ("seen.sum(1, keepdim=True)", "seen.sum(1)")),
    "total without axis": ("counts.sum(1, keepdim=True)", "counts.sum(1)"),
    "frequency": ("seen.sum(0)", "counts.sum(0)"),
    "followers": ("seen.sum(0)", "seen.sum(1)"),
    "uniform": ("seen.sum(0)", "torch.ones_like(counts[0])"),
    "no discount": ("counts - discount", "counts"),
    "below zero": (".clamp(min=0)", ""),
    "weight 1": ("discount * kinds / total", "1"),
    "no kinds": (" * kinds", ""),
    "constant weight": (" * kinds / total", ""),
    "nothing below": (" + weight * contexts / contexts.sum()", ""),
    "only unseen": ("weight * c", "weight * (counts == 0) * c"),
    "divided by rows": ("/ contexts.sum()", "/ len(counts)"),
    "not divided": (" / contexts.sum()", ""),
    "log": ("return smoothed", "return smoothed.log()"),
    "only counted": (("counts - discount", "counts"), ("return smoothed", "return kept")),
    "normalised again": (("counts.sum(1,", "(counts - discount).clamp(min=0).sum(1,"), ("return smoothed", "return kept")),
    "added": (("counts - d", "counts + d"), ("counts.sum(1,", "(counts + discount).sum(1,"), ("return smoothed", "return kept")),
}


def kneser_ney_cases() -> list[Inputs]:
    """Among them a word that was never seen, and one that was seen once."""
    draw = torch.Generator().manual_seed(5)
    small = [(torch.tensor([[2.0, 0.0], [1.0, 1.0]]), 0.5),
             (torch.tensor([[1.0, 0.0, 3.0], [1.0, 0.0, 0.0], [0.0, 0.0, 9.0]]), 0.9)]
    tables = [torch.randint(0, 6, (size, size), generator=draw).float() for size in (3, 6)]
    tables = [(table - 2).clamp(min=0) + torch.eye(len(table)) for table in tables]  # zeros, and no empty row
    return [*small, *((table, discount) for table, discount in zip(tables, (0.5, 0.75), strict=True))]


KNESER_NEY = Values(**words(__file__, "kneser_ney"), reference=kneser_ney, slips=KNESER_NEY_SLIPS, cases=kneser_ney_cases)
