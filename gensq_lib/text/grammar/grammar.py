"""A probabilistic grammar with known truth: sample, log-probability, entropy, parse, attributes, in every language.

One derivation is written in all languages at once (synchronous rules), so a sentence and its translation share one
log-probability. All log quantities are in nats per sentence.
"""
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch

from gensq_lib.ground.errors import GensqError, expect, listed, nearest

from . import writing
from .parsing import Parser
from .sampling import Writer, drawn, seeded
from .source import Source
from .symbols import Node, Symbol

Sentence = tuple[str, ...]
MOST_READINGS = 10_000  # derivations of one sentence


@dataclass(frozen=True)
class Derivation:
    """One way through the grammar: a sentence in every language, its log-probability (nats) and its attributes."""

    grammar: "Grammar" = field(repr=False)
    root: Node = field(repr=False)

    @property
    def log_prob(self) -> float:
        """Nats."""
        return self.root.log_prob()

    @property
    def attributes(self) -> dict[str, str]:
        """What the file declares as attributes, and their values."""
        return dict(self.root.alternative.attributes)

    def words(self, language: str = "") -> Sentence:
        """The sentence in `language` (the grammar's first one, if none is named)."""
        tongue = self.grammar.tongues[self.grammar.language(language)]
        return tongue.speller.spell(self.root.words(tongue.code))


@dataclass(frozen=True)
class Parse:
    """What the grammar says of a sentence. `error_at` is the place of the first word after which nothing can help."""

    valid: bool
    derivation: Derivation | None
    log_prob: float
    attributes: dict[str, str]
    error_at: int | None
    num_derivations: int


class Tongue:
    """One language of a grammar, with what reads and writes it; each is made when it is first needed."""

    def __init__(self, start: Symbol, source: Source, code: str) -> None:
        self.start, self.code, self.by_characters = start, code, source.languages[code]
        self.speller = writing.Speller(source.respellings.get(code))

    @cached_property
    def terminals(self) -> Sentence:
        """All tokens that can occur in a sentence, sorted."""
        words = {item for symbol in self.start.below() for a in symbol.alternatives for item in a.sides[self.code]
                 if isinstance(item, str)}
        return tuple(sorted(words | self.speller.more(words)))

    @cached_property
    def writer(self) -> Writer:
        """Draws sentences."""
        return Writer(self.start, self.code)

    @cached_property
    def parser(self) -> Parser:
        """Finds derivations."""
        return Parser(self.start, self.code)

    @cached_property
    def reader(self) -> writing.Reader:
        """Reads what people write."""
        return writing.Reader(self.terminals, by_characters=self.by_characters)


