"""The handwritten digits that come with scikit-learn: 1,797 pictures of 8 x 8 pixels with 17 grey levels (0 to 16).

Levels are whole numbers; a density wants real ones. Uniform noise spreads each level over [0, 1) (dequantisation), so
that a density in these units never promises more than the probability of the levels (Jensen's inequality).
"""
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from sklearn.datasets import load_digits
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import answered

NUM_LEVELS, NUM_PIXELS, SIDE = 17, 64, 8
SIZES = {"train": 1197, "valid": 200, "test": 400}


@dataclass(frozen=True)
class Digits:
    """One part: grey levels, and which digit was meant."""

    levels: Int[Tensor, "batch pixel"]
    labels: Int[Tensor, "batch"]

    def images(self, *, generator: torch.Generator) -> Float[Tensor, "batch pixel"]:
        """Dequantised, in [0, 1)."""
        return dequantised(self.levels, generator=generator)

    def __len__(self) -> int:
        return len(self.labels)


def load(*, seed: int = 0) -> dict[str, Digits]:
    """The parts "train", "valid" and "test", split at random by the seed; no picture is in two of them. Taught in lesson 03."""
    source = load_digits()
    levels, labels = torch.as_tensor(source.data).long(), torch.as_tensor(source.target).long()
    order = torch.randperm(len(labels), generator=runtime.generator(seed, "digits"))
    parts = order.split(list(SIZES.values()))
    return {name: Digits(levels[index], labels[index]) for name, index in zip(SIZES, parts)}


@answered
def dequantised(levels: Int[Tensor, "batch pixel"], *, generator: torch.Generator) -> Float[Tensor, "batch pixel"]:
    """(level + u) / 17 with u uniform in [0, 1). Taught in lesson 03."""
    return (levels + torch.rand(levels.shape, generator=generator)) / NUM_LEVELS
