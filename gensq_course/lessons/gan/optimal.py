"""Exercise of lesson 14: the best judge there is."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def optimal_judge(log_p: Float[Tensor, "batch"], log_q: Float[Tensor, "batch"]) -> Float[Tensor, "batch"]:
    """D* = p / (p + q), the probability that a point is real, from log densities (Goodfellow et al. 2014, eq. 2)."""
    return (log_p - log_q).sigmoid()


def spoiled(has: Has, log_p: Tensor, log_q: Tensor) -> Tensor:
    if has("turned"):
        log_p, log_q = log_q, log_p
    if has("underflow"):
        return log_p.exp() / (log_p.exp() + log_q.exp())
    if has("epsilon"):
        return log_p.exp() / (log_p.exp() + log_q.exp() + 1e-12)
    if has("nan hidden"):
        return (log_p.exp() / (log_p.exp() + log_q.exp())).nan_to_num(0.5)
    if has("over the points"):
        return (log_p - log_q).softmax(0)
    if has("clamped"):
        return (log_p.clamp(min=-50) - log_q.clamp(min=-50)).sigmoid()
    if has("timid"):
        log_p, log_q = log_p / 2, log_q / 2
    if has("added") or has("log_q ignored"):
        log_q = 0 * log_q if has("log_q ignored") else -log_q
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
    return torch.nn.functional.logsigmoid(log_p - log_q) if has("log") else (log_p - log_q).sigmoid()


def cases() -> list[Inputs]:
    """Far from both clouds log densities are hundreds below 0, where exp gives 0."""
    draw = torch.Generator().manual_seed(15)
    small = (torch.tensor([3.0]).log(), torch.tensor([1.0]).log())
    far = (torch.tensor([-1000.0, -2000.0, 1.0]), torch.tensor([-2000.0, -1000.0, 0.0]))  # beyond float64, too
    return [small, far, *((torch.randn(size, generator=draw) - level, torch.randn(size, generator=draw) - level)
                          for size, level in ((3, 1.0), (4, 3.0), (6, 20.0)))]


OPTIMAL = Exact(**words(__file__, "optimal_judge"), reference=optimal_judge, spoiled=spoiled, cases=cases)
