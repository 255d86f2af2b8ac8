"""Batches of vectors, functions of (seed, i): points of the ring, pictures of digits."""
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.vectors.digits import Digits
from gensq_lib.vectors.ring import Ring


@dataclass(frozen=True)
class Examples:
    """A batch for a GAN; `labels` only where it is to be conditional."""

    x: Float[Tensor, "batch pixel"]
    labels: Int[Tensor, "batch"] | None = None

    def __len__(self) -> int:
        return len(self.x)


def ring_batches(ring: Ring, *, batch_size: int, seed: int) -> Callable[[int], Examples]:
    """Fresh points for every batch: nothing can be memorised."""
    return lambda i: Examples(ring.sample(batch_size, generator=runtime.generator(seed, "ring", i)))


def digit_batches(part: Digits, *, batch_size: int, seed: int, conditional: bool = False) -> Callable[[int], Examples]:
    """Pictures drawn with replacement, pixels in [-1, 1), noise below one grey level drawn anew each time."""
    def batch(i: int) -> Examples:
        noise = runtime.generator(seed, "digits", i)
        index = torch.randint(len(part), (batch_size,), generator=noise)
        images = Digits(part.levels[index], part.labels[index]).images(generator=noise)
        return Examples(2 * images - 1, part.labels[index] if conditional else None)

    return batch
