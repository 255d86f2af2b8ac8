"""What ways of training bought: measures over temperature, and two ways held against each other at one entropy."""
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from torch import nn

from gensq_course.studies.rows import Record, records, value, values
from gensq_lib.diagnostics import Enumeration
from gensq_lib.maths.stats import Estimate, estimate

Seed = Sequence[Record]  # everything that was found at one seed
Compare = Callable[[Seed, str, str], float]


def frontier(way: str, model: nn.Module, everything: Enumeration, *, temperatures: Sequence[float]) -> list[Record]:
    """Every measure of a model at every temperature."""
    found = everything.frontier(model, temperatures=temperatures)
    return [record for t, outcomes in found.items() for record in records(outcomes.means, way=way, temperature=t)]


def curve(found: Seed, way: str) -> list[tuple[float, float]]:
    """(entropy, valid share) of a way at each temperature, the hottest first: that is 1."""
    hot_first = sorted({record["temperature"] for record in found if "temperature" in record}, reverse=True)
    return [tuple(value(found, way=way, temperature=t, measure=measure) for measure in ("entropy", "valid"))
            for t in hot_first if values(found, way=way, temperature=t)]


def margin(found: Seed, way: str, against: str) -> float:
    """By how much the valid share of `way` exceeds that of `against` at the lower of their two entropies at temperature 1;
    NaN where the other cannot be cooled down to it.
    """
    ours, theirs = curve(found, way), curve(found, against)
    level = min(ours[0][0], theirs[0][0])
    return height_at(ours, level) - height_at(theirs, level)


def paired(seeds: Sequence[Seed], ways: Iterable[str], compare: Compare = margin, *, against: str = "likelihood"
           ) -> dict[str, Estimate]:
    """The comparison over the seeds, for each way. Pairs share seed, start and judge; those that have none (NaN) are left out."""
    pairs = {way: [compare(found, way, against) for found in seeds] for way in ways}
    return {way: estimate([number for number in numbers if not math.isnan(number)]) for way, numbers in pairs.items()}


def best_js(found: Seed, **which: Any) -> float:
    """At the best of the temperatures or strengths. JS has no knob left to match: nonsense and monotony both cost."""
    return min(values(found, measure="js", **which))


def js_gain(found: Seed, way: str, against: str) -> float:
    """By how much `way` is nearer to the world, nats, each at its own best; to be `paired`."""
    return best_js(found, way=against) - best_js(found, way=way)


def judge_gain(found: Seed, judge: str, against: str) -> float:
    """As `js_gain`, of a judge at decoding time, at the best weight of its word."""
    return best_js(found, way=against) - best_js(found, judge=judge)


def reached(seeds: Sequence[Seed], way: str, *, of: str = "perfect judge", start: str = "start", gain: Compare = js_gain
            ) -> Estimate:
    """Which part of another's mean gain over the start: 1 is all of it."""
    return ratio([gain(found, way, start) for found in seeds], [gain(found, of, start) for found in seeds])


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> Estimate:
    """The ratio of two means of pairs, and its error by the jackknife: how much it moves when one pair at a time is left out.

    The mean of the ratios would be another number: there a pair with a small whole counts for much.
    """
    n, left, of = len(parts), sum(parts), sum(wholes)
    without = [(left - part) / (of - whole) for part, whole in zip(parts, wholes, strict=True)] if n > 1 else []
    error = math.sqrt(n - 1) * np.std(without).item() if without else math.nan
    return Estimate(left / of, error, n)


def in_words(gain: Estimate) -> str:
    """What the 95 % interval of an estimated gain says; a control may be above 0, too, and nobody would say that it helps."""
    low, high = gain.interval
    return "above 0" if low > 0 else "below 0" if high < 0 else "open"


def height_at(points: Sequence[tuple[float, float]], x: float) -> float:
    """The height at x of the straight lines that join the points (x, height); NaN outside."""
    places, heights = zip(*sorted(points), strict=True)
    return np.interp(x, places, heights, left=math.nan, right=math.nan).item()
