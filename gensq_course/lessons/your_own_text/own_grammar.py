"""A grammar from an empty file to the floor line: what the reader of grammars says on the way, and how near counts come."""
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from gensq_course.lessons.your_own_text.units import best_ngram
from gensq_lib.diagnostics.juries import log_p
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.runtime import generator
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.text import grammar
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.vocab import Vocab

Read = TypeVar("Read")
NAME, NUM_TEST = "my.grammar", 500
SENTENCE = "<sentence>\n    3 en: the <animal> <does> .\n    1 en: does the <animal> <does> ?\n"
ANIMALS = "columns animal zipf 1: en\ntable <animal>\n    {} ; heron ; otter ; hedgehog\n"
DEEDS = "columns does: en\ntable <does>\n    sleep ; sing ; wait ; hide\n"
VERBS = "columns does: en | en:one\ntable <does>\n    sleep | sleeps ; sing | sings ; wait | waits ; hide | hides\n"
STEPS = (  # what is in the file, each time a little more
    "", "languages: en\nstart: <sentence>\n",
    "languages: en\nstart: <sentence>\n" + SENTENCE,
    "languages: en\nstart: <sentence>\n" + SENTENCE + ANIMALS.format("cat ; cat") + DEEDS,
    "languages: en\nstart: <sentence>\n" + SENTENCE + ANIMALS.format("cat") + DEEDS,
    "languages: en\nstart: <sentence>\n" + SENTENCE.replace("<does> .", "<does:one> .") + ANIMALS.format("cat") + VERBS,
)


def read(written: str, reader: Callable[[Path], Read] = grammar.load) -> Read:
    """What a reader of grammar files makes of this text; errors name it as the learner's file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_text(written, encoding="utf-8")
        try:
            return reader(path)
        except GensqError as error:
            raise GensqError(str(error).replace(str(path), NAME)) from None


def attempts(steps: Sequence[str] = STEPS) -> list[tuple[str, str]]:
    """Each step, and what is said of it: one sentence of what is missing, or how many sentences it has and two of them."""
    return [(written or "(empty)", answer(written)) for written in steps]


def answer(written: str) -> str:
    """Of one step: what `gensq grammar check` counts, in a line."""
    try:
        found = read(written, grammar.checked_grammar)
    except GensqError as error:
        return str(error)
    return f"{found.derivations:,} sentences, entropy {found.entropy:.3f} nats; for example: {' '.join(found.examples[:2])}"


@cache
def finished() -> Grammar:
    """The last step."""
    return read(STEPS[-1])


def above_floor(*, sizes: Sequence[int], seed: int) -> dict[int, Estimate]:
    """Counts of neighbours after so many sentences of it, less the exact -log p of fresh ones; nats per sentence."""
    made = finished()
    vocab = Vocab(made.terminals(), closed=True)
    test, valid, train = (made.sentences(num, generator=generator(seed, "own", part))
                          for part, num in (("test", NUM_TEST), ("valid", NUM_TEST), ("train", max(sizes))))
    ids = [list(map(vocab.encode, part)) for part in (test, valid, train)]
    exact = [made.log_prob(sentence) for sentence in test]
    return {num: estimate([truth - said for truth, said in zip(exact, log_p(best_ngram(ids[2][:num], ids[1], len(vocab)), ids[0]
                                                                            ).tolist(), strict=True)]) for num in sizes}
