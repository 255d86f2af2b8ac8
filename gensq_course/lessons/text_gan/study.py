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
WAYS = TUNED | {"shuffled": Way("shuffled")}
RATES["shuffled"] = RATES["adversarial"]


def run(*, seed: int) -> list[Record]:
    """Shares, and nats per sentence."""
    bench = Bench(seed)
    judges = {kind: bench.judge(kind) for kind in JUDGES}
    return references(bench) + all_ways(bench, WAYS, judges, RATES) + all_judges(bench, judges)


STUDY = Study("text_gan", "What can a judge give to a finished language model, and what does a learned one give?",
              [{"seed": seed} for seed in SEEDS], run)
