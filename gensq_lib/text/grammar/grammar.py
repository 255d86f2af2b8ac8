"""A probabilistic grammar with known truth: sample, log-probability, entropy, parse, attributes, in every language.

One derivation is written in all languages at once (synchronous rules), so a sentence and its translation share one
log-probability. All log quantities are in nats per sentence.
"""
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch

from gensq_lib.ground.errors import GensqError, listed, nearest

from . import writing
from .parsing import Parser
from .sampling import Writer, drawn
from .source import Source
from .symbols import Node, Symbol

Sentence = tuple[str, ...]


@dataclass(frozen=True)
class Derivation:
    """One way through the grammar: a sentence in every language, its log-probability (nats) and its attributes."""

    grammar: "Grammar" = field(repr=False)
    root: Node = field(repr=False)

    @property
    def log_prob(self) -> float:
        return self.root.log_prob()

    @property
    def attributes(self) -> dict[str, str]:
        return dict(self.root.alternative.attributes)

    def words(self, language: str = "") -> Sentence:
        """The sentence in `language` (the grammar's first one, if none is named)."""
        code = self.grammar.language(language)
        return self.grammar.spellers[code].spell(self.root.words(code))


@dataclass(frozen=True)
class Parse:
    """What the grammar says of a sentence. `error_at` is the place of the first word after which nothing can help."""

    valid: bool
    derivation: Derivation | None
    log_prob: float
    attributes: dict[str, str]
    error_at: int | None
    num_derivations: int


