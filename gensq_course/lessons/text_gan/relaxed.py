"""Choosing a word with a gradient: Gumbel-softmax and the straight-through estimator, and how far they are from the truth.

Both replace the expected reward by that of a softened choice (Jang et al. 2017; Maddison et al. 2017). Their gradient is
biased for every temperature above 0; for a few words the bias can be seen, because the true gradient can be added up.
"""
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import one_hot

from gensq_lib.ground.errors import GensqError

Reward = Callable[[Tensor], Tensor]  # "*batch vocab", a choice (soft or hard) -> "*batch"


def gumbel_noise(shape: tuple[int, ...], *, generator: torch.Generator) -> Tensor:
    """Standard Gumbel draws: the argmax of logits plus this noise is a draw from their softmax."""
    uniform = torch.rand(shape, generator=generator, device=generator.device)
    return -(-uniform.clamp(1e-20, 1 - 2**-24).log()).log()


def gumbel_softmax(logits: Float[Tensor, "*batch vocab"], *, temperature: float, noise: Float[Tensor, "*batch vocab"]
                   ) -> Float[Tensor, "*batch vocab"]:
    """A soft choice of one word, differentiable in the logits; at temperature 0 it would be a true draw."""
    if not temperature > 0:
        raise GensqError(f"expected a temperature above 0, got {temperature}; at 0 the choice is hard and has no gradient")
    return ((logits + noise) / temperature).softmax(-1)


def straight_through(soft: Float[Tensor, "*batch vocab"]) -> Float[Tensor, "*batch vocab"]:
    """Forwards the hard choice, backwards as if it had been the soft one (Bengio et al. 2013)."""
    hard = one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)
    return hard + soft - soft.detach()


def expected_reward(logits: Float[Tensor, "*batch vocab"], reward: Reward) -> Float[Tensor, "*batch"]:
    """The truth, by enumeration: each word's probability times its reward."""
    words = torch.eye(logits.shape[-1], dtype=logits.dtype, device=logits.device)
    return (logits.softmax(-1) * reward(words)).sum(-1)


def relaxed_gradients(logits: Float[Tensor, "vocab"], reward: Reward, *, temperature: float, num_samples: int,
                      hard: bool = False, generator: torch.Generator) -> Float[Tensor, "sample vocab"]:
    """The gradient of the reward of a soft choice (`hard`: straight-through) for each of many independent draws."""
    own = logits.detach().expand(num_samples, -1).clone().requires_grad_()
    noise = gumbel_noise(tuple(own.shape), generator=generator)
    soft = gumbel_softmax(own, temperature=temperature, noise=noise)
    return torch.autograd.grad(reward(straight_through(soft) if hard else soft).sum(), own)[0]
