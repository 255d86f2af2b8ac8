"""Exercise of lesson 15: the loss whose gradient is that of REINFORCE."""
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gensq_course.checks.answers import number, same
from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import COMMON, Exact, Has, Inputs

Words = Float[Tensor, "batch time"]


@dataclass(frozen=True, kw_only=True)
class OnePath(Exact):
    """The gradient must reach the log-probabilities, and must not reach the advantages."""

    def lost_gradient(self, attempt: Attempt, case: Inputs) -> dict[str, str]:
        mine, theirs = (self.paths(function, case) for function in (attempt.function, self.reference))
        if mine[1] is not None and not same(mine[1], torch.zeros_like(mine[1])):
            return {"attached": self.mistakes["attached"]}
        kept = mine[0] is not None and same(mine[0], theirs[0])
        return {} if kept else {"gradient lost": COMMON["gradient lost"]}

    def paths(self, function, case: Inputs) -> tuple[Tensor | None, ...]:
        log_probs, advantages = (x.clone().requires_grad_() for x in case[:2])
        result = number(function(log_probs, advantages, case[2])).sum()
        if not result.requires_grad:
            return None, None
        return torch.autograd.grad(result, (log_probs, advantages), allow_unused=True)


def reinforce_loss(log_probs: Words, advantages: Words, mask: Bool[Tensor, "batch time"]) -> Float[Tensor, "batch"]:
    """Minus advantage times log-probability, summed over real words (Williams 1992)."""
    return -(advantages.detach() * log_probs * mask).sum(-1)


def spoiled_loss(has: Has, log_probs: Tensor, advantages: Tensor, mask: Tensor) -> Tensor:
    real = torch.ones_like(log_probs) if has("padding") else mask.to(log_probs.dtype)
    weights = (advantages * real).sum(-1, keepdim=True) if has("whole sentence") else advantages
    chosen = log_probs.exp() if has("probability") else log_probs
    terms = -weights * real if has("no log p") else -(weights + chosen) * real if has("added") else -weights * chosen * real
    if has("per word"):
        return terms
    return terms.sum(-1) / (real.sum(-1) if has("word mean") else 1)


def loss_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(15)
    small = (torch.tensor([[-1.0, -2.0]]), torch.tensor([[3.0, 5.0]]), torch.tensor([[True, False]]))
    return [small] + [
        (-torch.rand(batch, time, generator=draw) - 0.1, torch.randn(batch, time, generator=draw) + 0.5,
         torch.arange(time) < torch.tensor(lengths)[:, None]) for batch, time, lengths in ((2, 3, [3, 1]), (3, 5, [2, 5, 4]))]


LOSS = OnePath(
    name="reinforce_loss", reference=reinforce_loss, spoiled=spoiled_loss, cases=loss_cases,
    mistakes={
        "sign": "the sign is turned: an optimiser goes downhill, so the loss is minus what shall grow.",
        "padding": "padding is counted: multiply by the mask.",
        "word mean": "it is a mean over the words: sum over the words of a sentence, or long sentences teach less per word.",
        "per word": "it returns one number per word: sum over time.",
        "probability": "it takes the probability; the score is the gradient of its logarithm.",
        "whole sentence": "every word gets the sum of all advantages; each has its own.",
        "no log p": "the log-probability is missing, and with it the gradient.",
        "added": "advantage and log-probability are added; multiply them.",
        "attached": "the gradient also flows into the advantages: they are weights, not something to be improved. Detach them.",
    },
    hints=(
        "One term per word: its advantage times its log-probability.",
        "Padding must count 0: multiply by mask. Then sum over time (axis -1), and mind the sign.",
        "-(advantages.detach() * log_probs * mask).sum(-1)",
    ),
    praise="The number itself means nothing: do not read progress from this loss. Only its gradient is what you wanted.",
)
