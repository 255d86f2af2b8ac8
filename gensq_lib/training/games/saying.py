"""What is said in a game of words, and what a judge is taught to refuse: all in which sentences and others (replies) differ."""
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
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import Decoder, sample
from gensq_lib.text.pairs import PairBatch

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
