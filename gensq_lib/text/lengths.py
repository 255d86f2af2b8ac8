"""Sentences of a given length: a decoder that ends where it is told to, so that summaries can be held against each other."""
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import border, expect
from gensq_lib.text.decoding import Decoder, State
from gensq_lib.text.vocab import Vocab


@dataclass(frozen=True)
class OfLength:
    """A decoder whose sentences have as many words as `lengths` says: <eos> is impossible before, and certain behind them.

    `counts` says what is a word, 1 for each token that counts and 0 for commas. What is possible keeps its log-probability, so a
    beam finds the likeliest sentence of that length. Taught in lesson 12.

    >>> beam(OfLength(model.answering(prompts), lengths, counts), num=len(prompts), width=8, max_length=20)
    """

    decoder: Decoder
    lengths: Int[Tensor, "batch"]
    counts: Int[Tensor, "vocab"]  # 0 for <bos>

    def start(self, z: Float[Tensor, "batch latent"] | None, num: int) -> State:
        """The state before the first word, and how many words are to come."""
        expect(len(self.lengths) == num, f"expected a length for each of {num} sentences, got {len(self.lengths)}; name one each")
        return (*self.decoder.start(z, num), self.lengths)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """log p of the next word among those that are possible here, nats; they need not add up to 1."""
        *inner, left = state
        left = left - self.counts[tokens]
        log_probs, inner = self.decoder.step(tokens, tuple(inner))
        ends = torch.zeros_like(log_probs, dtype=torch.bool)
        ends[:, Vocab.EOS] = True
        return log_probs.masked_fill(ends != (left <= 0)[:, None], -torch.inf), (*inner, left)


border(globals())
