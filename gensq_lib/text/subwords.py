"""Subwords: pieces between characters and words, learnt by byte-pair encoding (Sennrich et al. 2016).

A word begins as its characters, the last of which carries `END`. The pair of neighbours that is said most often becomes one
piece, and so on. Without a merge the pieces are characters; with enough of them, words. So all three are one class, and what
is cut can be put together again: a sentence has as many nats in one unit as in another that knows it as well.
"""
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gensq_lib.ground.errors import expect, whole
from gensq_lib.text.vocab import Sentence

END = "\u2581"  # ends a word: the space behind it
Pair = tuple[str, str]


@dataclass(frozen=True)
class Subwords:
    """How words are cut: pairs of pieces that are joined, the first one first. Taught in lesson 21."""

    merges: tuple[Pair, ...] = ()
    known: dict[str, Sentence] = field(default_factory=dict, repr=False, compare=False)  # words that were cut before

    @classmethod
    def learnt(cls, sentences: Iterable[Sentence], num_merges: int) -> "Subwords":
        """The `num_merges` pairs that are joined first (fewer where every word is one piece); of equals the last by spelling.

        >>> Subwords.learnt([("low", "lower", "lowest")], 2).cut("low")
        ('low▁',)
        """
        expect(whole(num_merges), f"expected a number of merges from 0, got {num_merges!r}; some hundreds are usual")
        counts = Counter(word for sentence in sentences for word in sentence)
        cut, where, pairs = {word: _characters(word) for word in counts}, defaultdict(set), Counter()
        for word, pieces in cut.items():
            _count(word, pieces, counts[word], pairs, where)
        merges: list[Pair] = []
        while len(merges) < num_merges and (best := max(pairs, key=lambda pair: (pairs[pair], pair), default=None)):
            merges.append(best)
            for word in sorted(where[best]):
                _count(word, cut[word], -counts[word], pairs, where)
                cut[word] = _joined(cut[word], best)
                _count(word, cut[word], counts[word], pairs, where)
        return cls(tuple(merges), {word: tuple(pieces) for word, pieces in cut.items()})

    def cut(self, word: str) -> Sentence:
        """The pieces of a word, also of one that was not there when they were learnt."""
        if word not in self.known:
            pieces = _characters(word)
            for pair in self.merges:
                if len(pieces) > 1:
                    pieces = _joined(pieces, pair)
            self.known[word] = tuple(pieces)
        return self.known[word]

    def pieces(self, sentence: Sequence[str]) -> Sentence:
        """The pieces of all its words."""
        return tuple(piece for word in sentence for piece in self.cut(word))

    @staticmethod
    def joined(pieces: Iterable[str]) -> Sentence:
        """The words again; pieces behind the last `END` are a word that is not finished."""
        return tuple(word for word in "".join(pieces).split(END) if word)


def _characters(word: str) -> list[str]:
    return [*word[:-1], word[-1] + END]


def _joined(pieces: list[str], pair: Pair) -> list[str]:
    """Every such pair of neighbours as one piece, from left to right."""
    result: list[str] = []
    for piece in pieces:
        if result and (result[-1], piece) == pair:
            result[-1] += piece
        else:
            result.append(piece)
    return result


def _count(word: str, pieces: list[str], num: int, pairs: Counter, where: dict[Pair, set[str]]) -> None:
    """Count the pairs of a word `num` times, or take them back; remember where they are."""
    for pair in zip(pieces, pieces[1:]):
        pairs[pair] += num
        (where[pair].add if num > 0 else where[pair].discard)(word)
        if not pairs[pair]:
            del pairs[pair]
