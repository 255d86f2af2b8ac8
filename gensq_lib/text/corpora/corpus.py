"""What a corpus is: sentences in three parts, a vocabulary, and the way back to readable text."""
import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gensq_lib.text.grammar import Grammar
from gensq_lib.text.vocab import Sentence, Vocab

Pair = tuple[Sentence, Sentence]
Show = Callable[[Sentence], str]  # tokens to text for people
Read = Callable[[str], Sentence]  # text of people to tokens


@dataclass(frozen=True)
class Corpus:
    """Sentences of one language. `grammar` is there when the truth is known, else None."""

    name: str
    language: str  # "en", "zh", another language of a grammar; "" for a reader's file in any other script
    train: list[Sentence] = field(repr=False)
    valid: list[Sentence] = field(repr=False)
    test: list[Sentence] = field(repr=False)
    vocab: Vocab = field(repr=False)
    show: Show = field(repr=False)
    read: Read = field(repr=False)
    grammar: Grammar | None = field(repr=False)
    source: str
    licence: str
    notes: tuple[str, ...] = ()  # what was left out, and how much of it
    attributions: Mapping[Sentence, str] = field(default_factory=dict, repr=False)  # author of a sentence, by row

    @property
    def fingerprint(self) -> str:
        """A hash of what a model can learn from: the key of a cached run."""
        digest = hashlib.sha256()
        for sentence in itertools.chain(self.train, self.valid):
            digest.update(" ".join(sentence).encode() + b"\n")
        return digest.hexdigest()[:16]

    def unknown_rate(self, sentences: Sequence[Sentence]) -> float:
        """The share of words that the vocabulary turns into <unk>."""
        words = sum(map(len, sentences))
        return sum(len(self.vocab.unknown(sentence)) for sentence in sentences) / max(words, 1)

    def __str__(self) -> str:
        sizes = " / ".join(f"{len(part):,}" for part in (self.train, self.valid, self.test))
        mean = sum(map(len, self.train)) / len(self.train)
        unknown = "closed" if self.vocab.closed else f"{self.unknown_rate(self.test):.1%} of the test words are <unk>"
        return "; ".join([
            f"{self.name}: {sizes} sentences (train / valid / test), {mean:.1f} tokens on average",
            f"vocabulary {len(self.vocab):,} ({unknown})", *self.notes, f"{self.source}, {self.licence}"])


@dataclass(frozen=True)
class PairCorpus:
    """A sentence and its translation, in the same three parts as each side alone."""

    name: str
    languages: tuple[str, str]
    show: tuple[Show, Show] = field(repr=False)
    read: tuple[Read, Read] = field(repr=False)
    train: list[Pair] = field(repr=False)
    valid: list[Pair] = field(repr=False)
    test: list[Pair] = field(repr=False)
    source: str
    licence: str
    notes: tuple[str, ...] = ()
    attributions: Mapping[Pair, str] = field(default_factory=dict, repr=False)
