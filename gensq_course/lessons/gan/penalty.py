"""Exercise of lesson 14: the gradient penalty, whose four classic mistakes all train without an error message."""
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import Exact, Has, Inputs


class Critic(nn.Module):
    """Something with a slope to be found: a weighted sum of squares, the same for pictures and vectors."""

    def __init__(self, weight: Tensor):
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * x.flatten(1).square() @ self.weight.to(x.dtype)

    def __repr__(self) -> str:
        return f"Critic(sum of {[round(w, 2) for w in self.weight.tolist()]} * x² / 2)"


def gradient_penalty(critic: Callable[[Tensor], Tensor], real: Float[Tensor, "batch *shape"], fake: Float[Tensor, "batch *shape"],
                     alpha: Float[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    """(|slope| - 1)² at alpha · real + (1 - alpha) · fake, for each example (Gulrajani et al. 2017)."""
    share = alpha.view(-1, *[1] * (real.dim() - 1))
    x = (share * real + (1 - share) * fake).requires_grad_()
    slope = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
    return (slope.flatten(1).norm(dim=1) - 1).square()


def spoiled(has: Has, critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, alpha: Tensor) -> Tensor:
    share = (alpha[:1].expand_as(alpha) if has("one place") else alpha).view(-1, *[1] * (real.dim() - 1))
    share = 1 - share if has("other way") else share
    x = real if has("at reals") else fake if has("at fakes") else share * real + (1 - share) * fake
    x = x.detach().requires_grad_()
    slope = torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]
    slope = slope / len(real) if has("mean of logits") else slope
    square = slope.square()
    if has("last axis"):
        square = square.sum(-1)
    elif has("over the batch"):
        square = square.sum(0)
    elif has("one norm"):
        square = square.sum().expand(len(real))
    else:
        square = square.flatten(1).sum(1)
    norm = square if has("no root") else square.sqrt()
    distance = norm if has("target 0") else norm - 1
    distance = distance.relu() if has("one-sided") else distance
    return distance.abs() if has("not squared") else distance.square()


@dataclass(frozen=True, kw_only=True)
class Slopes(Exact):
    """The gradient that matters here is the critic's: without `create_graph` it would learn nothing."""

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

    return [case(1, 2), case(3, 2), case(3, 2, 4)]


PENALTY = Slopes(
    name="gradient_penalty", reference=gradient_penalty, spoiled=spoiled, cases=cases,
    mistakes={
        "no graph": "the numbers are right, but the critic cannot learn from them: create_graph=True is missing, or the slope "
        "was detached.",
        "last axis": "the norm is taken over the last axis only: flatten each example first, or one picture has many slopes.",
        "over the batch": "the norm is taken over the batch axis (0): each example has a slope of its own.",
        "one norm": "one norm is taken over the whole batch: each example has a slope of its own.",
        "no root": "this is the squared norm; the norm has a root.",
        "target 0": "the - 1 is missing: a Wasserstein critic is held at slope 1, not at 0.",
        "one-sided": "slopes below 1 are free here; the penalty of the paper has two sides.",
        "not squared": "the distance from 1 is not squared.",
        "one place": "all examples use the same alpha: each has one of its own.",
        "other way": "alpha and 1 - alpha are exchanged: alpha belongs to the real examples.",
        "at reals": "the slope is taken at the real examples, not between.",
        "at fakes": "the slope is taken at the fakes, not between.",
        "mean of logits": "it differentiates the mean of the logits, so every slope is divided by the batch size: use their sum.",
    },
    hints=(
        "Bring alpha into the shape (batch, 1, 1, ...), mix, and call .requires_grad_() on the mixture.",
        "torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0] has the shape of x: one slope per example after "
        ".flatten(1).norm(dim=1).",
        "(slope.flatten(1).norm(dim=1) - 1).square()",
    ),
    praise="One alpha, one norm and one price for each example, and a graph to learn from.",
)
