"""What is in two parts of a text at once: the same sentence, nearly the same one, and what therefore belongs together."""
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from gensq_lib.diagnostics.usual import ngrams
from gensq_lib.ground.errors import expect
from gensq_lib.text.vocab import Sentence

ALIKE = 0.5  # resemblance from which on two sentences are nearly the same: one other word among six
Near = tuple[int, int, float]  # place in the one list, place in the other, resemblance


def shingles(sentence: Sentence, n: int = 2) -> frozenset[Sentence]:
    """The different n-grams of a sentence, its two ends among its words, so that the shortest one has some.

    Taught in lesson 21.
    """
    return frozenset(ngrams((*("",) * (n - 1), *sentence, *("",) * (n - 1)), n))


def resemblance(left: Sentence, right: Sentence, n: int = 2) -> float:
    """Shingles that both have, as a share of those that one of them has (Broder 1997): 1 for the same, 0 for strangers.

    Taught in lesson 21.
    """
    a, b = shingles(left, n), shingles(right, n)
    return len(a & b) / len(a | b)


def near(left: Sequence[Sentence], right: Sequence[Sentence] | None = None, *, least: float = ALIKE, n: int = 2) -> list[Near]:
    """All pairs that resemble each other by at least so much, of one list with another, or within one (the earlier one first).

    None is missed, and few are compared: of two sets that share so much, the rarest few shingles of either have one in common
    (Bayardo et al. 2007). Taught in lesson 21.
    """
    within = right is None
    found = _likenesses(left, left if within else right, least, n)
    return [(i, j, share) for j, alike in enumerate(found) for i, share in alike if not within or i < j]


def copied(train: Sequence[Sentence], test: Sequence[Sentence], *, least: float = ALIKE, n: int = 2) -> set[int]:
    """The places of test sentences that nearly stand in training, however many times. Taught in lesson 21."""
    found = _likenesses(list(dict.fromkeys(train)), test, least, n)
    return {j for j, alike in enumerate(found) if next(alike, None)}


def _likenesses(left: Sequence[Sentence], right: Sequence[Sentence], least: float,
                n: int) -> Iterator[Iterator[tuple[int, float]]]:
    """For each sentence on the right the places on the left that are nearly it, and how nearly."""
    expect(0 < least <= 1, f"expected a least resemblance above 0 and up to 1, got {least}; {ALIKE} is one other word among six")
    sets = [[shingles(sentence, n) for sentence in part] for part in (left, right)]
    seen = Counter(shingle for part in sets for each in part for shingle in each)

    def rarest(each: frozenset) -> list[Sentence]:
        ranked = sorted(each, key=lambda shingle: (seen[shingle], shingle))
        return ranked[: len(each) - math.ceil(least * len(each)) + 1]

    index: dict[Sentence, list[int]] = defaultdict(list)
    for i, each in enumerate(sets[0]):
        for shingle in rarest(each):
            index[shingle].append(i)

    def alike(each: frozenset) -> Iterator[tuple[int, float]]:
        for i in sorted({i for shingle in rarest(each) for i in index.get(shingle, ())}):
            shared = len(sets[0][i] & each)
            share = shared / (len(sets[0][i]) + len(each) - shared)
            if share >= least:
                yield i, share

    return map(alike, sets[1])


def groups(num: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `num` items the smallest one that it hangs together with, directly or through others (union-find).

    Taught in lesson 21.
    """
    above = list(range(num))

    def root(i: int) -> int:
        while above[i] != i:
            above[i] = above[above[i]]  # halve the way for those who come later
            i = above[i]
        return i

    for i, j in pairs:
        a, b = sorted((root(i), root(j)))
        above[b] = a
    return [root(i) for i in range(num)]
