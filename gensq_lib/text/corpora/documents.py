"""Documents as bags: how often each word of a vocabulary stands in them. Of a grammar the topics of each document are known.

Words that stand everywhere ("the", "of") say nothing about topics: a list of English ones is left out, and all that has no
letter. What is left is called words here; whatever is not in the vocabulary is left out, too, not counted as unknown.
"""
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.ground.runtime import generator
from gensq_lib.text import grammar
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.grammar.expected import expected_words, given
from gensq_lib.text.grammar.sampling import Writer, seeded
from gensq_lib.text.vocab import Sentence

from . import own, summaries
from .chats import turns
from .splits import Parts, subset
from .world import LICENCE, ORIGIN

NUM_TRAIN, NUM_HELD_OUT = 2_000, 500  # documents of a grammar
LENGTH, ALPHA = 40, 0.1  # words of one on average, and the concentration of the Dirichlet behind its topics
TOPIC = "topic"  # the attribute that is drawn anew for every word or sentence; where a grammar lacks it, its first
LEAST, MOST, WORDS = 5, 0.3, 2_000  # of people: documents that have a word, the share of them, and the largest vocabulary
LONGEST = 1_000  # tokens of a document of a reader's own

Counts = Float[Tensor, "document word"]
Shares = Float[Tensor, "document topic"]


@dataclass(frozen=True)
class KnownTopics:
    """What is true of documents of a grammar: theta ~ Dirichlet(alpha, ..., alpha), and words by topics @ theta.

    With `whole` sentences this is true of word frequencies and not of documents: words of a sentence come together.
    """

    names: tuple[str, ...]
    topics: Float[Tensor, "topic word"]
    alpha: float
    whole: bool
    shares: Mapping[str, Shares] = field(repr=False)  # theta of the documents of "train", "valid" and "test"


@dataclass(frozen=True)
class Documents:
    """Counts of words in documents of three parts; `known` is there when the truth is, else None. Taught in lesson 18."""

    name: str
    words: tuple[str, ...] = field(repr=False)
    train: Float[Tensor, "train word"] = field(repr=False)
    valid: Float[Tensor, "valid word"] = field(repr=False)
    test: Float[Tensor, "test word"] = field(repr=False)
    known: KnownTopics | None = field(repr=False)
    origin: str
    licence: str
    titles: tuple[str, ...] = field(default=(), repr=False)  # of the test documents, where they have one
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A hash of what a model can learn from: the key of a cached run."""
        digest = hashlib.sha256(" ".join(self.words).encode())
        for part in (self.train, self.valid):
            digest.update(part.numpy().tobytes())
        return digest.hexdigest()[:16]

    def __str__(self) -> str:
        sizes = " / ".join(f"{len(part):,}" for part in (self.train, self.valid, self.test))
        topics = [f"{len(self.known.names)} topics, known: {', '.join(self.known.names)}"] if self.known else []
        return "; ".join([f"{self.name}: {sizes} documents (train / valid / test), {self.train.sum(-1).mean():.0f} words each",
                          f"vocabulary {len(self.words):,}", *topics, *self.notes, f"{self.origin}, {self.licence}"])


def of_grammar(g: Grammar, *, name: str, origin: str, licence: str, seed: int, num_train: int = 0, num_topics: int = 0,
               alpha: float = ALPHA, length: int = LENGTH, whole: bool = False) -> Documents:
    """Documents whose words, or `whole` sentences, come from the topics of a grammar: theta ~ Dirichlet(alpha) for each document.

    A document has `length` words on average, a quarter to seven quarters of it. Its words are drawn one by one from the
    exact frequencies of words in sentences of a topic; with `whole` sentences are drawn, and their words belong together.
    """
    right = alpha > 0 and length >= 4
    expect(right, f"expected alpha above 0 and documents of 4 words or more, got {alpha!r} and {length!r}; .1 and 40 are usual")
    attribute = TOPIC if TOPIC in g.attributes else next(iter(g.attributes))
    values = g.attributes[attribute]
    expect(num_topics != 1 and num_topics <= len(values),
           f"expected 2 to {len(values)} topics, got {num_topics}; 0 takes all")
    names = values[:num_topics or None]
    words, topics, per_sentence = word_frequencies(g, attribute, names)
    world = _World(g, attribute, names, words, topics, per_sentence if whole else 0.0)
    drawn = {part: world.draw(num, alpha=alpha, length=length, generator=generator(seed, "documents", part)) for part, num in (
        ("train", num_train or NUM_TRAIN), ("valid", NUM_HELD_OUT), ("test", NUM_HELD_OUT))}
    known = KnownTopics(names, topics, alpha, whole, {part: shares for part, (_, shares) in drawn.items()})
    return Documents(name, words, **{part: counts for part, (counts, _) in drawn.items()}, known=known, origin=origin,
                     licence=licence)


def word_frequencies(g: Grammar, attribute: str, values: Sequence[str]
                     ) -> tuple[tuple[str, ...], Float[Tensor, "topic word"], float]:
    """Words, the exact frequency of each among the words of sentences with a value, and how many words a sentence has."""
    counts = expected_words([given(g, attribute, value) for value in values], g.languages[0])
    words = tuple(sorted(filter(_says_something, counts)))
    table = torch.stack([counts[word] for word in words], -1)
    return words, (table / table.sum(-1, keepdim=True)).float(), table.sum(-1).mean().item()


@dataclass(frozen=True)
class _World:
    """What draws documents; `per_sentence` words at a time, or, where it is 0, one by one."""

    g: Grammar
    attribute: str
    names: Sequence[str]
    words: tuple[str, ...]
    topics: Float[Tensor, "topic word"]
    per_sentence: float

    def draw(self, num: int, *, alpha: float, length: int, generator: torch.Generator) -> tuple[Counts, Shares]:
        """So many documents, and theta of each."""
        draw = np.random.default_rng(int(torch.randint(2**62, (1,), generator=generator)))
        shares = draw.dirichlet([alpha] * len(self.names), size=num)
        lengths = draw.integers(length // 4, length + 3 * length // 4, size=num, endpoint=True)
        if self.per_sentence:
            counts = self._sentences(shares, lengths / self.per_sentence, draw, generator)
        else:
            mixed = shares @ self.topics.double().numpy()
            counts = draw.multinomial(lengths, mixed / mixed.sum(-1, keepdims=True))
        return torch.as_tensor(counts).float(), torch.as_tensor(shares).float()

    def _sentences(self, shares: np.ndarray, lengths: np.ndarray, draw: np.random.Generator, generator: torch.Generator
                   ) -> np.ndarray:
        """One or more sentences for each document, a topic for each of them."""
        chosen = draw.multinomial(np.maximum(lengths.round().astype(int), 1), shares)
        place, counts = {word: i for i, word in enumerate(self.words)}, np.zeros((len(shares), len(self.words)))
        for k, name in enumerate(self.names):
            writer = Writer(given(self.g, self.attribute, name), self.g.languages[0])
            said = iter(writer.write(int(chosen[:, k].sum()), seeded(generator)))
            for document, num in enumerate(chosen[:, k]):
                for word in (word for _ in range(num) for word in next(said) if word in place):
                    counts[document, place[word]] += 1
        return counts


def documents_of_world(*, seed: int = 0, num_train: int = 0, **how: float) -> Documents:
    """Documents of the built-in world, with eight topics."""
    return of_grammar(grammar.load(), name="world", origin=ORIGIN, licence=LICENCE, seed=seed, num_train=num_train, **how)


def documents_of_village(*, seed: int = 0, num_train: int = 0, **how: float) -> Documents:
    """Documents of the village, with four topics and few words."""
    return of_grammar(grammar.shipped("village"), name="village", origin=ORIGIN, licence=LICENCE, seed=seed, num_train=num_train,
                      **how)


def documents_of_own_world(path: Path, *, name: str, seed: int = 0, num_train: int = 0, **how: float) -> Documents:
    """Documents of a reader's own grammar: its attribute "topic", or the first that it has."""
    return of_grammar(grammar.load(path), name=name, origin=f"the grammar {path.name}", licence="as its owner says", seed=seed,
                      num_train=num_train, **how)


