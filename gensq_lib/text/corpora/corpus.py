"""What a corpus is: sentences or pairs of them in three parts, vocabularies, and the way back to readable text."""
import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from gensq_lib.ground.errors import GensqError
from gensq_lib.text.grammar import DialogueGrammar, Grammar
from gensq_lib.text.labelled import LabelledIds
from gensq_lib.text.large import Large, looked_at, mapped, together
from gensq_lib.text.pairs import Pair, PairIds
from gensq_lib.text.vocab import Sentence, Vocab

from .splits import Parts

Show = Callable[[Sentence], str]  # tokens to text for people
Read = Callable[[str], Sentence]  # text of people to tokens
OTHER = "other"  # the label of what the training part never says
MAX_TOKENS, MIN_COUNT, MAX_WORDS = 60, 2, 10_000  # of real text: longest sentence, rarest word, size of a vocabulary
MAX_DOCUMENT = 400  # tokens of what is to be summarised

TOO_LONG = f"sentences of more than {MAX_TOKENS} tokens left out"


def _held(train: Sequence) -> Sequence:
    """What is held of it: nothing where it is too large."""
    return () if isinstance(train, Large) else train


def _digest_of(train: Sequence) -> bytes:
    """For a fingerprint: of what is too large to be held, which does not stand in it item by item."""
    return train.digest.encode() if isinstance(train, Large) else b""


def left_out(what: str, num: int) -> tuple[str, ...]:
    """A note, where there is something to say."""
    return (f"{what}: {num:,}",) if num else ()


def both_sides(vocab: Vocab, show: Show, read: Read) -> dict:
    """Fields of a `PairCorpus` whose sources and targets are of one language."""
    return dict(source_vocab=vocab, target_vocab=vocab, show_source=show, show_target=show, read_source=read, read_target=read)


@dataclass(frozen=True)
class Corpus:
    """Sentences of one language. `grammar` is there when the truth is known, else None."""

    name: str
    language: str  # "en", "zh", another language of a grammar; "" for a reader's file in any other script
    train: Sequence[Sentence] = field(repr=False)  # a list, or a `Large` of a file that is read line by line
    valid: list[Sentence] = field(repr=False)
    test: list[Sentence] = field(repr=False)
    vocab: Vocab = field(repr=False)
    show: Show = field(repr=False)
    read: Read = field(repr=False)
    grammar: Grammar | None = field(repr=False)
    origin: str  # where the sentences come from, in words
    licence: str
    notes: tuple[str, ...] = ()  # what was left out, and how much of it
    account: Mapping[str, int] = field(default_factory=dict, repr=False)  # of a reader's file: lines, those left out
    attributions: Mapping[Sentence, str] = field(default_factory=dict, repr=False)  # author of a sentence, by row

    @property
    def fingerprint(self) -> str:
        """A hash of what a model can learn from: the key of a cached run."""
        digest = hashlib.sha256(_digest_of(self.train))
        for sentence in itertools.chain(_held(self.train), self.valid):
            digest.update(" ".join(sentence).encode() + b"\n")
        return digest.hexdigest()[:16]

    def encoded(self, part: str) -> Sequence[list[int]]:
        """Integers of the sentences of "train", "valid" or "test", for `collate`; of a large file read when asked for."""
        return mapped(self.vocab.encode, getattr(self, part))

    def unknown_rate(self, sentences: Sequence[Sentence]) -> float:
        """The share of words that the vocabulary turns into <unk>."""
        words = sum(map(len, sentences))
        return sum(len(self.vocab.unknown(sentence)) for sentence in sentences) / max(words, 1)

    def __str__(self) -> str:
        sizes = " / ".join(f"{len(part):,}" for part in (self.train, self.valid, self.test))
        some = looked_at(self.train)
        mean = sum(map(len, some)) / len(some)
        unknown = "closed" if self.vocab.closed else f"{self.unknown_rate(self.test):.1%} of the test words are <unk>"
        return "; ".join([
            f"{self.name}: {sizes} sentences (train / valid / test), {mean:.1f} tokens on average",
            f"vocabulary {len(self.vocab):,} ({unknown})", *self.notes, f"{self.origin}, {self.licence}"])


