"""Where a leash leads, exactly, and direct preference optimisation, which goes there without a game (Rafailov et al. 2023)."""
import copy
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.judges import Judge
from gensq_lib.text.batching import joined
from gensq_lib.training.games.saying import Game, Said
from gensq_lib.training.steps import Step, update

Pairs = Float[Tensor, "batch"]


def leashed(log_start: Float[Tensor, "batch sentence"], rewards: Float[Tensor, "batch sentence"], beta: float
            ) -> Float[Tensor, "batch sentence"]:
    """log of start(x) exp(reward(x) / beta) / Z, over all sentences x: the most reward for beta times KL(player ‖ start)."""
    heights = log_start + rewards / beta
    return heights - heights.logsumexp(-1, keepdim=True)


def preference_loss(chosen: Pairs, rejected: Pairs, chosen_start: Pairs, rejected_start: Pairs, beta: float) -> Pairs:
    """log p of both sentences of a pair under the player and its start -> a loss for each pair. Taught in lesson 15."""
    margin = (chosen - chosen_start) - (rejected - rejected_start)
    return -logsigmoid(beta * margin)


def preference_step(game: Game, player: nn.Module, judge: Judge, optimizer: torch.optim.Optimizer, *, leash: float = 1.0,
                    loss: Callable[..., Pairs] = preference_loss, clip: float = 1.0) -> Step:
    """Pairs of the start's own sentences; a judge that stays as it is prefers one by the difference of its log-odds."""
    start = copy.deepcopy(player)

    def step(next_batch, i):
        chosen, rejected = preferred(game, start, judge, i)
        with evaluating(start):
            before = [start.log_likelihood(said) for said in (chosen, rejected)]
        now = [player.log_likelihood(said) for said in (chosen, rejected)]
        paid = loss(*now, *before, leash).mean()
        return {"loss": paid.item(), "gradient_norm": update(paid, optimizer, clip=clip, parameters=player.parameters())}

    return step


def preferred(game: Game, start: nn.Module, judge: Judge, i: int) -> tuple[Said, Said]:
    """Two sentences of the start, or two replies to the same prompt: the first wins with the probability sigmoid(r - r')."""
    noise = game.noise(i)
    both = joined([game.draw(start, game.asked(i), noise) for _ in range(2)])
    with evaluating(judge):
        first, second = judge.logits(both).chunk(2)
    wins, places = torch.rand(len(first), generator=noise) < (first - second).sigmoid().cpu(), torch.arange(len(first))
    return tuple(both.select(torch.where(better, places, places + len(first))) for better in (wins, ~wins))
