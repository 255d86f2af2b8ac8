"""Exercises of lesson 15 about gradients: the loss of REINFORCE, and a choice that is hard forwards and soft backwards."""
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import one_hot

from gensq_course.checks.exercises import Exact, Has, Inputs, words
from gensq_course.lessons.text_gan.relaxed import straight_through
from gensq_course.lessons.text_gan.rewards import Mask, Words, padded


def reinforce_loss(log_probs: Words, advantages: Words, mask: Mask) -> Float[Tensor, "batch"]:
    """Minus advantage times log-probability, summed over real words (Williams 1992)."""
    return -(advantages.detach() * log_probs * mask).sum(-1)


def spoiled_loss(has: Has, log_probs: Tensor, advantages: Tensor, mask: Tensor) -> Tensor:
    real = torch.ones_like(log_probs) if has("padding") else mask.to(log_probs.dtype)
    advantages = advantages if has("attached") else advantages.detach()
    weights = (advantages * real).sum(-1, keepdim=True) if has("whole sentence") else advantages
    chosen = log_probs.exp() if has("probability") else log_probs
    terms = -weights * real if has("no log p") else -(weights + chosen) * real if has("added") else -weights * chosen * real
    if has("per word"):
        return terms
    return terms.sum(-1) / (real.sum(-1) if has("word mean") else 1)


def loss_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(15)
    small = (torch.tensor([[-1.0, -2.0]]), torch.tensor([[3.0, 5.0]]), torch.tensor([[True, False]]))
    return [small] + [(-torch.rand(len(lengths), max(lengths), generator=draw) - 0.1, *padded(lengths, draw))
                      for lengths in ([3, 1], [2, 5, 4])]


LOSS = Exact(**words(__file__, "reinforce_loss"), reference=reinforce_loss, spoiled=spoiled_loss, cases=loss_cases)


def spoiled_straight(has: Has, soft: Tensor) -> Tensor:
    hard = one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)
    if has("wrong axis"):
        hard = one_hot(soft.argmax(0), len(soft)).T.to(soft.dtype)
    if has("least"):
        hard = one_hot(soft.argmin(-1), soft.shape[-1]).to(soft.dtype)
    if has("times soft"):
        return hard * soft
    if has("sum"):
        return hard + soft
    if has("difference"):
        return hard - soft
    if has("hard alone"):
        return hard
    return soft if has("soft") else hard + (soft.detach() - soft if has("turned") else soft - soft.detach())


def straight_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(19)
    return [(torch.tensor([[0.2, 0.8]]),)] + [
        (torch.randn(batch, vocab, generator=draw).softmax(-1),) for batch, vocab in ((2, 4), (5, 3))]


STRAIGHT = Exact(**words(__file__, "straight_through"), reference=straight_through,
                 spoiled=spoiled_straight, cases=straight_cases)
