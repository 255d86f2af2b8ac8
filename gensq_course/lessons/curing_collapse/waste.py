"""Exercise of lesson 08: runs compared at equal rate, by what a mixture of two others would have reached."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def wasted_nats(rates: Float[Tensor, "run"], distortions: Float[Tensor, "run"]) -> Float[Tensor, "run"]:
    """How far each run lies above the best mixture of two runs that has the same rate, nats; 0 on the frontier."""
    return distortions - best_mixtures(rates, distortions)


def best_mixtures(rates: Tensor, distortions: Tensor) -> Tensor:
    """The least distortion of mixtures of two runs, at the rate of each run (the lower convex hull)."""
    best = distortions.clone()
    for i, rate in enumerate(rates):
        for low in range(len(rates)):
            for high in range(len(rates)):
                if rates[low] <= rate <= rates[high]:
                    width = rates[high] - rates[low]
                    share = (rate - rates[low]) / width if width > 0 else 0.0
                    best[i] = torch.minimum(best[i], distortions[low] + share * (distortions[high] - distortions[low]))
    return best


def spoiled_waste(has: Has, rates: Tensor, distortions: Tensor) -> Tensor:
    ends = torch.stack([rates.min(), rates.max()])
    if has("only the ends"):
        line = distortions[rates.argmin()] + (rates - ends[0]) / (ends[1] - ends[0]) * (
            distortions[rates.argmax()] - distortions[rates.argmin()])
        return distortions - line
    if has("sum"):
        return rates + distortions - (rates + distortions).min()
    if has("best distortion"):
        return distortions - distortions.min()
    if has("no mixtures"):
        return distortions - torch.stack([distortions[rates <= rate].min() for rate in rates])
    if has("other way"):
        rates = -rates
        return distortions - torch.stack([distortions[rates <= rate].min() for rate in rates])
    best = best_mixtures(rates, distortions)
    if has("best itself"):
        return best
    return (distortions - best) / rates if has("per nat of rate") else distortions - best


def waste_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(11)
    return [(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([18.0, 17.5, 16.0])), (torch.tensor([1.0]), torch.tensor([17.0])),
            (torch.tensor([2.0, 0.0, 2.0]), torch.tensor([17.0, 18.0, 16.5])),
            *((4 * torch.rand(n, generator=draw), 16 + 2 * torch.rand(n, generator=draw)) for n in (5, 9))]


WASTE = Values(**words(__file__, "wasted_nats"), reference=wasted_nats, spoiled=spoiled_waste, cases=waste_cases, together=2)
