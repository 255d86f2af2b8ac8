"""Exercise of lesson 14: what the judge and the generator pay, from logits."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid

from gensq_course.checks.exercises import Exact, Has, Inputs


def game_losses(real: Float[Tensor, "batch"], fake: Float[Tensor, "batch"]) -> Float[Tensor, "batch 2"]:
    """For each pair of logits: the judge's loss and the non-saturating generator's; nats (Goodfellow et al. 2014)."""
    return torch.stack([-logsigmoid(real) - logsigmoid(-fake), -logsigmoid(fake)], 1)


def spoiled(has: Has, real: Tensor, fake: Tensor) -> Tensor:
    if has("sigmoid twice"):
        real, fake = real.sigmoid(), fake.sigmoid()

    def log_d(a: Tensor) -> Tensor:
        if has("logits as log D"):
            return a
        return a.sigmoid().log() if has("underflow") else logsigmoid(a)

    def log_not_d(a: Tensor) -> Tensor:
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
    name="game_losses", reference=game_losses, spoiled=spoiled, cases=cases,
    mistakes={
        "labels swapped": "the labels are swapped in the judge's loss: a high logit on a real example should cost "
        "little.",
        "saturating": "the generator's loss is the saturating one, + log(1 - D): asked for is - log D of its fakes.",
        "generator helps": "the generator's loss has its sign turned: it should fall when its fakes are taken for real.",
        "generator on reals": "the generator's loss looks at real examples: it can change its fakes only.",
        "sigmoid twice": "a sigmoid is applied to the logits before a loss that applies one itself: D is squeezed into .5 "
        "to .73.",
        "underflow": "log(1 - sigmoid(100)) is -inf in floating point: use logsigmoid of ± the logits.",
        "logits as log D": "the logits are taken for log-probabilities: log D is logsigmoid(logits).",
        "fakes only": "the judge's loss lacks its real examples.",
        "reals only": "the judge's loss lacks the fakes.",
        "half": "the judge's loss is half of what it should be: the sum of both terms is asked for, not their mean.",
        "order": "the columns are exchanged: first the judge's loss, then the generator's.",
        "axis": "the two losses are stacked along the wrong axis: one row for each pair, two columns.",
        "batch mean": "it averages over the batch: keep one row for each pair, the caller averages.",
        "batch sum": "it sums over the batch: keep one row for each pair.",
        "sign": "both signs are turned: a loss is minus a log-probability.",
    },
    hints=(
        "D = sigmoid(logit). The judge pays -log D for a real example and -log(1 - D) for a fake one.",
        "The generator wants its fakes taken for real: it pays -log D(fake). And log(1 - sigmoid(a)) = logsigmoid(-a).",
        "torch.stack([-logsigmoid(real) - logsigmoid(-fake), -logsigmoid(fake)], 1)",
    ),
    praise="Finite at any logit, and the generator keeps its slope when it loses.",
)
