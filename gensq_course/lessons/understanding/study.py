"""Who is right from how few labels? Three attributes of the world, seven numbers of labels, five draws of which are labelled.

The mood is tried at every number, topic and kind of sentence at three. The networks, which take ten times as long as everything
else together, learn the mood alone; where all labels are known, nothing is left that M2 or self-training could read without.
"""
from functools import lru_cache

from gensq_course.shipped.language_model import shipped_language_model
from gensq_course.shipped.latent_space import shipped_latent_space
from gensq_course.studies.labelling import CHEAP, CONTROLS, NEURAL, Way
from gensq_course.studies.pool import Pool
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.text import corpora

NUM_TRAIN = 5_000  # of the world's sentences: a fifth of them, at most 500, to choose by
ATTRIBUTES, DRAWS = ("sentiment", "topic", "type"), range(5)
NUMBERS, SOME = (10, 20, 50, 100, 200, 500, 0), (20, 100, 500)  # 0: all
BOUNDS = "M2, by its bounds"  # takes longest, and is tried at three


@lru_cache(maxsize=1)
def pool(attribute: str) -> Pool:
    """The world with the labels of one attribute, and the shipped models, which have read it without labels."""
    corpus = corpora.load_labelled("world", attribute=attribute, num_train=NUM_TRAIN)
    return Pool(corpus, shipped_language_model(), shipped_latent_space())


def ways(attribute: str, num: int) -> dict[str, Way]:
    """Those that are tried there."""
    if attribute != "sentiment":
        return CHEAP
    networks = [name for name in NEURAL if name == "LSTM" or num in (SOME if name == BOUNDS else NUMBERS[:-1])]
    return CHEAP | {name: NEURAL[name] for name in networks} | CONTROLS


def run(*, attribute: str, num: int, draw: int) -> list[Record]:
    """Every way on the same labelled sentences; judged on 2,000 test sentences."""
    here = pool(attribute)
    few = here.draw(num, seed=draw)
    judged = {way: here.judged(find(here, few)) for way, find in ways(attribute, num).items()}
    return [record for way, found in judged.items() for record in records(
        {"accuracy": found.accuracy.mean, "brier": found.brier.mean, "ece": found.reliability().error}, way=way)]


STUDY = Study("understanding", "Who is right from how few labels?",
              [{"attribute": attribute, "num": num, "draw": draw} for attribute in ATTRIBUTES
               for num in (NUMBERS if attribute == "sentiment" else SOME) for draw in DRAWS], run)
