"""Exercise of lesson 05: interpolated Kneser-Ney for a table of bigram counts."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def kneser_ney(counts: Float[Tensor, "before vocab"], discount: float) -> Float[Tensor, "before vocab"]:
    """p(word | word before), each row sums to 1 (Kneser & Ney 1995; interpolated as in Chen & Goodman 1999)."""
    seen = (counts > 0).to(counts.dtype)
    total, kinds, contexts = counts.sum(1, keepdim=True), seen.sum(1, keepdim=True), seen.sum(0)
    kept = (counts - discount).clamp(min=0) / total
    weight = discount * kinds / total
    smoothed = kept + weight * contexts / contexts.sum()
    return smoothed


SLIPS = {
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


KNESER_NEY = Values(**words(__file__, "kneser_ney"), reference=kneser_ney, slips=SLIPS, cases=kneser_ney_cases)
