"""When to use which: needs in, families out, by the recorded table alone. The rule is `possible`, exercise 4 of the lesson."""
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from gensq_course import widgets
from gensq_course.lessons.vae_or_gan import bounds, curves
from gensq_course.lessons.vae_or_gan.deciding import possible, reach_of
from gensq_course.lessons.vae_or_gan.tables import BY_LIKELIHOOD, CANDIDATES, Measure, lead, measure, of, rounded, shown
from gensq_course.studies.families import BOUNDS
from gensq_course.studies.family_more import TOLD
from gensq_lib.ground.errors import expect
from gensq_lib.maths.stats import Estimate, estimate

Rule = Callable[[Tensor, Tensor, float, float, float], Tensor]
NO_NEED = "nothing"
WIDTH = 0.02  # of nats, of a share: a lead that may be as small as this is no matter
NARROWER = {"js": 0.004, "sample_seconds": 0.005}  # of these .02 would be half of the best: about a tenth of it
OTHER_WIDTHS = (0.0, 0.5, 1.0, 2.0)  # times the width, where it is asked what that choice decides
STEPS = 20  # of a share, where it is asked at which the answer changes


@dataclass(frozen=True)
class Need:
    """What somebody wants most, what must be kept for it, and at which place of which curve ("": in the main table).

    `least` is a share of what the grammar itself reaches there: a yardstick, and for what is discovered no limit.
    """

    says: str
    best: str  # the label of a measure
    keep: str = NO_NEED  # another, or nothing
    least: float = 0.0
    axis: str = ""
    place: curves.Place = ""

    @property
    def kept(self) -> str:
        """What must be kept, in words."""
        return f"{self.least:.0%} of the grammar's own {self.keep!r}"


NEEDS = (
    Need("Score, rescore or compress sentences that were not read", "nats above the truth"),
    Need("Be near to the truth: forget little, make up little", "JS, nats"),
    Need("Say sentences without a fault; copies are welcome", "valid"),
    Need("Find sentences that are right and new", "discovered"),
    Need("Say little wrong, and find most of what can be found", "valid", "discovered", 0.75),
    Need("Be told topic and tense, one draw, half as new as can be", "obeys, 1 draw", "obeys and is new, 1 draw", 0.5),
    Need("The same with time for sixteen draws", "obeys, 16 draws", "obeys and is new, 16 draws", 0.5),
    Need("Say much in a second, and find most of what can be found", "seconds for 1,000 sentences", "discovered", 0.75),
    Need("Score, with only 500 sentences to learn from", "nats above the truth", axis="data", place=500),
    Need("Find new sentences, with only 500 to learn from", "discovered", axis="data", place=500),
    Need("Score, with three words in ten lost to <unk>", "nats above the truth", axis="typo", place=0.3),
    Need("Find new sentences, with three words in ten lost to <unk>", "discovered", axis="typo", place=0.3),
)


@dataclass(frozen=True)
class Decision:
    """Who may be recommended: nobody, one, or several whom the seeds cannot tell apart; the leader first."""

    need: Need
    families: tuple[str, ...]
    numbers: dict[str, str]  # family -> mean and interval of what is wanted
    leads: dict[str, Estimate]  # by how much the leader is ahead of each of the others that keep the need, paired by seed
    missed: tuple[str, ...]  # who does not surely keep the need, or has no such number
    beaten: tuple[str, ...] = ()  # of `families`: surely behind by more than the width; better in the mean than one that stays

    @property
    def answer(self) -> str:
        """In a few words."""
        if not self.families:
            return "nobody"
        if len(self.families) == 1:
            return self.families[0]
        first = " or ".join(family for family in self.families if family not in self.beaten)
        return f"open: {first}" + f"; beside a noisier one: {' and '.join(self.beaten)}" * bool(self.beaten)

    @property
    def why(self) -> str:
        """The numbers that say so: of the leader, and of whoever is nearest to it."""
        if not self.families:
            return f"nobody surely keeps {self.need.kept}"
        leader = f"{self.need.best}: {self.families[0]} {self.numbers[self.families[0]]}"
        if not self.leads:
            return f"{leader}; nobody else keeps the need"
        nearest = min(self.leads, key=lambda family: abs(self.leads[family].mean))
        bound = " (its bound)" if {nearest, self.families[0]} & BOUNDS and self.need.best in BY_LIKELIHOOD else ""
        return f"{leader}; ahead of {nearest}{bound} by {rounded(self.leads[nearest], measure(self.need.best).digits)}"


def values(family: str, need: Need, wanted: Measure) -> dict[int, float]:
    """The measure that is asked for at each seed, turned so that more is better."""
    found = of(family, wanted.label) if family == TOLD else curves.at(need.axis, need.place, family, wanted.label)
    return {seed: value if wanted.up else -value for seed, value in found.items()}


@dataclass(frozen=True)
class Numbers:
    """Family -> seed -> what is wanted, and what must be kept, of all who have both; and how much the grammar keeps."""

    score: Mapping[str, Mapping[int, float]]
    kept: Mapping[str, Mapping[int, float]]
    whole: float

    def stacked(self) -> tuple[Tensor, Tensor]:
        """"seed family" of both, at the seeds that all have."""
        both = sorted(set.intersection(*(set(values) for each in (self.score, self.kept) for values in each.values())))
        score, kept = ([[values[seed] for values in each.values()] for seed in both] for each in (self.score, self.kept))
        return torch.tensor(score, dtype=torch.float64), torch.tensor(kept, dtype=torch.float64)


