"""How a model's text is read and shown, as rules that a file can hold: docs/export.md says them for other programs.

A corpus reads by functions; a file holds no functions. Each way of reading has a name here, and what else it needs.
"""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.text.corpora import Corpus, own, text
from gensq_lib.text.grammar import writing
from gensq_lib.text.vocab import Sentence

WAYS = {"words": "words, numbers and punctuation; of scripts without spaces single characters",
        "characters": "single characters, a space is ␣",
        "spaces": "what stands between spaces",
        "grammar": "words of a grammar", "grammar by characters": "single characters of a grammar"}


@dataclass(frozen=True)
class Reading:
    """One of `WAYS`; `usual` and `language` are of words alone: spellings that are not lower case, and "zh" or ""."""

    way: str
    language: str = ""
    usual: Mapping[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"way": self.way} | ({"language": self.language, "usual": dict(self.usual or {})} if self.way == "words" else {})

    def functions(self, words: Sequence[str]) -> tuple[Callable[[str], Sentence], Callable[[Sentence], str]]:
        """What reads typed text into tokens, and what shows tokens, for a vocabulary of these words."""
        if self.way == "words":
            script = text.Script(self.language, self.usual or {}, frozenset(words))
            return script.read, script.show
        if self.way == "characters":
            return own.characters, "".join
        if self.way == "spaces":
            return text.spaced, " ".join
        by_characters = self.way == "grammar by characters"
        return writing.Reader(words, by_characters=by_characters).read, "".join if by_characters else writing.show


def reading_of(corpus: Corpus) -> Reading:
    """How this corpus reads. Spellings of words that the vocabulary lacks are left out: a file is not to hold rare names."""
    script = getattr(corpus.read, "__self__", None)
    if corpus.grammar is not None:
        return Reading("grammar by characters" if corpus.grammar.tongues[corpus.language].by_characters else "grammar")
    if isinstance(script, text.Script):
        return Reading("words", script.language, {low: word for low, word in script.usual.items() if word in corpus.vocab})
    ways = {own.characters: "characters", text.spaced: "spaces"}
    expect(corpus.read in ways, f"expected a corpus that corpora.load gives, got {corpus.name}, which reads in a way of its own; "
                                "only what a file can say can be exported")
    return Reading(ways[corpus.read])


def reading_from(found: Any) -> Reading:
    """Out of a file."""
    try:
        way, language, usual = found["way"], found.get("language", ""), found.get("usual", {})
        right = way in WAYS and language in ("", "en", "zh")
        right = right and all(isinstance(word, str) for pair in usual.items() for word in pair)
    except (TypeError, KeyError, AttributeError):
        right = False
    if not right:
        raise GensqError("got rules for reading text that this version does not know")
    return Reading(way, language, usual)
