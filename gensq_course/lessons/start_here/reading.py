"""What the sentences of a model are like at a temperature: their mistakes, their words, their kinds."""
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Sentence

ENDS = "<bos>", "<eos>"


@dataclass(frozen=True)
class Reading:
    """Counts over sentences: those that the grammar refuses, those among them whose first impossible word stands beside a word
    that it never followed in the training text, different words; and the share of each kind of valid sentence."""

    num: int
    mistakes: int
    unread: int
    words: int
    kinds: dict[str, float]


def neighbours(sentences: Sequence[Sentence]) -> Counter[tuple[str, str]]:
    """How often each word follows each, with the two ends of a sentence. Taught in lesson 00."""
    return Counter(pair for s in sentences for pair in pairwise((ENDS[0], *s, ENDS[1])))


def reading(sentences: Sequence[Sentence], text: Corpus, seen: Container[tuple[str, str]], kind: str) -> Reading:
    """Parse them all; `kind` is the attribute whose values are counted. Taught in lesson 00."""
    parses = [text.grammar.parse(s, language=text.language) for s in sentences]
    wrong = [(s, parse.error_at) for s, parse in zip(sentences, parses, strict=True) if not parse.valid]
    pairs = [list(pairwise((ENDS[0], *s, ENDS[1])))[place] for s, place in wrong]
    kinds = Counter(parse.attributes.get(kind, "") for parse in parses if parse.valid)
    return Reading(len(parses), len(wrong), sum(pair not in seen for pair in pairs), len({word for s in sentences for word in s}),
                   {value: kinds[value] / max(kinds.total(), 1) for value in text.grammar.attributes.get(kind, ())})
