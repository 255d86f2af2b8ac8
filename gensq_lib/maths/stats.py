"""One form for everything that is known with an error: a mean, its standard error, and from how many values it comes.

    >>> print(estimate([1.0, 2.0, 3.0, 4.0]))
    2.500 ± 0.645
    >>> print(Share(9, 10))
    0.900 (0.596 to 0.982)

*Taught in lesson 00.*
"""
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Shaped
from scipy.special import stdtrit
from torch import Tensor

from gensq_lib.ground.errors import answered, expect

Number = float | Float[Tensor, "*batch"]  # one, or one for each entry of a batch

LEVEL = 0.95  # of intervals: they miss the truth once in twenty times


@dataclass(frozen=True)
class Estimate:
    """The mean of `n` independent values and its standard error, in their unit; `+`, `-` and `*` are for independent ones.

    Plain floats; of a batch of means, tensors with one number for each entry.
    """

    mean: Number
    error: Number  # NaN where one value does not say how far values lie apart
    n: int

    @property
    def variance(self) -> Number:
        """Of one value: how far the values lie apart, however many there are."""
        return self.error**2 * self.n

    @property
    def deviation(self) -> Number:
        """The standard deviation of one value."""
        return self.variance**0.5

    @property
    def interval(self) -> tuple[float, float]:
        """Student's 95 % interval of the mean: wider than two errors where values are few."""
        reach = stdtrit(max(self.n - 1, 1), (1 + LEVEL) / 2).item() * self.error
        return self.mean - reach, self.mean + reach

    def errors_from(self, truth: Number) -> Number:
        """How many standard errors above a value; beyond 4 to either side it is hardly chance (one case in 16,000)."""
        return (self.mean - truth) / (self.error + 1e-300)

    def __add__(self, other: "Estimate | float") -> "Estimate":
        if not isinstance(other, Estimate):
            return Estimate(self.mean + other, self.error, self.n)
        return Estimate(self.mean + other.mean, (self.error**2 + other.error**2) ** 0.5, min(self.n, other.n))

    def __mul__(self, factor: float) -> "Estimate":
        return Estimate(self.mean * factor, self.error * abs(factor), self.n)

    def __sub__(self, other: "Estimate | float") -> "Estimate":
        return self + other * -1

    def __str__(self) -> str:
        return f"{self.mean:.3f} ± {self.error:.3f}" if self.n > 1 else f"{self.mean:.3f} (of {self.n}: no standard error)"


@answered
def estimate(values: Sequence[float] | Shaped[Tensor, "sample *batch"]) -> Estimate:
    """Mean and standard error of independent values, over the first axis. Fewer than two have no error: NaN, and it says so.

    Of pairs, give the differences: what both share cancels, and the error is that of what does not. Taught in lesson 02.
    """
    values = torch.as_tensor(values).detach().double()
    n = len(values)
    mean = values.mean(0)
    error = values.std(0) / math.sqrt(n) if n > 1 else torch.full_like(mean, torch.nan)
    return Estimate(mean, error, n) if values.dim() > 1 else Estimate(mean.item(), error.item(), n)


@dataclass(frozen=True)
class Share:
    """`count` of `n`. Its interval is that of Wilson (1927) and stays inside 0..1: of 10 of 10, "± 0" would be wrong.

    Taught in lesson 09.
    """

    count: int
    n: int

    def __post_init__(self):
        right = self.count == int(self.count) and 0 <= self.count <= self.n
        expect(right, f"expected a count from 0 to n, got {self.count} of {self.n}; count whole cases")

    @property
    def mean(self) -> float:
        """The share itself; NaN of none."""
        return self.count / self.n if self.n else math.nan

    @property
    def error(self) -> float:
        """Its standard error; 0 where all or none count, so show the interval instead."""
        return math.sqrt(self.mean * (1 - self.mean) / self.n) if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """95 %."""
        if not self.n:
            return 0.0, 1.0
        from scipy.stats import binomtest  # half a second

        found = binomtest(self.count, self.n).proportion_ci(LEVEL, method="wilson")
        return found.low, found.high

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.mean:.3f} ({low:.3f} to {high:.3f})"
