"""Judging sentences where the truth is known: is it a sentence of the grammar, and what does it say?"""
import math
from collections.abc import Sequence
from dataclasses import dataclass

from gensq_lib.text.grammar import Grammar
from gensq_lib.text.vocab import Sentence


@dataclass(frozen=True)
class Share:
    """`count` of `total`, with its 95 % interval (Wilson 1927), which stays inside 0..1."""

    count: int
    total: int

    @property
    def value(self) -> float:
        return self.count / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        n, z = max(self.total, 1), 1.96
        centre = (self.value + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(self.value * (1 - self.value) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return centre - half, centre + half

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} ({low:.3f} to {high:.3f})"


def valid_share(sentences: Sequence[Sentence], grammar: Grammar, *, language: str = "en") -> Share:
    """The share of sentences that the grammar can say."""
    return Share(sum(grammar.log_prob(s, language=language) > -math.inf for s in sentences), len(sentences))


def attribute_agreement(originals: Sequence[Sentence], others: Sequence[Sentence], grammar: Grammar, *,
                        language: str = "en") -> dict[str, Share]:
    """For each attribute, how often the other sentence has the same value; an invalid one has none."""
    pairs = [(grammar.parse(a, language=language).attributes, grammar.parse(b, language=language).attributes)
             for a, b in zip(originals, others, strict=True)]
    return {name: Share(sum(name in b and a[name] == b[name] for a, b in pairs), len(pairs))
            for name in grammar.attributes}
