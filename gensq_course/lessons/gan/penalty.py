"""Exercise of lesson 14: the gradient penalty, whose four classic mistakes all train without an error message."""
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course.checks.answers import agree
from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import Exact, Finding, Has, Inputs, words, instead


class Critic(nn.Module):
    """Something with a slope to be found: a weighted sum of squares, the same for pictures and vectors."""

    def __init__(self, weight: Tensor):
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * x.flatten(1).square() @ self.weight.to(x.dtype)

    def __repr__(self) -> str:
        return f"Critic(sum of {[round(w, 2) for w in self.weight.tolist()]} * x² / 2)"


Examples = Float[Tensor, "batch *shape"]


def gradient_penalty(critic: Callable, real: Examples, fake: Examples, alpha: Float[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    """(|slope| - 1)² at alpha · real + (1 - alpha) · fake, for each example (Gulrajani et al. 2017)."""
    share = alpha.view(-1, *[1] * (real.dim() - 1))
    x = (share * real + (1 - share) * fake).requires_grad_()
    slope = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
    return (slope.flatten(1).norm(dim=1) - 1).square()


SQUARES: dict[str, Callable[[Tensor], Tensor]] = {  # what is taken for the squared length of each slope
    "last axis": lambda slope: slope.square().sum(-1),
    "over the batch": lambda slope: slope.square().sum(0),
    "one norm": lambda slope: slope.square().sum().expand(len(slope)),
    "absolute": lambda slope: slope.flatten(1).abs().sum(1).square(),
}


def spoiled(has: Has, critic: Callable, real: Tensor, fake: Tensor, alpha: Tensor) -> Tensor:
    if has("chord"):
        gap = (real - fake).flatten(1).norm(dim=1)
        return ((critic(real) - critic(fake)).abs() / gap - 1).square()
    alpha = torch.rand_like(alpha) if has("drawn anew") else alpha[:1].expand_as(alpha) if has("one place") else alpha
    share = alpha if has("spread along the last axis") else alpha.view(-1, *[1] * (real.dim() - 1))
    share = 1 - share if has("other way") else share
    x = real if has("at reals") else fake if has("at fakes") else share * real + (1 - share) * fake
    x = x.detach().requires_grad_()
    slope = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
    slope = slope / len(real) if has("mean of logits") else slope
    square = instead(has, lambda slope: slope.flatten(1).square().sum(1), SQUARES)(slope)
    distance = (square if has("no root") else square.sqrt()) - (0 if has("target 0") else 1)
    distance = distance.relu() if has("one-sided") else distance
    return distance if has("not squared") else distance.square()


@dataclass(frozen=True, kw_only=True)
class Slopes(Exact):
    """The gradient that matters here is the critic's: without `create_graph` it would learn nothing."""

    def judge(self, attempt: Attempt) -> Finding:
        first, again = (attempt(*self.cases()[-1]) for _ in range(2))
        if isinstance(first, Tensor) and not agree(again, first):
            return Finding(self.named(["drawn anew"]))
        return super().judge(attempt)

    def truth(self, case: Inputs) -> Tensor:
        return self.reference(*case).detach()

    def lost_gradient(self, attempt: Attempt, case: Inputs) -> dict[str, str]:
        found = attempt(*case)
        return {} if isinstance(found, Tensor) and found.requires_grad else self.named(["no graph"])


def cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(16)

    def case(*shape: int) -> Inputs:
        real, fake = torch.randn(2, *shape, generator=draw)
        critic = Critic(0.5 + torch.rand(real[0].numel(), generator=draw))
        return critic, real, fake, torch.rand(shape[0], generator=draw)

    return [case(1, 2), case(2, 2), case(3, 4, 3), case(4, 3, 4)]


PENALTY = Slopes(**words(__file__, "gradient_penalty"), reference=gradient_penalty, spoiled=spoiled, cases=cases)
