"""Two-sample tests: do two heaps of sentences come from one source? And which differences would the test have seen?

A test that finds nothing says little before its *power* is known: how often it finds a difference of a known size, planted in
real sentences, with as many of them. No truth is needed for that, only text.
"""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.diagnostics.usual import needed, ngrams
from gensq_lib.ground.errors import expect, whole
from gensq_lib.ground.runtime import generator
from gensq_lib.maths.stats import Share
from gensq_lib.text.vocab import Sentence

LEVEL = 0.05  # a test refuses two heaps of one source so often
PERMUTATIONS = 200


@dataclass(frozen=True)
class TwoSample:
    """What a test found: its statistic, and how often chance alone gives as much."""

    name: str
    statistic: float  # squared MMD, or held-out accuracy
    p_value: float
    num: int  # sentences that the statistic rests on, of both heaps

    @property
    def refuses(self) -> bool:
        """Whether one source is refused at `LEVEL`."""
        return bool(self.p_value <= LEVEL)

    def said(self, digits: int = 4, equals: str = "=") -> str:
        """p as it is printed; one that is too small for the digits is below the least that they show, never 0."""
        least = 10**-digits
        return f"p below {least:.{digits}f}" if self.p_value < least / 2 else f"p {equals} {self.p_value:.{digits}f}"


Test = Callable[[Sequence[Sentence], Sequence[Sentence], int], TwoSample]  # two heaps and a seed
Fault = Callable[[Sequence[Sentence], float, int], list[Sentence]]  # a heap, the share of it that is to be spoilt, and a seed
_grams = lru_cache(20_000)(lambda s: (*ngrams(s, 1), *ngrams(("", *s, ""), 2)))  # power asks for the same sentences again


