"""Judges that ask the player what it would have said: log p(beginning) - log G(beginning), with a p of their own.

The perfect judge has the world's p, and nobody can beat it. It tells a weak idea from a weak judge: a game that does not help
under this judge cannot be helped by a better one; a game that helps under this judge only is short of a judge.
"""
import math
from collections import Counter
from collections.abc import Hashable, Iterator

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.diagnostics import Enumeration
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.judges import CausalJudge
from gensq_lib.text.batching import Batch
from gensq_lib.text.pairs import PairBatch

NEVER = -20.0  # nats for a word that the world never says there; minus infinity cannot be learnt from

Beginning = tuple[Hashable, ...]  # what was asked, then words


class RatioJudge(CausalJudge):
    """After each word log p(beginning) - log G(beginning), where p is another language model: one that has read more, say.

    For a player that moves it moves along: it must hold the very player of the game, and is copied together with it.
    """

    def __init__(self, *, player: nn.Module, reader: nn.Module | None = None):
        super().__init__()
        self.held = player, reader  # in a tuple: their weights are not this judge's to train

    @torch.no_grad()
    def prefix_logits(self, batch: Batch | PairBatch) -> Float[Tensor, "batch time"]:
        player, _ = self.held
        with evaluating(player):
            by_player = player.token_log_likelihood(batch)
        log_p, alive = self.of_world(batch)
        return ((log_p - by_player) * alive).cumsum(-1).masked_fill(~batch.mask, 0.0)

    def of_world(self, batch: Batch | PairBatch) -> tuple[Float[Tensor, "batch time"], Float[Tensor, "batch time"]]:
        """log p of each word after those before it, and 1 where it counts."""
        _, reader = self.held
        with evaluating(reader):
            return reader.token_log_likelihood(batch), batch.mask.float()


class PerfectJudge(RatioJudge):
    """With the world's own p. Behind a word that is never said the log ratio stays as it is."""

    def __init__(self, *, everything: Enumeration, player: nn.Module):
        super().__init__(player=player)
        self.mass = masses(everything)

    def of_world(self, batch: Batch | PairBatch) -> tuple[Float[Tensor, "batch time"], Float[Tensor, "batch time"]]:
        """log p of each word after those before it, and 1 up to the first word that is never said, 0 behind it."""
        log_p, alive = torch.zeros(batch.targets.shape), torch.zeros(batch.targets.shape)
        for i, said in enumerate(spoken(batch)):
            for t in range(1, len(said)):
                before, now = self.mass[said[:t]], self.mass[said[:t + 1]]
                log_p[i, t - 1], alive[i, t - 1] = math.log(now / before) if now else NEVER, 1.0
                if not now:
                    break
        return log_p.to(batch.targets.device), alive.to(batch.targets.device)


class Masses(Counter):
    """What the world says does not change: whoever copies a judge keeps these as they are."""

    def __deepcopy__(self, memo: dict) -> "Masses":
        return self


def masses(everything: Enumeration) -> Masses:
    """The probability of every beginning, the empty one of each prompt among them."""
    found = Masses()
    for places, batch in everything.batches:
        for p, said in zip(everything.world[places].exp().tolist(), spoken(batch), strict=True):
            for end in range(1, len(said) + 1):
                found[said[:end]] += p
    return found


def spoken(batch: Batch | PairBatch) -> Iterator[Beginning]:
    """Each example: what was asked (nothing, or prompt and labels), then its words, <eos> included."""
    asked: list[Hashable] = [None] * len(batch)
    if isinstance(batch, PairBatch):
        prompts = zip(batch.prompts.tokens.tolist(), batch.prompts.lengths.tolist(), batch.prompts.labels.tolist(), strict=True)
        asked = [(tuple(words[:length]), tuple(labels)) for words, length, labels in prompts]
    rows = zip(asked, batch.targets.tolist(), batch.lengths.tolist(), strict=True)
    return ((question, *words[:length]) for question, words, length in rows)
