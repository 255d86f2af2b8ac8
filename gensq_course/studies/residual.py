"""A judge at decoding time: sentences of a player, drawn again in proportion to what the judge thinks of them.

The model G(x) exp(r(x)) / Z is the residual energy model of Deng et al. (2020): G as it is, and nothing trained but the judge.
With the log-odds of a judge as r it minimises the judge's own loss over r, so that an honest judge must help: with the perfect
judge it *is* the world. It is also where a leash of strength 1 / `scale` leads that holds a model to G while r is its reward.
"""
import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course.studies.perfect import spoken
from gensq_lib.diagnostics import Enumeration, Outcomes
from gensq_lib.maths.objectives import evaluate, evaluating
from gensq_lib.models.judges import Judge
from gensq_lib.text.batching import Batch


@dataclass(frozen=True)
class Residual:
    """What a player and a judge make of everything that the world can say, and of sentences that the player said."""

    everything: Enumeration
    log_g: Float[Tensor, "outcome"]  # of the player
    rewards: Float[Tensor, "outcome"]  # of the judge: its log-odds
    drawn_rewards: Float[Tensor, "sample"]  # of what the player said
    drawn_valid: Float[Tensor, "sample"]  # 1 where the world says it, too

    def outcomes(self, *, scale: float = 1.0) -> Outcomes:
        """log G + scale · r - log Z, exact but for the part of Z that invalid sentences hold, which the draws estimate."""
        heights = self.log_g + scale * self.rewards
        log_z = torch.logaddexp(heights.logsumexp(0), self._invalid(scale))
        return Outcomes(self.everything.world, heights - log_z, self.everything.group)

    def _invalid(self, scale: float) -> Float[Tensor, ""]:
        """The logarithm of the sum of G exp(scale · r) over all that the world never says: the share of it is known exactly, the
        mean of exp is that of the draws."""
        outside = self.drawn_rewards.double()[self.drawn_valid == 0]
        share = 1 - self.log_g.exp().sum().clamp(max=1)
        return (scale * outside).logsumexp(0) - math.log(max(len(outside), 1)) + share.log()

    def reward(self, *, scale: float) -> float:
        """The mean reward of what it says, by the draws, each with its weight."""
        return (self._weights(scale) * self.drawn_rewards).sum().item()

    def draws_per_sentence(self, *, scale: float = 1.0) -> float:
        """How many of the player's sentences one of these costs: by the effective sample size of the weights."""
        return len(self.drawn_rewards) * self._weights(scale).square().sum().item()

    def _weights(self, scale: float) -> Float[Tensor, "sample"]:
        """Of the draws, when one is drawn again among them."""
        return (scale * self.drawn_rewards.double()).softmax(0)


def residual(everything: Enumeration, player: nn.Module, judge: Judge, drawn: Batch) -> Residual:
    """`drawn`: sentences of the player; some thousands."""
    with evaluating(player), evaluating(judge):
        log_g = evaluate(player, player.log_likelihood, everything.batches).double()
        rewards = evaluate(judge, judge.logits, everything.batches).double()
        drawn_rewards = judge.logits(drawn)
    known = {sentence for _, batch in everything.batches for sentence in spoken(batch)}
    valid = torch.tensor([sentence in known for sentence in spoken(drawn)]).float()
    return Residual(everything, log_g, rewards, drawn_rewards, valid)
