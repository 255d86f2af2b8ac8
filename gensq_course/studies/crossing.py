"""The fair trial of lesson 16 over translations: can a judge help a finished translator (Wu et al. 2018)?

All ways go on from the same finished model for equally many steps; each at the rate that was best for it on seeds that are not
reported (`searched`). They read the same 2,000 pairs, but for the rival of the perfect judge, who knows all right translations:
likelihood on right translations of the same sources that are drawn anew. The measure is exact: the divergence of the model from
all right translations.
"""
from dataclasses import dataclass, replace
from functools import cached_property

import torch

from gensq_course.studies import fair
from gensq_course.studies.answering import Bench
from gensq_course.studies.doorstep import Answers
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.translating import MLE_STEPS, drawn, fresh_test, prepared
from gensq_lib.ground import runtime
from gensq_lib.text.pairs import Pair

SEEDS, SEARCHED, NUM_UNSEEN = range(3), (100,), 500  # seeds of the table, of the search; pairs for the accuracy of a judge
MORE, FASTER, TIMES = "likelihood, more to read", "likelihood, ten times the rate", 10  # draws of a translation for each source
JUDGED = {way: fair.WAYS[way] for way in ("likelihood", "adversarial", "perfect judge")}  # held against each other
TRIED = {"likelihood": (1e-5, 1e-4, 1e-3), "adversarial": (1e-5, 1e-4, 1e-3), "perfect judge": (3e-4, 1e-3, 3e-3),
         MORE: (1e-4, 1e-3, 3e-3)}
RATES = {"likelihood": 1e-5, "adversarial": 1e-5, "perfect judge": 1e-3, MORE: 1e-3}  # two at the lower end of what was tried
BESIDE = {MORE: fair.WAYS[MORE], FASTER: fair.WAYS["likelihood"]}  # ways without a judge, rows of their own
WAYS = JUDGED | {MORE: fair.WAYS[MORE]}  # all whose rate is searched; FASTER is one of their rates


@dataclass(frozen=True)
class Crossing(Answers):
    """The translations of lesson 11."""

    steps = 100
    mle_steps = MLE_STEPS

    @cached_property
    def own(self) -> Bench:
        return prepared(self.seed)

    @cached_property
    def more(self) -> Bench:
        text, noise = self.own.text, runtime.generator(self.seed, "more to read")
        draws = torch.rand(TIMES, len(text.train), generator=noise).tolist()
        train = [replace(pair, target=drawn(text.targets(pair), at)) for row in draws
                 for pair, at in zip(text.train, row, strict=True)]
        return replace(self.own, text=replace(text, train=train))

    @cached_property
    def fresh(self) -> list[Pair]:
        return fresh_test(self.own.text, NUM_UNSEEN, seed=1_000 + self.seed)


def game(*, seed: int, part: str = "judged") -> list[Record]:
    """The frontiers of the start and of every way to go on, and how well the judges tell right translations from the start's."""
    bench = Crossing(seed)
    if part == "beside":
        return fair.all_ways(bench, BESIDE, {}, RATES | {FASTER: 10 * RATES["likelihood"]})
    judges = {kind: bench.judge(kind) for kind in ("own", "perfect")}
    sorts = [record for kind, judge in judges.items() for record in records({"accuracy": bench.accuracy(judge)}, judge=kind)]
    start = fair.frontiers(bench, {"start": bench.start})
    return [*start, *sorts, *fair.all_ways(bench, JUDGED, judges, RATES)]


def searched(*, way: str, seed: int) -> list[Record]:
    """The frontier at every rate."""
    return fair.searched(Crossing(seed), WAYS[way], way, TRIED[way])


SETTINGS = [*({"seed": seed} for seed in SEEDS), *({"part": "beside", "seed": seed} for seed in SEEDS)]
GAME = Study("translation_game", "Can a judge help a finished model that translates?", SETTINGS, game)
SEARCH = Study("translation_game_search", "Which rate is best for each way to go on from a finished model that translates?",
               [{"way": way, "seed": seed} for way in WAYS for seed in SEARCHED], searched)
