"""Which rate and temperature are best for a player that learns through soft choices? Searched as `text_gan_search` does."""
import copy

from torch import nn

from gensq_course.studies.fair import frontiers, mean_js
from gensq_course.studies.rows import Record, Row
from gensq_course.studies.soft import SoftJudge, soft_step
from gensq_course.studies.study import Study
from gensq_course.studies.village import Bench
from gensq_lib.maths.schedules import Schedule, constant
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.training.loop import Stream, fit
from gensq_lib.training.steps import players_optimizer

SEEDS, RATES = range(100, 102), (1e-5, 3e-5, 1e-4)
HARD = {"soft words": False, "straight-through": True}  # what the judge reads of the player
COLDEST = 0.1


def cooling(coldest: float, *, steps: int) -> Schedule:
    """From 1 down to `coldest`, by the same factor at each step."""
    return lambda i: coldest ** (i / steps)


COOLINGS: dict[str, Schedule] = {"0.5": constant(0.5), "1": constant(1.0), "1 to 0.1": cooling(COLDEST, steps=Bench.steps)}


def soft_judge(bench: Bench) -> SoftJudge:
    """The judge of the other ways, taught as there, on words."""
    judge = SoftJudge(vocab_size=len(bench.text.vocab))
    judge.load_state_dict(bench.judge("own").state_dict())
    return judge


def played(bench: Bench, judge: SoftJudge, *, way: str, cooled: str, rate: float, steps: int = Bench.steps) -> LanguageModel:
    """The start, some steps later; the judge's rate and what it reads are those of the adversary."""
    player, judge = copy.deepcopy((bench.start, judge))
    optimizer = players_optimizer(player, judge, learning_rate=rate, judge_rate=1e-3)
    step = soft_step(bench.game, player, judge, optimizer, temperature=COOLINGS[cooled], hard=HARD[way],
                     reads=Stream(bench.lessons(3)))
    fit(step, bench.batches(2), model=nn.ModuleList([player, judge]), optimizer=optimizer, steps=steps, seed=bench.seed,
        show="gradient_norm", name=way)
    return player


def run(*, way: str, seed: int) -> list[Record]:
    """The frontier at every rate and cooling, the judge taught once."""
    bench, found = Bench(seed), []
    judge = soft_judge(bench)
    for cooled in COOLINGS:
        for rate in RATES:
            player = played(bench, judge, way=way, cooled=cooled, rate=rate)
            found += [{**record, "cooled": cooled, "rate": rate}
                      for record in frontiers(bench, {way: player})]
    return found


def chosen(rows: list[Row]) -> dict[str, tuple[str, float]]:
    """The cooling and the rate of each way that came nearest to the world."""
    grid = [(cooled, rate) for cooled in COOLINGS for rate in RATES]
    return {way: min(grid, key=lambda point: mean_js(rows, way, cooled=point[0], rate=point[1])) for way in HARD}


STUDY = Study("text_gan_soft_search", "Which rate and temperature are best for a player that learns through soft choices?",
              [{"way": way, "seed": seed} for way in HARD for seed in SEEDS], run)
