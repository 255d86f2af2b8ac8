"""The player's side of a game of words: steps along a judge's reward.

One Adam serves both players; each update moves one of them.
"""
import copy
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.maths.adversarial import policy
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.judges import Judge
from gensq_lib.training.games.judging import SaidBatches, judge_step, judged
from gensq_lib.training.games.saying import Game, Said
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import Step, make_optimizer, update

Rewards = Float[Tensor, "batch time"]
Control = Callable[[Rewards, Said, torch.Generator], Rewards]


def player_loss(player: nn.Module, said: Said, rewards: Rewards) -> Float[Tensor, ""]:
    """REINFORCE with the reward to go, less the others' mean at the same position, in units of its spread.

    Taught in lesson 15.
    """
    returns = policy.reward_to_go(rewards, said.mask)
    advantages = policy.standardised(returns - policy.position_baseline(returns, said.mask), said.mask)
    return policy.reinforce_loss(player.token_log_likelihood(said), advantages, said.mask).mean()


def adversarial_step(game: Game, player: nn.Module, judge: Judge, optimizer: torch.optim.Optimizer, *,
                     control: Control | None = None, whole: bool = False, teacher: float = 0.5, judge_steps: int = 2,
                     reads: Callable[[], Said] | None = None, clip: float = 1.0) -> Step:
    """The judge's lessons, then one step of the player along its reward plus `teacher` times the likelihood.

    Without teacher forcing mixed in, language GANs tend to collapse (Guo et al. 2018 interleave it). The judge `reads` what the
    player learns from, or something else.
    """
    lesson = judge_step(judge, game.refused(player), optimizer, watched=True)

    def step(next_batch, i):
        lessons = [lesson(reads or next_batch, judge_steps * i + k) for k in range(judge_steps)]
        noise = game.noise(i)
        player.eval()
        said = game.draw(player, game.asked(i), noise)
        rewards = judged(judge, said, whole=whole)
        rewards = control(rewards, said, noise) if control else rewards
        loss = player_loss(player, said, rewards)
        player.train()
        nll = -player.log_likelihood(next_batch()).mean()
        norm = update(loss + teacher * nll, optimizer, clip=clip, parameters=player.parameters())
        last = lessons[-1] if lessons else {}
        return {"reward": rewards.sum(-1).mean().item(), "nll": nll.item(), "gradient_norm": norm} | last

    return step


def best_of_step(game: Game, player: nn.Module, judge: Judge, optimizer: torch.optim.Optimizer, *, of: int,
                 teacher: float = 0.5, clip: float = 1.0) -> Step:
    """Without a policy gradient: say `of` times as much, learn the judge's favourites by heart."""
    def step(next_batch, i):
        several = game.draw(player, game.asked(i, of=of), game.noise(i))
        with evaluating(judge):
            favourites = several.select(game.best(judge.logits(several), of=of))
        nll = -player.log_likelihood(next_batch()).mean()
        loss = -player.log_likelihood(favourites).mean() + teacher * nll
        return {"nll": nll.item(), "gradient_norm": update(loss, optimizer, clip=clip, parameters=player.parameters())}

    return step


@dataclass(frozen=True)
class Played:
    """Copies of both players after a game, and what was logged; those that were handed in stay as they were."""

    player: nn.Module
    judge: Judge
    history: History


def leashed_step(game: Game, player: nn.Module, reference: nn.Module, judge: Judge, optimizer: torch.optim.Optimizer, *,
                 leash: float, group: int, clip: float = 1.0) -> Step:
    """Maximise a reward model less `leash` times KL(player ‖ reference), as language models are tuned to preferences.

    The reward model is a judge that stays as it is. Each sentence is compared with the others of its group, in units of the
    spread of all.
    """
    def step(next_batch, i):
        player.eval()
        said = game.draw(player, game.asked(i), game.noise(i))
        log_probs = player.token_log_likelihood(said)
        with evaluating(reference), evaluating(judge):
            log_ratio = log_probs.detach().sum(-1) - reference.log_likelihood(said)
            rewards = judge.logits(said)
        earned = rewards - leash * log_ratio
        advantages = (earned - policy.group_baseline(earned, group=group)) / earned.std().clamp(min=1e-6)
        loss = policy.reinforce_loss(log_probs, advantages[:, None].expand_as(log_probs), said.mask).mean()
        norm = update(loss, optimizer, clip=clip)
        return {"reward": rewards.mean().item(), "kl": log_ratio.mean().item(), "gradient_norm": norm}

    return step


def tuned(game: Game, player: nn.Module, judge: Judge, batches: SaidBatches, *, leash: float, steps: int, group: int = 8,
          learning_rate: float = 1e-3) -> Played:
    """`steps` times `leashed_step`, for a copy of the player; the player itself is the reference. Taught in lesson 15."""
    moving = copy.deepcopy(player)
    optimizer = make_optimizer(moving, learning_rate=learning_rate)
    step = leashed_step(game, moving, player, judge, optimizer, leash=leash, group=group)
    history = fit(step, batches, model=moving, optimizer=optimizer, steps=steps, seed=game.seed, show="reward", name="tuned")
    return Played(moving, judge, history)
