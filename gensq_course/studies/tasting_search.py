"""Which size and dropout each network has in lesson 18: all of `GRID`, for every kind of network alike, on validation users.

Seed 100 is in no table of results. What is kept is the setting that is best there; a test holds those in `tasting` to this table.
"""
from collections.abc import Sequence

from gensq_course.studies import tasting
from gensq_course.studies.rows import Record, Row, by, records
from gensq_course.studies.study import Study
from gensq_lib.vectors import clicks

SEEDS, VALID = (100,), f"valid nDCG@{tasting.K}"


def run(*, who: str, seed: int) -> list[Record]:
    """What the best look at each setting is worth to the validation users."""
    data, found = clicks.load(seed=seed), []
    for sizes in tasting.GRID:
        chosen = tasting.network(data, who, seed=seed, sizes=sizes)
        found += records({VALID: max(chosen.tried)}, who=who, **sizes)
    return found


def best(rows: Sequence[Row], who: str) -> dict[str, float]:
    """The setting of the grid that is worth most; of equal ones the first."""
    found = by(rows, "who", *tasting.GRID[0], measure=VALID)
    return max(tasting.GRID, key=lambda sizes: found[(who, *sizes.values())].mean)


STUDY = Study("tastes_search", "Which size and dropout does each recommending network need?",
              [{"who": who, "seed": seed} for who in tasting.KINDS for seed in SEEDS], run)