def numbers(need: Need) -> Numbers:
    """From the recorded tables; of orders there is one player more, who is told by tag words."""
    wanted = [measure(label) for label in (need.best, need.keep) if label != NO_NEED]
    asked = CANDIDATES + ((TOLD,) if any("draws" in (each.where or {}) for each in wanted) else ())
    score, kept = ({family: values(family, need, each) for family in asked} for each in (wanted[0], wanted[-1]))
    both = [family for family in asked if score[family] and kept[family]]
    grammar = values("world", need, wanted[-1])
    expect(bool(grammar) or need.keep == NO_NEED,
           f"expected a need that the grammar has a number for, got {need.keep!r}; keep another")
    return Numbers({family: score[family] for family in both}, {family: kept[family] for family in both},
                   estimate(list(grammar.values())).mean if grammar else math.nan)


def width_of(need: Need) -> float:
    """A lead as small as this is no matter, in the unit of what is wanted."""
    return NARROWER.get(measure(need.best).name, WIDTH)


def decided(need: Need, rule: Rule = possible, found: Numbers | None = None, times: float = 1.0) -> Decision:
    """By the recorded tables and the rule, at so many times the usual width; a VAE that is behind by its bound alone stays."""
    found, wanted = found or numbers(need), measure(need.best)
    families, (score, kept) = list(found.score), found.stacked()
    least = -math.inf if need.keep == NO_NEED else need.least * found.whole
    reach = reach_of(len(score), len(families) - 1)
    width = times * width_of(need)
    chosen = rule(score, kept, least, reach, width)
    able = [family for family, keeps in zip(families, enough(kept, least, reach), strict=True) if keeps]
    first = [family for family, may in zip(families, chosen.tolist(), strict=True) if may]
    first.sort(key=lambda family: -estimate(list(found.score[family].values())).mean)
    leads = {family: lead(found.score[first[0]], found.score[family]) for family in able if first and family != first[0]}
    beaten = tuple(family for family in first[1:] if leads[family].mean - reach * leads[family].error > width)
    if wanted.name == "gap":
        first += [family for family in leads if family in BOUNDS and family not in first and at_most(need, leads[family])]
    sign = 1 if wanted.up else -1
    said = {family: shown({seed: sign * value for seed, value in found.score[family].items()}, wanted.digits)
            for family in families}
    return Decision(need, tuple(first), said, leads, tuple(family for family in CANDIDATES if family not in able),
                    beaten)


def at_most(need: Need, gap: Estimate) -> bool:
    """Whether a bound may hide that the VAE is not behind: what it hides was seen at the main table alone."""
    return bool(need.axis) or not bounds.surely_behind(gap)


def turns(need: Need, rule: Rule = possible) -> list[tuple[float, str]]:
    """From which share of the grammar's own, in steps of a twentieth, which answer is given."""
    found: list[tuple[float, str]] = []
    recorded = numbers(need)
    for step in range(STEPS + 1):
        answer = decided(replace(need, least=step / STEPS), rule, recorded).answer
        found += [(step / STEPS, answer)] * (not found or found[-1][1] != answer)
    return found


def thresholds(needs: Sequence[Need] = NEEDS, rule: Rule = possible) -> widgets.Table:
    """Where the answer changes when more or less is to be kept."""
    said = [[need.says, f"{need.least:.0%}", "; ".join(f"from {share:.0%}: {answer}" for share, answer in turns(need, rule))]
            for need in needs if need.keep != NO_NEED]
    return widgets.table(said, ["what you need", "to be kept", "and if another share of the grammar's own were to be kept"],
                         "In steps of five in a hundred")


def widths(needs: Sequence[Need] = NEEDS, rule: Rule = possible) -> widgets.Table:
    """What another width would have answered; only needs where one of them changes the answer."""
    said = []
    for need in needs:
        recorded = numbers(need)
        answers = [decided(need, rule, recorded, times).answer for times in OTHER_WIDTHS]
        if len(set(answers)) > 1:
            said.append([need.says, f"{width_of(need):g}", *answers])
    return widgets.table(said, ["what you need", "the width", "with none", "half of it", "as it is", "twice"],
                         "How small a lead is no matter: needs whose answer depends on it")


def enough(need: Tensor, least: float, reach: float) -> list[bool]:
    """Who surely keeps the need, for the table of those who do not."""
    return (need.mean(0) - reach * need.std(0) / len(need)**0.5 >= least).tolist()


def advice(needs: Sequence[Need] = NEEDS, rule: Rule = possible) -> widgets.Table:
    """For each need who may be recommended, and why."""
    found = [decided(need, rule) for need in needs]
    return widgets.table([[each.need.says, each.answer, each.why] for each in found], ["what you need", "take", "because"],
                         f"More than one name: the seeds or a bound leave it open, or the lead may be within {WIDTH:g} ("
                         f"of JS {NARROWER['js']:g}, of seconds {NARROWER['sample_seconds']:g}). Beside a noisier one: surely "
                         "behind, but better in the mean than one that the seeds cannot rule out")


def widget(labels: Sequence[str], rule: Rule = possible) -> Any:
    """Menus for what is wanted most and what must be kept, a slider for its share of the grammar's own; the kernel answers."""
    def show(most_of_all: str, but_keep: str, at_least: float) -> widgets.Picture:
        found = decided(Need("", most_of_all, but_keep, at_least), rule)
        texts = {f"{family}": f"{number}{state(found, family)}" for family, number in found.numbers.items()}
        return widgets.together(widgets.cards({"take": found.answer, "because": found.why}), widgets.table(
            texts.items(), ["family", most_of_all]))
    return widgets.explorer(show, most_of_all=list(labels), but_keep=[NO_NEED, *(
        label for label in labels if measure(label).up)], at_least=(0.0, 1.0, 1 / STEPS, 0.75))


def state(found: Decision, family: str) -> str:
    """What the table says of a family, where it is not the answer alone."""
    if family in found.missed:
        return " · does not surely keep what is needed"
    return " · possible" if family in found.families else " · behind"
