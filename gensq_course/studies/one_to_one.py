"""What does z hold where each source has exactly one translation: the pairs of `world`?"""
from gensq_course.studies.answering import quality
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.translating import prepared
from gensq_course.studies.translation import CURES, with_z

SEEDS, CORPUS, STEPS, VAE_STEPS, NUM_TEST = range(3), "world", 300, 200, 80


def run(*, seed: int) -> list[Record]:
    """Nats per translation."""
    bench = prepared(seed, name=CORPUS, num_test=NUM_TEST)
    start = bench.seq2seq(steps=STEPS)
    return [*records(quality(start, bench), corpus=CORPUS, way="without z"),
            *with_z(bench, start, "plain", CURES["plain"], steps=VAE_STEPS)]


STUDY = Study("translation_world", "What does z hold where each source has one translation?", [{"seed": s} for s in SEEDS], run)
