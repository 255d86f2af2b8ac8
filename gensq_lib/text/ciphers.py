"""A language that nobody has pairs of: every word of a known one under an invented name, one to one, and two sides unpaired.

The truth stays known word by word, so a key that somebody found can be marked; whoever looks for it sees only sentences.
"""
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import torch

from gensq_lib.ground.errors import GensqError, border, expect, whole
from gensq_lib.ground.runtime import generator
from gensq_lib.text.corpora import Corpus, found, load
from gensq_lib.text.corpora.splits import number_of
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
LEAST = 0.45  # of what is drawn, a side gets at least this much: the hash halves nearly evenly


@dataclass(frozen=True)
class Cipher:
    """A one-to-one substitution of words; `key` says the secret word of each plain one. Taught in lesson 17."""

    key: Mapping[str, str]

    def __post_init__(self) -> None:
        expect(len(set(self.key.values())) == len(self.key), "expected a secret word for each plain one, got one for several; "
                                                             "draw the cipher anew")

    @cached_property
    def back(self) -> dict[str, str]:
        """The plain word of each secret one: the truth that is looked for."""
        return {secret: plain for plain, secret in self.key.items()}

    def encipher(self, sentence: Sentence) -> Sentence:
        """The same sentence in secret words."""
        return _changed(sentence, self.key)

    def decipher(self, sentence: Sentence) -> Sentence:
        """Back to plain words."""
        return _changed(sentence, self.back)


def _changed(sentence: Sentence, key: Mapping[str, str]) -> Sentence:
    if unknown := [word for word in sentence if word not in key]:
        raise GensqError(f'expected words that the cipher knows, got "{unknown[0]}"; take sentences of its side')
    return tuple(key[word] for word in sentence)


def draw_cipher(words: Collection[str], *, generator: torch.Generator, kept: Collection[str] = ()) -> Cipher:
    """Invented words of four letters ("bako") in an order that has nothing to do with the plain one; `kept` words stay as they
    are, as digits and names do where two languages share them.

    Taught in lesson 17.
    """
    words = sorted(set(words))
    expect(set(kept) <= set(words), f"expected kept words out of the {len(words)} of the language, got others; see its words")
    syllables = ["".join(parts) for parts in product(CONSONANTS, VOWELS)]
    names = sorted({first + second for first, second in product(syllables, syllables)} - set(words))
    expect(len(words) <= len(names), f"expected at most {len(names):,} words, got {len(words):,}; take a smaller language")
    drawn = torch.randperm(len(names), generator=generator)[: len(words)].tolist()
    return Cipher({word: word if word in kept else names[i] for word, i in zip(words, drawn, strict=True)})


@dataclass(frozen=True)
class Right:
    """How much of a key is right: of the secret words that occur (types), and of all that is said (tokens). 0 to 1."""

    types: float
    tokens: float


@dataclass(frozen=True)
class Unpaired:
    """Plain sentences, secret sentences, and no pair of them: what a decipherer may see, with the truth kept beside.

    A sentence stands on one side only, by its hash; `test` pairs (secret, plain) are for marking alone. Taught in lesson 17.
    """

    text: Corpus = field(repr=False)
    cipher: Cipher = field(repr=False)
    plain: list[Sentence] = field(repr=False)
    secret: list[Sentence] = field(repr=False)

    @cached_property
    def plain_vocab(self) -> Vocab:
        """Every plain word has an integer."""
        return self.text.vocab

    @cached_property
    def secret_vocab(self) -> Vocab:
        """The secret words in the order of their spelling, which says nothing about the plain ones."""
        return Vocab(sorted(self.cipher.back), closed=True)

    @cached_property
    def test(self) -> list[Pair]:
        """Secret sentences with their plain ones."""
        return self.pairs(self.text.test)

    def pairs(self, sentences: Sequence[Sentence]) -> list[Pair]:
        """Of plain sentences: (secret, plain)."""
        return [Pair(self.cipher.encipher(sentence), sentence) for sentence in sentences]

    @cached_property
    def said(self) -> Counter[str]:
        """How often each secret word occurs on the secret side."""
        return Counter(word for sentence in self.secret for word in sentence)

    def right(self, found: Mapping[str, str]) -> Right:
        """Marks a key: found plain words of secret words. A word without an entry counts as wrong."""
        good = [word for word in self.said if found.get(word) == self.cipher.back[word]]
        return Right(len(good) / len(self.said), sum(self.said[word] for word in good) / self.said.total())

    @cached_property
    def truth(self) -> torch.Tensor:
        """Plain integer of each secret integer; the four special ones stand for themselves."""
        plain = tuple(self.cipher.back[word] for word in self.secret_vocab.words[len(Vocab.SPECIALS):])
        return torch.tensor([*range(len(Vocab.SPECIALS)), *self.plain_vocab.encode(plain)])

    def as_key(self, found: Sequence[int] | torch.Tensor) -> dict[str, str]:
        """Plain integer of each secret integer, in words."""
        return {word: self.plain_vocab.words[int(i)] for word, i in zip(self.secret_vocab.words, found, strict=True)}


def unpaired(name: str = "village", *, num_plain: int, num_secret: int, seed: int = 0, kept: Collection[str] = (),
             disjoint: bool = True, overlap: bool = False) -> Unpaired:
    """So many sentences of each side of a built-in world; words of `kept` stay as they are on the secret side.

    `disjoint`: a sentence stands on one side only, by its hash, so that of a small world each side is another half. Without it
    the sides are independent draws: a sentence may come twice, by chance. `overlap` puts the very sentences of the secret side
    on the plain side, too: the mistake that lets a decipherer look up what it should find. Taught in lesson 17.
    """
    expect(whole(num_plain, 1) and whole(num_secret, 1), f"expected at least one sentence a side, got {num_plain} and "
                                                         f"{num_secret}; ask for more")
    expect(found(name, "sentences").entry.grammar is not None,
           f'expected a world whose truth is known, got "{name}"; take "village" or "world"')
    text = load(name, seed=seed, num_train=int(max(num_plain, num_secret) / LEAST) + 200 if disjoint else num_plain + num_secret)
    cipher = draw_cipher(text.grammar.terminals(), generator=generator(seed, "cipher"), kept=kept)
    sides = ([], [])
    for place, sentence in enumerate(text.train):
        sides[number_of("side", *sentence) % 2 if disjoint else place >= num_plain].append(sentence)
    plain, other = sides[0][:num_plain], sides[1][:num_secret]
    expect(len(plain) == num_plain and len(other) == num_secret, f"expected {num_plain:,} and {num_secret:,} sentences, got "
                                                                 f"{len(plain):,} and {len(other):,}; ask for fewer")
    if overlap:
        plain = [*plain[: max(num_plain - num_secret, 0)], *other][-num_plain:]
    return Unpaired(text, cipher, plain, list(map(cipher.encipher, other)))


border(globals())
