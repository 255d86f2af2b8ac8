"""Which rate is best for each way to go on? By JS at the best temperature of each, on seeds that no other table has."""
from gensq_course.studies.doorstep import Doorstep
from gensq_course.studies.fair import Way, searched
from gensq_course.studies.rows import Record
from gensq_course.studies.study import Study

SEEDS, LOW, HIGH = range(100, 102), (1e-5, 3e-5, 1e-4, 3e-4), (1e-4, 3e-4, 1e-3, 2e-3)
WAYS: dict[str, Way] = {
    "likelihood": Way("likelihood", "model"),  # whom nobody asks
    "adversarial": Way("adversarial"),
    "best of 8": Way("best of 8"),
    "judge that read more": Way("adversarial", "read more"),
    "model as judge": Way("perfect judge", "model"),
    "model that read more": Way("perfect judge", "model, read more"),
    "perfect judge": Way("perfect judge", "perfect"),
    "likelihood, more to read": Way("likelihood", "model", reads_more=True),
}
RATES = {way: HIGH if "model" in way or "perfect" in way else LOW for way in WAYS}


def run(*, way: str, seed: int) -> list[Record]:
    """The frontier at every rate."""
    return searched(Doorstep(seed), WAYS[way], way, RATES[way])


STUDY = Study("dialogue_search", "Which rate is best for each way to go on from a finished model that answers?",
              [{"way": way, "seed": seed} for way in WAYS for seed in SEEDS], run)
