"""Exercises of lesson 16: what to measure where several replies are right."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values

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


COVERAGE = Values(
    name="coverage", reference=coverage, spoiled=spoiled_coverage, cases=coverage_cases,
    mistakes={
        "missed": "it is the share that does *not* occur: subtract it from 1.",
        "always": "p to the power of num: that all samples are this reply. A reply is missed with (1 - p) to the power of num.",
        "linear": "num times p is an expected count and can exceed 1: a reply that comes twice covers nothing new.",
        "one sample": "it looks at one sample only: num is not used.",
        "at least one": "the probabilities are added first: that at least one valid reply comes. Each reply counts by itself.",
        "weighted": "replies are weighted by their probability: a rare valid reply counts as much as a frequent one here.",
        "count": "it is the expected number of different replies; divide by how many there are.",
    },
    hints=(
        "With probability 1 - p one sample is another reply. When do num samples all miss it?",
        "A reply is found with probability 1 - (1 - p) ** num.",
        "(1 - (1 - p) ** num).mean(-1)",
    ),
    praise="No sample was drawn: with known probabilities an expectation needs none.",
)


def best_judge(p: Shares, q: Shares) -> Float[Tensor, "batch"]:
    """The accuracy of the best judge on half real, half generated replies; q may put some of its mass elsewhere."""
    return 0.5 + ((p - q).abs().sum(-1) + 1 - q.sum(-1)) / 4


def spoiled_judge(has: Has, p: Tensor, q: Tensor) -> Tensor:
    apart = (p - q) ** 2 if has("squared") else (p - q).clamp(min=0) if has("one side") else (p - q).abs()
    apart = apart.sum(-1) + (0.0 if has("nonsense free") else 1 - q.sum(-1))
    if has("overlap"):
        apart = 2 - apart
    return (0.0 if has("no chance") else 0.5) + apart / (2 if has("too much") else 4)


def judge_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(24)
    small = (torch.tensor([[0.75, 0.25]]), torch.tensor([[0.5, 0.25]]))
    return [small] + [(torch.randn(batch, reply, generator=draw).softmax(-1),
                       0.8 * torch.randn(batch, reply, generator=draw).softmax(-1)) for batch, reply in ((2, 3), (4, 5))]


JUDGE = Values(
    name="best_judge", reference=best_judge, spoiled=spoiled_judge, cases=judge_cases,
    mistakes={
        "nonsense free": "what q says beside the valid replies is forgotten: there p is 0, so the difference is 1 - q.sum(-1).",
        "squared": "the differences are squared; the total variation adds their absolute values.",
        "one side": "only the places with p above q are counted; the judge is also right where q is larger.",
        "too much": "the difference is divided by 2: that is the total variation; half of it goes on top of 1/2.",
        "no chance": "the 1/2 is missing: whoever guesses is right half of the time.",
        "overlap": "it measures what p and q share: the more alike they are, the harder for the judge.",
    },
    hints=(
        "The best judge says \"real\" where p > q. Half of the replies come from p, half from q.",
        "Right is 1/2 sum max(p, q), over all replies, also those where p is 0. And max(p, q) = (p + q + |p - q|) / 2.",
        "0.5 + ((p - q).abs().sum(-1) + 1 - q.sum(-1)) / 4",
    ),
    praise="A trained judge that finds less has not learnt everything; one that finds more was lucky, or cheats.",
)
