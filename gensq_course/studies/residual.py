"""A judge at decoding time: what a player says, drawn again in proportion to what the judge thinks of it.

The model G(x) exp(r(x)) / Z is the residual energy model of Deng et al. (2020): G as it is, and nothing trained but the judge.
With the log-odds of a judge as r it minimises the judge's own loss over r, so that an honest judge must help: with the perfect
judge it *is* the world. It is also where a leash of strength 1 / `scale` leads that holds a model to G while r is its reward.
Of replies there is a G, an r and a Z for every prompt.
"""
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course.studies.perfect import spoken
from gensq_lib.diagnostics import Enumeration, Outcomes
from gensq_lib.maths.objectives import evaluate, evaluating
from gensq_lib.models.judges import Judge
from gensq_lib.training.games.saying import Said


@dataclass(frozen=True)
class Residual:
    """What a player and a judge make of everything that the world can say, and of what the player said."""

    everything: Enumeration
    log_g: Float[Tensor, "outcome"]  # of the player
    rewards: Float[Tensor, "outcome"]  # of the judge: its log-odds
    drawn_rewards: Float[Tensor, "group sample"]  # of what the player said, as often for each prompt; sentences are one group
    drawn_valid: Float[Tensor, "group sample"]  # 1 where the world says it, too

    def outcomes(self, *, scale: float = 1.0) -> Outcomes:
        """log G + scale · r - log Z, exact but for the part of Z that invalid sentences hold, which the draws estimate."""
        group, heights = self.everything.group, self.log_g + scale * self.rewards
        log_z = torch.logaddexp(self._log_sums(heights), self._invalid(scale))
        return Outcomes(self.everything.world, heights - log_z[group], group)

    def _log_sums(self, heights: Float[Tensor, "outcome"]) -> Float[Tensor, "group"]:
        """Over the outcomes of each group."""
        group, num = self.everything.group, len(self.drawn_rewards)
        most = torch.full((num,), -torch.inf, dtype=heights.dtype).scatter_reduce(0, group, heights, "amax")
        return most + torch.zeros_like(most).index_add(0, group, (heights - most[group]).exp()).log()

    def _invalid(self, scale: float) -> Float[Tensor, "group"]:
        """The logarithm of the sum of G exp(scale · r) over all that the world never says: the share of it is known exactly, the
        mean of exp is that of the draws; where nothing invalid was drawn, that of the draws of all groups."""
        heights = (scale * self.drawn_rewards.double()).masked_fill(self.drawn_valid == 1, -torch.inf)
        count = (self.drawn_valid == 0).sum(-1)
        of_all = heights.flatten().logsumexp(0) - count.sum().clamp(min=1).log()
        means = torch.where(count > 0, heights.logsumexp(-1) - count.log(), of_all)
        return means + (1 - self._log_sums(self.log_g).exp()).clamp(min=0).log()

    def reward(self, *, scale: float) -> float:
        """The mean reward of what it says, by the draws, each with its weight."""
        return (self._weights(scale) * self.drawn_rewards).sum(-1).mean().item()

    def draws_per_sentence(self, *, scale: float = 1.0) -> float:
        """How many draws of the player one of these costs: by the effective sample size of the weights."""
        return self.drawn_rewards.shape[-1] * self._weights(scale).square().sum(-1).mean().item()

    def _weights(self, scale: float) -> Float[Tensor, "group sample"]:
        """Of the draws, when one is drawn again among those of its group."""
        return (scale * self.drawn_rewards.double()).softmax(-1)


def residual(everything: Enumeration, player: nn.Module, judge: Judge, drawn: Said) -> Residual:
    """`drawn`: what the player said; some thousands, as many for each group, group by group."""
    num = int(everything.group.max()) + 1
    with evaluating(player), evaluating(judge):
        log_g = evaluate(player, player.log_likelihood, everything.batches).double()
        rewards = evaluate(judge, judge.logits, everything.batches).double()
        drawn_rewards = judge.logits(drawn)
    known = {said for _, batch in everything.batches for said in spoken(batch)}
    valid = torch.tensor([said in known for said in spoken(drawn)]).float()
    return Residual(everything, log_g, rewards, drawn_rewards.view(num, -1), valid.view(num, -1))
