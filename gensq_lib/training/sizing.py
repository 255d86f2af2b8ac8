"""How a text is read of which there is little: the one place that decides it, by a measure of the text and by validation.

A model of a small text learns its sentences by heart. One measure is how many training tokens there are for each word of the
vocabulary: 20 for 3,000 everyday sentences, 50 for 25,000, hundreds for a world of the course, where nothing changes. The other
is how many sentences there are, whatever their words: in its usual steps a language model reads 3,600 picture captions of 194
words more than forty times. `gensq study small_texts` has figures.
"""
from collections.abc import Sequence
from dataclasses import dataclass

from gensq_lib.text.large import looked_at
from gensq_lib.text.vocab import Vocab

ENOUGH = 150  # tokens for each word of the vocabulary: from here on a text is trained on in so many steps, without dropout
MANY = 20_000  # sentences: a text of fewer is read more than ten times in the usual steps, so it is small, too
DROPOUT = ((75, 0.5), (ENOUGH, 0.3))  # below so many tokens for each word: the rate
HELD = 30  # below so many a VAE's decoder keeps what its language model knows: learning on, it makes z the name of a sentence
FREE_BITS = 0.67  # nats per dimension of z that cost nothing
FEWER = 0.5  # of a small text: with as many as usual VAEs ended more than 2 % above their language models
FEW = 20  # steps after which a model is another one at all
LONGER, MOST = 4, 6_000  # times as many steps as usual for a language model that validation ends, in all at most so many


@dataclass(frozen=True)
class ReadingPlan:
    """How a text is read: without dropout in so many steps or, of a small one, with dropout until validation says enough."""

    dropout: float = 0.0
    hold: bool = False  # of a VAE that starts from a language model: its decoder keeps the weights
    patience: int = 3  # looks without a better one before the learning rate falls
    free_bits: float = FREE_BITS  # of a VAE whose z is to hold something, nats per dimension

    @property
    def small(self) -> bool:
        """Whether it is one for a small text."""
        return self.dropout > 0

    @property
    def options(self) -> dict[str, float]:
        """What a model of the text is made with, beside its sizes."""
        return {"dropout": self.dropout} if self.small else {}

    def at_most(self, steps: int) -> int:
        """So many steps for a language model that usually takes `steps`: more where validation will end them."""
        return max(steps, min(LONGER * steps, MOST)) if self.small else steps


PLENTY = ReadingPlan()


def plan_for(encoded: Sequence[Sequence[int]], vocab: Vocab) -> ReadingPlan:
    """The plan for a text, from its training sentences (integers without <eos>, which counts as a token).

    Where the vocabulary is closed sentences are drawn from a grammar, as many as a lesson means to have: `PLENTY`, too.

    >>> plan_for(encoded["train"], text.vocab)
    ReadingPlan(dropout=0.5, hold=True, patience=3, free_bits=0.5)

    Taught in lesson 05.
    """
    some = looked_at(encoded)
    per_word = ENOUGH if vocab.closed else sum(len(ids) + 1 for ids in some) * (len(encoded) / len(some)) / len(vocab)
    few = 0.0 if vocab.closed or len(encoded) >= MANY else DROPOUT[-1][1]
    dropout = next((rate for below, rate in DROPOUT if per_word < below), few)
    return ReadingPlan(dropout, hold=per_word < HELD, free_bits=FEWER if dropout else FREE_BITS)
