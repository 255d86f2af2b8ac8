"""Which setting each network has in lesson 18: all of `GRID`, for every kind of network alike, on validation users.

Seed 100 is in no table of results. What is kept is the setting that is best there; a test holds those in `tasting` to this table.
Mult-DAE has no beta that could hold its weights back, so it may choose a weight decay, too: all of the grid with each of them.
"""
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gensq_course.studies import tasting
from gensq_course.studies.rows import Record, Row, by, records
from gensq_course.studies.study import Study
from gensq_lib.diagnostics.ranking import mean_of
from gensq_lib.ground import runtime
from gensq_lib.vectors import clicks
from gensq_lib.vectors.clicks import Clicks

SEEDS, MEASURE = (100,), f"nDCG@{tasting.K}"
VALID, KNOBS = f"valid {MEASURE}", ("latent_dim", "input_dropout", "weight_decay")
USERS = 2_000  # who choose: four times as many as in the lesson, so that a mean has half the error


def with_many_to_choose(seed: int) -> Clicks:
    """The clicks of this seed, with other and more validation users."""
    data = clicks.load(seed=seed)
    drawn = data.world.sample(USERS, generator=runtime.generator(seed, "tastes", "search")).clicks
    return replace(data, valid=clicks.hold_out(drawn, generator=runtime.generator(seed, "held out", "search")))


def run(*, who: str, weight_decay: float, seed: int) -> list[Record]:
    """What the best look at each setting is worth to the validation users, with the standard error of that mean."""
    data, found = with_many_to_choose(seed), []
    for sizes in tasting.GRID:
        model = tasting.network(data, who, seed=seed, setting={**sizes, "weight_decay": weight_decay}).recommender
        worth = mean_of(tasting.on_clicks(model.scores(data.valid.given), data.valid)[MEASURE])
        found += records({VALID: worth.mean, "error": worth.error}, who=who, **sizes)
    return found


def searched(rows: Sequence[Row], who: str) -> dict[tuple[float, ...], float]:
    """What every setting is worth, by the values of its `KNOBS`."""
    found = by(rows, "who", *KNOBS, measure=VALID)
    return {tuple(setting): each.mean for (name, *setting), each in found.items() if name == who}


def best(rows: Sequence[Row], who: str) -> dict[str, float]:
    """The setting that is worth most; of equal ones the first."""
    found = searched(rows, who)
    return dict(zip(KNOBS, max(found, key=found.__getitem__), strict=True))


def around(rows: Sequence[Row], who: str, chosen: Mapping[str, Any]) -> dict[str, dict[float, float]]:
    """Of each knob what all of its values are worth where the others stay as chosen; of knobs with one value nothing."""
    found, place = searched(rows, who), [chosen.get(knob, 0.0) for knob in KNOBS]
    lines = {knob: {setting[i]: worth for setting, worth in found.items()
                    if all(setting[j] == place[j] for j in range(len(KNOBS)) if j != i)} for i, knob in enumerate(KNOBS)}
    return {knob: dict(sorted(line.items())) for knob, line in lines.items() if len(line) > 1}


def decays(who: str) -> tuple[float, ...]:
    """Those that a network may choose from: a VAE has its beta instead."""
    _, way = tasting.KINDS[who]
    return (0.0,) if way.get("drawn", True) else tasting.DECAYS


STUDY = Study("tastes_search", "Which size, dropout and weight decay does each recommending network need?",
              [{"who": who, "weight_decay": decay, "seed": seed} for who in tasting.KINDS for decay in decays(who)
               for seed in SEEDS], run)
