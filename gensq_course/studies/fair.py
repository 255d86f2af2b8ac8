"""The fair trial of an adversary: ways to go on from one finished player, under judges from poor to perfect, all tuned alike.

What the player says, and in which world, is a `Bench`: sentences of the village (`village`), replies at the doorstep (lesson 16).
Worlds are so small that everything in them can be counted, so that the only noise in a table is that of training.
"""
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean as mean
from typing import ClassVar, NamedTuple

from torch import nn

from gensq_course.studies.frontiers import Seed, best_js, frontier, in_words, js_gain, margin, paired, reached
from gensq_course.studies.perfect import PerfectJudge, RatioJudge
from gensq_course.studies.residual import residual
from gensq_course.studies.rows import Record, Row, by, records
from gensq_course.studies.ways import continued
from gensq_lib.diagnostics import Enumeration
from gensq_lib.models.judges import Judge
from gensq_lib.training import games
from gensq_lib.training.games.judging import SaidBatches
from gensq_lib.training.games.saying import Said
from gensq_lib.training.loop import Stream

TEMPERATURES = (1.0, 0.9, 0.8, 0.7, 0.6)
SCALES = (0.5, 1.0, 1.5, 2.0)  # of a judge's word at decoding time
ENOUGH = 0.7  # of the perfect judge's gain
LEARNING = ("adversarial", "shuffled")  # ways whose judge goes on learning
JUDGES = ("own", "read more", "model", "model, read more", "perfect")
TAUGHT_LONGER = "taught longer"  # the judge that parts what "read more" has read from how often it was taught
NOBODY = "nobody"  # judges


class Way(NamedTuple):
    """To go on: one of `studies.ways`, under which judge, and whether it reads what the player has not."""

    how: str
    judge: str = "own"
    reads_more: bool = False


WAYS: dict[str, Way] = {  # that have a rate of their own
    "likelihood": Way("likelihood", NOBODY),
    "adversarial": Way("adversarial"),
    "best of 8": Way("best of 8"),
    "judge that read more": Way("adversarial", "read more"),
    "model as judge": Way("perfect judge", "model"),
    "model that read more": Way("perfect judge", "model, read more"),
    "perfect judge": Way("perfect judge", "perfect"),
    "likelihood, more to read": Way("likelihood", NOBODY, reads_more=True),
}


class Bench(ABC):
    """A world at a seed, of which a finished player has read little and others have read more."""

    seed: int
    steps: ClassVar[int]  # of every way to go on
    game: games.Game
    everything: Enumeration
    start: nn.Module  # trained by likelihood until validation stops falling

    @property
    @abstractmethod
    def longer(self) -> nn.Module:
        """The start, trained twice as long: it should not be much better."""

    @abstractmethod
    def reader(self, *, more: bool) -> nn.Module:
        """A second model, that read the same as the player or `more`."""

    @abstractmethod
    def batches(self, stream: int, *, more: bool = False) -> SaidBatches:
        """What the player has read, or `more`, in another order for each use."""

    @abstractmethod
    def lessons(self, stream: int, *, more: bool = False) -> SaidBatches:
        """The same for a judge: small batches of all lengths, or the length alone would give away what is real."""

    @abstractmethod
    def learned(self, *, more: bool = False, longer: bool = False) -> Judge:
        """A new judge, taught what the start says and what is real: from `more`, or from the same in as many lessons as that."""

    @abstractmethod
    def perfect(self) -> PerfectJudge:
        """Of the start."""

    @abstractmethod
    def unseen(self) -> tuple[Said, Said]:
        """What is real and what the start says, as much of both; no judge has learnt from either."""

    @abstractmethod
    def drawn(self) -> Said:
        """Much that the start says, as often for each group of outcomes, group by group."""

    def judge(self, kind: str) -> Judge:
        """Of the start; one of the `JUDGES`, or NOBODY, whom no way asks."""
        if kind == NOBODY:
            return Judge()
        if kind == "perfect":
            return self.perfect()
        more = kind.endswith("read more")
        if kind.startswith("model"):
            return RatioJudge(player=self.start, reader=self.reader(more=more))
        return self.learned(more=more, longer=kind == TAUGHT_LONGER)

    def accuracy(self, judge: Judge) -> float:
        """The share that it sorts rightly."""
        return games.accuracy(judge, *self.unseen())

    def played(self, way: Way, judge: Judge, *, rate: float) -> nn.Module:
        """The start, some steps later."""
        more, batches = way.judge == "read more", self.batches(2, more=way.reads_more)
        reads = {"reads": Stream(self.lessons(3, more=more))} if way.how in LEARNING else {}
        return continued(self.game, self.start, judge, batches, how=way.how, steps=self.steps, learning_rate=rate, **reads).player


def seeds_of(rows: Sequence[Row]) -> list[list[Record]]:
    """Everything that was found at each seed, in all parts."""
    seeds: dict[int, list[Record]] = {}
    for row in rows:
        seeds.setdefault(row["setting"]["seed"], []).extend(row["found"])
    return list(seeds.values())


def references(bench: Bench) -> list[Record]:
    """The frontiers of the start, of the start trained twice as long, and of the model that read more, for itself."""
    return frontiers(bench, {"start": bench.start, "longer": bench.longer, "the model itself": bench.reader(more=True)})


