"""The exercises of lesson 07: parts of a counted VAE, true posterior means, a lower estimate of information, gain by position."""
import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words
from gensq_course.checks.registry import register
from gensq_course.lessons.posterior_collapse.misfits import MISFITS


def true_posterior_mean(log_joint: Float[Tensor, "sample batch"], grid: Float[Tensor, "sample"]) -> Float[Tensor, "batch"]:
    """E[z | x] of each sentence from log p(x, z) at the points of an even grid (He et al. 2019)."""
    return (log_joint.softmax(0) * grid[:, None]).sum(0)


def spoiled_mean(has: Has, log_joint: Tensor, grid: Tensor) -> Tensor:
    axis, points = 1 if has("wrong axis") else 0, grid[:, None]
    if has("most probable"):
        return grid[log_joint.argmax(0)]
    if has("even weights"):
        return grid.mean().expand(log_joint.shape[1])
    if has("prior twice"):
        log_joint = log_joint - points**2 / 2
    weights = log_joint.exp() if has("not normalised") or has("underflow") else log_joint.softmax(axis)
    if has("underflow") or has("zeros for nan"):
        weights = log_joint.exp() / log_joint.exp().sum(axis, keepdim=True)
    if has("epsilon"):
        weights = log_joint.exp() / (log_joint.exp().sum(0) + 1e-12)
    if has("one maximum"):
        weights = (log_joint - log_joint.max()).exp()
        weights = weights / weights.sum(0)
    if has("not divided"):
        weights = (log_joint - log_joint.max(0).values).exp()
    if has("all at once"):
        weights = log_joint.flatten().softmax(0).view_as(log_joint)
    if has("weights in logs"):
        weights = log_joint.log_softmax(axis)
    if has("logs divided"):
        weights = log_joint / log_joint.sum(0)
    result = (weights * (points**2 if has("square") else points)).sum(0)
    if has("variance"):
        result = (weights * points**2).sum(0) - result**2
    result = result / len(grid) if has("mean over points") else result * (grid[1] - grid[0]) if has("step") else result
    return result.nan_to_num() if has("zeros for nan") else result.sum() if has("one number") else result


def mean_cases() -> list[Inputs]:
    """Log joints of long sentences lie around -115: exp gives 0. Sentences of other lengths lie far apart."""
    draw = torch.Generator().manual_seed(11)
    small = (torch.tensor([[-1.0, -2.0], [-3.0, -2.0]]), torch.tensor([0.0, 1.0]))
    far = (torch.tensor([[-20.0, -300.0], [-21.0, -302.0], [-20.5, -301.0]]), torch.tensor([-1.0, 0.5, 2.0]))
    sizes = ((5, 3, -3.0), (9, 4, -115.0))
    return [small, far] + [(level + 2 * torch.randn(num, batch, generator=draw), torch.linspace(-2, 3, num))
                           for num, batch, level in sizes]


MEAN = Values(**words(__file__, "true_posterior_mean"), reference=true_posterior_mean, spoiled=spoiled_mean, cases=mean_cases,
              together=2)


def information_lower(log_q: Float[Tensor, "sample batch"]) -> Float[Tensor, "sample"]:
    """log q(z_i | x_i) - log (1/N) sum_j q(z_i | x_j), nats: its mean is a lower bound on I(x; z) (Poole et al. 2019)."""
    return log_q.diagonal() - log_q.logsumexp(1) + math.log(len(log_q))


