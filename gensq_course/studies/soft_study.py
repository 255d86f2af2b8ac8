"""What does a player gain that learns through soft choices? Starts, judges and seeds are those of `text_gan`."""
from gensq_course.studies.fair import frontiers
from gensq_course.studies.rows import Record
from gensq_course.studies.soft_search import HARD, played, soft_judge
from gensq_course.studies.study import Study
from gensq_course.studies.village import Bench

SEEDS = range(8)
CHOSEN = {"soft words": ("1 to 0.1", 1e-5), "straight-through": ("1 to 0.1", 3e-5)}  # cooling and rate, by `text_gan_soft_search`


def run(*, seed: int) -> list[Record]:
    """The frontier of each way, the judge taught once; that of the start, from which both went, is in `text_gan`."""
    bench = Bench(seed)
    judge = soft_judge(bench)
    return frontiers(bench, {way: played(bench, judge, way=way, cooled=cooled, rate=rate)
                             for way in HARD for cooled, rate in [CHOSEN[way]]})


STUDY = Study("text_gan_soft", "What does a player gain that learns through soft choices?",
              [{"seed": seed} for seed in SEEDS], run)
