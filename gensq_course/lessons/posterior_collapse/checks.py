"""The exercises of lesson 07: the mean of a true posterior on a grid, a lower estimate of information, gain by position."""
import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values
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


MEAN = Values(
    name="true_posterior_mean", reference=true_posterior_mean, spoiled=spoiled_mean, cases=mean_cases,
    mistakes={
        "wrong axis": "it normalises over the sentences (axis 1); for each sentence, the weights of the grid points (axis 0) "
        "add up to 1.",
        "not normalised": "the weights do not add up to 1: p(z | x) is p(x, z) divided by its sum over the grid.",
        "underflow": "exp of a log-probability around -115 is 0 in floating point, and 0 / 0 is nan: use softmax.",
        "most probable": "it returns the most probable point (the mode); the mean weighs all points.",
        "even weights": "every point weighs the same: that is the mean of the grid, whatever x says.",
        "weights in logs": "it weighs with log-probabilities; a mean has probabilities as weights.",
        "square": "the points are squared: that is E[z²], not the mean.",
    },
    hints=(
        "p(z | x) is proportional to p(x, z). On an even grid: weights that are proportional to exp(log_joint) and add up to 1.",
        "log_joint.softmax(0) is that, for each sentence, without underflow.",
        "(log_joint.softmax(0) * grid[:, None]).sum(0)",
    ),
    praise="The encoder was never asked: this is what it should have said.",
)


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


PER_SENTENCE = {
    "batch mean": "it averages over the sentences: keep one number per sentence, so that a standard error can be had.",
    "batch sum": "it sums over the sentences: keep one number per sentence.",
}

INFORMATION = Values(
    name="information_lower", reference=information_lower, spoiled=spoiled_information, cases=information_cases,
    mistakes={
        "no log N": "log N is missing: the mean over N sentences is their sum divided by N.",
        "wrong axis": "it sums over the draws (axis 0); q(z_i) is the mean over the sentences j (axis 1), at the same z_i.",
        "leave one out": "it leaves the sentence's own q out of the mean: that is the *upper* estimate, which has no ceiling.",
        "mean of logs": "it takes the mean of log q; q(z) is the mean of the densities, so the logarithm comes last.",
        "turned": "the sign is turned: log q(z_i | x_i) minus log q(z_i).",
        "no own": "log q(z_i | x_i), the diagonal, is missing: this is -log q(z_i) alone.",
        "no aggregate": "log q(z_i) is missing: this is the diagonal alone.",
        **PER_SENTENCE,
    },
    hints=(
        "Row i is one draw z_i, seen from every sentence j. Which entry of the row is its own sentence's?",
        "log q(z_i) = log of the mean of the row's densities = logsumexp over the row, minus log N.",
        "log_q.diagonal() - (log_q.logsumexp(1) - math.log(len(log_q)))",
    ),
    praise="Each number is at most log N: with 64 sentences nobody can see more than 4.16 nats.",
)


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


GAIN = Values(
    name="gain_at_each_word", reference=gain_at_each_word, spoiled=spoiled_gain, cases=gain_cases,
    mistakes={
        "padding counts": "it averages over padding, too: only the first lengths[i] positions of sentence i are real.",
        "over all": "it divides by the number of all sentences; divide by the number of those that have a word there.",
        "sum": "it is a sum over sentences, not a mean: a position that many sentences have looks better for that alone.",
        "per sentence": "it sums over time: one number per position is asked for, so reduce the batch axis (0).",
        "turned": "the sign is turned: what the own z gains, own minus stranger.",
        "no eos": "the last real position (<eos>) is left out: lengths counts it.",
        "probabilities": "it subtracts probabilities; the gain in nats is a difference of log-probabilities.",
        "own alone": "the stranger is missing: a gain is a difference.",
    },
    hints=(
        "A mask of real positions, the difference masked, a sum over the batch axis. By what number do you divide?",
        "real = torch.arange(time) < lengths[:, None]; at position t there are real.sum(0)[t] sentences.",
        "((own - stranger) * real).sum(0) / real.sum(0)",
    ),
    praise="Per word, and only over sentences that have one there.",
)

register(MEAN, INFORMATION, GAIN)
