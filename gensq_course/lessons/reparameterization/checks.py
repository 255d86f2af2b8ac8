"""The exercises of lesson 03: gradient estimates by the score function and by the path of a sample, and a baseline."""

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values
from gensq_course.checks.registry import register


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


PER_SAMPLE = {
    "batch mean": "it averages over the samples: keep one estimate per sample, so that their spread can be seen.",
    "batch sum": "it sums over the samples: keep one estimate per sample, so that their spread can be seen.",
}

SCORE = Values(
    name="score_gradient", reference=score_gradient, spoiled=spoiled_score, cases=score_cases,
    mistakes={
        "sigma": "it divides by the standard deviation; the derivative of log q divides by the variance, stddev².",
        "no sigma": "the division by the variance, stddev², is missing.",
        "not centred": "the mean is not subtracted: the score is (z - mean) / stddev².",
        "turned": "(mean - z) has the wrong sign: a draw above the mean, with a large f, should pull the mean up.",
        "squared": "the distance is squared: that stands in log q; its derivative in the mean has the distance itself.",
        "log q": "this is f times log q; the estimate needs the derivative of log q in the mean.",
        "no value": "f(z) is missing: this is the score alone, whose mean is 0 for every f.",
        "added": "f and the score are added; the estimate is their product.",
        **PER_SAMPLE,
    },
    hints=(
        "log q(z) = -(z - mean)² / (2 stddev²) + something without the mean. Differentiate it in the mean.",
        "The score is (z - mean) / stddev². Each estimate is f(z) times the score of its own draw.",
        "value * (z - mean) / stddev**2",
    ),
    praise="It never asked for the derivative of f: f may be a step, a simulator or a person.",
)


def leave_one_out(value: Float[Tensor, "sample batch"]) -> Float[Tensor, "sample batch"]:
    """For each draw the mean of the values of the other draws."""
    return (value.sum(0) - value) / (len(value) - 1)


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


BASELINE = Values(
    name="leave_one_out", reference=leave_one_out, spoiled=spoiled_baseline, cases=baseline_cases,
    mistakes={
        "itself": "each baseline contains its own draw (the mean of all): that is what makes the gradient too short.",
        "divided by K": "there are K - 1 other draws, and it divides by K.",
        "sum": "it returns the sum of the others; the baseline is their mean.",
        "wrong axis": "it works along the batch axis (1); the draws are along axis 0.",
        "mean minus itself": "it subtracts the draw's own value from the mean; take the mean of the others instead.",
        "centred": "it returns value minus baseline; return the baseline alone, the estimator subtracts it.",
        "batch mean": "it returns one number for all draws: each draw has a baseline of its own.",
        "batch sum": "it returns one number for all draws: each draw has a baseline of its own.",
    },
    hints=(
        "For draws 1, 5, 9 the baselines are 7, 5, 3. How do you get them without a loop?",
        "The sum of the others is the sum of all minus the own value.",
        "(value.sum(0) - value) / (len(value) - 1)",
    ),
    praise="The other draws cost nothing extra, and they know nothing of this one: no bias.",
)


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


PATH = Values(
    name="pathwise_gradient", reference=pathwise_gradient, spoiled=spoiled_path, cases=path_cases,
    mistakes={
        "half": "the factor 1/2 is missing: d exp(log_var / 2) / d log_var = exp(log_var / 2) / 2.",
        "variance": "exp(log_var) is the variance; z moves with the standard deviation, exp(log_var / 2).",
        "no exp": "log_var is taken for the standard deviation, which is exp(log_var / 2).",
        "no sigma": "the standard deviation is missing: this is the derivative in stddev, or half of it.",
        "no noise": "the noise is missing: that is how far this draw moves when stddev grows.",
        "noise squared": "the noise is squared: z is linear in the noise, so its derivative is, too.",
        "no slope": "the slope f'(z) is missing: the chain rule has two factors.",
        **PER_SAMPLE,
    },
    hints=(
        "Chain rule: d f / d log_var = f'(z) · dz / d log_var. Only the second factor is new.",
        "z = mean + exp(log_var / 2) · noise, and exp(log_var / 2) differentiates to exp(log_var / 2) / 2.",
        "0.5 * slope * (log_var / 2).exp() * noise",
    ),
    praise="This is what autograd does for you whenever a VAE trains.",
)

register(SCORE, BASELINE, PATH)
