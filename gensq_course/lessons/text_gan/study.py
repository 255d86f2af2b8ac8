"""What can a judge give to a finished language model, and what does a learned one give? Every control, eight seeds, exact.

All ways go on from the same finished player for equally many steps, each at the rate that was best for it in `study_search`. The
judges serve twice: as adversaries, and at decoding time, where nothing is trained.
"""
from gensq_course.studies.fair import JUDGES, WAYS as TUNED, Way, all_judges, all_ways, references
from gensq_course.studies.rows import Record
from gensq_course.studies.study import Study
from gensq_course.studies.village import Bench

SEEDS = range(8)
RATES = {"likelihood": 1e-5, "adversarial": 1e-5, "best of 8": 1e-5, "judge that read more": 3e-5, "model as judge": 1e-3,
         "model that read more": 1e-3, "perfect judge": 2e-3, "likelihood, more to read": 1e-4}
CONTROLS = {"shuffled": Way("shuffled")}
WAYS = TUNED | CONTROLS
RATES["shuffled"] = RATES["adversarial"]
PARTS = {"tuned": TUNED, "control": CONTROLS}  # of a seed, that are computed by themselves
PAIRS = (("longer", "adversarial"), ("model as judge", "adversarial"), ("adversarial", "straight-through"),
         ("judge that read more", "likelihood, more to read"), ("the model itself", "perfect judge"))


def run(*, seed: int, part: str) -> list[Record]:
    """Shares, and nats per sentence."""
    bench = Bench(seed)
    if part == "control":
        return all_ways(bench, CONTROLS, {"own": bench.judge("own")}, RATES)
    judges = {kind: bench.judge(kind) for kind in JUDGES}
    return references(bench) + all_ways(bench, TUNED, judges, RATES) + all_judges(bench, judges)


STUDY = Study("text_gan", "What can a judge give to a finished language model, and what does a learned one give?",
              [{"seed": seed, "part": part} for part in PARTS for seed in SEEDS], run)
