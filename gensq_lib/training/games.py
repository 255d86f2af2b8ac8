"""What games of words share: a generator that is paid by a judge for each word, its controls, and how a game is played.

A game says how its generator talks (`draw`) and what the judge pays (`reward`); everything else stands here, so that an
adversary and its controls differ in nothing but what their names say.
"""
import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.maths.adversarial import LOSSES, policy
from gensq_lib.text.batching import Batch
from gensq_lib.text.pairs import PairBatch
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import Step, players_optimizer, update

Said = Batch | PairBatch
Rewards = Float[Tensor, "batch time"]
Draw = Callable[[int, torch.Generator], Said]  # (step, noise) -> what the generator says
Reward = Callable[[Said, torch.Generator], Rewards]
GAME = LOSSES["minimax"]  # what a judge pays: binary cross-entropy
CLIP = 5.0  # of the reward of one word: an untrained judge's surprise at a rare word is no verdict


def as_judged(rewards: Rewards, said: Said, noise: torch.Generator) -> Rewards:
    return rewards


def shuffled(rewards: Rewards, said: Said, noise: torch.Generator) -> Rewards:
    """Control: the rewards of another sentence. Their sizes are right, and they say nothing."""
    return rewards[torch.randperm(len(said), generator=noise)].masked_fill(~said.mask, 0.0)


def constant(rewards: Rewards, said: Said, noise: torch.Generator) -> Rewards:
    """Control: one for each word, whatever it is."""
    return said.mask.float()


CONTROLS: dict[str, Callable[[Rewards, Said, torch.Generator], Rewards]] = {
    "as judged": as_judged, "shuffled": shuffled, "constant": constant}


def generator_loss(generator: nn.Module, said: Said, rewards: Rewards) -> Float[Tensor, ""]:
    """REINFORCE with the reward to go, less the others' mean at the same position, in units of its spread."""
    returns = policy.reward_to_go(rewards, said.mask)
    advantages = policy.standardised(returns - policy.position_baseline(returns, said.mask), said.mask)
    return policy.reinforce_loss(generator.token_log_likelihood(said), advantages, said.mask).mean()


def rewarded_step(generator: nn.Module, optimizer: torch.optim.Optimizer, *, lesson: Step, judge_steps: int, draw: Draw,
                  reward: Reward, noise: Callable[[int], torch.Generator], teacher: float, clip: float) -> Step:
    """The judge's lessons, then one step of the generator along the judge's reward plus `teacher` times the likelihood.

    Without teacher forcing mixed in, language GANs tend to collapse (Guo et al. 2018 interleave it).
    """
    def step(next_batch, i):
        lessons = [lesson(next_batch, judge_steps * i + k) for k in range(judge_steps)]
        source = noise(i)
        generator.eval()
        said = draw(i, source)
        rewards = reward(said, source)
        loss = generator_loss(generator, said, rewards)
        generator.train()
        nll = -generator.log_likelihood(next_batch()).mean()
        norm = update(loss + teacher * nll, optimizer, clip=clip, parameters=generator.parameters())
        last = lessons[-1] if lessons else {}
        return {"reward": rewards.sum(-1).mean().item(), "nll": nll.item(), "gradient_norm": norm} | last

    return step


def imitation_step(generator: nn.Module, optimizer: torch.optim.Optimizer, *, chosen: Callable[[int], Said], teacher: float,
                   clip: float) -> Step:
    """Control without a policy gradient: learn what was chosen among the generator's own words by heart."""
    def step(next_batch, i):
        favourites = chosen(i)
        nll = -generator.log_likelihood(next_batch()).mean()
        loss = -generator.log_likelihood(favourites).mean() + teacher * nll
        return {"nll": nll.item(), "gradient_norm": update(loss, optimizer, clip=clip, parameters=generator.parameters())}

    return step


@dataclass(frozen=True)
class Played:
    """Copies of both players after a game, and what was logged; those that were handed in stay as they were."""

    generator: nn.Module
    judge: nn.Module
    history: History


Ways = Callable[[nn.Module, nn.Module, torch.optim.Optimizer], Mapping[str, Callable[[], Step]]]


def play(generator: nn.Module, judge: nn.Module, batches: Callable[[int], Any], ways: Ways, *, how: str, steps: int, seed: int,
         learning_rate: float, judge_rate: float) -> Played:
    """`steps` more steps of one of the `ways` to go on, on copies: the same start and optimiser for each of them."""
    generator, judge = copy.deepcopy(generator), copy.deepcopy(judge)
    optimizer = players_optimizer(generator, judge, learning_rate=learning_rate, judge_rate=judge_rate)
    make = ways(generator, judge, optimizer)
    if how not in make:
        raise GensqError(f'expected a way to go on out of {listed(make)}, got "{how}"{nearest(how, make)}')
    history = fit(make[how](), batches, model=nn.ModuleList([generator, judge]), optimizer=optimizer, steps=steps, seed=seed,
                  show="gradient_norm", name=how)
    return Played(generator, judge, history)
