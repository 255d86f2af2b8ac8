"""Minimum Bayes risk: of what a model draws, say what resembles the rest (Eikema & Aziz 2020).

The likeliest sentence may be alone among thousands that all differ from it. The one with the highest expected utility is the
safest to say: on average over what might have been meant, most of it is right.
"""
from collections import Counter
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import border, expect
from gensq_lib.text.vocab import Sentence


def pieces(sentence: Sentence) -> Counter:
    """Its words and its pairs of neighbours, each as often as it comes."""
    return Counter([*sentence, *zip(sentence, sentence[1:])])


def overlap(ours: Sentence, theirs: Sentence) -> float:
    """F1 of words and pairs of neighbours: 1 for the same sentence, 0 for one without a common word; two empty ones agree."""
    return _shared(pieces(ours), pieces(theirs))


def _shared(mine: Counter, other: Counter) -> float:
    most = mine.total() + other.total()
    return 2 * (mine & other).total() / most if most else 1.0


def expected_utility(weights: Sequence[float], sentences: Sequence[Sentence]) -> Float[Tensor, "sample"]:
    """Of saying each sentence, when what is meant is drawn from them by these weights: its mean `overlap` with all of them.

    Of unbiased samples every weight is 1/S. The sentences of a beam with their probabilities are no sample: what lies beside the
    beam is forgotten. Taught in lesson 11.
    """
    expect(len(weights) == len(sentences) > 0, f"expected a weight for each of one or more sentences, got {len(weights)} for "
           f"{len(sentences)}; of samples each weight is 1 / S")
    different = list(dict.fromkeys(sentences))  # samples repeat themselves: each pair is compared once
    place = {sentence: i for i, sentence in enumerate(different)}
    of = torch.tensor([place[sentence] for sentence in sentences])
    mass = torch.zeros(len(different), dtype=torch.float64).index_add_(0, of, torch.as_tensor(weights, dtype=torch.float64))
    bags = list(map(pieces, different))
    table = torch.tensor([[_shared(mine, other) for other in bags] for mine in bags], dtype=torch.float64)
    return (table @ mass)[of]


def least_risk(sentences: Sequence[Sentence], weights: Sequence[float] | None = None) -> Sentence:
    """The one with the highest expected utility, the first of equals. Taught in lesson 11.

    Without `weights` the sentences are unbiased samples of a model, each as likely to be meant as any other.
    """
    utility = expected_utility([1 / max(len(sentences), 1)] * len(sentences) if weights is None else weights, sentences)
    return sentences[int(utility.argmax())]


border(globals())
