"""Keys judged by whole sentences: by what the world itself says of them (the perfect judge), or by what trigrams have learned.

A judge gives log p of many padded sentences at once; `climbed` swaps words of a key as long as the judge likes it better.
"""
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import log
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import pad

from gensq_lib.diagnostics import Enumeration
from gensq_lib.ground.runtime import generator
from gensq_lib.models.ngram import NGram
from gensq_lib.models.parts import NEVER
from gensq_lib.text.batching import Batch
from gensq_lib.text.vocab import Sentence, Vocab
from gensq_lib.training.deciphering import Key

Words = Int[Tensor, "batch time"]  # with <eos>, padded
Each = Float[Tensor, "batch"]
FIRST, LONGEST, TINY = len(Vocab.SPECIALS), 40, 1e-9  # a gain below it, in nats, is none


@runtime_checkable
class Judge(Protocol):
    """Says how likely plain sentences are."""

    def log_p(self, words: Words) -> Each:
        """Nats of each sentence."""


@dataclass(frozen=True)
class Perfect:
    """log p of any sentence of a world that is small enough to list; log of `NEVER` for what it never says."""

    everything: Enumeration
    vocab_size: int

    @cached_property
    def numbers(self) -> Int[Tensor, "place vocab"]:
        """A random number for each word at each place: a sentence is known by its sum (Zobrist hashing). Padding adds nothing."""
        drawn = torch.randint(-2**62, 2**62, (LONGEST, self.vocab_size), generator=generator(0, "zobrist"))
        drawn[:, Vocab.PAD] = 0
        return drawn

    def number(self, words: Words) -> Int[Tensor, "batch"]:
        """Of each sentence."""
        return self.numbers[torch.arange(words.shape[1]), words].sum(1)

    @cached_property
    def listed(self) -> tuple[Int[Tensor, "sentence"], Float[Tensor, "sentence"]]:
        """All sentences by their numbers, in order, and log p of each."""
        numbers = torch.cat([self.number(batch.targets) for _, batch in self.everything.batches])
        log_p = torch.cat([self.everything.world[places] for places, _ in self.everything.batches])
        order = numbers.argsort()
        return numbers[order], log_p[order]

    def log_p(self, words: Words) -> Each:
        numbers, log_p = self.listed
        asked = self.number(words)
        place = torch.searchsorted(numbers, asked).clamp(max=len(numbers) - 1)
        return torch.where(numbers[place] == asked, log_p[place], log(NEVER))


@dataclass(frozen=True)
class Trigrams:
    """log p by a trigram model of the plain side, for all contexts at once: [before, previous, next], nats."""

    table: Float[Tensor, "vocab vocab vocab"]

    @classmethod
    def of(cls, sentences: list[Sentence], vocab: Vocab) -> "Trigrams":
        """Kneser-Ney, as in lesson 05."""
        model, size = NGram(order=3, vocab_size=len(vocab)).fit([vocab.encode(s) for s in sentences]), len(vocab)
        before, previous = torch.cartesian_prod(torch.arange(size), torch.arange(size)).T
        state = (torch.stack([torch.full_like(before, Vocab.PAD), before], 1),)  # `step` drops the first of them
        return cls(model.step(previous, state)[0].view(size, size, size).double())

    def log_p(self, words: Words) -> Each:
        previous = pad(words[:, :-1], (1, 0), value=Vocab.BOS)
        before = pad(previous[:, :-1], (1, 0), value=Vocab.PAD)
        return (self.table[before, previous, words] * (words != Vocab.PAD)).sum(1)


def judged(judge: Judge, key: Key, batch: Batch, weight: Each) -> float:
    """log p of all secret sentences once they are deciphered, nats; `weight` says how often each came."""
    return (weight * judge.log_p(key[batch.targets])).sum().item()


def climbed(judge: Judge, key: Key, batch: Batch, weight: Each, *, sweeps: int = 10) -> Key:
    """The key after all swaps of two words that raise what the judge says, until a sweep over all pairs finds none."""
    key, secret = key.clone(), batch.targets
    current = judge.log_p(key[secret])
    holds = torch.zeros(len(key), len(secret), dtype=torch.bool)
    holds[secret, torch.arange(len(secret))[:, None]] = True
    for _ in range(sweeps):
        before = key.clone()
        for a, b in combinations(range(FIRST, len(key)), 2):
            rows = (holds[a] | holds[b]).nonzero()[:, 0]  # no other sentence changes
            swapped = key.clone()
            swapped[[a, b]] = key[[b, a]]
            new = judge.log_p(swapped[secret[rows]])
            if (weight[rows] * (new - current[rows])).sum() > TINY:
                key, current[rows] = swapped, new
        if (key == before).all():
            break
    return key
