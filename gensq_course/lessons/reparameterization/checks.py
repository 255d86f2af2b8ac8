"""Exercises of lesson 03: gradient estimates by the score function and by the path of a sample, and a baseline."""

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words
from gensq_course.lessons.reparameterization.gradients import leave_one_out


def score_gradient(
    value: Float[Tensor, "sample"], z: Float[Tensor, "sample"], mean: Float[Tensor, ""], stddev: Float[Tensor, ""]
) -> Float[Tensor, "sample"]:
    """f(z) times the derivative of log N(z; mean, stddev^2) in the mean (Williams 1992)."""
    return value * (z - mean) / stddev**2


def spoiled_score(has: Has, value: Tensor, z: Tensor, mean: Tensor, stddev: Tensor) -> Tensor:
    distance = z if has("not centred") else mean - z if has("turned") else z - mean
    score = distance / (stddev if has("sigma") else 1.0 if has("no sigma") else stddev**2)
    if has("squared"):
        score = distance**2 / stddev**2
    if has("log q"):
        score = torch.distributions.Normal(mean, stddev).log_prob(z)
    if has("no value"):
        return score
    return value + score if has("added") else value * score


def score_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(3)
    small = (torch.tensor([2.0]), torch.tensor([1.5]), torch.tensor(0.5), torch.tensor(2.0))
    sizes = ((4, 0.7, 0.5), (9, -1.2, 1.7))
    return [small] + [(*torch.randn(2, num, generator=draw), torch.tensor(mean), torch.tensor(stddev))
                      for num, mean, stddev in sizes]


def density(z: Tensor, mean: Tensor, stddev: Tensor) -> Tensor:
    """q(z)."""
    return torch.distributions.Normal(mean, stddev).log_prob(z).exp()


SCORE_FORMS = {
    "density again": lambda f, z, m, s: f * (z - m) / s**2 * density(z, m, s),
    "own baseline": lambda f, z, m, s: (f - f.mean()) * (z - m) / s**2,
    "in the deviation": lambda f, z, m, s: f * ((z - m) ** 2 / s**3 - 1 / s),
    "times variance": lambda f, z, m, s: f * (z - m) * s**2,
    "exp of sigma": lambda f, z, m, s: f * (z - m) / s.exp(),
    "path of the square": lambda f, z, m, s: 2 * z,
    "over draws": lambda f, z, m, s: f * (z - m) / s**2 / len(z),
}
SCORE = Values(**words(__file__, "score_gradient"), reference=score_gradient, spoiled=spoiled_score, cases=score_cases,
               forms=SCORE_FORMS)


def spoiled_baseline(has: Has, value: Tensor) -> Tensor:
    axis = 1 if has("wrong axis") else 0
    num, total = value.shape[axis], value.sum(axis, keepdim=True)
    if has("itself"):
        return (total / num).expand_as(value)
    if has("mean minus itself"):
        return total / num - value
    others = total - value
    if has("centred"):
        others = value * (num - 1) - others
    return others / (1 if has("sum") else num if has("divided by K") else num - 1)


def baseline_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(4)
    return [(torch.tensor([[1.0, 2.0], [5.0, 2.0], [9.0, 8.0]]),)] + [
        (torch.randn(num, batch, generator=draw),) for num, batch in ((2, 3), (6, 4))]


BASELINE_FORMS = {
    "axis lost": lambda v: v.mean(0),
    "other of two": lambda v: v.flip(0),
    "one other": lambda v: v.roll(1, 0),
    "all examples": lambda v: (v.sum() - v) / (v.numel() - 1),
    "brackets": lambda v: v.sum(0) - v / (len(v) - 1),
    "examples counted": lambda v: (v.sum(0) - v) / (v.shape[1] - 1),
    "earlier draws": lambda v: (v.cumsum(0) - v) / torch.arange(len(v)).clamp(min=1)[:, None],
    "K - 2": lambda v: (v.sum(0) - v) / (len(v) - 2),
    "median": lambda v: torch.stack([torch.cat([v[:i], v[i + 1:]]).median(0).values for i in range(len(v))]),
}
BASELINE = Values(**words(__file__, "leave_one_out"), reference=leave_one_out, spoiled=spoiled_baseline, cases=baseline_cases,
                  forms=BASELINE_FORMS)


def pathwise_gradient(
    slope: Float[Tensor, "sample"], noise: Float[Tensor, "sample"], log_var: Float[Tensor, ""]
) -> Float[Tensor, "sample"]:
    """d f(z) / d log_var along z = mean + exp(log_var / 2) noise (Kingma & Welling 2014)."""
    return 0.5 * slope * (log_var / 2).exp() * noise


def spoiled_path(has: Has, slope: Tensor, noise: Tensor, log_var: Tensor) -> Tensor:
    stddev = log_var.exp() if has("variance") else log_var if has("no exp") else (log_var / 2).exp()
    moved = 1.0 if has("no noise") else noise**2 if has("noise squared") else noise
    half = 1.0 if has("half") else 0.5
    if has("no sigma"):
        stddev = torch.ones_like(stddev)
    return half * moved * stddev * (torch.ones_like(slope) if has("no slope") else slope)


def path_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(5)
    return [(torch.tensor([3.0]), torch.tensor([2.0]), torch.tensor(1.0))] + [
        (torch.randn(num, generator=draw), torch.randn(num, generator=draw), torch.tensor(log_var))
        for num, log_var in ((4, -1.3), (8, 0.8))]


PATH_FORMS = {
    "in the variance": lambda d, e, v: d * e / (2 * (v / 2).exp()),
    "in the mean": lambda d, e, v: d * torch.ones_like(e),
    "noise added": lambda d, e, v: d * (e + (v / 2).exp() / 2),
    "one term more": lambda d, e, v: d * e * (v / 2).exp() / 2 + (v / 2).exp(),
}
PATH = Values(**words(__file__, "pathwise_gradient"), reference=pathwise_gradient, spoiled=spoiled_path, cases=path_cases,
              forms=PATH_FORMS)
