"""Tokens and the integers that stand for them.

The first four integers are special. They have names, not spellings: a reader's text that
contains "<eos>" is text, and never ends a sentence.
"""
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import repeat, takewhile

from gensq_lib.ground.errors import GensqError, expect

Sentence = tuple[str, ...]


class Vocab:
    """A bijection between words and integers; `closed` when every possible word is in it. Taught in lesson 00."""

    PAD, BOS, EOS, UNK = range(4)
    SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")

    def __init__(self, words: Iterable[str], *, closed: bool = False):
        ordered = tuple(dict.fromkeys(words))
        right = not isinstance(words, str) and all(isinstance(word, str) for word in ordered)
        expect(right, f"expected words for a vocabulary, got {words!r:.40}; split a text first")
        self.words: tuple[str, ...] = self.SPECIALS + ordered
        self.closed = closed
        self._index = {word: i for i, word in enumerate(ordered, start=len(self.SPECIALS))}

    @classmethod
    def from_sentences(cls, sentences: Iterable[Sentence], *, min_count: int = 1, max_size: int = 0) -> "Vocab":
        """Words by falling frequency (ties by spelling); rarer ones than `min_count` become <unk>."""
        counts = Counter(word for sentence in sentences for word in sentence)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        kept = [word for word in ranked if counts[word] >= min_count]
        return cls(kept[: max_size or None])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._index

    def encode(self, sentence: Sentence) -> list[int]:
        """Integers without <bos> and <eos>; in an open vocabulary an unknown word is <unk>."""
        if not isinstance(sentence, tuple | list):
            raise GensqError(f"expected a sentence as tuple of words, got {sentence!r:.40}; split it first")
        if self.closed and (unknown := self.unknown(sentence)):
            raise GensqError(f'expected words of this closed vocabulary, got "{unknown[0]}"; use only words of the grammar')
        return list(map(self._index.get, sentence, repeat(self.UNK)))

    def decode(self, ids: Iterable[int]) -> Sentence:
        """Words up to the first <eos>; <pad> and <bos> are left out."""
        said = list(takewhile(lambda i: i != self.EOS, ids))
        if wrong := [i for i in said if not (hasattr(i, "__index__") and 0 <= i < len(self))]:
            raise GensqError(f"expected integers from 0 to {len(self) - 1}, got {wrong[0]!r}; take the vocabulary that encoded")
        return tuple(self.words[i] for i in said if i not in (self.PAD, self.BOS))

    def unknown(self, sentence: Sequence[str]) -> list[str]:
        """The words of a sentence that are not in the vocabulary, in order."""
        return [word for word in sentence if word not in self._index]