def abstracts(*, seed: int = 0, num_train: int = 0) -> Documents:
    """Abstracts of papers, in the parts of SciTLDR. Nobody knows their topics."""
    text = summaries.scitldr(seed=seed)
    parts = Parts(*(list({pair.source: pair for pair in part}.values()) for part in (text.train, text.valid, text.test)))
    kept = subset(parts.train, min(num_train, len(parts.train)), seed=seed)
    parts = Parts(kept, parts.valid, parts.test).each(lambda part: [
        (tuple(word for said in turns(pair.source) for word in said), text.show_target(text.titles[pair.source]))
        for pair in part])
    return _counted("scitldr", parts, origin=text.origin, licence=text.licence)


def own_documents(path: Path, *, name: str, column: str = "", seed: int = 0, num_train: int = 0) -> Documents:
    """A document on each line, or in each cell of a column."""
    read = own.own_sentences(path, column=column, name=name, longest=LONGEST)
    train = subset(read.train, min(num_train, len(read.train)), seed=seed)
    return _counted(name, Parts(train, read.valid, read.test).each(lambda part: [(words, "") for words in part]),
                    origin=read.origin, licence=read.licence)


def _counted(name: str, parts: Parts[tuple[Sentence, str]], **facts: str) -> Documents:
    """Counts of the words that say something, chosen on training documents; documents that have none of them are left out."""
    said = parts.each(lambda part: [([word.lower() for word in words if _says_something(word)], title) for words, title in part])
    seen_in = Counter(word for words, _ in said.train for word in set(words))
    kept = [word for word, num in seen_in.most_common() if LEAST <= num <= MOST * len(said.train)][:WORDS]
    if len(kept) < 20:
        raise GensqError(f"expected documents with 20 words that {LEAST} of them have, got {len(kept)} in {name}; give more or "
                         "longer documents")
    place = {word: i for i, word in enumerate(sorted(kept))}
    rows = said.each(lambda part: [(_row(words, place), title) for words, title in part if any(w in place for w in words)])
    tokens, outside = sum(len(w) for w, _ in said.test), sum(word not in place for words, _ in said.test for word in words)
    notes = (f"of the test words {outside / max(tokens, 1):.0%} are not in the vocabulary and left out",)
    counts = rows.each(lambda part: [row for row, _ in part])
    expect(counts.valid and counts.test, f"expected documents for validation and test, got none in {name}; give 100 or more")
    titles = tuple(title for _, title in rows.test)
    return Documents(name, tuple(sorted(kept)), **{part: torch.stack(each) for part, each in vars(counts).items()}, known=None,
                     titles=titles if any(titles) else (), notes=notes, **facts)


def _row(words: Iterable[str], place: Mapping[str, int]) -> Float[Tensor, "word"]:
    found = torch.tensor([place[word] for word in words if word in place])
    return torch.bincount(found, minlength=len(place)).float()


def _says_something(word: str) -> bool:
    """A word of letters that is not on the list of those that stand everywhere."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # half a second

    return word.isalpha() and len(word) > 1 and word.lower() not in ENGLISH_STOP_WORDS
