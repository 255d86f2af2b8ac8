"""Ways to go on with a trained player: an adversary, and the controls that differ from it in nothing but what their names say."""
import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn

from gensq_course.studies.preferences import preference_step
from gensq_lib.ground.errors import chosen
from gensq_lib.models.judges import Judge
from gensq_lib.training.games.judging import SaidBatches
from gensq_lib.training.games.saying import Game, Said
from gensq_lib.training.games.ways import Played, Rewards, adversarial_step, best_of_step
from gensq_lib.training.loop import fit
from gensq_lib.training.steps import Step, language_model_step, players_optimizer


def shuffled_rewards(rewards: Rewards, said: Said, generator: torch.Generator) -> Rewards:
    """The rewards of another sentence of the same length, where there is one. Sizes and places are right, and they say nothing.

    Among sentences of all lengths the reward of a longer one would be cut off, and that of a shorter one paid too early.
    """
    lengths = said.mask.sum(1)
    order = torch.randperm(len(said), generator=generator).to(lengths.device)
    order = order[lengths[order].argsort(stable=True)]  # those of one length stand together, in any order
    first, behind = (torch.searchsorted(lengths[order].contiguous(), lengths[order], right=right) for right in (False, True))
    following = torch.arange(len(said), device=lengths.device) + 1
    mixed = torch.empty_like(rewards)
    mixed[order] = rewards[order[torch.where(following < behind, following, first)]]
    return mixed


def constant_rewards(rewards: Rewards, said: Said, generator: torch.Generator) -> Rewards:
    """One for each word, whatever it is."""
    return said.mask.float()


def likelihood_step(game: Game, player: nn.Module, judge: Judge, optimizer: torch.optim.Optimizer) -> Step:
    """Nobody is judged; in fp32, as all other ways."""
    return language_model_step(player, optimizer, clip=1.0, mixed=False)


WAYS: dict[str, Callable[..., Step]] = {  # to go on; all but the first two are controls and ablations of the second
    "likelihood": likelihood_step,
    "adversarial": adversarial_step,
    "shuffled": partial(adversarial_step, control=shuffled_rewards),
    "constant": partial(adversarial_step, control=constant_rewards, judge_steps=0),
    "perfect judge": partial(adversarial_step, judge_steps=0),  # for a `PerfectJudge`
    "paid at the end": partial(adversarial_step, whole=True),
    "no teacher": partial(adversarial_step, teacher=0.0),
    "best of 8": partial(best_of_step, of=8),
    "self-training": partial(best_of_step, of=1),
    "preferences": preference_step,  # of a frozen judge, between two sentences of the start
}


def continued(game: Game, player: nn.Module, judge: Judge, batches: SaidBatches, *, how: str, steps: int,
              learning_rate: float = 5e-4, judge_rate: float = 1e-3, **options: Any) -> Played:
    """`steps` more steps of one of the `WAYS`, on copies: the same start and optimiser for each of them.

    `options` are those of the step; `reads`, say: what the judge learns from, where that is not what the player does.

    >>> game = Sentences(seed=1, max_length=20)
    >>> played = continued(game, model, judge, batches, how="adversarial", steps=150)
    >>> played.player, played.history.mean("reward", last=20)
    """
    way = chosen("a way to go on", how, WAYS)
    player, judge = copy.deepcopy((player, judge))  # together: a perfect judge holds the player
    optimizer = players_optimizer(player, judge, learning_rate=learning_rate, judge_rate=judge_rate)
    history = fit(way(game, player, judge, optimizer, **options), batches, model=nn.ModuleList([player, judge]),
                  optimizer=optimizer, steps=steps, seed=game.seed, show="gradient_norm", name=how)
    return Played(player, judge, history)