def spoiled_information(has: Has, log_q: Tensor) -> Tensor:
    num, own = len(log_q), log_q.diagonal()
    own = log_q.max(1).values if has("best") else log_q.trace() if has("trace") else own
    own = log_q.T if has("whole table") else own  # turned, so that a row meets the mean of its draw
    axis = 0 if has("wrong axis") else 1
    if has("underflow") or has("epsilon"):
        return own - (log_q.exp().mean(axis) + (1e-20 if has("epsilon") else 0)).log()
    if has("leave one out"):
        log_q = log_q.masked_fill(torch.eye(num, dtype=torch.bool), float("-inf"))
    log_num = math.log2(num) if has("log2") else math.log(num - 1 if has("leave one out") else num)
    whole = log_q.mean(axis) if has("mean of logs") else log_q.logsumexp(axis)
    if has("everything"):
        whole, log_num = log_q.logsumexp((0, 1)), 2 * log_num
    if has("outside divided"):
        whole = whole / num
    elif not (has("no log N") or has("mean of logs")):
        whole = whole + log_num if has("log N turned") else whole - log_num
    if has("turned"):
        return whole - own
    result = -whole if has("no own") else own if has("no aggregate") else own - whole
    result = result.T if has("whole table") else result
    return result.clamp(min=0) if has("cut") else result


def information_cases() -> list[Inputs]:
    """Also a draw that is far from every sentence."""
    draw = torch.Generator().manual_seed(12)
    return [(torch.tensor([[-1.0, -3.0], [-2.0, -1.5]]),)] + [
        (level + 3 * torch.randn(num, num, generator=draw),) for num, level in ((3, -125.0), (4, -2.0), (7, -20.0))]


INFORMATION = Values(**words(__file__, "information_lower"), reference=information_lower, spoiled=spoiled_information,
                     cases=information_cases, together=2)


def gain_at_each_word(own: Float[Tensor, "batch time"], stranger: Float[Tensor, "batch time"], lengths: Int[Tensor, "batch"]
                      ) -> Float[Tensor, "time"]:
    """Mean of own - stranger over the sentences that have a word at each position; nats per word."""
    real = torch.arange(own.shape[1]) < lengths[:, None]
    return torch.where(real, own - stranger, 0.0).sum(0) / real.sum(0)


def spoiled_gain(has: Has, own: Tensor, stranger: Tensor, lengths: Tensor) -> Tensor:
    last = lengths - 1 if has("no eos") else lengths + 1 if has("one too many") else lengths
    real = torch.arange(own.shape[1]) < last[:, None]
    difference = own.exp() - stranger.exp() if has("probabilities") else stranger - own if has("turned") else own - stranger
    if has("own alone"):
        difference = own
    difference = own / stranger if has("quotient") else difference.abs() if has("absolute") else difference
    if has("padding counts"):
        return difference.mean(0)
    if has("longest only"):
        return difference[lengths == lengths.max()].mean(0)
    if has("shortest"):
        return difference[:, : int(lengths.min())].mean(0)
    if has("stranger's padding"):
        return torch.where(real, own, 0.0).sum(0) / real.sum(0) - stranger.mean(0)
    masked = difference * real  # nan where -inf stands in the padding; a mistake masked otherwise is known by the other cases
    if has("product"):
        return masked.sum(0) / real.sum(0)
    if has("median"):
        return masked.median(0).values
    if has("one number"):
        return masked.sum() / real.sum()
    if has("per sentence") or has("mean per sentence"):
        return masked.sum(1) / (lengths if has("mean per sentence") else 1)
    return masked.sum(0) / (1 if has("sum") else len(own) if has("over all") else real.sum(0).clamp_min(1))


def gain_cases() -> list[Inputs]:
    """Behind the end stands rubbish, which must not count: other numbers, and -inf. A stranger's z may be the better one."""
    draw = torch.Generator().manual_seed(13)

    def case(lengths: list[int], rubbish: float | None = None) -> Inputs:
        shape, ends = (len(lengths), max(lengths)), torch.tensor(lengths)
        own, stranger = -3 * torch.rand(shape, generator=draw), -2 - 2 * torch.rand(shape, generator=draw)
        if rubbish is not None:
            own = own.masked_fill(torch.arange(shape[1]) >= ends[:, None], rubbish)
        return own, stranger, ends

    return [case([2, 1]), case([2, 3], -math.inf), case([4, 2, 3, 4]), case([6, 3, 1, 5, 6])]


GAIN = Values(**words(__file__, "gain_at_each_word"), reference=gain_at_each_word, spoiled=spoiled_gain, cases=gain_cases,
              together=2)

register(MISFITS, MEAN, INFORMATION, GAIN)
