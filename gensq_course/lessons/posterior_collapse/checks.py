"""The exercises of lesson 07: the mean of a true posterior on a grid, a lower estimate of information, gain by position."""
import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words
from gensq_course.checks.registry import register


def true_posterior_mean(log_joint: Float[Tensor, "sample batch"], grid: Float[Tensor, "sample"]) -> Float[Tensor, "batch"]:
    """E[z | x] of each sentence from log p(x, z) at the points of an even grid (He et al. 2019)."""
    return (log_joint.softmax(0) * grid[:, None]).sum(0)


def spoiled_mean(has: Has, log_joint: Tensor, grid: Tensor) -> Tensor:
    axis = 1 if has("wrong axis") else 0
    if has("most probable"):
        return grid[log_joint.argmax(0)]
    if has("even weights"):
        return grid.mean().expand(log_joint.shape[1])
    weights = log_joint.exp() if has("not normalised") or has("underflow") else log_joint.softmax(axis)
    if has("underflow"):
        weights = weights / weights.sum(axis, keepdim=True)
    if has("weights in logs"):
        weights = log_joint.log_softmax(axis)
    return (weights * (grid**2 if has("square") else grid)[:, None]).sum(0)


def mean_cases() -> list[Inputs]:
    """Log joints of long sentences lie around -115: exp gives 0."""
    draw = torch.Generator().manual_seed(11)
    small = (torch.tensor([[-1.0, -2.0], [-3.0, -2.0]]), torch.tensor([0.0, 1.0]))
    sizes = ((5, 3, -3.0), (9, 4, -115.0))
    return [small] + [(level + 2 * torch.randn(num, batch, generator=draw), torch.linspace(-2, 3, num))
                      for num, batch, level in sizes]


MEAN = Values(**words(__file__, "true_posterior_mean"), reference=true_posterior_mean, spoiled=spoiled_mean, cases=mean_cases)


def information_lower(log_q: Float[Tensor, "sample batch"]) -> Float[Tensor, "sample"]:
    """log q(z_i | x_i) - log (1/N) sum_j q(z_i | x_j), nats: its mean is a lower bound on I(x; z) (Poole et al. 2019)."""
    return log_q.diagonal() - log_q.logsumexp(1) + math.log(len(log_q))


def spoiled_information(has: Has, log_q: Tensor) -> Tensor:
    num, own = len(log_q), log_q.diagonal()
    axis = 0 if has("wrong axis") else 1
    if has("leave one out"):
        log_q = log_q.masked_fill(torch.eye(num, dtype=torch.bool), float("-inf"))
    whole = log_q.mean(axis) if has("mean of logs") else log_q.logsumexp(axis)
    if not (has("no log N") or has("mean of logs")):
        whole = whole - math.log(num - 1 if has("leave one out") else num)
    if has("turned"):
        return whole - own
    return -whole if has("no own") else own if has("no aggregate") else own - whole


def information_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(12)
    return [(torch.tensor([[-1.0, -3.0], [-2.0, -1.5]]),)] + [
        (level + 3 * torch.randn(num, num, generator=draw),) for num, level in ((4, -2.0), (7, -20.0))]


INFORMATION = Values(
    **words(__file__, "information_lower"), reference=information_lower, spoiled=spoiled_information, cases=information_cases)


def gain_at_each_word(own: Float[Tensor, "batch time"], stranger: Float[Tensor, "batch time"], lengths: Int[Tensor, "batch"]
                      ) -> Float[Tensor, "time"]:
    """Mean of own - stranger over the sentences that have a word at each position; nats per word."""
    real = torch.arange(own.shape[1]) < lengths[:, None]
    return ((own - stranger) * real).sum(0) / real.sum(0)


def spoiled_gain(has: Has, own: Tensor, stranger: Tensor, lengths: Tensor) -> Tensor:
    real = torch.arange(own.shape[1]) < (lengths - 1 if has("no eos") else lengths)[:, None]
    difference = own.exp() - stranger.exp() if has("probabilities") else stranger - own if has("turned") else own - stranger
    if has("own alone"):
        difference = own
    if has("padding counts"):
        return difference.mean(0)
    if has("sum"):
        return (difference * real).sum(0)
    if has("per sentence"):
        return (difference * real).sum(1)
    return (difference * real).sum(0) / (len(own) if has("over all") else real.sum(0).clamp_min(1))


def gain_cases() -> list[Inputs]:
    """Behind the end stands rubbish, which must not count."""
    draw = torch.Generator().manual_seed(13)

    def case(lengths: list[int]) -> Inputs:
        shape = (len(lengths), max(lengths))
        return -3 * torch.rand(shape, generator=draw), -3 - torch.rand(shape, generator=draw), torch.tensor(lengths)

    return [case([2, 1]), case([4, 2, 3, 4]), case([6, 3, 1, 5, 6])]


GAIN = Values(**words(__file__, "gain_at_each_word"), reference=gain_at_each_word, spoiled=spoiled_gain, cases=gain_cases)

register(MEAN, INFORMATION, GAIN)
