"""Learning curves: what more text has brought so far, and what twice as much would bring, with an interval."""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import ArrayLike
from torch import Tensor

from gensq_lib.ground.errors import expect
from gensq_lib.maths.stats import LEVEL

EXPONENTS = np.linspace(0.05, 1.0, 39)  # what a curve may fall with


@dataclass(frozen=True)
class PowerLaw:
    r"""$L(n) = a + b\,n^{-c}$: nats per sentence after n training sentences. `floor` is a, where more text no longer helps."""

    floor: float
    scale: float
    exponent: float

    def __call__(self, num: float | np.ndarray) -> float | np.ndarray:
        return self.floor + self.scale * num**-self.exponent


def power_law(sizes: ArrayLike, losses: ArrayLike) -> PowerLaw:
    """The curve with the least squared distance, falling, its floor not below 0: for each exponent a line, then the best of them.

    Taught in lesson 21.
    """
    n, y = np.asarray(sizes, dtype=float), np.asarray(losses, dtype=float)
    right = len(n) == len(y) >= 3 and (n > 0).all() and len(set(n)) == len(n) and np.isfinite(y).all()
    expect(right, f"expected three or more different sizes above 0, with a finite loss each, got {len(n)} and {len(y)}; train on "
                  "an eighth, a quarter, a half and all of the text")
    return min((_line(n, y, c) for c in EXPONENTS), key=lambda law: float(((law(n) - y) ** 2).sum()))


def _line(n: np.ndarray, y: np.ndarray, c: float) -> PowerLaw:
    """Least squares in n^-c; where slope or floor would be negative, it is 0."""
    x = n**-c
    b = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    if b <= 0:
        return PowerLaw(float(y.mean()), 0.0, float(c))
    a = y.mean() - b * x.mean()
    return PowerLaw(float(a), float(b), float(c)) if a >= 0 else PowerLaw(0.0, float((x * y).sum() / (x * x).sum()), float(c))


@dataclass(frozen=True)
class Foretold:
    """What a curve says of a size that was not tried; nats per sentence."""

    size: float
    mean: float
    interval: tuple[float, float]

    def __str__(self) -> str:
        return f"{self.mean:.2f} ({self.interval[0]:.2f} to {self.interval[1]:.2f})"


def foretold(sizes: Sequence[int], nll: Float[Tensor, "size sentence"], size: float, *, noise: float, seed: int,
             repeats: int = 200) -> Foretold:
    """The loss after `size` training sentences, with a 95 % interval, from the losses of the same test sentences at some sizes.

    Each repeat moves every point by `noise`, the standard deviation between trainings (nats), and fits anew. The test sentences
    stay: the question is what these will cost. What else may be wrong is the form of the curve, which no repeat knows.

    Taught in lesson 21.
    """
    expect(noise >= 0, f"expected a standard deviation between trainings from 0, got {noise}; train two with other seeds")
    means, draw = torch.as_tensor(nll).double().mean(1).numpy(), np.random.default_rng((seed, 5))
    moved = means + noise * draw.standard_normal((repeats, len(means)))
    ends = [power_law(sizes, each)(size) + noise * draw.standard_normal() for each in moved]
    low, high = np.quantile(ends, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Foretold(size, power_law(sizes, means)(size), (float(low), float(high)))
