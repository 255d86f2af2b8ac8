"""What is said in a game of words, and what a judge is taught to refuse: all in which sentences and replies differ."""
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import Decoder, sample
from gensq_lib.text.pairs import PairBatch, Prompts

Said = Batch | PairBatch
Kinds = list[tuple[float, Said]]  # of fakes, each with its weight
Fakes = Callable[[Said, int], Said]  # (real, step) -> as many that a player made


@dataclass(frozen=True, kw_only=True)
class Game(ABC):
    """How a player speaks. `asked` is what it is asked for: a number of sentences, or prompts. Drawn from (seed, step) alone."""

    seed: int
    max_length: int  # tokens of what is said, <eos> counted
    pool: int  # how much is drawn once from a player that stays as it is
    name: ClassVar[str]

    @abstractmethod
    def draw(self, player: nn.Module, asked: Any, generator: torch.Generator) -> Said:
        """What the player says when it is asked for this, drawn in evaluation mode."""

    @abstractmethod
    def asked(self, i: int, *, of: int = 0) -> Any:
        """At step i; `of` times as much as is chosen, where the best of it is."""

    @abstractmethod
    def best(self, scores: Float[Tensor, "batch"], *, of: int) -> Int[Tensor, "chosen"]:
        """Which to keep, one out of `of`, by the judge's score."""

    @abstractmethod
    def fakes(self, player: nn.Module, real: Said, i: int) -> Said:
        """As many as are real, drawn anew at each step."""

    @abstractmethod
    def pooled(self, player: nn.Module) -> Fakes:
        """As `fakes`, out of a pool."""

    def noise(self, i: int) -> torch.Generator:
        """For what is said at step i."""
        return runtime.generator(self.seed, self.name, i)

    def kinds(self, real: Said, fake: Said) -> Kinds:
        """All that is refused beside `real`, with weights that add up to 1."""
        return [(1.0, fake)]

    def refused(self, player: nn.Module, *, pooled: bool = False) -> Callable[[Said, int], Kinds]:
        """What a judge is taught to refuse beside what is real."""
        fakes = self.pooled(player) if pooled else partial(self.fakes, player)
        return lambda real, i: self.kinds(real, fakes(real, i))


@dataclass(frozen=True, kw_only=True)
class Sentences(Game):
    """A language model speaks unasked: `num` sentences at each step, half as many where it has to choose.

    Taught in lesson 15.
    """

    num: int = 64
    pool: int = 20_000  # sentences
    name = "sentences"

    def draw(self, player: Decoder, asked: int, generator: torch.Generator) -> Batch:
        with evaluating(player):
            return sample(player, num=asked, max_length=self.max_length, generator=generator).batch()

    def asked(self, i: int, *, of: int = 0) -> int:
        return self.num // 2 * of if of else self.num

    def best(self, scores: Float[Tensor, "batch"], *, of: int) -> Int[Tensor, "chosen"]:
        return scores.topk(len(scores) // of).indices

    def fakes(self, player: Decoder, real: Batch, i: int) -> Batch:
        return self.draw(player, len(real), runtime.generator(self.seed, "fakes", i))

    def pooled(self, player: Decoder) -> Fakes:
        pool = self.draw(player, self.pool, runtime.generator(self.seed, "pool"))
        return lambda real, i: pool.select(
            torch.randint(len(pool), (len(real),), generator=runtime.generator(self.seed, "fakes", i)))


@dataclass(frozen=True, kw_only=True)
class Replies(Game):
    """A model answers `prompts(i)`, which have no reply, and those of real exchanges beside people (Li et al. 2017).

    Some of what the judge refuses are real replies to other prompts: it must read the prompt. With such negatives the reward
    is a shaped one and no estimate of log p_data / p_model.
    """

    prompts: Callable[[int], Prompts]
    pool: int = 40  # batches, whose replies come back again and again
    others: float = 0.2  # of what is refused: real replies to other prompts. With half of them a judge learns little else
    name = "replies"

    def draw(self, player: Seq2Seq, asked: Prompts, generator: torch.Generator) -> PairBatch:
        with evaluating(player):
            drawn = sample(player.answering(asked), num=len(asked), max_length=self.max_length, generator=generator)
        return PairBatch(asked, drawn.batch())

    def asked(self, i: int, *, of: int = 0) -> Prompts:
        return self.prompts(i).repeated(of or 1)

    def best(self, scores: Float[Tensor, "batch"], *, of: int) -> Int[Tensor, "chosen"]:
        return torch.arange(0, len(scores), of, device=scores.device) + scores.view(-1, of).argmax(1)

    def fakes(self, player: Seq2Seq, real: PairBatch, i: int) -> PairBatch:
        return self.draw(player, real.prompts, runtime.generator(self.seed, "fakes", i))

    def pooled(self, player: Seq2Seq) -> Fakes:
        pool: list[PairBatch] = []

        def fakes(real: PairBatch, i: int) -> PairBatch:
            if len(pool) < self.pool:
                pool.append(self.fakes(player, real, i))
            return pool[i % len(pool)]

        return fakes

    def kinds(self, real: PairBatch, fake: PairBatch) -> Kinds:
        return [(1 - self.others, fake), (self.others, mismatched(real))]


def mismatched(batch: PairBatch) -> PairBatch:
    """Each reply beside its neighbour's prompt and labels."""
    return PairBatch(batch.prompts.select(torch.arange(len(batch), device=batch.lengths.device).roll(1)), batch.reply)
