"""Judging many samples at once: are they sentences, what do they say, and what do their lengths give away?"""
import math
from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor

from gensq_lib.maths.stats import Share
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.vocab import Sentence


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
