"""Batches and what they waste: the share of padding, exactly; what a batch does to the gradient; what is held in memory."""
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.batching import Batch, TrainingBatches, collate

Encoded = Sequence[Sequence[int]]
T = TypeVar("T")


def epoch(batches: TrainingBatches, number: int = 0) -> list[Batch]:
    """All batches of one epoch."""
    return [batches(number * batches.per_epoch + i) for i in range(batches.per_epoch)]


def padded(batches: Sequence[Batch]) -> float:
    """The share of positions that hold no word."""
    return 1 - sum(int(batch.lengths.sum()) for batch in batches) / sum(batch.targets.numel() for batch in batches)


def sorted_batches(encoded: Encoded, batch_size: int) -> Iterator[Batch]:
    """The trap: from the shortest to the longest, in every epoch alike."""
    order = sorted(encoded, key=len)
    return (collate(order[i : i + batch_size]) for i in range(0, len(order), batch_size))


def slope(model: nn.Module, loss: Float[Tensor, ""]) -> Float[Tensor, "parameter"]:
    """The gradient of a loss in all parameters, in one row; it may be asked again."""
    found = torch.autograd.grad(loss, list(model.parameters()), retain_graph=True)
    return torch.cat([each.flatten() for each in found])


def averaged(model: nn.Module, losses: Float[Tensor, "rank"]) -> Float[Tensor, "parameter"]:
    """The mean over ranks of the gradients of their losses: what a message between processes would make of them."""
    return torch.stack([slope(model, loss) for loss in losses]).mean(0)


def apart(one: Float[Tensor, "parameter"], right: Float[Tensor, "parameter"]) -> float:
    """Their distance over the length of the right one."""
    return ((one - right).norm() / right.norm()).item()


def first_step(gradient: Float[Tensor, "parameter"]) -> Float[Tensor, "parameter"]:
    """Where Adam's first step would go, times its learning rate (Kingma & Ba 2015): each number over its own size."""
    return gradient / (gradient.abs() + 1e-8)


def slopes(model: LanguageModel, batches: Sequence[Batch]) -> Float[Tensor, "batch parameter"]:
    """The gradient of each batch's mean -log p(x)."""
    return torch.stack([slope(model, -model.log_likelihood(batch).mean()) for batch in batches])


def noise(gradients: Float[Tensor, "batch parameter"]) -> tuple[float, float]:
    """The variance of a batch's gradient over the squared length of the mean gradient, and its standard error.

    That length is corrected for what noise adds to it. 0: every batch asks for the same step. 1: noise is as long as the step.
    The error is the jackknife's: from the same without one batch, for each batch.
    """
    products, num = (gradients @ gradients.T).double(), len(gradients)

    def of(rows: Int[Tensor, "row"]) -> float:
        some, n = products[rows][:, rows], len(rows)
        squared = some.sum().item() / n**2
        spread = (some.trace().item() - n * squared) / (n - 1)
        return spread / max(squared - spread / n, 1e-12)

    every = torch.arange(num)
    without = torch.tensor([of(every[every != i]) for i in range(num)])
    return of(every), (num - 1) ** 0.5 * without.std(correction=0).item()


def leaning(gradients: Float[Tensor, "batch parameter"], sizes: Int[Tensor, "batch"]) -> float:
    """How far the mean of the batches' gradients is from the gradient of all their sentences, over the length of that one."""
    return apart(gradients.mean(0), (gradients * (sizes / sizes.sum())[:, None]).sum(0))


def noise_and_leaning(model: LanguageModel, plans: Mapping[str, Sequence[Batch]], *, weighed: str, num: int = 40
                      ) -> tuple[dict[str, tuple[float, float]], dict[str, float]]:
    """Both of the first batches of each plan; those of `weighed` once more, each over the usual number of sentences."""
    spread, leans = {}, {}
    for name, plan in plans.items():
        found, sizes = slopes(model, plan[:num]), torch.tensor([len(batch) for batch in plan[:num]])
        spread[name], leans[name] = noise(found), leaning(found, sizes)
        if name == weighed:
            usual = found * (sizes / sizes.float().mean())[:, None]
            again = f"{name}, over the usual number"
            spread[again], leans[again] = noise(usual), apart(usual.mean(0), (found * (sizes / sizes.sum())[:, None]).sum(0))
    return spread, leans


def packed(encoded: Encoded) -> tuple[np.ndarray, np.ndarray]:
    """All words in one array of the smallest numbers that will do, and where each sentence begins."""
    words = np.fromiter((word for ids in encoded for word in ids), dtype=np.int64)
    return words.astype(np.min_scalar_type(words.max())), np.cumsum([0, *map(len, encoded)])[:-1]


def begun(batches: TrainingBatches) -> TrainingBatches:
    """After its first batch, for which it has made the order of an epoch."""
    batches(0)
    return batches


def held(load: Callable[[], T]) -> tuple[T, int]:
    """What is loaded, and the bytes that Python and NumPy hold for it afterwards."""
    tracemalloc.start()
    try:
        return load(), tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
