"""What a cure is: the plain VAE, with one method for each place where a cure may act."""
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.maths.objectives import ElboTerms


class Cure:
    """The plain VAE: nothing is weakened, re-weighed, repeated, reset or added. Every method asks the cure inside.

    Taught in lesson 06.
    """

    def __init__(self, inner: "Cure | None" = None):
        self.inner = inner

    def inputs(self, tokens: Int[Tensor, "batch time"], step: int, *, generator: torch.Generator
               ) -> Int[Tensor, "batch time"]:
        """Weaken the decoder: what it sees instead of the true previous words."""
        return self.inner.inputs(tokens, step, generator=generator) if self.inner else tokens

    def penalty(self, terms: ElboTerms, step: int) -> Float[Tensor, ""]:
        """The price of z: what is paid for using it, in nats per sentence; the plain answer is the KL."""
        return self.inner.penalty(terms, step) if self.inner else terms.kl.sum(-1).mean()

    def encoder_steps(self, step: int) -> int:
        """Strengthen the encoder: encoder-only updates, on fresh batches, before each joint update."""
        return self.inner.encoder_steps(step) if self.inner else 0

    def on_step(self, model: nn.Module, step: int) -> None:
        """Change the model itself before a step (resets, stages)."""
        if self.inner:
            self.inner.on_step(model, step)

    def task(self, model: nn.Module, batch: Any, terms: ElboTerms, step: int) -> Float[Tensor, ""]:
        """A further task that z has to serve: a loss in nats per sentence, added to the others."""
        return self.inner.task(model, batch, terms, step) if self.inner else terms.reconstruction.new_zeros(())
