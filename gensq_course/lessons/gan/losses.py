"""Exercise of lesson 14: what the judge and the generator pay, from logits."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def game_losses(real: Float[Tensor, "batch"], fake: Float[Tensor, "batch"]) -> Float[Tensor, "batch 2"]:
    """For each pair of logits: the judge's loss and the non-saturating generator's; nats (Goodfellow et al. 2014)."""
    return torch.stack([-logsigmoid(real) - logsigmoid(-fake), -logsigmoid(fake)], 1)


def spoiled(has: Has, real: Tensor, fake: Tensor) -> Tensor:
    if has("least squares"):
        return torch.stack([(real - 1) ** 2 + fake**2, (fake - 1) ** 2], 1)
    if has("linear"):
        return torch.stack([fake - real, -fake], 1)
    if has("epsilon"):
        known, fooled = real.sigmoid(), fake.sigmoid()
        return -torch.stack([(known + 1e-8).log() + (1 - fooled + 1e-8).log(), (fooled + 1e-8).log()], 1)
    if has("sigmoid twice"):
        real, fake = real.sigmoid(), fake.sigmoid()

    def log_d(a: Tensor) -> Tensor:
        if has("logits as log D"):
            return a
        return a.sigmoid().log() if has("underflow") else logsigmoid(a)

    def log_not_d(a: Tensor) -> Tensor:
        if has("1 - log D"):
            return logsigmoid(a) - 1
        if has("logits as log D"):
            return 1 - a
        return (1 - a.sigmoid()).log() if has("underflow") else logsigmoid(-a)

    known, unknown = (log_not_d, log_d) if has("labels swapped") else (log_d, log_not_d)
    paid = torch.zeros_like(real) if has("fakes only") else -known(real)
    paid = paid if has("reals only") else paid - unknown(fake)
    if has("half"):
        paid = paid / 2
    generator = log_not_d(fake) if has("saturating") else -log_d(real if has("generator on reals") else fake)
    if has("generator helps"):
        generator = -generator
    pair = [generator, paid] if has("order") else [paid, generator]
    return torch.stack(pair, 0 if has("axis") else 1)


def cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(14)
    small = (torch.tensor([0.0]), torch.tensor([1.0]))
    return [small, *((scale * torch.randn(size, generator=draw), scale * torch.randn(size, generator=draw))
                     for size, scale in ((3, 1.0), (5, 2.0), (7, 150.0)))]


LOSSES = Exact(
    together=2,  # so many mistakes are known here that three at a time would take too long
    **words(__file__, "game_losses"), reference=game_losses, spoiled=spoiled, cases=cases)
