"""Exercise of lesson 05: interpolated Kneser-Ney for a table of bigram counts."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def kneser_ney(counts: Float[Tensor, "before vocab"], discount: float) -> Float[Tensor, "before vocab"]:
    """p(word | word before), each row sums to 1 (Kneser & Ney 1995; interpolated as in Chen & Goodman 1999)."""
    total = counts.sum(-1, keepdim=True)
    kinds = (counts > 0).sum(-1, keepdim=True)
    contexts = (counts > 0).sum(0).to(counts.dtype)
    return (counts - discount).clamp(min=0) / total + discount * kinds / total * contexts / contexts.sum()


def spoiled_kneser_ney(has: Has, counts: Tensor, discount: float) -> Tensor:
    seen, axis = (counts > 0).to(counts.dtype), 0 if has("wrong axis") else 1
    total, kinds = counts.sum(axis, keepdim=True), seen.sum(0 if has("kinds before") else axis, keepdim=True)
    if has("no keepdim"):
        total, kinds = counts.sum(1), seen.sum(1)
    kinds = torch.full_like(kinds, counts.shape[1]) if has("all kinds") else kinds
    kept = counts - (0 if has("no discount") else discount)
    kept = kept if has("below zero") else kept * seen
    below = continuation(has, counts, seen)
    weight = torch.ones_like(total) if has("weight 1") else discount * kinds / total
    if has("no kinds"):
        weight = discount / total
    if has("constant weight"):
        weight = torch.full_like(total, discount)
    second = weight * below * ((counts == 0) if has("only unseen") else 1)
    result = kept / total + (0 if has("nothing below") else second)
    return result.log() if has("log") else result


def continuation(has: Has, counts: Tensor, seen: Tensor) -> Tensor:
    """The lower order: how many different words each word was seen after."""
    contexts = counts.sum(0) if has("frequency") else seen.sum(1) if has("followers") else seen.sum(0)
    if has("uniform"):
        contexts = torch.ones_like(contexts)
    if has("divided by rows"):
        return contexts / len(counts)
    return contexts if has("not divided") else contexts / contexts.sum()


def kneser_ney_cases() -> list[Inputs]:
    """Among them a word that was never seen, and one that was seen once."""
    draw = torch.Generator().manual_seed(5)
    small = [(torch.tensor([[2.0, 0.0], [1.0, 1.0]]), 0.5),
             (torch.tensor([[1.0, 0.0, 3.0], [1.0, 0.0, 0.0], [0.0, 0.0, 9.0]]), 0.9)]
    tables = [torch.randint(0, 6, (size, size), generator=draw).float() for size in (3, 6)]
    tables = [(table - 2).clamp(min=0) + torch.eye(len(table)) for table in tables]  # zeros, and no empty row
    return [*small, *((table, discount) for table, discount in zip(tables, (0.5, 0.75), strict=True))]


FORMS = {
    "normalised again": lambda n, d: (n - d).clamp(min=0) / (n - d).clamp(min=0).sum(1, keepdim=True),
    "added": lambda n, d: (n + d) / (n + d).sum(1, keepdim=True),
    "only counted": lambda n, d: n / n.sum(1, keepdim=True),
    "total without axis": lambda n, d: ((n - d).clamp(min=0) / n.sum(1)
                                        + d * (n > 0).sum(1, keepdim=True) / n.sum(1) * (n > 0).sum(0) / (n > 0).sum()),
}

KNESER_NEY = Values(**words(__file__, "kneser_ney"), reference=kneser_ney, spoiled=spoiled_kneser_ney, cases=kneser_ney_cases,
                    forms=FORMS)
