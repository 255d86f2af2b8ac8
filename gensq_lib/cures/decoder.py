"""Cures that weaken the decoder: what it cannot see, it has to ask of z."""
import torch
from jaxtyping import Int
from torch import Tensor

from gensq_lib.cures.base import Cure
from gensq_lib.cures.registry import register
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.schedules import Schedule, constant, linear
from gensq_lib.text.vocab import Vocab


class WordDropout(Cure):
    """Replace decoder inputs by <unk> at random (Bowman et al. 2016, sec. 3.1). The encoder reads every word."""

    def __init__(self, rate: float | Schedule, inner: Cure | None = None):
        super().__init__(inner)
        self.rate = rate if callable(rate) else constant(rate)
        if not 0 <= self.rate(0) <= 1:
            raise GensqError(f"expected a word dropout rate from 0 to 1, got {self.rate(0)}; try 0.3")

    def inputs(self, tokens, step, *, generator):
        return drop_words(super().inputs(tokens, step, generator=generator), self.rate(step), generator=generator)


register("word_dropout", lambda training, inner: WordDropout(linear(0.5, 0.0, steps=training.share(3 / 4)), inner))


def drop_words(tokens: Int[Tensor, "batch time"], rate: float, *, generator: torch.Generator
               ) -> Int[Tensor, "batch time"]:
    """Each word becomes <unk> with probability `rate`; <bos> and padding stay."""
    chance = torch.rand(tokens.shape, generator=generator, device=generator.device).to(tokens.device)
    special = (tokens == Vocab.BOS) | (tokens == Vocab.PAD)
    return tokens.masked_fill((chance < rate) & ~special, Vocab.UNK)
