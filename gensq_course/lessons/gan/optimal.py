"""Exercise of lesson 14: the best judge there is."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


def optimal_judge(log_p: Float[Tensor, "batch"], log_q: Float[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    """D* = p / (p + q), the probability that a point is real, from log densities (Goodfellow et al. 2014, eq. 2)."""
    return (log_p - log_q).sigmoid()


def spoiled(has: Has, log_p: Tensor, log_q: Tensor) -> Tensor:
    if has("turned"):
        log_p, log_q = log_q, log_p
    if has("underflow"):
        return log_p.exp() / (log_p.exp() + log_q.exp())
    if has("logit"):
        return log_p - log_q
    if has("ratio"):
        return (log_p - log_q).exp()
    if has("logs as densities"):
        return log_p / (log_p + log_q)
    if has("difference"):
        return log_p.exp() - log_q.exp()
    if has("hard"):
        return (log_p > log_q).to(log_p.dtype)
    return (log_p - log_q).sigmoid().log() if has("log") else (log_p - log_q).sigmoid()


def cases() -> list[Inputs]:
    """Far from both clouds log densities are hundreds below 0, where exp gives 0."""
    draw = torch.Generator().manual_seed(15)
    small = (torch.tensor([3.0]).log(), torch.tensor([1.0]).log())
    return [small, *((torch.randn(size, generator=draw) - level, torch.randn(size, generator=draw) - level)
                     for size, level in ((3, 1.0), (4, 3.0), (6, 400.0)))]


OPTIMAL = Exact(
    name="optimal_judge", reference=optimal_judge, spoiled=spoiled, cases=cases,
    mistakes={
        "turned": "p and q are exchanged: D is the probability of *real*, large where p is.",
        "underflow": "exp(-400) is 0 in floating point, and 0 / 0 is nan: work with the difference of the logs.",
        "logit": "this is the logit log p - log q; its sigmoid is asked for.",
        "ratio": "this is the ratio p / q; the share p / (p + q) is asked for.",
        "logs as densities": "log densities are put where densities belong.",
        "difference": "this is p - q; a probability is asked for.",
        "hard": "it decides (0 or 1): the best judge says how sure it can be.",
        "log": "this is the logarithm of the probability.",
    },
    hints=(
        "At a point x, out of p(x) + q(x) expected examples p(x) are real (both come equally often).",
        "p / (p + q) = 1 / (1 + q / p), and q / p = exp(log_q - log_p). Which function is that?",
        "torch.sigmoid(log_p - log_q)",
    ),
    praise="So a judge's logit is an estimate of log p - log q.",
)
