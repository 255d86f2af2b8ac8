"""Numbers that change with the training step: `schedule(step) -> float`.

Steps count optimiser updates from 0. A schedule never depends on time or on data,
so a resumed run sees the same numbers.
"""
import math
from collections.abc import Callable
from numbers import Real

from gensq_lib.ground.errors import expect

Schedule = Callable[[int], float]


def constant(value: float) -> Schedule:
    """The same number at every step."""
    return lambda step: value


def linear(start: float, end: float, *, steps: int, delay: int = 0) -> Schedule:
    """`start` until step `delay`, then a straight line that reaches `end` after `steps` more steps. Taught in lesson 04."""
    _expect_positive("steps", steps)
    return lambda step: start + (end - start) * min(max(step - delay, 0) / steps, 1.0)


def sigmoid(start: float, end: float, *, steps: int, steepness: float = 10.0) -> Schedule:
    """An S-shaped rise, half way at `steps / 2` (the shape drawn in Bowman et al. 2016, fig. 2). Taught in lesson 06."""
    _expect_positive("steps", steps)
    expect(0 < steepness <= 1000, f"expected a steepness above 0 and at most 1000, got {steepness}; 10 is a usual choice")

    def value(step: int) -> float:
        position = min(step / steps, 1.0)
        low, now, high = (1 / (1 + math.exp(-steepness * (x - 0.5))) for x in (0.0, position, 1.0))
        return start + (end - start) * (now - low) / (high - low)  # rescaled: it does reach both ends

    return value


def cyclical(start: float, end: float, *, period: int, ratio: float = 0.5) -> Schedule:
    """Rise for `ratio` of each period, then hold, then start again (Fu et al. 2019). Taught in lesson 06."""
    _expect_positive("period", period)
    expect(0 < ratio <= 1, f"expected a ratio above 0 and at most 1, got {ratio}; it is a share of the period")
    return lambda step: start + (end - start) * min((step % period) / (period * ratio), 1.0)


def warmup_cosine(peak: float, *, steps: int, warmup: int, floor: float = 0.0) -> Schedule:
    """A learning rate: linear rise to `peak`, then half a cosine down to `floor` at `steps`. Taught in lesson 07."""
    _expect_positive("steps", steps)
    _expect_positive("warmup", warmup)

    def value(step: int) -> float:
        if step < warmup:
            return peak * (step + 1) / warmup
        position = min((step - warmup) / max(steps - warmup, 1), 1.0)
        return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * position))

    return value


def _expect_positive(name: str, value: float) -> None:
    """A warm-up of 0 steps would leave beta at its start for ever, or divide by zero: refuse it."""
    right = isinstance(value, Real) and value > 0
    expect(right, f"expected {name} > 0, got {value!r}; for no schedule use constant(value)")
