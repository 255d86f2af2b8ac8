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
        self.applies = lru_cache(maxsize=100_000)(self._applies)

    def _applies(self, following: str) -> bool:
        rule = self.rule
        return (rule is not None and any(fnmatchcase(following, pattern) for pattern in rule.before)
                and not any(fnmatchcase(following, pattern) for pattern in rule.but_not))

    def spell(self, words: Sequence[str]) -> tuple[str, ...]:
        """Plain words -> words as written."""
        rule = self.rule
        if rule is None or rule.word not in words:
            return tuple(words)
        return tuple(rule.becomes if word == rule.word and self.applies(following) else word
                     for word, following in zip(words, [*words[1:], ""]))

    def unspell(self, words: Sequence[str]) -> tuple[list[str], int]:
        """Words as written -> plain words, and the place of the first word that cannot follow the one before it."""
        rule = self.rule
        if rule is None:
            return list(words), len(words)
        plain = [rule.word if word == rule.becomes else word for word in words]
        pairs = enumerate(zip(words, plain[1:]), start=1)
        return plain, next((place for place, (word, following) in pairs if not self.fits(word, following)), len(words))

    def fits(self, word: str, following: str) -> bool:
        """Whether a word as written can stand before a plain word."""
        rule = self.rule
        return rule is None or word not in (rule.word, rule.becomes) or (word == rule.becomes) == self.applies(following)


def show(sentence: Sequence[str], *, by_characters: bool) -> str:
    """Tokens as people write them: a capital first, punctuation attached; no spaces where tokens are characters."""
    if by_characters:
        return "".join(sentence)
    text = ""
    for token in sentence:
        text += token if token in CLOSING or not text else " " + token
    return text[:1].upper() + text[1:]


def show_turns(sentence: Sequence[str]) -> str:
    """Tokens of several sentences and turns: a capital after each full stop."""
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
        if self.by_characters:
            return tuple(self.exact.get(c, c.translate(FULL_WIDTH)) for c in text if not c.isspace())
        spaced = re.sub(r"([.,?!;:]+)(?=\s|$)", lambda match: " " + " ".join(match[1]), text)
        return tuple(self._known(token, first=place == 0) for place, token in enumerate(spaced.split()))

    def _known(self, token: str, *, first: bool) -> str:
        """The grammar's writing of a token; a first word is taken as lower case where that is a word too."""
        lower = self.lower.get(token.casefold(), token.lower())
        return lower if first else self.exact.get(token, lower)
