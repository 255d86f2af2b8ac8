"""An exercise of lesson 23: what it costs to say two words at once that do not know of each other."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Inputs, words


def price_of_one_step(joint: Float[Tensor, "pair first second"]) -> Float[Tensor, "pair"]:
    """KL(joint ‖ product of its two marginals), nats: the information that each word has of the other."""
    first, second = joint.sum(2, keepdim=True), joint.sum(1, keepdim=True)
    return torch.xlogy(joint, joint / (first * second).clamp(min=1e-30)).sum((1, 2))


FRACTION = "joint / (first * second).clamp(min=1e-30)"
PRICE_SLIPS = {
    "entropy": (f"torch.xlogy(joint, {FRACTION})", "-torch.xlogy(joint, joint)"),
    "given the first": (FRACTION, "joint / first.clamp(min=1e-30)"),
    "given the second": (FRACTION, "joint / second.clamp(min=1e-30)"),
    "turned": (f"torch.xlogy(joint, {FRACTION})",
               "torch.xlogy(first * second * (joint > 0), (first * second) / joint.clamp(min=1e-30))"),
    "upside down": (FRACTION, "(first * second) / joint.clamp(min=1e-30)"),
    "mean": (".sum((1, 2))", ".mean((1, 2))"),
    "unweighted": (f"torch.xlogy(joint, {FRACTION})", f"torch.xlogy(joint > 0, {FRACTION})"),
    "weighted by the product": (f"torch.xlogy(joint, {FRACTION})", f"torch.xlogy(first * second * (joint > 0), {FRACTION})"),
    "likeliest pair": (".sum((1, 2))", ".flatten(1).amax(1)"),
}


def independent(joint):
    """The entropies of both words: what they cost if neither knows of the other."""
    first, second = joint.sum(2), joint.sum(1)
    return -torch.xlogy(first, first).sum(-1) - torch.xlogy(second, second).sum(-1)


def price_cases() -> list[Inputs]:
    """Both or neither; one that tells everything; no word of the other; any; with pairs that never come."""
    draw = torch.Generator().manual_seed(25)

    def case(num: int, rows: int, columns: int, never: float) -> Inputs:
        weight = torch.rand(num, rows, columns, generator=draw)
        weight = weight * (torch.rand(weight.shape, generator=draw) > never) + 0.01 * torch.eye(rows, columns)
        return (weight / weight.sum((1, 2), keepdim=True),)
    small = torch.tensor([[[0.5, 0.0], [0.0, 0.5]], [[0.06, 0.14], [0.24, 0.56]]])
    return [(small,), case(4, 4, 3, 0.4), case(2, 2, 3, 0.0)]


PRICE = Exact(**words(__file__, "price_of_one_step"), reference=price_of_one_step, slips=PRICE_SLIPS,
              forms={"independent": independent}, cases=price_cases, together=2)
