"""Posterior collapse, and what people do about it.

A VAE with a strong decoder can ignore z: KL(q ‖ p) -> 0. A training-time cure acts in one of
four places, and each place is one method of `Cure`. To add a cure: subclass `Cure`, override
one method, cite the paper, add a row to `NAMED`. Cures nest: `Annealing(beta, FreeBits(0.5))`.
(A cure that changes the network itself is a subclass of the model instead.)
"""
from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.errors import GensqError, listed, nearest
from gensq_lib.objectives import ElboTerms
from gensq_lib.schedules import Schedule, constant, cyclical, linear, sigmoid
from gensq_lib.vocab import Vocab


class Cure:
    """The plain VAE: nothing is weakened, re-weighed, repeated or reset. Every method asks the cure inside."""

    def __init__(self, inner: "Cure | None" = None):
        self.inner = inner

    def inputs(self, tokens: Int[Tensor, "batch time"], step: int, *, generator: torch.Generator
               ) -> Int[Tensor, "batch time"]:
        """Weaken the decoder: what it sees instead of the true previous words."""
        return self.inner.inputs(tokens, step, generator=generator) if self.inner else tokens

    def penalty(self, terms: ElboTerms, step: int) -> Float[Tensor, ""]:
        """What is paid for using z, in nats per sentence; the plain answer is the KL."""
        return self.inner.penalty(terms, step) if self.inner else terms.kl.sum(-1).mean()

    def encoder_steps(self, step: int) -> int:
        """Strengthen the encoder: encoder-only updates, on fresh batches, before each joint update."""
        return self.inner.encoder_steps(step) if self.inner else 0

    def on_step(self, model: nn.Module, step: int) -> None:
        """Change the model itself before a step (resets, stages)."""
        if self.inner:
            self.inner.on_step(model, step)


class Annealing(Cure):
    """beta * penalty, with beta growing during training (Bowman et al. 2016; cyclical: Fu et al. 2019)."""

    def __init__(self, beta: Schedule, inner: Cure | None = None):
        super().__init__(inner)
        self.beta = beta

    def penalty(self, terms, step):
        return self.beta(step) * super().penalty(terms, step)


class FreeBits(Cure):
    """sum_j max(floor, E_batch[KL_j]): below `floor` nats a dimension is free (Kingma et al. 2016, appendix C.8).

    This is the per-dimension variant on the batch mean. A KL just above `latent_dim * floor`
    is what the floor bought, not what the model found worth paying for.
    """

    def __init__(self, floor: float):
        super().__init__()
        if not floor >= 0:
            raise GensqError(f"expected free bits >= 0 nats per dimension, got {floor}; try 0.5")
        self.floor = floor

    def penalty(self, terms, step):
        return terms.kl.mean(0).clamp(min=self.floor).sum()


class WordDropout(Cure):
    """Replace decoder inputs by <unk> at random (Bowman et al. 2016, sec. 3.1). The encoder reads every word."""

    def __init__(self, rate: float | Schedule, inner: Cure | None = None):
        super().__init__(inner)
        self.rate = rate if callable(rate) else constant(rate)
        if not 0 <= self.rate(0) <= 1:
            raise GensqError(f"expected a word dropout rate from 0 to 1, got {self.rate(0)}; try 0.3")

    def inputs(self, tokens, step, *, generator):
        return drop_words(super().inputs(tokens, step, generator=generator), self.rate(step), generator=generator)


def drop_words(tokens: Int[Tensor, "batch time"], rate: float, *, generator: torch.Generator
               ) -> Int[Tensor, "batch time"]:
    """Each word becomes <unk> with probability `rate`; <bos> and padding stay."""
    chance = torch.rand(tokens.shape, generator=generator, device=generator.device).to(tokens.device)
    special = (tokens == Vocab.BOS) | (tokens == Vocab.PAD)
    return tokens.masked_fill((chance < rate) & ~special, Vocab.UNK)


FREE_BITS = 0.45  # nats per dimension

NAMED: dict[str, Callable[[int, Cure], Cure]] = {  # name -> (steps of the whole run, inner cure) -> cure
    "none": lambda steps, inner: inner,
    "linear": lambda steps, inner: Annealing(linear(0.0, 1.0, steps=max(steps // 2, 1)), inner),
    "sigmoid": lambda steps, inner: Annealing(sigmoid(0.0, 1.0, steps=max(steps // 2, 1)), inner),
    "cyclical": lambda steps, inner: Annealing(cyclical(0.0, 1.0, period=max(steps // 4, 1)), inner),
    "free_bits": lambda steps, inner: FreeBits(FREE_BITS),
    "word_dropout": lambda steps, inner: WordDropout(linear(0.5, 0.0, steps=max(steps * 3 // 4, 1)), inner),
}


def named(name: str, *, steps: int) -> Cure:
    """A cure by name for a run of `steps` steps; "free_bits+word_dropout" nests the second around the first."""
    parts = name.split("+")
    for part in parts:
        if part not in NAMED:
            raise GensqError(f'expected a cure out of {listed(NAMED)}, or several joined by "+", got "{part}"'
                             f"{nearest(part, NAMED)}")
    if "free_bits" in parts[1:]:
        raise GensqError(f'expected "free_bits" first (it sets the price that others weigh), got "{name}"; reorder it')
    cure = Cure()
    for part in parts:
        cure = NAMED[part](steps, cure)
    return cure
