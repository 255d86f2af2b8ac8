"""What can a judge give to a finished language model, and what does a learned one give? Every control, eight seeds, exact.

The world is the village, whose sentences can all be counted, so that the only noise in the tables is that of training. All ways
go on from the same finished player for equally many steps, each at the rate that was best for it in `study_search`. The judges
serve twice: as adversaries, and at decoding time, where nothing is trained.
"""
from collections.abc import Mapping

from gensq_course.lessons.text_gan import study_search
from gensq_course.studies.frontiers import frontier
from gensq_course.studies.residual import residual
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.village import JUDGES, LM_STEPS, TEMPERATURES, Bench, Way
from gensq_lib.models.judges import Judge

SCALES = (0.5, 1.0, 1.5, 2.0)  # of a judge's word at decoding time
SEEDS = range(8)
RATES = {"likelihood": 1e-5, "adversarial": 1e-5, "best of 8": 1e-5, "judge that read more": 3e-5, "model as judge": 1e-3,
         "model that read more": 1e-3, "perfect judge": 2e-3, "likelihood, more to read": 1e-4}
WAYS = study_search.WAYS | {"shuffled": Way("shuffled")}
RATES["shuffled"] = RATES["adversarial"]


def run(*, seed: int) -> list[Record]:
    """Shares, and nats per sentence."""
    bench = Bench(seed)
    judges = {kind: bench.judge(kind) for kind in JUDGES}
    return all_ways(bench, judges) + all_judges(bench, judges)


def all_ways(bench: Bench, judges: Mapping[str, Judge]) -> list[Record]:
    """Every way to go on from one start, the start trained twice as long, and the model that read more, for itself."""
    models = {"start": bench.start, "longer": bench.language_model(steps=2 * LM_STEPS)}
    models["the model itself"] = bench.reader(more=True)
    models |= {name: bench.played(way, judges[way.judge], rate=RATES[name]) for name, way in WAYS.items()}
    return [record for name, model in models.items()
            for record in frontier(name, model, bench.everything, temperatures=TEMPERATURES)]


def all_judges(bench: Bench, judges: Mapping[str, Judge]) -> list[Record]:
    """How well each judge of the start sorts, and what it gives at decoding time, by the weight of its word."""
    found, drawn = [], bench.drawn(bench.start)
    for kind, judge in judges.items():
        again = residual(bench.everything, bench.start, judge, drawn)
        found += records({"accuracy": bench.accuracy(judge, bench.start)}, judge=kind)
        for scale in SCALES:
            means = again.outcomes(scale=scale).means | {"draws": again.draws_per_sentence(scale=scale)}
            found += records(means, judge=kind, scale=scale)
    return found


STUDY = Study("text_gan", "What can a judge give to a finished language model, and what does a learned one give?",
              [{"seed": seed} for seed in SEEDS], run)