@dataclass(frozen=True)
class LabelledCorpus:
    """Sentences with one label each: the sentences are a `Corpus`, the labels of its parts stand beside them, in their order.

    `attribute` says what the labels are: a mood, an emotion, an intent. Taught in lesson 10.
    """

    text: Corpus
    attribute: str
    labels: Parts[str] = field(repr=False)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The labels that training has, sorted; the others have none else."""
        return tuple(sorted(set(looked_at(self.labels.train))))

    def ids(self, part: str) -> Sequence[int]:
        """The place of each label of "train", "valid" or "test" among the classes."""
        place = {label: i for i, label in enumerate(self.classes)}
        return mapped(place.__getitem__, getattr(self.labels, part))

    def encoded(self, part: str) -> Sequence[LabelledIds]:
        """Integers of the sentences of a part, each with the place of its label, for `collate_labelled`."""
        said, ids = self.text.encoded(part), self.ids(part)
        return together(said, ids) if isinstance(said, Large) else list(zip(said, ids, strict=True))

    def __str__(self) -> str:
        return f"{self.text}; {len(self.classes)} labels: {self.attribute}"


@lru_cache(maxsize=20_000)
def _translations(g: Grammar, source: Sentence, languages: tuple[str, str]) -> dict[Sentence, float]:
    """Whoever measures asks for them again and again: they are found once."""
    return g.translations(source, into=languages[1], language=languages[0])


@dataclass(frozen=True)
class PairCorpus:
    """Sources with their targets: sentences and translations, prompts and replies. Of dialogues both sides are one language.

    `grammar` is there when all targets of a source, or the sentences of both sides, are known, else None.
    """

    name: str
    train: Sequence[Pair] = field(repr=False)  # a list or a `Large`
    valid: list[Pair] = field(repr=False)
    test: list[Pair] = field(repr=False)
    source_vocab: Vocab = field(repr=False)
    target_vocab: Vocab = field(repr=False)
    show_source: Show = field(repr=False)
    show_target: Show = field(repr=False)
    read_source: Read = field(repr=False)
    read_target: Read = field(repr=False)
    grammar: Grammar | DialogueGrammar | None = field(repr=False)
    origin: str
    licence: str
    languages: tuple[str, str] = ("", "")  # of source and target, where a grammar or a script needs their names
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what a pair's labels are called -> their values
    sources: list[Sentence] = field(default_factory=list, repr=False)  # without targets; else those of the training part
    notes: tuple[str, ...] = ()
    account: Mapping[str, int] = field(default_factory=dict, repr=False)
    attributions: Mapping[Pair, str] = field(default_factory=dict, repr=False)
    titles: Mapping[Sentence, Sentence] = field(default_factory=dict, repr=False)  # of documents that have one

    @property
    def fingerprint(self) -> str:
        """A hash of what a model can learn from: the key of a cached run."""
        rows = [*(pair.source + ("=>",) + pair.target + pair.labels for pair in (*_held(self.train), *self.valid)), *self.sources]
        return hashlib.sha256(_digest_of(self.train) + "\n".join(map(" ".join, rows)).encode()).hexdigest()[:16]

    @property
    def turned(self) -> "PairCorpus":
        """The same pairs the other way round. Parts were made by the sources of old; `repeated` says what that lets through."""
        parts = {part: mapped(lambda pair: replace(pair, source=pair.target, target=pair.source), getattr(self, part),
                              sides=slice(None, None, -1)) for part in ("train", "valid", "test")}
        return replace(self, **parts, languages=self.languages[::-1], source_vocab=self.target_vocab,
                       target_vocab=self.source_vocab, show_source=self.show_target,
                       show_target=self.show_source, read_source=self.read_target,
                       read_target=self.read_source, sources=[], attributions={})

    def targets(self, pair: Pair) -> dict[Sentence, float]:
        """All valid targets of a pair's source, under its labels, with their probabilities; none where it is no source.

        Taught in lesson 11.
        """
        if isinstance(self.grammar, DialogueGrammar):
            return self.grammar.replies(pair.source, **dict(zip(self.conditions, pair.labels)))
        if self.grammar is None or not all(self.languages):
            raise GensqError(f'expected pairs of a grammar, whose targets are all known, got "{self.name}"; use "dialogue" or '
                             '"crossing:zh-en"')
        return dict(_translations(self.grammar, pair.source, self.languages))

    @property
    def repeated(self) -> float:
        """The share of test sources that training has, too: two people may say the same, and a model knows it by heart."""
        seen = {pair.source for pair in looked_at(self.train)}
        return sum(pair.source in seen for pair in self.test) / max(len(self.test), 1)

    def label_ids(self, labels: tuple[str, ...]) -> tuple[int, ...]:
        """The place of each label among the values of its condition; one that is not among them is `OTHER`."""
        return tuple(values.index(label if label in values else OTHER)
                     for label, values in zip(labels, self.conditions.values(), strict=True))

    def encoded(self, pairs: Iterable[Pair]) -> Sequence[PairIds]:
        """Integers of source, target and labels, for `collate_pairs`."""
        return mapped(lambda pair: (self.source_vocab.encode(pair.source), self.target_vocab.encode(pair.target),
                                    self.label_ids(pair.labels)), pairs)

    def __str__(self) -> str:
        sizes = " / ".join(f"{len(part):,}" for part in (self.train, self.valid, self.test))
        some = looked_at(self.train)
        mean = sum(len(pair.target) for pair in some) / len(some)
        labels = ", ".join(f"{len(values)} of {name}" for name, values in self.conditions.items())
        words = dict.fromkeys(f"{len(vocab):,}" for vocab in (self.source_vocab, self.target_vocab))
        alone = [f"{len(set(self.sources)):,} different sources without targets"] * bool(self.sources)
        known = [*alone, *[f"labels: {labels}"] * bool(labels)]
        again = () if self.grammar else (f"test sources that training has, too: {self.repeated:.1%}",)
        return "; ".join([
            f"{self.name}: {sizes} pairs (train / valid / test), targets of {mean:.1f} tokens on average", *known,
            f"vocabulary {' and '.join(words)}", *again, *self.notes, f"{self.origin}, {self.licence}"])
