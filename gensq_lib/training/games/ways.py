"""The player's side of a game of words: an adversary, and the controls that differ from it in nothing but what their names say.

One Adam serves both players; each update moves one of them.
"""
import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.maths.adversarial import policy
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.judges import Judge
from gensq_lib.training.games.judging import SaidBatches, judge_step, judged
from gensq_lib.training.games.saying import Game, Said
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import Step, language_model_step, make_optimizer, players_optimizer, update

Rewards = Float[Tensor, "batch time"]
Control = Callable[[Rewards, Said, torch.Generator], Rewards]


def shuffled_rewards(rewards: Rewards, said: Said, generator: torch.Generator) -> Rewards:
    """The rewards of another sentence. Their sizes are right, and they say nothing."""
    return rewards[torch.randperm(len(said), generator=generator)].masked_fill(~said.mask, 0.0)


def constant_rewards(rewards: Rewards, said: Said, generator: torch.Generator) -> Rewards:
    """One for each word, whatever it is."""
    return said.mask.float()


def player_loss(player: nn.Module, said: Said, rewards: Rewards) -> Float[Tensor, ""]:
    """REINFORCE with the reward to go, less the others' mean at the same position, in units of its spread.

    Taught in lesson 15.
    """
    returns = policy.reward_to_go(rewards, said.mask)
    advantages = policy.standardised(returns - policy.position_baseline(returns, said.mask), said.mask)
    return policy.reinforce_loss(player.token_log_likelihood(said), advantages, said.mask).mean()


def adversarial_step(game: Game, player: nn.Module, judge: Judge, optimizer: torch.optim.Optimizer, *,
                     control: Control | None = None, whole: bool = False, teacher: float = 0.5, judge_steps: int = 2,
                     clip: float = 1.0) -> Step:
    """The judge's lessons, then one step of the player along its reward plus `teacher` times the likelihood.

    Without teacher forcing mixed in, language GANs tend to collapse (Guo et al. 2018 interleave it).
    """
    lesson = judge_step(judge, game.refused(player), optimizer)

    def step(next_batch, i):
        lessons = [lesson(next_batch, judge_steps * i + k) for k in range(judge_steps)]
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


def likelihood_step(game: Game, player: nn.Module, judge: Judge, optimizer: torch.optim.Optimizer) -> Step:
    """Nobody is judged; in fp32, as all other ways."""
    return language_model_step(player, optimizer, clip=1.0, mixed=False)


WAYS: dict[str, Callable[..., Step]] = {  # to go on; all but the first two are controls and ablations of the second
    "likelihood": likelihood_step,
    "adversarial": adversarial_step,
    "shuffled": partial(adversarial_step, control=shuffled_rewards),
    "constant": partial(adversarial_step, control=constant_rewards, judge_steps=0),
    "paid at the end": partial(adversarial_step, whole=True),
    "no teacher": partial(adversarial_step, teacher=0.0),
    "best of 8": partial(best_of_step, of=8),
    "self-training": partial(best_of_step, of=1),
}


@dataclass(frozen=True)
class Played:
    """Copies of both players after a game, and what was logged; those that were handed in stay as they were."""

    player: nn.Module
    judge: Judge
    history: History


def continued(game: Game, player: nn.Module, judge: Judge, batches: SaidBatches, *, how: str, steps: int,
              learning_rate: float = 5e-4, judge_rate: float = 1e-3) -> Played:
    """`steps` more steps of one of the `WAYS`, on copies: the same start and optimiser for each of them.

    >>> game = Sentences(seed=1, max_length=20)
    >>> played = continued(game, model, judge, batches, how="adversarial", steps=150)
    >>> played.player, played.history.mean("reward", last=20)

    Taught in lesson 15.
    """
    if how not in WAYS:
        raise GensqError(f'expected a way to go on out of {listed(WAYS)}, got "{how}"{nearest(how, WAYS)}')
    player, judge = copy.deepcopy(player), copy.deepcopy(judge)
    optimizer = players_optimizer(player, judge, learning_rate=learning_rate, judge_rate=judge_rate)
    history = fit(WAYS[how](game, player, judge, optimizer), batches, model=nn.ModuleList([player, judge]), optimizer=optimizer,
                  steps=steps, seed=game.seed, show="gradient_norm", name=how)
    return Played(player, judge, history)


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
