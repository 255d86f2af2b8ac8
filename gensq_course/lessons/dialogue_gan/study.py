"""Can a judge help a finished model that answers? Every control, judges from poor to perfect, six seeds, exact.

All ways go on from the same finished player for equally many steps, each at the rate that was best for it in `study_search`. The
judges serve twice: as adversaries, and at decoding time, where nothing is trained. Test prompts are fresh ones for every seed.
"""
from collections.abc import Sequence

from gensq_course.studies.doorstep import Doorstep
from gensq_course.studies.fair import WAYS as TUNED, Way, all_judges, all_ways, references
from gensq_course.studies.rows import Record, Row
from gensq_course.studies.study import Study

SEEDS = range(6)
RATES = {"likelihood": 1e-5, "adversarial": 3e-5, "best of 8": 1e-5,
         "judge that read more": 3e-5, "model as judge": 1e-4, "model that read more": 1e-3, "perfect judge": 2e-3,
         "likelihood, more to read": 3e-4}
WAYS = TUNED | {"shuffled": Way("shuffled")}
RATES["shuffled"] = RATES["adversarial"]
PARTS = {  # of a seed: judges that are known or are models, and judges that learn
    "exact": ("model", "model, read more", "perfect"), "learned": ("own", "read more")}


def run(*, seed: int, part: str) -> list[Record]:
    """Shares, and nats per reply."""
    bench = Doorstep(seed)
    judges = {kind: bench.judge(kind) for kind in PARTS[part]}
    ways = {name: way for name, way in WAYS.items() if way.judge in judges}
    found = all_ways(bench, ways, judges, RATES) + all_judges(bench, judges)
    return references(bench) + found if part == "exact" else found


def seeds_of(rows: Sequence[Row]) -> list[list[Record]]:
    """Everything that was found at each seed, in both parts."""
    seeds: dict[int, list[Record]] = {}
    for row in rows:
        seeds.setdefault(row["setting"]["seed"], []).extend(row["found"])
    return list(seeds.values())


STUDY = Study("dialogue", "Can a judge help a finished model that answers?",
              [{"seed": seed, "part": part} for part in PARTS for seed in SEEDS], run)
