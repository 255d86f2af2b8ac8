"""The judge that nobody can beat: it knows the world and the player, exactly.

It tells a weak idea from a weak judge. A game that does not help under this judge cannot be helped by a better one; a game
that helps under this judge only is short of a judge.
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


class PerfectJudge(CausalJudge):
    """After each word the exact log p(beginning) - log G(beginning); behind a word that is never said it stays as it is.

    For a player that moves it moves along: it must hold the very player of the game, and is copied together with it.
    """

    def __init__(self, *, everything: Enumeration, player: nn.Module):
        super().__init__()
        self.mass, self.players = masses(everything), (player,)  # in a tuple: its weights are not this judge's to train

    @torch.no_grad()
    def prefix_logits(self, batch: Batch | PairBatch) -> Float[Tensor, "batch time"]:
        player, = self.players
        with evaluating(player):
            by_player = player.token_log_likelihood(batch)
        by_world, alive = self.of_world(batch)
        return ((by_world - by_player) * alive).cumsum(-1).masked_fill(~batch.mask, 0.0)

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


def masses(everything: Enumeration) -> Counter:
    """The probability of every beginning, the empty one of each prompt among them."""
    found: Counter = Counter()
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
