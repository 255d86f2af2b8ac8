"""The curves of lesson 19: over training sentences, over noise of three kinds, over sizes; and where they cross."""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch

from gensq_course import widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.lessons.vae_or_gan.deciding import reach_of, signs
from gensq_course.lessons.vae_or_gan.tables import BY_LIKELIHOOD, CANDIDATES, measure, of, rows, seeds
from gensq_course.studies.families import BOUNDS, NUM_TRAIN, SIZES, TRAINED
from gensq_lib import plots
from gensq_lib.ground.errors import chosen
from gensq_lib.maths.stats import estimate

Place = float | str  # on an axis: sentences, a share, the name of a size
Curve = Mapping[Place, Mapping[int, float]]  # place -> seed -> value
Rule = Callable[[torch.Tensor, torch.Tensor, float], torch.Tensor]  # `signs`, exercise 3 of the lesson

BY_BOUND = "bound"


@dataclass(frozen=True)
class Axis:
    """A recorded curve; `main` is the place at which the main table stands, None where the curve has it.

    Another table, `recounted`, has what depends on which sentences count as read.
    """

    study: str
    key: str
    label: str
    main: Place | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    recounted: str = ""

    @property
    def short(self) -> str:
        """Its label, without how it is drawn."""
        return self.label.removesuffix(" (logarithmic)")

    def study_of(self, name: str) -> str:
        """The table that has a measure."""
        return self.recounted if self.recounted and name in ("discovered", "copied") else self.study


AXES = {"data": Axis("families_data", "num_train", "training sentences (logarithmic)", NUM_TRAIN),
        **{kind: Axis("families_noise", "share", f"share of {label}", 0.0, {"kind": kind}, "families_noise_counts")
           for kind, label in {"typo": "words lost to <unk>", "wrong word": "wrong words",
                               "wrong sentence": "wrong sentences"}.items()},
        "size": Axis("families_size", "size", "numbers that a model keeps (logarithmic)", "medium")}


def curve(axis: str, family: str, label: str) -> dict[Place, dict[int, float]]:
    """The value of each seed at each place, the places in their order."""
    along, wanted = chosen("an axis", axis, AXES), measure(label)
    recorded = rows(along.study_of(wanted.name))
    places = dict.fromkeys(row["setting"].get(along.key) for row in recorded)
    found = {place: seeds(recorded, family, wanted, **{along.key: place}, **along.where) for place in places}
    if along.main is not None and not found.get(along.main):
        found[along.main] = of(family, label)
    kept = {place: values for place, values in found.items() if values}
    return dict(sorted(kept.items(), key=lambda item: list(SIZES).index(item[0]) if axis == "size" else item[0]))


def at(axis: str, place: Place, family: str, label: str) -> dict[int, float]:
    """The value of each seed at one place of a curve; "": in the main table."""
    return curve(axis, family, label).get(place, {}) if axis else of(family, label)


def signs_along(ours: Curve, theirs: Curve, rule: Rule = signs) -> dict[Place, int]:
    """At each place that both have: 1 where the first is surely higher, -1 where lower, 0 where it is open."""
    found = {}
    for place in [place for place in ours if place in theirs]:
        both = sorted(ours[place].keys() & theirs[place].keys())
        pair = [torch.tensor([[each[place][seed]] for seed in both], dtype=torch.float64) for each in (ours, theirs)]
        found[place] = int(rule(*pair, reach_of(len(both))).item()) if len(both) > 1 else 0
    return found


def crossings(found: Mapping[Place, int]) -> list[tuple[Place, Place]]:
    """Between which places the curves surely cross: the nearest on both sides with opposite sure signs."""
    sure = [(place, sign) for place, sign in found.items() if sign]
    return [(left, right) for (left, before), (right, after) in pairwise(sure) if before != after]


def in_words(found: Mapping[Place, int]) -> str:
    """Whether two curves cross, and how sure that is."""
    crossed = crossings(found)
    if crossed:
        return "cross between " + " and between ".join(f"{named(left)} and {named(right)}" for left, right in crossed)
    known = {sign for sign in found.values() if sign}
    places = [named(place) for place, sign in found.items() if not sign]
    if not known:
        return "open everywhere"
    return "no crossing seen" + (f"; open at {', '.join(places)}" if places else "")


