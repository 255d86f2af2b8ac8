"""Nats of sentences, word by word: exact for a language model; for a VAE through its bound, with what z costs beside the words.

The bound is log (1/K) sum_k w_k with log w_k = log p(x | z_k) + log p(z_k) - log q(z_k | x). With the weights w_k / sum w it is
a sum: the mean surprise of each word, and what is left, the price of z: how much more the draws know of x than the prior.
"""
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Distribution

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError, expect, whole
from gensq_lib.maths import objectives
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.models.parts import LatentModel, WordModel
from gensq_lib.text import batching
from gensq_lib.text.batching import Batch
from gensq_lib.text.vocab import Sentence, Vocab

END, LONGEST, MOST = "<eos>", 1_000, 5_000  # tokens in a sentence, samples of z


@dataclass(frozen=True)
class Scored:
    """A sentence and what it costs, nats. The words' nats and `latent`, what z costs (0 without a z), add up to `nats`."""

    text: str
    words: tuple[tuple[str, float], ...]  # <eos> is the last
    nats: float
    latent: float
    unknown: tuple[str, ...]

    def typed(self, line: str) -> "Scored":
        """With the text as somebody typed it."""
        return replace(self, text=line)


@dataclass(frozen=True)
class Summary:
    """Of several sentences. Nats per character and per sentence can be compared between models with other tokens, per token not;
    none of them where words are unknown.
    """

    nats: Estimate  # per sentence
    per_token: float
    per_character: float  # of the text as it was typed
    unknown: float  # share of the words
    sentences: int

    @property
    def perplexity(self) -> float:
        """Per token, <eos> counted."""
        return torch.tensor(self.per_token).exp().item()


class Remembered:
    """A VAE that keeps log p of each word for all samples of z while its bound is computed."""

    def __init__(self, model: LatentModel):
        self.model, self.words = model, []

    def posterior(self, batch: Batch) -> Distribution:
        """q(z | x)."""
        return self.model.posterior(batch)

    def prior(self, condition: Any) -> Distribution:
        """p(z)."""
        return self.model.prior(condition)

    def log_likelihood(self, batch: Batch, z: Float[Tensor, "sample batch latent"]) -> Float[Tensor, "sample batch"]:
        """log p(x | z), as the model itself says it."""
        self.words.append(self.model.token_log_likelihood(batch, z))
        return self.words[-1].sum(-1)


def scored(model: WordModel, vocab: Vocab, show: Callable[[Sentence], str], sentences: Sequence[Sentence], *,
           num_samples: int = 50, seed: int = 0) -> list[Scored]:
    """Each sentence with its nats, in the order in which they came."""
    expect(whole(num_samples, 1) and num_samples <= MOST, f"expected 1 to {MOST:,} samples of z, got {num_samples!r}; try 50")
    most = most_tokens(model)
    for number, sentence in enumerate(sentences, start=1):
        if not 1 <= len(sentence) <= most:
            raise GensqError(f"expected sentences of 1 to {most:,} tokens, got {len(sentence):,} in number {number}; "
                             "leave it out or break it at a stop")
    encoded = [vocab.encode(sentence) for sentence in sentences]
    noise, found = runtime.generator(seed, "score"), {}
    with objectives.evaluating(model):
        for index, batch in batching.in_order(encoded, batch_size=64):
            for place, words, nats in zip(index, *_nats(model, batch, num_samples, noise), strict=True):
                found[int(place)] = words, nats
    return [_one(sentence, vocab, show, *found[i]) for i, sentence in enumerate(sentences)]


def most_tokens(model: WordModel) -> int:
    """That a sentence may have: of a Transformer there are so many places, <bos> or <eos> counted."""
    return min(LONGEST, model.config.get("max_length", LONGEST + 1) - 1)


def _nats(model: WordModel, batch: Batch, num_samples: int, noise: torch.Generator
          ) -> tuple[Float[Tensor, "batch time"], Float[Tensor, "batch"]]:
    """Of each word, and of each sentence with what z costs."""
    if not isinstance(model, LatentModel):
        return -model.token_log_likelihood(batch), -model.log_likelihood(batch)
    remembered = Remembered(model)
    log_weights = objectives.log_weights(remembered, batch, num_samples=num_samples, generator=noise)
    share = log_weights.softmax(0)[..., None]
    return -(share * torch.cat(remembered.words)).sum(0), -objectives.log_mean_exp(log_weights)


def _one(sentence: Sentence, vocab: Vocab, show: Callable[[Sentence], str], words: Tensor, nats: Tensor) -> Scored:
    each = words[: len(sentence) + 1].tolist()
    total = nats.item()
    latent = total - sum(each)
    return Scored(show(sentence), tuple(zip((*sentence, END), each, strict=True)), total,
                  latent if abs(latent) > 1e-3 else 0.0, tuple(vocab.unknown(sentence)))


def summary(found: Sequence[Scored]) -> Summary:
    """Of all of them together. Taught in lesson 21."""
    expect(found, "expected at least one scored sentence, got none; score some first")
    total, tokens = sum(each.nats for each in found), sum(len(each.words) for each in found)
    return Summary(estimate([each.nats for each in found]), total / tokens, total / max(sum(len(each.text) for each in found), 1),
                   sum(len(each.unknown) for each in found) / (tokens - len(found)), len(found))
