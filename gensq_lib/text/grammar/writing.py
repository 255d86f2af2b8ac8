"""Between tokens and writing: capitals and punctuation for people, and respelling (a -> an) after the derivation."""
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from .source import Respelling

CLOSING = tuple(".,?!;:")
STOPS = (".", "?", "!", "//")
FULL_WIDTH = str.maketrans(".,?!;:", "。，？！；：")


class Speller:
    """Writes a word differently before certain words, and undoes it. Without a rule it changes nothing."""

    def __init__(self, rule: Respelling | None) -> None:
        self.rule = rule
        self.forms = () if rule is None else (rule.word, rule.becomes)
        self.applies = lru_cache(maxsize=100_000)(self._applies)

    def _applies(self, following: str) -> bool:
        return (any(fnmatchcase(following, pattern) for pattern in self.rule.before)
                and not any(fnmatchcase(following, pattern) for pattern in self.rule.but_not))

    def more(self, words: Iterable[str]) -> set[str]:
        """The spellings that these words can take beside their own."""
        return {self.rule.becomes} if self.rule is not None and self.rule.word in words else set()

    def spell(self, words: Sequence[str]) -> tuple[str, ...]:
        """Plain words -> words as written."""
        if not self.more(words):
            return tuple(words)
        return tuple(self.rule.becomes if word == self.rule.word and self.applies(following) else word
                     for word, following in zip(words, [*words[1:], ""]))

    def unspell(self, words: Sequence[str]) -> tuple[list[str], int]:
        """Words as written -> plain words, and the place of the first word that cannot follow the one before it."""
        plain = [self.forms[0] if word in self.forms else word for word in words]
        pairs = enumerate(zip(words, plain[1:]), start=1)
        return plain, next((place for place, (word, following) in pairs if not self.fits(word, following)), len(words))

    def fits(self, word: str, following: str) -> bool:
        """Whether a word as written can stand before a plain word."""
        return word not in self.forms or (word == self.rule.becomes) == self.applies(following)


def show(sentence: Sequence[str]) -> str:
    """Tokens of sentences and turns as people write them: punctuation attached, a capital first and after each full stop."""
    text, begins = "", True
    for token in sentence:
        closes = token in CLOSING
        text += ("" if closes or not text else " ") + (token[:1].upper() + token[1:] if begins else token)
        begins = token in STOPS or begins and closes
    return text


class Reader:
    """Undoes `show`: the tokens of a written sentence. Case is mended where the grammar knows the word."""

    def __init__(self, terminals: Iterable[str], *, by_characters: bool) -> None:
        self.by_characters = by_characters
        self.exact = {word: word for word in terminals}
        self.lower = {word.casefold(): word for word in sorted(self.exact, reverse=True)}

    def read(self, text: str) -> tuple[str, ...]:
        """The tokens of `text`."""
        if self.by_characters:
            return tuple(self.exact.get(c, c.translate(FULL_WIDTH)) for c in text if not c.isspace())
        spaced = re.sub(r"([.,?!;:]+)(?=\s|$)", lambda match: " " + " ".join(match[1]), text)
        return tuple(self._known(token, first=place == 0) for place, token in enumerate(spaced.split()))

    def _known(self, token: str, *, first: bool) -> str:
        """The grammar's writing of a token; a first word is taken as lower case where that is a word too."""
        lower = self.lower.get(token.casefold(), token.lower())
        return lower if first else self.exact.get(token, lower)
