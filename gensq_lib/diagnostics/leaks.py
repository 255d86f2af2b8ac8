"""What is in two parts of a text at once: the same sentence, nearly the same one, and what therefore belongs together."""
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from gensq_lib.diagnostics.usual import ngrams
from gensq_lib.ground.errors import expect
from gensq_lib.text.vocab import Sentence

ALIKE = 0.5  # resemblance from which on two sentences are nearly the same: one other word among six
Near = tuple[int, int, float]  # place in the one list, place in the other, resemblance


def shingles(sentence: Sentence, n: int = 2) -> frozenset[Sentence]:
    """The different n-grams of a sentence, its two ends among its words, so that the shortest one has some."""
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
    expect(0 < least <= 1, f"expected a least resemblance above 0 and up to 1, got {least}; {ALIKE} is one other word among six")
    within, others = right is None, left if right is None else right
    sets = [[shingles(sentence, n) for sentence in part] for part in (left, others)]
    seen = Counter(shingle for part in sets[within:] for each in part for shingle in each)

    def rarest(each: frozenset) -> list[Sentence]:
        ranked = sorted(each, key=lambda shingle: (seen[shingle], shingle))
        return ranked[: len(each) - math.ceil(least * len(each)) + 1]

    index: dict[Sentence, list[int]] = defaultdict(list)
    for i, each in enumerate(sets[0]):
        for shingle in rarest(each):
            index[shingle].append(i)
    found = []
    for j, each in enumerate(sets[1]):
        for i in sorted({i for shingle in rarest(each) for i in index.get(shingle, ()) if not within or i < j}):
            shared = len(sets[0][i] & each)
            share = shared / (len(sets[0][i]) + len(each) - shared)
            if share >= least:
                found.append((i, j, share))
    return found


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
