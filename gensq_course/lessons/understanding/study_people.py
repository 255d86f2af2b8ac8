"""Emotion and intent as articles promise them: what do the majority, counting and a network reach on what people wrote?"""
from functools import lru_cache

from gensq_course.lessons.understanding.truth import macro_f1
from gensq_course.studies.labelling import CHEAP, on_test, reader
from gensq_course.studies.pool import Few, Pool, Probs
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.text import corpora

SIZES = {"goemotions": 5_000, "sgd": 5_000}  # training sentences
LSTM_STEPS = 400


@lru_cache(maxsize=1)
def people(corpus: str) -> Pool:
    """What people wrote; no model without labels is asked here."""
    return Pool(corpora.load_labelled(corpus, num_train=SIZES[corpus]), None, None)


def network(pool: Pool, few: Few) -> Probs:
    """The LSTM, with as many steps as it needs here."""
    return on_test(reader(pool, few, steps=LSTM_STEPS), pool)


WAYS = {name: CHEAP[name] for name in ("majority", "naive Bayes, words", "logistic regression, words",
                                       "logistic regression, TF-IDF")} | {"LSTM": network}


def run(*, corpus: str, num: int, draw: int) -> list[Record]:
    """Every way on the same labelled sentences; judged on all test sentences, none of which training has."""
    here = people(corpus)
    judged = {way: here.judged(find(here, here.draw(num, seed=draw))) for way, find in WAYS.items()}
    return [record for way, found in judged.items() for record in records({
        "accuracy": found.accuracy.mean, "brier": found.brier.mean, "ece": found.reliability().error,
        "macro_f1": macro_f1(found)}, way=way)]


STUDY = Study("understanding_people", "How well are emotions and intents read from what people wrote?",
              [{"corpus": corpus, "num": num, "draw": draw} for corpus in SIZES for num in (100, 0) for draw in range(3)],
              run)
