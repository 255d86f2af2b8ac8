"""The recorded tables of lesson 19, read: one value for each seed, intervals, and what one family is ahead of another."""
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from gensq_course import studies, widgets
from gensq_course.lessons.tutorial_autopsy.pictures import by_seed
from gensq_course.studies.families import BOUNDS, FAMILIES, TRAINED
from gensq_course.studies.family_measures import DRAWS
from gensq_course.studies.family_masked import MASKED
from gensq_course.studies.family_more import NO_GAME, TOLD
from gensq_course.studies.rows import Row
from gensq_lib.ground.errors import chosen
from gensq_lib.maths.stats import Estimate, estimate

BY_LIKELIHOOD = {"nats above the truth", "JS, nats", "KL of valid, nats", "entropy, nats"}  # of a VAE by its bound
CANDIDATES = (*TRAINED, "replay")  # who may be recommended: the grammar itself is nobody's to have
ADDED = {NO_GAME: "families_more", TOLD: "families_more", MASKED: "families_masked"}  # players of a table of their own
PLAIN = {"temperature": None, "draws": None}  # a record of temperature 1, and of no order


@dataclass(frozen=True)
class Measure:
    """A measure as a reader sees it; `up` where more is better."""

    name: str
    label: str
    up: bool
    digits: int = 3
    where: Any = None  # more keys of its records
    study: str = "families"  # the recorded table that has it

    @property
    def keys(self) -> dict[str, Any]:
        return PLAIN | {"measure": self.name} | (self.where or {})


MEASURES = {each.label: each for each in (
    Measure("gap", "nats above the truth", False, 2), Measure("js", "JS, nats", False), Measure("valid", "valid", True),
    Measure("distinct", "different and valid", True), Measure("copied", "copies", False),
    Measure("discovered", "discovered", True), Measure("kl_valid", "KL of valid, nats", False, 2),
    Measure("entropy", "entropy, nats", True, 2),
    *(Measure(name, f"{label}, {num} draw{'s' * (num > 1)}", up, digits, {"draws": num}, study)
      for name, label, up, digits, study in (
          ("obeyed", "obeys", True, 3, "families"), ("order_discovered", "obeys and is new", True, 3, "families_orders"),
          ("order_seconds", "seconds for an order", False, 4, "families")) for num in DRAWS),
    *(Measure(name, f"{label} at T = 0.8", up, digits, {"temperature": 0.8}) for name, label, up, digits in (
        ("valid", "valid", True, 3), ("distinct", "different and valid", True, 3), ("discovered", "discovered", True, 3),
        ("js", "JS", False, 3))),
    Measure("rate", "nats in z", True, 1), Measure("train_seconds", "seconds by the pace", False, 1),
    Measure("sample_seconds", "seconds for 1,000 sentences", False, 2),
    Measure("parameters", "numbers kept", False, 0), Measure("steps", "steps", True, 0))}


def measure(label: str) -> Measure:
    """By its label; another is refused in a sentence."""
    return chosen("a measure", label, MEASURES)


@cache
def rows(study: str = "families") -> tuple[Row, ...]:
    """Of a recorded table."""
    return tuple(studies.read(study)["rows"])


def seeds(found: Sequence[Row], family: str, wanted: Measure, **where: Any) -> dict[int, float]:
    """The value at each seed; empty where a family has no such measure."""
    return by_seed(found, family=family, **wanted.keys, **where)


def of(family: str, label: str) -> dict[int, float]:
    """The value at each seed, from the recorded table that has this family and this measure."""
    wanted = measure(label)
    return seeds(rows(ADDED.get(family, wanted.study)), family, wanted)


def lead(ours: Mapping[int, float], theirs: Mapping[int, float]) -> Estimate:
    """The first less the second, paired by seed."""
    return estimate([ours[seed] - theirs[seed] for seed in sorted(ours.keys() & theirs.keys())])


def shown(found: Mapping[int, float], digits: int) -> str:
    """Mean and 95 % interval over the seeds; one number where it is the same at all of them."""
    if not found:
        return "none"
    whole = estimate(list(found.values()))
    if whole.n < 2 or len(set(found.values())) == 1:
        return f"{whole.mean:,.{digits}f}"
    low, high = whole.interval
    return f"{whole.mean:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"


def rounded(gap: Estimate, digits: int) -> str:
    """A difference and its interval, to the digits of what was measured; without one where fewer than two seeds have both."""
    low, high = gap.interval
    return "no interval" if math.isnan(low) else f"{gap.mean:+.{digits}f} ({low:+.{digits}f} to {high:+.{digits}f})"


def colder(labels: Sequence[str] = ("valid", "different and valid", "JS", "discovered")) -> widgets.Table:
    """What the temperature .8 changes, less what was measured at 1, paired by seed."""
    warm = {label: "JS, nats" if label == "JS" else label for label in labels}
    pairs = [(family, [(of(family, f"{label} at T = 0.8"), of(family, warm[label])) for label in labels]) for family in TRAINED]
    said = [[family, *(rounded(lead(cold, usual), 3) if cold else "none" for cold, usual in both)] for family, both in pairs]
    return widgets.table(said, ["family", *labels], "At temperature 0.8 less at 1 (95 %), seed by seed")


def extra(ours: str, theirs: Sequence[str], labels: Sequence[str]) -> widgets.Table:
    """One family less others, paired by seed."""
    said = [[ours, other, *(rounded(paired(ours, other, label), measure(label).digits) for label in labels)] for other in theirs]
    return widgets.table(said, ["of", "less", *labels], "Differences (95 %), seed by seed")


def table(labels: Sequence[str], found: Sequence[Row] | None = None, caption: str = "", families: Sequence[str] = FAMILIES
          ) -> widgets.Table:
    """A row for each family: mean and interval of these measures, as recorded or of the rows that were found here."""
    def values(family: str, label: str) -> dict[int, float]:
        return of(family, label) if found is None else seeds(found, family, measure(label))
    bound = " (by its bound)" if BY_LIKELIHOOD & set(labels) else ""
    said = [[family + (bound if family in BOUNDS else ""), *(shown(values(family, label), measure(label).digits)
                                                             for label in labels)] for family in families]
    return widgets.table(said, ["family", *labels], caption)


def spreads(label: str) -> widgets.Table:
    """How far the seeds lie apart: standard deviation, the best and the worst of them."""
    wanted, said = measure(label), []
    for family in TRAINED:
        found = of(family, label)
        best, worst = sorted(found.values(), reverse=wanted.up)[:: max(len(found) - 1, 1)]
        said.append([family, f"{estimate(list(found.values())).deviation:.{wanted.digits + 1}f}",
                     *(f"{value:.{wanted.digits}f}" for value in (best, worst))])
    return widgets.table(said, ["family", "standard deviation", "best seed", "worst seed"], label)


def paired(ours: str, theirs: str, label: str) -> Estimate:
    """At 5,000 clean sentences: the first family less the second."""
    return lead(of(ours, label), of(theirs, label))


def verdict(gap: Estimate, first: str, second: str, *, up: bool) -> str:
    """Who is better by an interval, in words."""
    low, high = gap.interval
    if math.isnan(low) or low <= 0 <= high:
        return "open"
    return first if (low > 0) == up else second


def compared(ours: str, theirs: str, labels: Sequence[str]) -> list[list[str]]:
    """For a table: measure, difference with its interval, who is better."""
    return [[label, rounded(paired(ours, theirs, label), measure(label).digits),
             verdict(paired(ours, theirs, label), ours, theirs, up=measure(label).up)] for label in labels]
