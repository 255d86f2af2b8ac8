"""What a cure is, and every cure: one class each, which overrides the method of the place where it acts."""
import math
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.ground.errors import expect
from gensq_lib.maths.divergences import mmd
from gensq_lib.maths.objectives import ElboTerms
from gensq_lib.maths.schedules import Schedule, constant
from gensq_lib.text.vocab import Vocab


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


# Weaken the decoder: what it cannot see, it has to ask of z

class WordDropout(Cure):
    """Decoder inputs become <unk> at random (Bowman et al. 2016, sec. 3.1); the encoder reads all. Taught in lesson 07."""

    def __init__(self, rate: float | Schedule, inner: Cure | None = None):
        super().__init__(inner)
        self.rate = rate if callable(rate) else constant(rate)
        expect(0 <= self.rate(0) <= 1, f"expected a word dropout rate from 0 to 1, got {self.rate(0)}; try 0.3")

    def inputs(self, tokens, step, *, generator):
        return drop_words(super().inputs(tokens, step, generator=generator), self.rate(step), generator=generator)


def drop_words(tokens: Int[Tensor, "batch time"], rate: float, *, generator: torch.Generator
               ) -> Int[Tensor, "batch time"]:
    """Each word becomes <unk> with probability `rate`; <bos> and padding stay. Taught in lesson 07."""
    chance = torch.rand(tokens.shape, generator=generator, device=generator.device).to(tokens.device)
    special = (tokens == Vocab.BOS) | (tokens == Vocab.PAD)
    return tokens.masked_fill((chance < rate) & ~special, Vocab.UNK)


# Strengthen the encoder: it lags behind a decoder that changes under it (He et al. 2019)

class AggressiveEncoder(Cure):
    """`updates` encoder-only updates before each joint one, during the first `until` steps (after He et al. 2019).

    They let the encoder converge anew each time, and stop when its mutual information no longer grows; a fixed number
    and a fixed end cost less and can be compared at equal computation. Taught in lesson 07.
    """

    def __init__(self, updates: int, *, until: int, inner: Cure | None = None):
        super().__init__(inner)
        expect(min(updates, until) >= 1, f"expected updates and until of at least 1, got {updates} and {until}; try 5 and 500")
        self.updates, self.until = updates, until

    def encoder_steps(self, step):
        return self.updates if step < self.until else super().encoder_steps(step)


# Change the price of z: what these return is a loss, and is never called KL or ELBO

class Annealing(Cure):
    """beta * penalty, with beta growing during training (Bowman et al. 2016; cyclical: Fu et al. 2019).

    A constant beta below 1 is the beta-VAE of Higgins et al. (2017), turned the other way round.
    """

    def __init__(self, beta: Schedule | float, inner: Cure | None = None):
        super().__init__(inner)
        self.beta = beta if callable(beta) else constant(beta)

    def penalty(self, terms, step):
        return self.beta(step) * super().penalty(terms, step)


class FreeBits(Cure):
    """sum_j max(floor, E_batch[KL_j]): below `floor` nats a dimension is free (Kingma et al. 2016, appendix C.8).

    This is the per-dimension variant on the batch mean. A KL just above `latent_dim * floor`
    is what the floor bought, not what the model found worth paying for. Taught in lesson 08.
    """

    def __init__(self, floor: float):
        super().__init__()
        self.floor = _not_negative("free bits", floor, "nats per dimension; try 0.5")

    def penalty(self, terms, step):
        return terms.kl.mean(0).clamp(min=self.floor).sum()


class GroupFreeBits(FreeBits):
    """The same with one floor for each of `groups` equal groups of dimensions: inside a group they share it.

    Taught in lesson 08.
    """

    def __init__(self, floor: float, *, groups: int = 1):
        super().__init__(floor)
        self.groups = groups

    def penalty(self, terms, step):
        latent_dim = terms.kl.shape[-1]
        expect(latent_dim % self.groups == 0, f"expected groups that divide {latent_dim} dimensions, got {self.groups}; try 2")
        return terms.kl.mean(0).view(self.groups, -1).sum(-1).clamp(min=self.floor).sum()


class TargetRate(Cure):
    """|KL - target|: too little costs as much as too much, so the rate is held at `target` nats per sentence.

    A way to ask for one point of the rate-distortion plane (Alemi et al. 2018).
    """

    def __init__(self, target: float):
        super().__init__()
        self.target = _not_negative("a target rate", target, "nats per sentence; try 4")

    def penalty(self, terms, step):
        return (terms.kl.sum(-1).mean() - self.target).abs()


class MMD(Cure):
    """kl_weight * KL + weight * MMD²(q(z), p(z)): asks of all codes together that they look like the prior.

    InfoVAE (Zhao et al. 2019). The kernel's bandwidth grows with the dimension: with a bandwidth of 1 every pair of
    points in 16 dimensions is far apart, and the gradient is dead.
    """

    def __init__(self, weight: float, *, kl_weight: float = 0.0, bandwidth: float | None = None, seed: int = 0):
        super().__init__()
        self.weight, self.kl_weight, self.bandwidth, self.seed = weight, kl_weight, bandwidth, seed

    def penalty(self, terms, step):
        return self.kl_weight * super().penalty(terms, step) + self.weight * self.discrepancy(terms.z[0], step)

    def discrepancy(self, z: Float[Tensor, "batch latent"], step: int) -> Float[Tensor, ""]:
        """MMD² of codes and fresh draws from the prior; `bandwidth` is the median distance² unless it is given."""
        prior = torch.randn(z.shape, generator=torch.Generator().manual_seed(self.seed * 1_000_003 + step)).to(z.device)
        return mmd(z.float(), prior, bandwidth=self.bandwidth)


def _not_negative(what: str, value: float, advice: str) -> float:
    expect(0 <= value < math.inf, f"expected {what} >= 0 {advice}, got {value}")
    return value


# Train in stages

class AutoencoderFirst(Cure):
    """An autoencoder for `first` steps (z is free), then a new decoder and the inner cure (Li et al. 2019).

    The encoder keeps what it has learnt to say; the decoder goes back to `decoder_start`, or to random weights, so that
    it has to listen. Li et al. raise the KL slowly and use free bits afterwards: that is the inner cure's part.
    """

    def __init__(self, first: int, inner: Cure | None = None, *, decoder_start: nn.Module | None = None, seed: int = 0):
        super().__init__(inner)
        self.first, self.decoder_start, self.seed = first, decoder_start, seed

    def penalty(self, terms, step):
        return terms.kl.new_zeros(()) if step < self.first else super().penalty(terms, step - self.first)

    def on_step(self, model, step):
        super().on_step(model, step)
        if step != self.first:
            return
        if self.decoder_start is not None:
            model.decoder.start_from(self.decoder_start)
            return
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            model.decoder.reset_parameters()


# Give z a further task, which cannot be done without it

class BagOfWords(Cure):
    """Name the words of the sentence from z alone, in any order (Zhao et al. 2017).

    A teacher-forced decoder gains little from a z that knows the topic, because the words so far tell it; this task
    does gain. The model brings the network for it: `bag_log_likelihood`.
    """

    def __init__(self, weight: float | Schedule, inner: Cure | None = None):
        super().__init__(inner)
        self.weight = weight if callable(weight) else constant(weight)

    def task(self, model, batch, terms, step):
        loss = -model.bag_log_likelihood(batch, terms.z).mean()
        return super().task(model, batch, terms, step) + self.weight(step) * loss
