"""Two questions that no exercise asks, BLEU of one sentence and active units: their mistakes are functions beside the truth."""
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from gensq_course.checks.exercises import Inputs
from gensq_lib.diagnostics import active_units
from gensq_lib.diagnostics.translations import Metrics

THRESHOLD = 0.01  # of the variance of the means


@dataclass(frozen=True)
class Own:
    """What an exercise would be: the right answer, and what each mistake gives."""

    right: Callable[..., float]
    forms: Mapping[str, Callable[..., float]]
    sentences: Mapping[str, str]

    def truth(self, case: Inputs) -> Tensor:
        """The right answer."""
        return torch.tensor(self.right(*case), dtype=torch.float64)

    def with_mistakes(self, keys: Iterable[str], case: Inputs) -> Tensor:
        """What the one mistake among `keys` gives."""
        (key,) = keys
        return torch.tensor(self.forms[key](*case), dtype=torch.float64)

    def named(self, keys: Iterable[str]) -> dict[str, str]:
        """What is said about each mistake."""
        return {key: self.sentences[key] for key in keys}


def grams(words: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    """How often each n-gram stands in a sentence."""
    return Counter(zip(*(words[start:] for start in range(order))))


def precision(said: Sequence[str], reference: Sequence[str], order: int) -> float:
    """The share of the candidate's n-grams that the reference has, each at most as often as there (Papineni et al. 2002)."""
    ours, theirs = grams(said, order), grams(reference, order)
    return (ours & theirs).total() / ours.total()


def unclipped(said: Sequence[str], reference: Sequence[str], order: int) -> float:
    """The same share, where a word may be counted as often as it is said."""
    ours, theirs = grams(said, order), grams(reference, order)
    return sum(num for gram, num in ours.items() if gram in theirs) / ours.total()


def penalty(ratio: float) -> float:
    """Of a candidate that has this share of the reference's words."""
    return math.exp(min(0.0, 1 - 1 / ratio))


def bleu(said: Sequence[str], reference: Sequence[str], *, share: Callable[..., float] = precision,
         orders: Sequence[int] = range(1, 5), brevity: Callable[[float], float] = penalty, arithmetic: bool = False) -> float:
    """BLEU of one sentence, 0 to 100, each part of which can be spoiled."""
    found = [share(said, reference, order) for order in orders]
    mean = sum(found) / len(found) if arithmetic else math.prod(found) ** (1 / len(found))
    return 100 * brevity(len(said) / len(reference)) * mean


BLEU = Own(
    right=lambda said, reference: Metrics("en").scores([" ".join(said)], [[" ".join(reference)]])["BLEU"],
    forms={"no brevity penalty": partial(bleu, brevity=lambda ratio: 1.0),
           "ratio as penalty": partial(bleu, brevity=lambda ratio: ratio),
           "arithmetic mean": partial(bleu, arithmetic=True),
           "words alone": partial(bleu, orders=[1]),
           "pairs at most": partial(bleu, orders=[1, 2]),
           "unclipped": partial(bleu, share=unclipped)},
    sentences={"no brevity penalty": "the brevity penalty is missing: the candidate is shorter than the reference.",
               "ratio as penalty": "the ratio of lengths is taken for the penalty: it is exp(1 - reference / candidate).",
               "arithmetic mean": "it is the arithmetic mean of the four precisions: BLEU takes the geometric one.",
               "words alone": "only single words are counted: BLEU goes up to four in a row.",
               "pairs at most": "it stops at pairs of words: BLEU goes up to four in a row.",
               "unclipped": "a repeated n-gram counts every time: it counts at most as often as it stands in the reference."})


def above(numbers: Tensor) -> float:
    return float((numbers > THRESHOLD).sum())


ACTIVE = Own(
    right=lambda mean: active_units(mean, threshold=THRESHOLD),
    forms={"not centred": lambda mean: above(mean.square().mean(0)), "deviation": lambda mean: above(mean.std(0)),
           "mean": lambda mean: above(mean.mean(0).abs()), "all": lambda mean: float(mean.shape[1]),
           "asleep": lambda mean: mean.shape[1] - above(mean.var(0))},
    sentences={"not centred": "the mean is not subtracted before the square: one that stands still says nothing.",
               "deviation": "standard deviations are held against the threshold of a variance.",
               "mean": "it counts dimensions whose mean is not 0: how much it varies is asked.",
               "all": "all dimensions are counted.",
               "asleep": "it counts the others: those that are not active."})
