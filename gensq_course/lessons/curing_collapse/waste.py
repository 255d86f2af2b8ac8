"""Exercise of lesson 08: runs compared at equal rate, by what a mixture of two others would have reached."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


def wasted_nats(rates: Float[Tensor, "run"], distortions: Float[Tensor, "run"]) -> Float[Tensor, "run"]:
    """How far each run lies above the best mixture of two runs that has the same rate, nats; 0 on the frontier."""
    return distortions - best_mixtures(rates, distortions)


def best_mixtures(rates: Tensor, distortions: Tensor, has: Has = lambda mistake: False) -> Tensor:
    """The least distortion of mixtures of two runs, at the rate of each run (the lower convex hull)."""
    at, d = rates.tolist(), distortions.tolist()
    runs, better = range(len(at)), max if has("worst") else min
    pairs = [(low, high) for low in runs for high in runs if at[low] < at[high] or not has("equal rates")]
    best: list[float | None] = [None if has("not itself") else distortion for distortion in d]
    for i, rate in enumerate(at):
        for low, high in pairs:
            inside = at[low] <= rate <= at[high] or has("beyond") and low != high
            if not inside or has("not itself") and i in (low, high):
                continue
            width = at[high] - at[low]
            share = 0.5 if has("half") else (at[high] - rate if has("share") else rate - at[low]) / width if width else 0.0
            mixed = d[high if has("start") else low] + share * (d[high] - d[low])
            best[i] = mixed if best[i] is None else better(best[i], mixed)
    return torch.tensor([d[i] if found is None else found for i, found in enumerate(best)], dtype=rates.dtype)


def spoiled_waste(has: Has, rates: Tensor, distortions: Tensor) -> Tensor:
    best = best_mixtures(rates, distortions, has)
    if has("best itself"):
        return best
    if has("per nat of rate"):
        return (distortions - best) / rates
    return (distortions - best) / distortions if has("relative") else distortions - best


def only_the_ends(rates: Tensor, distortions: Tensor) -> Tensor:
    low, high = rates.argmin(), rates.argmax()
    if rates[low] == rates[high]:
        return distortions - distortions.min()
    share = (rates - rates[low]) / (rates[high] - rates[low])
    return distortions - (distortions[low] + share * (distortions[high] - distortions[low]))


def neighbours(rates: Tensor, distortions: Tensor) -> Tensor:
    order, wasted = rates.argsort(), torch.zeros_like(distortions)
    for low, i, high in zip(order, order[1:], order[2:], strict=False):
        line = distortions[low] + (rates[i] - rates[low]) / (rates[high] - rates[low]) * (distortions[high] - distortions[low])
        wasted[i] = (distortions[i] - line).clamp(min=0)
    return wasted


def nearest(rates: Tensor, distortions: Tensor) -> Tensor:
    apart = (rates[:, None] - rates).abs().fill_diagonal_(torch.inf)
    return distortions - distortions[apart.argmin(1)] if len(rates) > 1 else 0 * distortions


FORMS = {
    "only the ends": only_the_ends,
    "neighbours": neighbours,
    "nearest": nearest,
    "sum": lambda rates, distortions: rates + distortions - (rates + distortions).min(),
    "diagonal": lambda rates, distortions: rates + distortions - (rates + distortions)[0],
    "best distortion": lambda rates, distortions: distortions - distortions.min(),
    "no mixtures": lambda rates, distortions: distortions - torch.stack([distortions[rates <= rate].min() for rate in rates]),
    "other way": lambda rates, distortions: distortions - torch.stack([distortions[rates >= rate].min() for rate in rates]),
}


def waste_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(11)
    small = (([0.0, 1.0, 2.0], [18.0, 17.5, 16.0]), ([1.0], [17.0]), ([2.0, 0.0, 2.0], [17.0, 18.0, 16.5]),
             ([1.0, 1.0], [17.0, 16.0]))
    return [*((torch.tensor(rates), torch.tensor(distortions)) for rates, distortions in small),
            *((0.1 + 4 * torch.rand(n, generator=draw), 16 + 2 * torch.rand(n, generator=draw)) for n in (5, 9))]


WASTE = Values(**words(__file__, "wasted_nats"), reference=wasted_nats, spoiled=spoiled_waste, cases=waste_cases, forms=FORMS,
               together=2)