def named(place: Place) -> str:
    return place if isinstance(place, str) else f"{place:,.0%}" if place <= 1 else f"{place:,}"


def against(axis: str, label: str, pairs: Sequence[tuple[str, str]], rule: Rule = signs) -> widgets.Table:
    """For each pair of families: who is better at each place, and where their curves cross."""
    said, places = [], []
    for ours, theirs in pairs:
        found = signs_along(curve(axis, ours, label), curve(axis, theirs, label), rule)
        places = [named(place) for place in found]
        said.append([f"{ours}, {theirs}", *(better(label, ours, theirs, sign) for sign in found.values()), in_words(found)])
    bound = f" ({BY_BOUND}: the other's number is one)" if any(BY_BOUND in str(row) for row in said) else ""
    return widgets.table(said, ["which two", *places, "their curves"],
                         f"{label}, over {AXES[axis].short}: who is surely better{bound}")


def better(label: str, ours: str, theirs: str, sign: int) -> str:
    """The family that a sign speaks for."""
    if not sign:
        return "open"
    first, second = (ours, theirs) if (sign > 0) == measure(label).up else (theirs, ours)
    return first + f" ({BY_BOUND})" * (label in BY_LIKELIHOOD and second in BOUNDS)


def picture(axis: str, label: str, families: Sequence[str] = CANDIDATES, **words: str) -> Picture:
    """A line for each family with the interval of each point; nats on a logarithmic axis, which the truth itself is not on."""
    logs = "x" * (axis == "data") + "y" * (label == "nats above the truth")
    lines = {family: points for family in families if len(points := curve(axis, family, label)) > 1
             and not ("y" in logs and family == "world")}
    places = list(next(iter(lines.values())))
    found = {family: [estimate(list(points[place].values())) for place in places] for family, points in lines.items()}
    errors = {family: [each.interval[1] - each.mean for each in line] for family, line in found.items()}
    axes = plots.curves_over(places, {family: [each.mean for each in line] for family, line in found.items()}, errors=errors,
                             xlabel=f"{AXES[axis].label}; {counted(lines)}", ylabel=label + " (logarithmic)" * ("y" in logs),
                             log=logs, among=(*CANDIDATES, "world"), **words)
    return axes, described(label, AXES[axis].label, {family: dict(zip(map(named, places), line, strict=True))
                                                     for family, line in found.items()})


def counted(lines: Mapping[str, Curve]) -> str:
    """How many seeds stand at each place: an interval of three is wider than one of five, whatever the spread."""
    nums = {place: len(values) for line in lines.values() for place, values in line.items()}
    return "seeds: " + ", ".join(map(str, nums.values()))


def over_sizes(label: str, **words: str) -> Picture:
    """As `picture`, over the numbers that each model keeps."""
    found = {}
    for family in TRAINED:
        across, up = curve("size", family, "numbers kept"), curve("size", family, label)
        found[family] = [(estimate(list(across[size].values())).mean, estimate(list(up[size].values())), size) for size in up]
    axes = plots.frontier({family: ([x for x, _, _ in line], [y.mean for _, y, _ in line]) for family, line in found.items()},
                          xlabel=AXES["size"].label, ylabel=label, **words)
    for line, colour in zip(found.values(), plots.COLOURS.values(), strict=False):
        axes.errorbar([x for x, _, _ in line], [y.mean for _, y, _ in line], yerr=[y.interval[1] - y.mean for _, y, _ in line],
                      linestyle="none", capsize=2, color=colour)
    axes.set_xscale("log")
    axes.legend(loc="best")
    return axes, described(label, AXES["size"].label, {family: {f"{size} ({x:,.0f})": y for x, y, size in line}
                                                       for family, line in found.items()})


def described(up: str, across: str, lines: Mapping[str, Mapping[str, Any]]) -> str:
    """A figure in words."""
    return f"{up} over {across}: " + "; ".join(
        f"{family} " + ", ".join(f"{each.mean:.2f} at {place}" for place, each in line.items())
        for family, line in lines.items()) + "."
