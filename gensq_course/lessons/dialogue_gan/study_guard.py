"""How often does the guard of the chat refuse what a corpus does talk about, and how often does it answer what it does not?

No threshold was set on test prompts, on the odd lines of `data/everyday.txt`, or on what stands in `data/typed.toml`: what the
people of the doorstep say in words of its grammar, said in others.
"""
import tomllib

from gensq_course.shipped.voices import dialogues_of
from gensq_course.studies.people import refusals
from gensq_course.studies.rows import Record
from gensq_course.studies.study import Study
from gensq_course.talk.guard import MEASURE, Guard, everyday, misspelt, typed, words
from gensq_lib.ground.places import DATA

READS = ("typed.toml",)
CORPORA = ("doorstep", "dialogue", "sgd", "topical-chat")
SHORT = ("yes", "ok", "no", "bye", "hello", "thanks", "why?")


def run(*, corpus: str) -> list[Record]:
    """Shares that are refused, each with the number of sentences that it is of; and whether each short word is."""
    guard = Guard(dialogues_of(corpus))
    right = typed(guard.corpus, guard.corpus.test)
    sets = {"test prompts": right, "test prompts of one or two words": [said for said in right if len(words(said)) <= 2],
            "misspelt": [misspelt(said, "test") for said in right], "foreign": everyday(MEASURE)}
    if corpus == "doorstep":
        sets["other words"] = tomllib.loads((DATA / "typed.toml").read_text("utf-8"))[corpus]["other_words"]
    return [*(refusals(kind, guard.refusal, said) for kind, said in sets.items() if said),
            *({"said": word, "measure": "refused", "value": float(bool(guard.refusal(word)))} for word in SHORT)]


STUDY = Study("dialogue_guard", "What does the guard of the chat refuse?", [{"corpus": corpus} for corpus in CORPORA], run)