class Grammar:
    """See the module. Made by `grammar.load`."""

    def __init__(self, source: Source, start: Symbol) -> None:
        self.path = source.path
        self.start = start
        self.languages: tuple[str, ...] = tuple(source.languages)
        self.attributes = {f.name: f.values for f in source.features.values() if f.reported}
        self.tongues = {code: Tongue(start, source, code) for code in self.languages}
        self._check_spelling(source)

    def _check_spelling(self, source: Source) -> None:
        """Respelling can be undone only if the new spelling is no word by itself."""
        for code, rule in source.respellings.items():
            if rule.becomes == rule.word or any(rule.becomes in a.sides[code] for s in self.symbols for a in s.alternatives):
                source.fault(rule.line, f'expected a spelling that is no other word, got "{rule.becomes}", which is; '
                                        f'write "{rule.word}" in the rules and let this line respell it')

    def language(self, code: str) -> str:
        """`code`, or the first language for "". Anything else is refused."""
        if code and code not in self.languages:
            raise GensqError(f'expected a language of {self.path}, {listed(self.languages)}, got "{code}"'
                             f"{nearest(code, self.languages)}; choose one of these")
        return code or self.languages[0]

    def _in(self, code: str) -> Tongue:
        return self.tongues[self.language(code)]

    def sample(self, num: int, *, generator: torch.Generator) -> list[Derivation]:
        """`num` derivations. The same generator state gives the same draw on every platform."""
        uniform = seeded(generator, num)
        return [Derivation(self, drawn(self.start, uniform)) for _ in range(num)]

    def sentences(self, num: int, *, generator: torch.Generator, language: str = "") -> list[Sentence]:
        """The sentences of the same draw as `sample`, without building trees: much faster."""
        tongue = self._in(language)
        return list(map(tongue.speller.spell, tongue.writer.write(num, seeded(generator, num))))

    def log_prob(self, sentence: Sequence[str], *, language: str = "") -> float:
        """Nats; minus infinity when the sentence is not in the language."""
        return self.parse(sentence, language=language).log_prob

    def parse(self, sentence: Sequence[str], *, language: str = "") -> Parse:
        """Validity, derivation, log-probability and attributes, or the place of the first offending word."""
        tokens = not isinstance(sentence, str) and all(isinstance(word, str) for word in sentence)
        expect(tokens, f"expected a sentence as a tuple of tokens, got {sentence!r:.40}; see read()")
        tongue = self._in(language)
        plain, spelled = tongue.speller.unspell(sentence)
        span, furthest = tongue.parser.parse(plain)
        if span is None or spelled < len(plain):
            return Parse(False, None, -math.inf, {}, self._error_at(sentence, min(furthest, spelled), tongue), 0)
        derivation = Derivation(self, span.trees[0])
        log_prob = derivation.log_prob if span.count == 1 or not span.probability else math.log(span.probability)
        return Parse(True, derivation, log_prob, derivation.attributes, None, span.count)

    def readings(self, sentence: Sequence[str], *, language: str = "") -> list[Derivation]:
        """All derivations that write this sentence, the likeliest first; none where it is no sentence."""
        parsed, tongue = self.parse(sentence, language=language), self._in(language)
        if parsed.num_derivations > MOST_READINGS:
            raise GensqError(f"expected a sentence with at most {MOST_READINGS:,} derivations, got {parsed.num_derivations:,}; "
                             "choose a shorter one, or a grammar in which languages leave less open")
        nodes = tongue.parser.forest(tongue.speller.unspell(sentence)[0]) if parsed.valid else []
        return sorted((Derivation(self, node) for node in nodes), key=lambda derivation: -derivation.log_prob)

    def translations(self, sentence: Sequence[str], *, into: str, language: str = "") -> dict[Sentence, float]:
        """p(translation | sentence), the likeliest first: what derivations of the sentence say `into` another language.

        What one language leaves open, another may have to choose: then there are several, and their probabilities sum to 1.
        """
        shares: dict[Sentence, float] = {}
        for reading in self.readings(sentence, language=language):
            words = reading.words(into)
            shares[words] = shares.get(words, 0.0) + math.exp(reading.log_prob)
        total = math.fsum(shares.values())
        return {words: shares[words] / total for words in sorted(shares, key=lambda words: (-shares[words], words))}

    def _error_at(self, sentence: Sequence[str], place: int, tongue: Tongue) -> int:
        """The place, or the one before it: "an" is wrong already where no word that asks for "an" can follow."""
        if place and sentence[place - 1] in tongue.speller.forms:
            return place if self.next_words(sentence[:place], language=tongue.code) else place - 1
        return place

    def next_words(self, prefix: Sequence[str], *, language: str = "") -> Sentence:
        """All words with which a sentence that begins with `prefix` can go on; none where nothing can help."""
        speller, parser = self._in(language).speller, self._in(language).parser
        plain, spelled = speller.unspell(prefix)
        follow = parser.next_words(plain) if spelled == len(plain) else set()
        if prefix:
            follow = {word for word in follow if speller.fits(prefix[-1], word)}
        if respelled := follow.intersection(speller.forms[:1]):
            beyond = parser.next_words([*plain, *respelled])
            forms = {form for form in speller.forms if any(speller.fits(form, word) for word in beyond)}
            follow = follow - respelled | forms
        return tuple(sorted(follow))

    def posterior(self, attribute: str, prefix: Sequence[str], *, language: str = "") -> dict[str, float]:
        """p(value of the attribute | a sentence begins with `prefix`), exact; empty where no sentence does.

        >>> world.posterior("tense", ("the", "cook", "will"))["future"]
        1.0
        """
        if attribute not in self.attributes:
            raise GensqError(f'expected an attribute of {self.path}, {listed(self.attributes)}, got "{attribute}"'
                             f"{nearest(attribute, self.attributes)}; choose one of these")
        shares = self._begun(attribute, prefix, self._in(language))
        total = math.fsum(shares.values())
        return {value: shares.get(value, 0.0) / total for value in self.attributes[attribute]} if total else {}

    def _begun(self, attribute: str, prefix: Sequence[str], tongue: Tongue) -> dict[str, float]:
        """The probability of all sentences that begin so, by value. Whether "a" or "an" was right is seen at the next word."""
        plain, spelled = tongue.speller.unspell(prefix)
        if spelled < len(plain):
            return {}
        if not prefix or prefix[-1] not in tongue.speller.forms:
            return tongue.parser.begun(plain, attribute)
        follow = (word for word in tongue.parser.next_words(plain) if tongue.speller.fits(prefix[-1], word))
        parts = [tongue.parser.begun([*plain, word], attribute) for word in follow]
        return {value: math.fsum(part.get(value, 0.0) for part in parts) for value in self.attributes[attribute]}

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
        return self._in(language).terminals

    def show(self, sentence: Sequence[str], language: str = "") -> str:
        """As people write it: "The cook ate a pizza." """
        return "".join(sentence) if self._in(language).by_characters else writing.show(sentence)

    def read(self, text: str, language: str = "") -> Sentence:
        """The tokens of a written sentence; capitals and spaces are forgiven."""
        return self._in(language).reader.read(text)
