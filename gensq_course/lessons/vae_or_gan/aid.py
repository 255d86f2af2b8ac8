"""When to use which: needs in, families out, by the recorded table alone. The rule is `possible`, exercise 4 of the lesson."""
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gensq_course import widgets
from gensq_course.lessons.vae_or_gan import curves
from gensq_course.lessons.vae_or_gan.deciding import possible, reach_of
from gensq_course.lessons.vae_or_gan.tables import BY_LIKELIHOOD, CANDIDATES, Measure, lead, measure, rounded, rows, seeds, shown
from gensq_course.studies.families import BOUNDS
from gensq_course.studies.family_more import TOLD
from gensq_lib.maths.stats import Estimate

Rule = Callable[[Tensor, Tensor, float, float, float], Tensor]
NO_NEED = "nothing"
WIDTH = 0.02  # of nats, of a share, of seconds: a lead that may be as small as this is no matter


@dataclass(frozen=True)
class Need:
    """What somebody wants most, what must be kept for it, and at which place of which curve ("": in the main table)."""

    says: str
    best: str  # the label of a measure
    keep: str = NO_NEED  # another, or nothing
    least: float = 0.0
    axis: str = ""
    place: curves.Place = ""


NEEDS = (
    Need("Give unseen sentences their probability (to score, to rescore, to compress)", "nats above the truth"),
    Need("Be as near to the truth as possible in both directions", "JS, nats"),
    Need("Say sentences without a fault; copies are welcome", "valid"),
    Need("Find sentences that are right and that nobody has read", "discovered"),
    Need("Say as little wrong as possible, half of it new", "valid", "discovered", 0.5),
    Need("Be told topic and tense, one draw (a quarter of what it says unasked is new)", "obeys, 1 draw", "discovered", 0.25),
    Need("The same, with time for sixteen draws", "obeys, 16 draws", "discovered", 0.25),
    Need("Say much in little time; half of it must be right and new", "seconds for 1,000 sentences", "discovered", 0.5),
    Need("Score, where only 500 sentences can be had", "nats above the truth", axis="data", place=500),
    Need("Find new sentences, where only 500 can be had", "discovered", axis="data", place=500),
    Need("Score, where three words in ten are lost to <unk>", "nats above the truth", axis="typo", place=0.3),
)


@dataclass(frozen=True)
class Decision:
    """Who may be recommended: nobody, one, or several whom the seeds cannot tell apart; the leader first."""

    need: Need
    families: tuple[str, ...]
    numbers: dict[str, str]  # family -> mean and interval of what is wanted
    leads: dict[str, Estimate]  # by how much the leader is ahead of each of the others that keep the need, paired by seed
    missed: tuple[str, ...]  # who does not surely keep the need, or has no such number

    @property
    def answer(self) -> str:
        """In a few words."""
        if not self.families:
            return "nobody"
        return self.families[0] if len(self.families) == 1 else "open: " + " or ".join(self.families)

    @property
    def why(self) -> str:
        """The numbers that say so: of the leader, and of whoever is nearest to it."""
        if not self.families:
            return f"nobody surely keeps {self.need.keep} ≥ {self.need.least:g}"
        leader = f"{self.need.best}: {self.families[0]} {self.numbers[self.families[0]]}"
        if not self.leads:
            return f"{leader}; nobody else keeps the need"
        nearest = min(self.leads, key=lambda family: abs(self.leads[family].mean))
        bound = " (its bound)" if {nearest, self.families[0]} & BOUNDS and self.need.best in BY_LIKELIHOOD else ""
        return f"{leader}; ahead of {nearest}{bound} by {rounded(self.leads[nearest], measure(self.need.best).digits)}"


def values(need: Need, wanted: Measure) -> dict[str, dict[int, float]]:
    """Family -> seed -> the measure that is asked for, turned so that more is better."""
    found = {family: curves.at(need.axis, need.place, family, wanted.label) for family in CANDIDATES}
    if measure(need.best).name == "obeyed":  # one more can be told: by tag words
        found[TOLD] = seeds(rows("families_more"), TOLD, wanted)
    return {family: {seed: value if wanted.up else -value for seed, value in of.items()} for family, of in found.items() if of}


def decided(need: Need, rule: Rule = possible) -> Decision:
    """By the recorded table and the rule."""
    wanted = measure(need.best)
    score = values(need, wanted)
    kept = score if need.keep == NO_NEED else values(need, measure(need.keep))
    families = [family for family in score if family in kept]
    both = sorted(set.intersection(*(set(score[family]) for family in families)))
    least = -math.inf if need.keep == NO_NEED else need.least if measure(need.keep).up else -need.least
    stacked = [torch.tensor([[found[family][seed] for family in families] for seed in both], dtype=torch.float64)
               for found in (score, kept)]
    reach = reach_of(len(both), len(families) - 1)
    chosen = rule(*stacked, least, reach, WIDTH)
    able = [family for family, keeps in zip(families, enough(stacked[1], least, reach), strict=True) if keeps]
    first = [family for family, may in zip(families, chosen.tolist(), strict=True) if may]
    first.sort(key=lambda family: -sum(score[family].values()))
    first += [family for family in able if first and family not in first and wanted.name == "gap" and family in BOUNDS]  # at most
    leads = {family: lead(score[first[0]], score[family]) for family in able if first and family != first[0]}
    sign = 1 if wanted.up else -1
    numbers = {family: shown({seed: sign * value for seed, value in score[family].items()}, wanted.digits) for family in families}
    return Decision(need, tuple(first), numbers, leads, tuple(family for family in CANDIDATES if family not in able))


def enough(need: Tensor, least: float, reach: float) -> list[bool]:
    """Who surely keeps the need, for the table of those who do not."""
    return (need.mean(0) - reach * need.std(0) / len(need)**0.5 >= least).tolist()


def advice(needs: Sequence[Need] = NEEDS, rule: Rule = possible) -> widgets.Table:
    """For each need who may be recommended, and why."""
    found = [decided(need, rule) for need in needs]
    return widgets.table([[each.need.says, each.answer, each.why] for each in found], ["what you need", "take", "because"],
                         f"More than one name: the seeds or a bound leave it open, or the lead may be within {WIDTH:g}")


def widget(labels: Sequence[str], rule: Rule = possible) -> Any:
    """Menus for what is wanted most and what must be kept, and a slider for how much of it; the kernel answers."""
    def show(most_of_all: str, but_keep: str, at_least: float) -> widgets.Picture:
        found = decided(Need("", most_of_all, but_keep, at_least), rule)
        texts = {f"{family}": f"{number}{state(found, family)}" for family, number in found.numbers.items()}
        return widgets.together(widgets.cards({"take": found.answer, "because": found.why}), widgets.table(
            texts.items(), ["family", most_of_all]))
    return widgets.explorer(show, most_of_all=list(labels), but_keep=[NO_NEED, *(
        label for label in labels if measure(label).up)], at_least=(0.0, 1.0, 0.05, 0.9))


def state(found: Decision, family: str) -> str:
    """What the table says of a family, where it is not the answer alone."""
    if family in found.missed:
        return " · does not surely keep what is needed"
    return " · possible" if family in found.families else " · behind"
