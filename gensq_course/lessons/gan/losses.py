"""Exercise of lesson 14: what the judge and the generator pay, from logits."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid

from gensq_course.checks.exercises import Exact, Has, Inputs, words, instead


def game_losses(real: Float[Tensor, "batch"], fake: Float[Tensor, "batch"]) -> Float[Tensor, "batch 2"]:
    """For each pair of logits: the judge's loss and the non-saturating generator's; nats (Goodfellow et al. 2014)."""
    return torch.stack([-logsigmoid(real) - logsigmoid(-fake), -logsigmoid(fake)], 1)


Log = Callable[[Tensor], Tensor]
LOGS: dict[str, tuple[Log, Log]] = {  # what is taken for log D and log(1 - D)
    "logits as log D": (lambda a: a, lambda a: 1 - a),
    "underflow": (lambda a: a.sigmoid().log(), lambda a: (1 - a.sigmoid()).log()),
    "epsilon": (lambda a: (a.sigmoid() + 1e-8).log(), lambda a: (1 - a.sigmoid() + 1e-8).log()),
    "1 - log D": (logsigmoid, lambda a: logsigmoid(a) - 1),
    "least squares": (lambda a: -((a - 1) ** 2), lambda a: -(a**2)),
    "linear": (lambda a: a, lambda a: -a),
}


def spoiled(has: Has, real: Tensor, fake: Tensor) -> Tensor:
    real, fake = (real.sigmoid(), fake.sigmoid()) if has("sigmoid twice") else (real, fake)
    log_d, log_not_d = instead(has, (logsigmoid, lambda a: logsigmoid(-a)), LOGS)
    known, unknown = (log_not_d, log_d) if has("labels swapped") else (log_d, log_not_d)
    parts = [] if has("fakes only") else [known(real)]
    parts += [] if has("reals only") else [unknown(fake)]
    paid = -torch.stack(parts).sum(0) / (2 if has("half") else 1)
    generator = log_not_d(fake) if has("saturating") else -log_d(real if has("generator on reals") else fake)
    generator = -generator if has("generator helps") else generator
    return torch.stack([generator, paid] if has("order") else [paid, generator], 0 if has("axis") else 1)


def cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(14)
    small = (torch.tensor([0.0]), torch.tensor([1.0]))
    return [small, *((scale * torch.randn(size, generator=draw), scale * torch.randn(size, generator=draw))
                     for size, scale in ((3, 1.0), (5, 2.0), (7, 150.0)))]


LOSSES = Exact(
    together=2,  # so many mistakes are known here that three at a time would take too long
    **words(__file__, "game_losses"), reference=game_losses, spoiled=spoiled, cases=cases)
