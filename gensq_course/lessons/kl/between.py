"""Exercise of lesson 02: the KL divergence between two diagonal Gaussians, per dimension."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words

Numbers = Float[Tensor, "batch latent"]


def kl_between(q_mean: Numbers, q_std: Numbers, p_mean: Numbers, p_std: Numbers) -> Numbers:
    """KL(q || p) of each dimension, nats (Kingma & Welling 2014, appendix B, with any p)."""
    ratio, shift = q_std / p_std, (q_mean - p_mean) / p_std
    return 0.5 * (ratio.square() + shift.square() - 1) - ratio.log()


def spoiled_between(has: Has, q_mean: Tensor, q_std: Tensor, p_mean: Tensor, p_std: Tensor) -> Tensor:
    if has("reverse"):
        q_mean, q_std, p_mean, p_std = p_mean, p_std, q_mean, q_std
    if has("variances"):
        q_std, p_std = q_std.sqrt(), p_std.sqrt()
    ratio = q_std / p_std
    shift = (q_mean - p_mean) / (1 if has("shift not scaled") else q_std if has("shift over q") else p_std)
    terms = (ratio if has("ratio not squared") else ratio.square()) + (shift if has("shift not squared") else shift.square())
    terms = (terms if has("minus one") else terms - 1) * (1.0 if has("half") else 0.5)
    logs = 0 * ratio if has("no log") else -ratio.log() if has("log turned") else ratio.log()
    terms = terms - (0.5 * logs if has("half a log") else logs)
    return terms.sum(-1) if has("sum over latent") else terms.mean(-1) if has("mean over latent") else terms


def between_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(21)
    small = [tuple(torch.full((1, 1), x) for x in case) for case in ((1.0, 1.0, 0.0, 1.0), (0.0, 2.0, 0.0, 1.0))]
    narrow = tuple(torch.tensor([[x, x]]) for x in (0.001, 0.002, 0.0, 0.001))
    pairs = [torch.randn(4, *shape, generator=draw) for shape in ((1, 3), (3, 5))]
    return [*small, narrow] + [(q_mean, (q / 2).exp(), p_mean, (p / 2).exp()) for q_mean, p_mean, q, p in pairs]


def line_five(log: Tensor, above: Tensor, below: Tensor) -> Tensor:
    """Line 5 of the board with other parts."""
    return log + above / below - 0.5


FORMS = {
    "half of the square": lambda a, s, b, t: line_five((t / s).log(), s**2 + (a - b) ** 2, t**2),
    "log of variances": lambda a, s, b, t: line_five(2 * (t / s).log(), s**2 + (a - b) ** 2, 2 * t**2),
    "standard p": lambda a, s, b, t: line_five(-s.log(), s**2 + a**2, 2 * torch.ones_like(s)),
    "difference of squares": lambda a, s, b, t: line_five((t / s).log(), s**2 + a**2 - b**2, 2 * t**2),
    "shift not squared above": lambda a, s, b, t: line_five((t / s).log(), s**2 + (a - b), 2 * t**2),
    "no shift": lambda a, s, b, t: line_five((t / s).log(), s**2, 2 * t**2),
    "base 2": lambda a, s, b, t: line_five((t / s).log2(), s**2 + (a - b) ** 2, 2 * t**2),
    "over the variance of q": lambda a, s, b, t: line_five((t / s).log(), s**2 + (a - b) ** 2, 2 * s**2),
    "brackets": lambda a, s, b, t: line_five((t / s).log() + s**2, (a - b) ** 2, 2 * t**2),
    "not squared": lambda a, s, b, t: line_five((t / s).log(), s + (a - b) ** 2, 2 * t),
    "squared again": lambda a, s, b, t: kl_between(a, s**2, b, t**2),
    "exp again": lambda a, s, b, t: kl_between(a, s.exp(), b, t.exp()),
    "clamped": lambda a, s, b, t: kl_between(a, s.clamp(min=1e-2), b, t.clamp(min=1e-2)),
}

BETWEEN = Exact(
    **words(__file__, "kl_between"), reference=kl_between, spoiled=spoiled_between, cases=between_cases, forms=FORMS,
    free=lambda q_mean, q_std, p_mean, p_std: (q_mean, q_std.abs(), p_mean, p_std.abs()))
