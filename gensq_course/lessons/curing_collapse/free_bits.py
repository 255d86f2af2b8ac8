"""Exercise of lesson 08: what each dimension costs with free bits."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def price_with_free_bits(kl: Float[Tensor, "batch latent"], floor: float) -> Float[Tensor, "latent"]:
    """max(floor, mean KL over the batch) of each dimension, nats (Kingma et al. 2016, appendix C.8)."""
    return kl.mean(0).clamp(min=floor)


def spoiled_price(has: Has, kl: Tensor, floor: float) -> Tensor:
    if has("shared floor"):
        floor = floor / kl.shape[-1]
    if has("other axis"):
        kl = kl.T
    if has("hard mask"):
        return (kl * (kl > floor)).mean(0)
    if has("per sentence"):
        return kl.clamp(min=floor).mean(0)
    mean = kl.sum(0) if has("sum over sentences") else kl.mean(0)
    if has("excess"):
        return (mean - floor).clamp(min=0)
    if has("smaller"):
        return mean.clamp(max=floor)
    if has("mask of the mean"):
        return mean * (mean > floor)
    price = mean.sum().clamp(min=floor)[None] if has("total") else mean if has("no floor") else mean.clamp(min=floor)
    return price.sum() if has("summed") else price


def price_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(8)
    small = [(torch.tensor([[0.25], [1.25]]), 0.5), (torch.tensor([[0.5, 0.0], [0.5, 0.0]]), 0.5),
             (torch.tensor([[0.1, 2.0], [0.2, 1.0]]), 0.5)]
    return small + [(torch.rand(batch, latent, generator=draw) * torch.rand(latent, generator=draw) * 2, 0.4)
                    for batch, latent in ((4, 3), (6, 5))]


FORMS = {
    "one mean": lambda kl, floor: kl.mean().clamp(min=floor).expand(kl.shape[1]),
    "no mean": lambda kl, floor: kl.clamp(min=floor),
    "added": lambda kl, floor: kl.mean(0) + floor,
    "largest": lambda kl, floor: kl.amax(0).clamp(min=floor),
    "largest, no floor": lambda kl, floor: kl.amax(0),
    "median": lambda kl, floor: kl.median(0).values.clamp(min=floor),
}

FREE_BITS = Exact(**words(__file__, "price_with_free_bits"), reference=price_with_free_bits, spoiled=spoiled_price,
                  cases=price_cases, forms=FORMS)
