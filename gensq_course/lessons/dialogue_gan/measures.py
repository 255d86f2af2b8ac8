"""Exercises of lesson 16: what to measure where several replies are right."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words

Shares = Float[Tensor, "batch reply"]


def coverage(p: Shares, num: int) -> Float[Tensor, "batch"]:
    """The expected share of the valid replies that occur among `num` samples, for each prompt."""
    return (1 - (1 - p) ** num).mean(-1)


def spoiled_coverage(has: Has, p: Tensor, num: int) -> Tensor:
    missed = (1 - p) ** num
    seen = p**num if has("always") else missed if has("missed") else 1 - missed
    if has("at least one"):
        return 1 - (1 - p.sum(-1)) ** num
    if has("linear"):
        seen = num * p
    if has("one sample"):
        seen = p
    if has("weighted"):
        return (p * seen).sum(-1)
    return seen.sum(-1) if has("count") else seen.mean(-1)


def coverage_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(23)
    small = (torch.tensor([[0.5, 0.25]]), 2)
    return [small] + [(0.8 * torch.randn(batch, reply, generator=draw).softmax(-1), num)
                      for batch, reply, num in ((2, 3, 3), (4, 5, 8))]


COVERAGE = Values(**words(__file__, "coverage"), reference=coverage, spoiled=spoiled_coverage, cases=coverage_cases)


def best_judge(p: Shares, q: Shares) -> Float[Tensor, "batch"]:
    """The accuracy of the best judge on half real, half generated replies; q may put some of its mass elsewhere."""
    return 0.5 + ((p - q).abs().sum(-1) + 1 - q.sum(-1)) / 4


def spoiled_judge(has: Has, p: Tensor, q: Tensor) -> Tensor:
    q = q / q.sum(-1, keepdim=True) if has("made whole") else q
    if has("valid alone"):
        return torch.maximum(p, q).sum(-1) / 2
    apart = (p - q) ** 2 if has("squared") else (p - q).clamp(min=0) if has("one side") else (p - q).abs()
    apart = apart.sum(-1) + (0.0 if has("nonsense free") else 1 - q.sum(-1))
    apart = 2 - apart if has("overlap") else apart
    return (0.0 if has("no chance") else 0.5) + apart / (2 if has("too much") else 4)


def judge_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(24)
    small = (torch.tensor([[0.75, 0.25]]), torch.tensor([[0.5, 0.25]]))
    return [small] + [(torch.randn(batch, reply, generator=draw).softmax(-1),
                       0.8 * torch.randn(batch, reply, generator=draw).softmax(-1)) for batch, reply in ((2, 3), (4, 5))]


JUDGE = Values(**words(__file__, "best_judge"), reference=best_judge, spoiled=spoiled_judge, cases=judge_cases)
