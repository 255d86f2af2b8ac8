"""Which rate is best for each way to go on? By JS at the best temperature of each, on seeds that no other table has."""
from gensq_course.studies.doorstep import Doorstep
from gensq_course.studies.fair import WAYS, searched
from gensq_course.studies.rows import Record
from gensq_course.studies.study import Study

SEEDS, LOW, HIGH = range(100, 102), (1e-5, 3e-5, 1e-4, 3e-4), (1e-4, 3e-4, 1e-3, 2e-3)
RATES = {way: HIGH if "model" in way or "perfect" in way else LOW for way in WAYS}
RATES["likelihood, more to read"] = (1e-4, 3e-4, 1e-3, 3e-3)  # what is new to a model may move it further


def run(*, way: str, seed: int) -> list[Record]:
    """The frontier at every rate."""
    return searched(Doorstep(seed), WAYS[way], way, RATES[way])


STUDY = Study("dialogue_search", "Which rate is best for each way to go on from a finished model that answers?",
              [{"way": way, "seed": seed} for way in WAYS for seed in SEEDS], run)
