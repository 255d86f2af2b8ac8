"""The batches of lesson 14, functions of (seed, i): points of the ring, pictures of digits; and an album of samples."""
from collections.abc import Callable

import torch
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.models.gan import GAN
from gensq_lib.training.games import Examples
from gensq_lib.training.steps import device_of
from gensq_lib.vectors.digits import Digits
from gensq_lib.vectors.ring import Ring


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


class Snapshots:
    """Samples of a generator from the same noise, at every step at which it is called: `seen[step]`."""

    def __init__(self, gan: GAN, *, num: int, seed: int):
        self.gan, self.num, self.seed = gan, num, seed
        self.seen: dict[int, Tensor] = {}

    def __call__(self, step: int) -> None:
        noise = runtime.generator(self.seed, "snapshots", device=device_of(self.gan))
        with torch.no_grad():
            self.seen[step] = self.gan.generator.sample(self.num, generator=noise).cpu()
