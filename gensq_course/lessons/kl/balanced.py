"""Exercise of lesson 02: k3 repaired with draws from both distributions, so that no draw can be a giant."""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words

Logs = Float[Tensor, "sample batch"]


def balanced_draws(log_q: Logs, log_p: Logs) -> Logs:
    """Draws whose mean is KL(q || p), from z of which half were drawn from q and half from p; nats, never negative.

    Importance sampling under the mixture of both (known as a defensive mixture), with k3's control variate.
    """
    log_mixture = torch.logaddexp(log_q, log_p) - math.log(2)
    of_q, of_p = (log_q - log_mixture).exp(), (log_p - log_mixture).exp()
    return of_q * (log_q - log_p) + of_p - of_q


def spoiled_draws(has: Has, log_q: Tensor, log_p: Tensor) -> Tensor:
    if has("reverse"):
        log_q, log_p = log_p, log_q
    log_mixture = torch.logaddexp(log_q, log_p) - (0 if has("no half") else math.log(2))
    if has("mean of logs"):
        log_mixture = (log_q + log_p) / 2
    of_q, of_p = (log_q - log_mixture).exp(), (log_p - log_mixture).exp()
    if has("no weights"):
        of_q, of_p = torch.ones_like(of_q), (log_p - log_q).exp()
    if has("weights upside down"):
        of_q, of_p = 1 / of_q, 1 / of_p
    ratio = of_q - of_p if has("q/m - p/m for the log") else of_q * (log_q - log_p)
    variate = 0 if has("no control variate") else of_q - of_p if has("variate turned") else (
        of_p - 1 if has("minus one") else of_p - of_q)
    draws = log_q - log_p + variate if has("log not weighted") else ratio + variate
    return draws.mean(0) if has("averaged") else draws


def draw_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(26)
    small = (torch.tensor([[-1.0], [-2.0]]), torch.tensor([[-2.0], [-1.5]]))
    far = (torch.tensor([[-2.0, 0.5], [-900.0, -40.0]]), torch.tensor([[-900.0, -3.0], [-1.0, -1.0]]))
    return [small, far, *(tuple(3 * torch.randn(2, num, batch, generator=draw) - 2) for num, batch in ((4, 1), (6, 3)))]


DRAWS = Values(**words(__file__, "balanced_draws"), reference=balanced_draws, spoiled=spoiled_draws, cases=draw_cases, together=2)
