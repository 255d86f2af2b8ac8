"""Judging many samples at once: do they come from the distribution that they should, are they sentences, and what do they say?"""
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy import stats
from torch import Tensor

from gensq_lib.maths.adversarial.policy import rollout_values
from gensq_lib.maths.stats import Share
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import Decoder
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.scoring import completed
from gensq_lib.text.vocab import Sentence


@dataclass(frozen=True)
class ChiSquare:
    """Pearson's statistic. Where samples and distribution agree it is `freedom` on average. Taught in lesson 05."""

    statistic: float
    freedom: int

    @property
    def z(self) -> float:
        """In standard deviations from that average; above 4 hardly ever by chance."""
        return (self.statistic - self.freedom) / math.sqrt(2 * max(self.freedom, 1))

    def __add__(self, other: "ChiSquare") -> "ChiSquare":
        """Of independent samples."""
        return ChiSquare(self.statistic + other.statistic, self.freedom + other.freedom)


def chi_square(tokens: Int[Tensor, "sample"], probabilities: Float[Tensor, "vocab"], *, least: float = 5.0) -> ChiSquare:
    """How far the counts of the tokens are from what is expected; tokens expected less than `least` times are pooled.

    Taught in lesson 05.
    """
    expected = (probabilities.double() / probabilities.double().sum() * len(tokens)).numpy()
    observed = np.bincount(tokens.numpy(), minlength=len(expected))
    expected, observed = (np.append(x[expected >= least], x[expected < least].sum()) for x in (expected, observed))
    if expected[-1] < 1e-9 and observed[-1] == 0:
        expected, observed = expected[:-1], observed[:-1]
    with np.errstate(divide="ignore"):  # what cannot be, but is, counts infinitely
        found = stats.chisquare(observed, expected, sum_check=False)
    return ChiSquare(float(found.statistic), len(expected) - 1)


def frequencies(attributes: Iterable[Mapping[str, str]]) -> dict[str, dict[str, float]]:
    """For each attribute, how often each of its values occurs; sentences without attributes are left out. Taught in lesson 05."""
    rows = [row for row in attributes if row]
    counts = {name: Counter(row[name] for row in rows) for name in (rows[0] if rows else ())}
    return {name: {value: n / len(rows) for value, n in found.items()} for name, found in counts.items()}


def total_variation(p: Mapping[str, float], q: Mapping[str, float]) -> float:
    """Half the sum of the differences: the largest error of any event's probability, from 0 to 1. Taught in lesson 05."""
    return sum(abs(p.get(value, 0.0) - q.get(value, 0.0)) for value in {*p, *q}) / 2


def length_judge(real: Int[Tensor, "sentence"], fake: Int[Tensor, "sentence"]) -> float:
    """Accuracy of the best judge that sees nothing but lengths, in the sample: where it is far above 1/2, padding or
    length gives the label away. A few hundredths come from the noise of the counts alone. Taught in lesson 15.
    """
    most = int(max(real.max(), fake.max())) + 1
    shares = [torch.bincount(lengths, minlength=most).double() / len(lengths) for lengths in (real, fake)]
    return torch.maximum(*shares).sum().item() / 2


def valid_share(sentences: Sequence[Sentence], grammar: Grammar, *, language: str = "en") -> Share:
    """The share of sentences that the grammar can say. Taught in lesson 00."""
    return Share(sum(grammar.log_prob(s, language=language) > -math.inf for s in sentences), len(sentences))


def attribute_agreement(originals: Sequence[Sentence], others: Sequence[Sentence], grammar: Grammar, *,
                        language: str = "en") -> dict[str, Share]:
    """For each attribute, how often the other sentence has the same value; an invalid one has none. Taught in lesson 09."""
    pairs = [(grammar.parse(a, language=language).attributes, grammar.parse(b, language=language).attributes)
             for a, b in zip(originals, others, strict=True)]
    return {name: Share(sum(name in b and a[name] == b[name] for a, b in pairs), len(pairs))
            for name in grammar.attributes}


def value_of_beginnings(model: Decoder, batch: Batch, score: Callable[[Batch], Float[Tensor, "batch"]], *, max_length: int,
                        noise: torch.Generator, num_rollouts: int = 1) -> Float[Tensor, "sample batch time"]:
    """The judge's `score` of each beginning, finished by the model again and again (Yu et al. 2017). *Taught in lesson 15.*"""
    def complete(tokens: Tensor, length: int) -> Batch:
        return completed(model, batch, length, max_length=max_length, generator=noise)

    with torch.no_grad():
        return rollout_values(batch.targets, batch.mask, complete=complete, score=score, num_rollouts=num_rollouts)
