"""How often does the guard of the chat refuse what a corpus does talk about, and how often does it answer what it does not?

Its threshold is set on validation prompts; the test prompts and the odd lines of `data/everyday.txt` serve here alone.
"""
from collections.abc import Callable, Sequence

from gensq_course.shipped.voices import dialogues_of
from gensq_course.studies.rows import Record
from gensq_course.studies.study import Study
from gensq_course.talk.guard import MEASURE, Guard, everyday, misspelt, typed, words

CORPORA = ("doorstep", "dialogue", "sgd", "topical-chat")
SHORT = ("yes", "ok", "no", "bye", "hello", "thanks", "why?")


def run(*, corpus: str) -> list[Record]:
    """Shares that are refused, each with the number of sentences that it is of; and whether each short word is."""
    guard = Guard(dialogues_of(corpus))
    right = typed(guard.corpus, guard.corpus.test)
    sets = {"test prompts": right, "test prompts of one or two words": [said for said in right if len(words(said)) <= 2],
            "misspelt": [misspelt(said, "test") for said in right], "foreign": everyday(MEASURE)}
    return [*(shared(kind, guard.refusal, said) for kind, said in sets.items() if said),
            *({"said": word, "measure": "refused", "value": float(bool(guard.refusal(word)))} for word in SHORT)]


def shared(kind: str, refusal: Callable[[str], str], sentences: Sequence[str]) -> Record:
    """The share of these that are refused."""
    refused = sum(map(bool, map(refusal, sentences)))
    return {"kind": kind, "of": len(sentences), "measure": "refused", "value": refused / len(sentences)}


STUDY = Study("dialogue_guard", "What does the guard of the chat refuse?", [{"corpus": corpus} for corpus in CORPORA], run)
