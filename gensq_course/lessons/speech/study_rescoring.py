"""The recorded table of lesson 13 on sentences: everybody chooses from the same lists of what may have been said.

The channel and the weights that are tried were set on seed 100, which is not recorded.
"""
from collections.abc import Iterator, Sequence

from gensq_course.shipped.language_model import shipped_language_model
from gensq_course.shipped.latent_space import shipped_latent_space
from gensq_course.studies import hearing
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study

READS = ("*.safetensors",)
SEEDS, NUM_VALID, NUM_TEST = range(5), 60, 120
HELD = "what was said is on the list"


def rescoring(seed: int) -> Iterator[Record]:
    """Word errors and whole sentences of everybody who chooses from the same lists: all, and those that hold what was said."""
    valid, test = hearing.prepared(seed, shipped_language_model(), shipped_latent_space(), num_valid=NUM_VALID,
                                   num_test=NUM_TEST)
    held = [said in some for said, some in zip(test.said, test.lists, strict=True)]
    yield from records({"share of lists": sum(held) / len(held)}, lists=HELD)
    for name, (said, weight) in hearing.choices(valid, test, seed=seed).items():
        yield from records({"weight": weight} if weight == weight else {}, who=name)
        for lists, kept in {"all lists": [True] * len(held), HELD: held}.items():
            yield from records(measured(test, said, kept), who=name, lists=lists)


def measured(test: hearing.Lists, said: Sequence, kept: Sequence[bool]) -> dict[str, float]:
    """Of the lists that are kept."""
    some = test.where(kept)
    ours = [sentence for sentence, keep in zip(said, kept, strict=True) if keep]
    return {"word error rate": some.word_error_rate(ours), "whole sentences": some.whole_sentences(ours)}


def run(*, seed: int) -> list[Record]:
    """Shares of words and of sentences."""
    return list(rescoring(seed))


STUDY = Study("speech_rescoring", "Who chooses best from a list of what may have been said?",
              [{"seed": seed} for seed in SEEDS], run)
