"""Exercise of lesson 14: whose samples are where, the first half of a definition of "covered"."""
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words, instead


def mode_shares(x: Float[Tensor, "batch 2"], centres: Float[Tensor, "mode 2"], radius: float) -> Float[Tensor, "mode"]:
    """The share of all samples that belong to each mode: it is their nearest, and no farther than `radius`."""
    distance, nearest = torch.cdist(x, centres).min(1)
    return torch.bincount(nearest[distance <= radius], minlength=len(centres)) / len(x)


ENDS: dict[str, Callable[[Tensor], Tensor]] = {  # what is made of a table of ones and zeros, "batch mode"
    "one number": lambda belongs: belongs.sum() / len(belongs),
    "covered": lambda belongs: (belongs.mean(0) >= 0.25 / belongs.shape[1]).to(belongs.dtype),
    "per sample": lambda belongs: belongs.sum(1),
    "counts": lambda belongs: belongs.sum(0),
    "of the inside": lambda belongs: belongs.sum(0) / belongs.sum().clamp_min(1),
    "yes or no": lambda belongs: (belongs.sum(0) > 0).to(belongs.dtype),
    "over modes": lambda belongs: belongs.sum(0) / belongs.shape[1],
}


def spoiled(has: Has, x: Tensor, centres: Tensor, radius: float) -> Tensor:
    way = x[:, None] - centres
    between = way.abs().sum(-1) if has("city") else way.abs().amax(-1) if has("a square") else way.norm(dim=-1)
    if has("nearest sample"):
        least, nearest = between.min(0)
        return torch.bincount(nearest[least <= radius], minlength=len(centres)) / len(x)
    reach = radius**0.5 if has("squared") else 2 * radius if has("diameter") else 3 * radius if has("three times") else radius
    inside = (between > reach) if has("outside") else between <= reach
    nearest = torch.nn.functional.one_hot(between.argmin(1), len(centres)).bool()
    if has("first come"):
        taken = (inside & (inside.cumsum(1) == 1)).sum(0)
        return taken / (len(x) - taken.cumsum(0) + taken)
    belongs = (inside if has("twice") else nearest if has("no radius") else inside & nearest).to(x.dtype)
    if has("no minlength"):
        counts = belongs.sum(0)
        return counts[:int(counts.nonzero().max()) + 1] / len(x)
    return instead(has, lambda belongs: belongs.mean(0), ENDS)(belongs)


def cases() -> list[Inputs]:
    """Modes that overlap, and samples that belong nowhere."""
    draw = torch.Generator().manual_seed(17)
    small = (torch.tensor([[0.0, 0.0], [0.0, 0.9], [5.0, 5.0]]), torch.tensor([[0.0, 0.0], [0.0, 1.0]]), 0.5)
    lost = (small[0], torch.tensor([[0.0, 0.0], [0.0, 1.0], [90.0, 90.0]]), 0.5)  # nobody draws the last mode
    return [small, lost, *((2 * torch.randn(size, 2, generator=draw), 0.7 * torch.randn(modes, 2, generator=draw), radius)
                     for size, modes, radius in ((20, 3, 1.3), (60, 5, 0.7)))]


MODES = Values(**words(__file__, "mode_shares"), reference=mode_shares, spoiled=spoiled, cases=cases)
