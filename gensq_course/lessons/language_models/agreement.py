"""Do samples come from the distribution that they should? Counts of words, and of the values of attributes."""
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import stats
from torch import Tensor


@dataclass(frozen=True)
class ChiSquare:
    """Pearson's statistic. Where samples and distribution agree it is `freedom` on average."""

    statistic: float
    freedom: int

    @property
    def z(self) -> float:
        """In standard deviations from that average; above 4 hardly ever by chance."""
        return (self.statistic - self.freedom) / math.sqrt(2 * max(self.freedom, 1))

    def __add__(self, other: "ChiSquare") -> "ChiSquare":
        """Of independent samples."""
        return ChiSquare(self.statistic + other.statistic, self.freedom + other.freedom)


def chi_square(tokens: Int[Tensor, "sample"], probabilities: Float[Tensor, "vocab"], *, least: float = 5.0) -> ChiSquare:
    """How far the counts of the tokens are from what is expected; tokens expected less than `least` times are pooled."""
    expected = (probabilities.double() / probabilities.double().sum() * len(tokens)).numpy()
    observed = np.bincount(tokens.numpy(), minlength=len(expected))
    expected, observed = (np.append(x[expected >= least], x[expected < least].sum()) for x in (expected, observed))
    if expected[-1] < 1e-9 and observed[-1] == 0:
        expected, observed = expected[:-1], observed[:-1]
    with np.errstate(divide="ignore"):  # what cannot be, but is, counts infinitely
        found = stats.chisquare(observed, expected, sum_check=False)
    return ChiSquare(float(found.statistic), len(expected) - 1)


def frequencies(attributes: Iterable[Mapping[str, str]]) -> dict[str, dict[str, float]]:
    """For each attribute, how often each of its values occurs; sentences without attributes are left out."""
    rows = [row for row in attributes if row]
    counts = {name: Counter(row[name] for row in rows) for name in (rows[0] if rows else ())}
    return {name: {value: n / len(rows) for value, n in found.items()} for name, found in counts.items()}


def total_variation(p: Mapping[str, float], q: Mapping[str, float]) -> float:
    """Half the sum of the differences: the largest error of any event's probability, from 0 to 1."""
    return sum(abs(p.get(value, 0.0) - q.get(value, 0.0)) for value in {*p, *q}) / 2