class Grammar:
    """See the module. Made by `grammar.load`."""

    def __init__(self, source: Source, start: Symbol) -> None:
        self.path = source.path
        self.start = start
        self.languages: tuple[str, ...] = tuple(source.languages)
        self.attributes = {f.name: f.values for f in source.features.values() if f.reported}
        self.spellers = {code: writing.Speller(source.respellings.get(code)) for code in self.languages}
        self._by_characters = source.languages
        self._readers: dict[str, writing.Reader] = {}
        self._writers: dict[str, Writer] = {}
        self._parsers: dict[str, Parser] = {}
        self._terminals: dict[str, Sentence] = {}
        self._check_spelling(source)

    def _check_spelling(self, source: Source) -> None:
        """Respelling can be undone only if the new spelling is no word by itself."""
        for code, rule in source.respellings.items():
            words = {item for symbol in self.symbols for a in symbol.alternatives for item in a.sides[code]}
            if rule.becomes in words or rule.becomes == rule.word:
                source.fault(rule.line, f'expected a spelling that is no other word, got "{rule.becomes}", which is; '
                                        f'write "{rule.word}" in the rules and let this line respell it')

    def language(self, code: str) -> str:
        """`code`, or the first language for "". Anything else is refused."""
        if code and code not in self.languages:
            raise GensqError(f'expected a language of {self.path}, {listed(self.languages)}, got "{code}"'
                             f"{nearest(code, self.languages)}; choose one of these")
        return code or self.languages[0]

    def sample(self, num: int, *, generator: torch.Generator) -> list[Derivation]:
        """`num` derivations. The same generator state gives the same draw on every platform."""
        uniform = _uniform(num, generator)
        return [Derivation(self, drawn(self.start, uniform)) for _ in range(num)]

    def sentences(self, num: int, *, generator: torch.Generator, language: str = "") -> list[Sentence]:
        """The sentences of the same draw as `sample`, without building trees: much faster."""
        code = self.language(language)
        uniform = _uniform(num, generator)
        spell = self.spellers[code].spell
        return [spell(words) for words in self._writer(code).write(num, uniform)]

    def log_prob(self, sentence: Sequence[str], *, language: str = "") -> float:
        """Nats; minus infinity when the sentence is not in the language."""
        return self.parse(sentence, language=language).log_prob

    def parse(self, sentence: Sequence[str], *, language: str = "") -> Parse:
        """Validity, derivation, log-probability and attributes, or the place of the first offending word."""
        code = self.language(language)
        plain, spelled = self.spellers[code].unspell(sentence)
        span, furthest = self._parser(code).parse(plain)
        if span is None or spelled < len(plain):
            return Parse(False, None, -math.inf, {}, self._error_at(sentence, min(furthest, spelled), code), 0)
        derivation = Derivation(self, span.trees[0])
        log_prob = derivation.log_prob if span.count == 1 or not span.probability else math.log(span.probability)
        return Parse(True, derivation, log_prob, derivation.attributes, None, span.count)

    def _error_at(self, sentence: Sequence[str], place: int, code: str) -> int:
        """The place, or the one before it: "an" is wrong already where no word that asks for "an" can follow."""
        rule = self.spellers[code].rule
        if rule is not None and place and sentence[place - 1] in (rule.word, rule.becomes):
            return place if self.next_words(sentence[:place], language=code) else place - 1
        return place

    def next_words(self, prefix: Sequence[str], *, language: str = "") -> Sentence:
        """All words with which a sentence that begins with `prefix` can go on; none where nothing can help."""
        code = self.language(language)
        speller, parser = self.spellers[code], self._parser(code)
        plain, spelled = speller.unspell(prefix)
        follow = parser.next_words(plain) if spelled == len(plain) else set()
        if prefix:
            follow = {word for word in follow if speller.fits(prefix[-1], word)}
        rule = speller.rule
        if rule is not None and rule.word in follow:
            beyond = parser.next_words([*plain, rule.word])
            forms = {form for form in (rule.word, rule.becomes) if any(speller.fits(form, word) for word in beyond)}
            follow = follow - {rule.word} | forms
        return tuple(sorted(follow))

    def derivations(self) -> Iterator[Derivation]:
        """Every derivation of a grammar that is small enough to count; there are `num_sentences()` of them."""
        return (Derivation(self, root) for root in self.start.derivations())

    def ambiguous(self, num: int = 200, *, seed: int = 0) -> tuple[Derivation, str] | None:
        """A derivation and a language in which it is not the only one for its sentence, if one is found.

        Small grammars are searched through; of larger ones `num` sentences are drawn, which proves nothing but finds
        most mistakes.
        """
        small = self.num_sentences() <= num
        drawn = self.derivations() if small else self.sample(num, generator=torch.Generator().manual_seed(seed))
        return next(((derivation, code) for derivation in drawn for code in self.languages
                     if self.parse(derivation.words(code), language=code).num_derivations > 1), None)

    def _writer(self, code: str) -> Writer:
        if code not in self._writers:
            self._writers[code] = Writer(self.start, code)
        return self._writers[code]

    def _parser(self, code: str) -> Parser:
        if code not in self._parsers:
            self._parsers[code] = Parser(self.start, code)
        return self._parsers[code]

    def entropy(self) -> float:
        """Nats per sentence, exact: one recursion over the rules."""
        return self.start.entropy

    def num_sentences(self) -> int:
        """How many derivations there are; in an unambiguous grammar, how many sentences."""
        return self.start.num_derivations

    @cached_property
    def symbols(self) -> list[Symbol]:
        """All symbols that the start can reach."""
        return self.start.below()

    def terminals(self, language: str = "") -> Sentence:
        """All tokens that can occur in a sentence, sorted."""
        code = self.language(language)
        if code not in self._terminals:
            words = {item for symbol in self.symbols for a in symbol.alternatives for item in a.sides[code]
                     if isinstance(item, str)}
            rule = self.spellers[code].rule
            more = {rule.becomes} if rule is not None and rule.word in words else set()
            self._terminals[code] = tuple(sorted(words | more))
        return self._terminals[code]

    def show(self, sentence: Sequence[str], language: str = "") -> str:
        """As people write it: "The cook ate a pizza." """
        return writing.show(sentence, by_characters=self._by_characters[self.language(language)])

    def read(self, text: str, language: str = "") -> Sentence:
        """The tokens of a written sentence; capitals and spaces are forgiven."""
        code = self.language(language)
        if code not in self._readers:
            self._readers[code] = writing.Reader(self.terminals(code), by_characters=self._by_characters[code])
        return self._readers[code].read(text)


def _uniform(num: int, generator: torch.Generator) -> random.Random:
    """One integer from the generator seeds Python's own, whose numbers are the same everywhere."""
    if num < 0:
        raise GensqError(f"expected a number of sentences of at least 0, got {num}; ask for more")
    seed = int(torch.randint(2**62, (1,), generator=generator, device=generator.device))
    return random.Random(seed)
