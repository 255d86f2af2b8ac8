r"""REINFORCE for sentences: a word is an action, the words before it are the state, a judge pays the reward.

The gradient of an expected reward is $E[\sum_t A_t \nabla \log p(x_t | x_{<t})]$ (Williams 1992), where the advantage A_t
is what was earned from word t on, less a baseline that does not depend on word t. Everything is "batch time" and masked.
"""
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gensq_lib.ground.errors import border, expect


def increments(prefix_values: Float[Tensor, "batch time"], mask: Bool[Tensor, "batch time"], *,
               start: float = 0.0, clip: float = float("inf")) -> Float[Tensor, "batch time"]:
    """What each word adds to the value of the beginning of its sentence.

    Unclipped they add up to the value of the whole sentence, less `start`. Clipped to +- `clip` they are a shaped reward.
    """
    before = torch.nn.functional.pad(prefix_values, (1, 0), value=start)[:, :-1]
    return (prefix_values - before).clamp(-clip, clip).masked_fill(~mask, 0.0)


def at_the_end(rewards: Float[Tensor, "batch"], mask: Bool[Tensor, "batch time"]) -> Float[Tensor, "batch time"]:
    """One reward per sentence, paid at its last word. Taught in lesson 15."""
    last = mask & (mask.cumsum(-1) == mask.sum(-1, keepdim=True))
    return last * rewards[:, None]


def reward_to_go(rewards: Float[Tensor, "batch time"], mask: Bool[Tensor, "batch time"], *,
                 discount: float = 1.0) -> Float[Tensor, "batch time"]:
    """What is earned from each word on: this word's reward and all later ones of the same sentence; padding earns nothing.

    Taught in lesson 16.
    """
    going, found = torch.zeros_like(rewards[:, 0]), []
    for reward in rewards.masked_fill(~mask, 0.0).flip(-1).unbind(-1):
        going = reward + discount * going
        found.append(going)
    return torch.stack(found[::-1], -1).masked_fill(~mask, 0.0)


def position_baseline(returns: Float[Tensor, "batch time"], mask: Bool[Tensor, "batch time"]) -> Float[Tensor, "batch time"]:
    """The mean return of the *other* sentences that reach this position, which leaves the gradient unbiased.

    Where no other sentence is left it is 0. Taught in lesson 16.
    """
    returns, count = returns.masked_fill(~mask, 0.0), mask.sum(0, keepdim=True)
    others = (returns.sum(0, keepdim=True) - returns) / (count - 1).clamp(min=1)
    return others.masked_fill(~mask | (count < 2), 0.0)


def group_baseline(rewards: Float[Tensor, "batch"], *, group: int) -> Float[Tensor, "batch"]:
    """The mean reward of the other sentences of the same group of `group` neighbours."""
    expect(group > 1 and len(rewards) % group == 0, f"expected groups of 2 or more that divide {len(rewards)} sentences, "
           f"got group={group}; draw a multiple of it")
    grouped = rewards.unflatten(0, (-1, group))
    return ((grouped.sum(1, keepdim=True) - grouped) / (group - 1)).flatten()


def standardised(advantages: Float[Tensor, "batch time"], mask: Bool[Tensor, "batch time"]) -> Float[Tensor, "batch time"]:
    """Divided by one number, their standard deviation over all real words, so that a learning rate means the same all along."""
    return advantages / advantages[mask].std().clamp(min=1e-6)


def reinforce_loss(log_probs: Float[Tensor, "batch time"], advantages: Float[Tensor, "batch time"],
                   mask: Bool[Tensor, "batch time"]) -> Float[Tensor, "batch"]:
    """Minus advantage times log-probability, summed over the words of each sentence.

    Its value means nothing; its gradient is an estimate of minus the gradient of the expected reward. Taught in lesson 16.
    """
    return -(advantages.detach() * log_probs).masked_fill(~mask, 0.0).sum(-1)


@torch.no_grad()
def rollout_values(mask: Bool[Tensor, "batch time"], *, complete: Callable[[int], Any],
                   score: Callable[[Any], Float[Tensor, "batch"]], num_rollouts: int = 1) -> Float[Tensor, "sample batch time"]:
    """The score of each beginning, judged by finishing it `num_rollouts` times with the generator's own words (SeqGAN).

    `complete(length)` goes on from the first `length` words of each sentence; a finished one is scored as it is. The mean over
    samples is the value, their spread is its price (Yu et al. 2017, algorithm 1). Taught in lesson 15.
    """
    rollouts = [torch.stack([score(complete(time + 1)) for _ in range(num_rollouts)]) for time in range(mask.shape[1])]
    return torch.stack(rollouts, -1).masked_fill(~mask, 0.0)

border(globals())
