"""Exercise of lesson 06: the importance-weighted NLL, safe in floating point."""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def importance_nll(
    log_joint: Float[Tensor, "sample batch"], log_q: Float[Tensor, "sample batch"]
) -> Float[Tensor, "batch"]:
    """-log (1/K) sum_k p(x, z_k) / q(z_k | x), nats per sentence (Burda et al. 2016)."""
    return math.log(len(log_joint)) - (log_joint - log_q).logsumexp(0)


def spoiled_importance(has: Has, log_joint: Tensor, log_q: Tensor) -> Tensor:
    weight = log_joint + log_q if has("q added") else log_joint if has("no q") else log_joint - log_q
    axis = 1 if has("wrong axis") else 0
    if has("mean of logs"):
        return -weight.mean(axis)
    if has("best sample"):
        return -weight.max(axis).values
    total = weight.exp().sum(axis).log() if has("underflow") else weight.logsumexp(axis)
    if has("no log"):
        return -total.exp() / weight.shape[axis]
    return -total if has("no log K") else math.log(weight.shape[axis]) - total


def importance_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(9)
    small = [(torch.tensor([[-3.0]]), torch.tensor([[-1.0]])), (torch.tensor([[-3.0], [-2.0]]), torch.zeros(2, 1))]
    sizes = ((5, 3, -20.0), (6, 4, -500.0))  # log weights of long sentences are around -500: exp gives 0
    return small + [(level + 3 * torch.randn(num, batch, generator=draw), -5 + torch.randn(num, batch, generator=draw))
                    for num, batch, level in sizes]


IMPORTANCE = Exact(
    **words(__file__, "importance_nll"), reference=importance_nll, spoiled=spoiled_importance, cases=importance_cases)
