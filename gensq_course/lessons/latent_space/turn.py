"""Exercise of lesson 09: turn from one code to another."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs, words


def turned(a: Float[Tensor, "latent"], b: Float[Tensor, "latent"], t: float) -> Float[Tensor, "latent"]:
    """Between two vectors of the same length, the share t of the angle from a to b (Shoemake 1985)."""
    angle = (a @ b / (a.norm() * b.norm())).acos()
    return (((1 - t) * angle).sin() * a + (t * angle).sin() * b) / angle.sin()


def spoiled_turn(has: Has, a: Tensor, b: Tensor, t: float) -> Tensor:
    if has("reversed"):
        t = 1 - t
    if has("straight line"):
        return (1 - t) * a + t * b
    if has("line of the right length"):
        line = (1 - t) * a + t * b
        return line / line.norm() * a.norm()
    cosine = a @ b if has("lengths forgotten") else a @ b / (a.norm() * b.norm())
    cosine = cosine.clamp(-1, 1)
    angle = cosine if has("cosine for angle") else cosine.acos()
    if has("degrees"):
        angle = angle.rad2deg()
    first, second = (1 - t) * angle, t * angle
    if has("quarter circle"):
        return second.cos() * a + second.sin() * b
    result = first.sin() * a + second.sin() * b
    return result if has("not divided") else result / angle.sin()


def turn_cases() -> list[Inputs]:
    draw = torch.Generator().manual_seed(21)

    def pair(latent: int, length: float) -> tuple[Tensor, Tensor]:
        a, b = length * torch.nn.functional.normalize(torch.randn(2, latent, generator=draw), dim=-1)
        return a, b

    return [(torch.tensor([1.0, 0.0]), torch.tensor([0.6, 0.8]), 0.5), (*pair(3, 1.5), 0.25), (*pair(8, 3.0), 0.7)]


TURN = Exact(
    **words(__file__, "turned"), reference=turned, spoiled=spoiled_turn, cases=turn_cases,
    # only vectors of one length are turned
    free=lambda a, b, t: (a, a.norm() * torch.nn.functional.normalize(b, dim=-1), t))
