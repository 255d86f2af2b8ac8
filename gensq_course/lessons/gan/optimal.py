"""Exercise of lesson 14: the best judge there is."""
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid

from gensq_course.checks.exercises import Exact, Has, Inputs, words, instead


def optimal_judge(log_p: Float[Tensor, "batch"], log_q: Float[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    """D* = p / (p + q), the probability that a point is real, from log densities (Goodfellow et al. 2014, eq. 2)."""
    return (log_p - log_q).sigmoid()


OTHERS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {  # what is returned instead
    "underflow": lambda p, q: p.exp() / (p.exp() + q.exp()),
    "epsilon": lambda p, q: p.exp() / (p.exp() + q.exp() + 1e-12),
    "nan hidden": lambda p, q: (p.exp() / (p.exp() + q.exp())).nan_to_num(0.5),
    "over the points": lambda p, q: (p - q).softmax(0),
    "clamped": lambda p, q: (p.clamp(min=-50) - q.clamp(min=-50)).sigmoid(),
    "timid": lambda p, q: ((p - q) / 2).sigmoid(),
    "added": lambda p, q: (p + q).sigmoid(),
    "log_q ignored": lambda p, q: p.sigmoid(),
    "logit": lambda p, q: p - q,
    "ratio": lambda p, q: (p - q).exp(),
    "logs as densities": lambda p, q: p / (p + q),
    "difference": lambda p, q: p.exp() - q.exp(),
    "hard": lambda p, q: (p > q).to(p.dtype),
    "log": lambda p, q: logsigmoid(p - q),
}


def spoiled(has: Has, log_p: Tensor, log_q: Tensor) -> Tensor:
    answer = instead(has, optimal_judge, OTHERS)
    return answer(log_q, log_p) if has("turned") else answer(log_p, log_q)


def cases() -> list[Inputs]:
    """Far from both clouds log densities are hundreds below 0, where exp gives 0."""
    draw = torch.Generator().manual_seed(15)
    small = (torch.tensor([3.0]).log(), torch.tensor([1.0]).log())
    far = (torch.tensor([-1000.0, -2000.0, 1.0]), torch.tensor([-2000.0, -1000.0, 0.0]))  # beyond float64, too
    return [small, far, *((torch.randn(size, generator=draw) - level, torch.randn(size, generator=draw) - level)
                          for size, level in ((3, 1.0), (4, 3.0), (6, 20.0)))]


OPTIMAL = Exact(**words(__file__, "optimal_judge"), reference=optimal_judge, spoiled=spoiled, cases=cases)
