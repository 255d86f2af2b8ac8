"""Exercise of lesson 02: a Monte Carlo estimate of the KL and its standard error."""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def mean_and_error(log_q: Float[Tensor, "sample batch"], log_p: Float[Tensor, "sample batch"]) -> Float[Tensor, "2 batch"]:
    """Mean of log q - log p over the samples, and the standard error of that mean; nats."""
    return of_draws(log_q - log_p)


def of_draws(draws: Tensor) -> Tensor:
    return torch.stack([draws.mean(0), draws.std(0) / math.sqrt(len(draws))])


def spoiled_errors(has: Has, log_q: Tensor, log_p: Tensor) -> Tensor:
    draws = log_p - log_q if has("reverse") else log_q - log_p
    draws = draws.exp() if has("ratio") else draws
    axis = 1 if has("wrong axis") else 0
    num = draws.shape[axis]
    spread = draws.std(axis, correction=0 if has("population") else 1)
    spread = spread.square() if has("variance") else spread
    error = spread if has("no root n") else spread / (num if has("over n") else math.sqrt(num))
    rows = torch.stack([draws.mean(axis), error])
    return rows[0] if has("no error") else rows.flip(0) if has("rows exchanged") else rows


def error_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(22)
    small = [(torch.tensor([[-1.0], [-2.0]]), torch.tensor([[-2.0], [-1.5]]))]
    return small + [tuple(-3 + torch.randn(2, num, batch, generator=draw)) for num, batch in ((5, 2), (12, 4))]


FORMS = {
    "columns": lambda q, p: mean_and_error(q, p).mT,
    "weighted again": lambda q, p: of_draws(q.exp() * (q - p)),
    "k3": lambda q, p: of_draws(q - p + (p - q).exp() - 1),
    "absolute": lambda q, p: of_draws((q - p).abs()),
    "cut off": lambda q, p: of_draws((q - p).clamp(min=0)),
    "one pair": lambda q, p: torch.stack([(q - p).mean(), (q - p).std() / math.sqrt(len(q))]),
    "sum": lambda q, p: torch.stack([(q - p).sum(0), (q - p).std(0) / math.sqrt(len(q))]),
    "root of the batch": lambda q, p: torch.stack([(q - p).mean(0), (q - p).std(0) / math.sqrt(q.shape[1])]),
    "as if independent": lambda q, p: torch.stack([(q - p).mean(0), ((q.var(0) + p.var(0)) / len(q)).sqrt()]),
}
ERRORS = Values(**words(__file__, "mean_and_error"), reference=mean_and_error, spoiled=spoiled_errors, cases=error_cases,
                forms=FORMS)
