"""Stopwatches. Machines differ and are busy with other things, so what counts are ratios of things done in turn."""
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Median, least and most of several measurements."""

    median: float
    least: float
    most: float
    num: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(statistics.median(values), min(values), max(values), len(values))


def seconds(work: Callable[..., object], *arguments: int) -> tuple[float, float]:
    """How long it took: by the clock, and of processor time (all threads)."""
    clock, processor = time.perf_counter(), time.process_time()
    work(*arguments)
    return time.perf_counter() - clock, time.process_time() - processor


def rates(work: Callable[[], object], *, num: int, repeats: int = 3) -> Spread:
    """`num` things are done by each call of `work`: things per second."""
    return Spread.of([num / seconds(work)[0] for _ in range(repeats)])


@dataclass(frozen=True)
class Comparison:
    """The same work done in two ways: how many times faster the first is, and both in things per second."""

    by_clock: Spread
    by_processor: Spread
    ours_per_second: float
    naive_per_second: float
    our_nats: float = math.nan  # what each needs for a held-out sentence afterwards
    naive_nats: float = math.nan


def compared(ours: Mapping[str, Callable[[int], object]], naive: Callable[[int], object], *, num: int, pairs: int
             ) -> dict[str, Comparison]:
    """Each of ours, then the naive one, then again; called with the number of the round, whose first is a warm-up."""
    ways = [*ours.values(), naive]
    rounds = [[seconds(way, i) for way in ways] for i in range(pairs + 1)][1:]
    return {name: comparison([(times[k], times[-1]) for times in rounds], num) for k, name in enumerate(ours)}


def comparison(pairs: Sequence[tuple[tuple[float, float], tuple[float, float]]], num: int) -> Comparison:
    """From (ours, naive) pairs of (clock, processor) seconds for `num` things."""
    clock, processor = (Spread.of([naive[k] / ours[k] for ours, naive in pairs]) for k in (0, 1))
    ours, naive = (num / statistics.median(pair[k][0] for pair in pairs) for k in (0, 1))
    return Comparison(clock, processor, ours, naive)