def all_ways(bench: Bench, ways: Mapping[str, Way], judges: Mapping[str, Judge], rates: Mapping[str, float]) -> list[Record]:
    """The frontiers of every way to go on."""
    judges = {NOBODY: bench.judge(NOBODY), **judges}
    return frontiers(bench, {name: bench.played(way, judges[way.judge], rate=rates[name]) for name, way in ways.items()})


def frontiers(bench: Bench, models: Mapping[str, nn.Module]) -> list[Record]:
    """Every measure of every model at every temperature."""
    return [record for name, model in models.items()
            for record in frontier(name, model, bench.everything, temperatures=TEMPERATURES)]


def all_judges(bench: Bench, judges: Mapping[str, Judge]) -> list[Record]:
    """How well each judge of the start sorts, and what it gives at decoding time, by the weight of its word."""
    found, drawn = [], bench.drawn()
    for kind, judge in judges.items():
        again = residual(bench.everything, bench.start, judge, drawn)
        found += records({"accuracy": bench.accuracy(judge)}, judge=kind)
        for scale in SCALES:
            means = again.outcomes(scale=scale).means | {"draws": again.draws_per_sentence(scale=scale)}
            found += records(means, judge=kind, scale=scale)
    return found


def searched(bench: Bench, way: Way, name: str, rates: Iterable[float]) -> list[Record]:
    """The frontier at every rate, the judge taught once."""
    judge = bench.judge(way.judge)
    return [{**record, "rate": rate} for rate in rates
            for record in frontiers(bench, {name: bench.played(way, judge, rate=rate)})]


def mean_js(rows: Sequence[Row], way: str, **at: str | float) -> float:
    """Over the seeds of a search, each at its best temperature; `at` says what was tried, such as the rate."""
    found = [best_js(row["found"], **at) for row in rows if row["setting"]["way"] == way]
    return sum(found) / len(found)


def chosen(rows: Sequence[Row], rates: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The rate of each way that came nearest to the world."""
    return {way: min(tried, key=lambda rate: mean_js(rows, way, rate=rate)) for way, tried in rates.items()}


COMPARED = ("way", "nearer to the world than the start, JS", "in words", "of the perfect gain",
            "valid share over likelihood, at equal entropy", "in words ")


def compared(seeds: Sequence[Seed], ways: Sequence[str]) -> list[list[str]]:
    """A row of `COMPARED` for each way: gains with their standard errors, paired by seed, and what their 95 % intervals say."""
    gains, margins = paired(seeds, ways, js_gain, against="start"), paired(seeds, ways, against="likelihood")
    shares = {way: reached(seeds, way) for way in ways}
    return [[way, f"{gains[way].mean:+.4f} ± {gains[way].error:.4f}", in_words(gains[way]),
             f"{shares[way].mean:+.2f} ± {shares[way].error:.2f}", f"{margins[way].mean:+.3f} ± {margins[way].error:.3f}",
             in_words(margins[way])] for way in ways]


def over(seeds: Sequence[Seed], *pairs: tuple[str, str]) -> list[str]:
    """By how much one way comes nearer to the world than another, paired by seed, each at its own best temperature."""
    found = []
    for ours, theirs in pairs:
        gain = paired(seeds, [ours], js_gain, against=theirs)[ours]
        low, high = gain.interval
        found.append(f"{ours} over {theirs}: {gain.mean:+.4f} nats of JS, 95 % {low:+.4f} to {high:+.4f}: {in_words(gain)}")
    return found


def in_sentences(seeds: Sequence[Seed], judged: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """What the judge's opinion adds to its control, by both comparisons; pairs of ways; and who reaches most of what can be."""
    low, high = paired(seeds, ["adversarial"], margin, against="shuffled")["adversarial"].interval
    enough = [way for way in judged if reached(seeds, way).mean >= ENOUGH]
    return [*over(seeds, ("adversarial", "shuffled")),
            f"the same in valid share, at equal entropy: 95 % {low:+.4f} to {high:+.4f}", *over(seeds, *pairs),
            f"At least {ENOUGH:.0%} of the perfect judge's gain: {', '.join(enough) or 'none'}."]


def of_the_start(seeds: Sequence[Seed]) -> str:
    """How far it is from the world, in words."""
    plain, best = (mean([best_js(found, way="start", **at) for found in seeds]) for at in ({"temperature": 1.0}, {}))
    return f"JS of the start: {plain:.4f}, at its best temperature {best:.4f}."


WEIGHED = ("judge", "accuracy", "best s", "JS there", "KL(world‖R)", "draws for one reply")


def weighed(rows: Sequence[Row]) -> list[list[str | float]]:
    """A row of `WEIGHED` for each judge at decoding time, at the weight of its word that comes nearest to the world."""
    sorts, found = by(rows, "judge", measure="accuracy"), by(rows, "judge", "scale", "measure")
    kinds = [kind for kind in (*JUDGES, TAUGHT_LONGER) if kind in sorts]
    best = {kind: min(SCALES, key=lambda s: found[kind, s, "js"].mean) for kind in kinds}
    return [[kind, sorts[kind].mean, s, *(round(found[kind, s, measure].mean, 4) for measure in ("js", "kl_forward", "draws"))]
            for kind, s in best.items()]
