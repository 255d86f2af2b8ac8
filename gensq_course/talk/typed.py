"""A sentence that a person typed, for a model: understood, or refused with words that help. Any text may come.

A model would encode anything, and decode something: for a word that it has never seen that something means nothing.
"""
import difflib
from collections.abc import Iterable

from gensq_lib.ground.errors import GensqError, listed
from gensq_lib.text.corpora.corpus import Corpus
from gensq_lib.text.vocab import Sentence

LONGEST = 60  # tokens; no corpus has a longer sentence
SHOWN = 30  # letters of a strange word
STOPS = (".", "?", "\u3002", "\uff1f")


def typed_sentence(text: Corpus, written: str) -> Sentence:
    """The tokens of `written`; every word is known, and where there is a grammar it can say the sentence."""
    words = text.read(written[: 100 * LONGEST])
    if not words:
        raise GensqError(f'expected a sentence, got nothing to read; try "{text.show(text.test[0])}"')
    if len(words) > LONGEST:
        raise GensqError(f"expected a sentence of at most {LONGEST} words, got a longer text; type its first sentence")
    if strange := text.vocab.unknown(words):
        known = _closest(strange[0], text.vocab.words[len(text.vocab.SPECIALS):])
        advice = f"the nearest words are {listed(known)}" if known else "use words of the sentences above"
        raise GensqError(f'expected words that the model has seen, got "{_short(strange[0])}"; {advice}')
    return words if text.grammar is None else _grammatical(text, words)


def _grammatical(text: Corpus, words: Sentence) -> Sentence:
    """The words, with a full stop if that was forgotten; refused at the first word that no sentence of the world has there."""
    parse = text.grammar.parse(words, language=text.language)
    if parse.valid:
        return words
    place = parse.error_at
    follow = text.grammar.next_words(words[:place], language=text.language)
    if stops := [mark for mark in STOPS if place == len(words) and mark in follow]:
        return (*words, stops[0])
    if place < len(words):
        nearest_first = dict.fromkeys([*_closest(words[place], follow), *follow])
        raise GensqError(f'expected a sentence of this world, got "{words[place]}" as word {place + 1}; '
                         f"there could stand {_some(nearest_first)}")
    raise GensqError(f"expected a whole sentence of this world, got one that ends too early; go on with {_some(follow)}")


def _closest(word: str, words: Iterable[str]) -> list[str]:
    """Up to three words written much alike, the most alike first."""
    return difflib.get_close_matches(word[:SHOWN], list(words), n=3, cutoff=0.5)


def _some(words: Iterable[str], most: int = 6) -> str:
    words = list(words)
    return listed(words) if len(words) <= most else ", ".join(f'"{word}"' for word in words[:most]) + " and so on"


def _short(word: str) -> str:
    return word if len(word) <= SHOWN else word[:SHOWN] + "..."
