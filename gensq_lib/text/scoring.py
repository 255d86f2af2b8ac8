"""What a decoder makes of given words: how likely they are at a temperature, and how it would go on from them."""
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import answered, expect, whole
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import Decoder, State, sample, speakable


@answered
@torch.no_grad()
def log_likelihood_at(decoder: Decoder, batch: Batch, *, temperatures: Sequence[float], avoid: tuple[int, ...] = ()
                      ) -> Float[Tensor, "sample batch"]:
    """log p(x) of the distributions that `sample` draws from at these temperatures, nats. Taught in lesson 16."""
    expect(min(temperatures) > 0, f"expected temperatures above 0, got {temperatures}; 1 is the model itself")
    state, total = decoder.start(None, len(batch)), torch.zeros(len(temperatures), len(batch), device=batch.lengths.device)
    for tokens, targets, real in zip(batch.inputs.T, batch.targets.T, batch.mask.T, strict=True):
        log_probs, state = decoder.step(tokens, state)
        said = speakable(log_probs, avoid)
        for row, temperature in zip(total, temperatures, strict=True):
            chosen = (said / temperature).log_softmax(-1).gather(1, targets[:, None]).squeeze(1)
            row += chosen.masked_fill(~real, 0.0)
    return total


@answered
def completed(decoder: Decoder, batch: Batch, length: int, *, max_length: int, generator: torch.Generator) -> Batch:
    """The first `length` words of each sentence, and then the decoder's own; a finished sentence stays as it is.

    Taught in lesson 15.
    """
    expect(whole(length), f"expected a length of 0 or more, got {length!r}; 0 leaves every word to the decoder")
    begun = Begun(decoder, batch.targets[:, :length])
    return sample(begun, num=len(batch), max_length=max_length, generator=generator).batch()


@dataclass(frozen=True)
class Begun:
    """A `Decoder` whose sentences begin with given words; the last part of its state is what is left of them."""

    decoder: Decoder
    words: Int[Tensor, "batch time"]

    def start(self, z: Float[Tensor, "batch latent"] | None, num: int) -> State:
        """The decoder's own state, and behind it all given words."""
        return (*self.decoder.start(z, num), self.words)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """All probability on the next given word; behind the last, the decoder's own log-probabilities (nats)."""
        *own, words = state
        log_probs, own = self.decoder.step(tokens, tuple(own))
        if words.shape[1]:
            log_probs = torch.full_like(log_probs, -torch.inf).scatter(-1, words[:, :1], 0.0)
        return log_probs, (*own, words[:, 1:])
