"""Exercise of lesson 15: a choice that is hard on the way forwards and soft on the way back."""
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import one_hot

from gensq_course.checks.answers import number, same
from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import COMMON, Exact, Has, Inputs


@dataclass(frozen=True, kw_only=True)
class HardAndSoft(Exact):
    """The values are those of the hard choice; the gradient, which a sum over words would hide, is that of the soft one."""

    def lost_gradient(self, attempt: Attempt, case: Inputs) -> dict[str, str]:
        soft = case[0].clone().requires_grad_()
        weights = torch.arange(1.0, soft.numel() + 1).view_as(soft).to(soft.dtype)
        value = (number(attempt.function(soft)) * weights).sum()
        if not value.requires_grad:
            return {"hard alone": self.mistakes["hard alone"]}
        mine = torch.autograd.grad(value, soft, allow_unused=True)[0]
        if mine is not None and same(mine, weights):
            return {}
        turned = mine is not None and same(mine, -weights)
        return {"turned": self.mistakes["turned"]} if turned else {"gradient lost": COMMON["gradient lost"]}


def straight_through(soft: Float[Tensor, "batch vocab"]) -> Float[Tensor, "batch vocab"]:
    """One-hot of the largest entry, with the gradient of `soft` (Bengio et al. 2013)."""
    hard = one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)
    return soft + (hard - soft).detach()


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
    return soft if has("soft") else hard


def straight_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(19)
    return [(torch.tensor([[0.2, 0.8]]),)] + [
        (torch.randn(batch, vocab, generator=draw).softmax(-1),) for batch, vocab in ((2, 4), (5, 3))]


STRAIGHT = HardAndSoft(
    name="straight_through", reference=straight_through, spoiled=spoiled_straight, cases=straight_cases,
    mistakes={
        "soft": "it returns the soft choice: forwards it must be a one-hot, as real words are.",
        "times soft": "the largest entry keeps its soft value: it must be 1.",
        "sum": "hard and soft are added: forwards the soft part must cancel (detach one of the two).",
        "difference": "what is left is hard minus soft: add soft again, the one with the gradient.",
        "least": "it takes the smallest entry: argmax, not argmin.",
        "wrong axis": "it chooses along the batch (axis 0); the words are along the last axis.",
        "hard alone": "the values are right, but the hard choice alone has no gradient: add soft - soft.detach().",
        "turned": "the gradient has the wrong sign: soft must come in with a plus, its detached copy with a minus.",
    },
    hints=(
        "hard = one_hot(soft.argmax(-1), soft.shape[-1]) is what the judge shall see.",
        "Add something that is 0 and has the gradient of soft.",
        "hard + soft - soft.detach()",
    ),
    praise="The gradient is that of another function: of the reward of a soft choice. How wrong that is comes next.",
)
