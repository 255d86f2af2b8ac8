"""Judging sentences where the truth is known: is it a sentence of the grammar, and what does it say?"""
import math
from collections.abc import Sequence

from gensq_lib.maths.stats import Share
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.vocab import Sentence


def valid_share(sentences: Sequence[Sentence], grammar: Grammar, *, language: str = "en") -> Share:
    """The share of sentences that the grammar can say. Taught in lesson 00."""
    return Share(sum(grammar.log_prob(s, language=language) > -math.inf for s in sentences), len(sentences))


def attribute_agreement(originals: Sequence[Sentence], others: Sequence[Sentence], grammar: Grammar, *,
                        language: str = "en") -> dict[str, Share]:
    """For each attribute, how often the other sentence has the same value; an invalid one has none. Taught in lesson 06."""
    pairs = [(grammar.parse(a, language=language).attributes, grammar.parse(b, language=language).attributes)
             for a, b in zip(originals, others, strict=True)]
    return {name: Share(sum(name in b and a[name] == b[name] for a, b in pairs), len(pairs))
            for name in grammar.attributes}