def ngram_features(*heaps: Sequence[Sentence]):
    """A sparse row of length 1 for each sentence: its words and pairs of neighbours (ends among them), rare ones weigh more."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    needed(*heaps)
    grams = TfidfVectorizer(analyzer=_grams, sublinear_tf=True)
    return grams.fit_transform([sentence for heap in heaps for sentence in heap])


def ngram_kernel(*heaps: Sequence[Sentence]) -> Float[Tensor, "sentence sentence"]:
    """The cosine of each two sentences in words and pairs of neighbours, the heaps one behind the other. Taught in lesson 21."""
    rows = ngram_features(*heaps)
    return torch.from_numpy((rows @ rows.T).toarray())


def squared_mmd(kernel: Float[Tensor, "sentence sentence"], num: int, order: Int[Tensor, "draw sentence"]
                ) -> Float[Tensor, "draw"]:
    """Maximum mean discrepancy between the first `num` and the others, in each order (Gretton et al. 2012).

    The likeness inside the heaps less that between them; the likeness of a sentence to itself counts.
    """
    weight = torch.cat([torch.full((num,), 1 / num), torch.full((len(kernel) - num,), -1 / (len(kernel) - num))]).to(kernel)
    weights = torch.zeros(len(order), len(kernel), dtype=kernel.dtype).scatter(1, order, weight.expand(len(order), -1))
    return ((weights @ kernel) * weights).sum(1)


def kernel_test(real: Sequence[Sentence], said: Sequence[Sentence], seed: int = 0, *, permutations: int = PERMUTATIONS
                ) -> TwoSample:
    """MMD over n-grams; p is the share of orders, the given one among them, that divide the heap at least as sharply.

    Whatever the features: two heaps of one source are refused at most so often as `LEVEL` says. Taught in lesson 21.
    """
    kernel, noise = ngram_kernel(real, said), generator(seed, "permutations")
    orders = [torch.arange(len(kernel)), *(torch.randperm(len(kernel), generator=noise) for _ in range(permutations))]
    found = squared_mmd(kernel, len(real), torch.stack(orders))
    return TwoSample("kernel", found[0].item(), (found >= found[0] - 1e-12).double().mean().item(), len(kernel))


def classifier_test(real: Sequence[Sentence], said: Sequence[Sentence], seed: int = 0) -> TwoSample:
    """Logistic regression learns to tell half of either heap apart and is asked about the other (Lopez-Paz & Oquab 2017).

    p is the chance that a coin is right as often. Heaps are cut to one size: else "always the larger" would do.

    Taught in lesson 21.
    """
    from scipy.stats import binomtest
    from sklearn.linear_model import LogisticRegression

    num, noise = min(len(real), len(said)), np.random.default_rng((seed, 21))
    expect(num >= 4, f"expected at least 4 sentences on either side, got {len(real)} and {len(said)}; hold out more")
    heaps = [[heap[i] for i in noise.permutation(len(heap))[:num]] for heap in (real, said)]
    rows, of_real = ngram_features(*heaps), np.arange(2 * num) < num
    learns = np.arange(2 * num) % num < num // 2
    judge = LogisticRegression(C=10.0, max_iter=200).fit(rows[learns], of_real[learns])
    right = int((judge.predict(rows[~learns]) == of_real[~learns]).sum())
    asked = int((~learns).sum())
    return TwoSample("classifier", right / asked, float(binomtest(right, asked, alternative="greater").pvalue), asked)


def swapped(sentence: Sentence, noise: np.random.Generator) -> Sentence:
    """Two neighbouring words, of those that differ, have changed places."""
    places = [i for i in range(len(sentence) - 1) if sentence[i] != sentence[i + 1]]
    if not places:
        return sentence
    i = noise.choice(places)
    return (*sentence[:i], sentence[i + 1], sentence[i], *sentence[i + 2:])


def spoilt(sentences: Sequence[Sentence], share: float, seed: int) -> list[Sentence]:
    """So many of the sentences, chosen by chance, with two words swapped: a fault of known size. Taught in lesson 21."""
    noise = np.random.default_rng((seed, 7))
    return [swapped(sentence, noise) if noise.random() < share else sentence for sentence in sentences]


def again_and_again(sentences: Sequence[Sentence], share: float, seed: int) -> list[Sentence]:
    """So many of the sentences are replaced by one of the first five: each is fine, the heap is not. Taught in lesson 21."""
    noise = np.random.default_rng((seed, 13))
    return [sentences[noise.integers(min(5, len(sentences)))] if noise.random() < share else each for each in sentences]


def power(text: Sequence[Sentence], test: Test, *, fault: Fault = spoilt, shares: Sequence[float], num: int, repeats: int,
          seed: int, level: float = LEVEL) -> Mapping[float, Share]:
    """How often a test with `num` sentences a side refuses, for each share of faulty ones; at share 0 that is a false alarm.

    Where several tests will be asked, `level` is that of each of them. Both sides are drawn from the text, no line on both, anew
    each time, and one of them is spoilt. Taught in lesson 21.
    """
    right = whole(num, 4) and whole(repeats, 1) and 2 * num <= len(text)
    expect(right, f"expected 4 or more sentences a side, twice as many in the text, and a repeat, got {num} a side of "
                  f"{len(text)} and {repeats} repeats; ask for fewer")

    def refused(share: float, turn: int) -> bool:
        order = torch.randperm(len(text), generator=generator(seed, "power", turn)).tolist()
        left, right = ([text[i] for i in part] for part in (order[:num], order[num: 2 * num]))
        return test(left, fault(right, share, seed + turn), seed + turn).p_value <= level

    return {share: Share(sum(refused(share, turn) for turn in range(repeats)), repeats) for share in shares}


def seen_from(powers: Mapping[float, Share], wanted: float = 0.8) -> float | None:
    """The smallest share of spoilt sentences from which on the test refuses at least so often; None where no share is enough.

    Taught in lesson 21.
    """
    shares = sorted(powers)
    enough = [share for i, share in enumerate(shares) if all(powers[each].mean >= wanted for each in shares[i:])]
    return enough[0] if enough and enough[0] > 0 else None
