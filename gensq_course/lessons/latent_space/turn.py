"""Exercise of lesson 09: turn from one code to another."""
import math

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words


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
    if has("roots"):
        return (1 - t) ** 0.5 * a + t**0.5 * b
    lengths = (a.norm() * b.norm()) ** (0 if has("lengths forgotten") else 2 if has("lengths squared") else 1)
    cosine = (a @ b / lengths).clamp(-1, 1)
    cosine = cosine.abs() if has("sharp") else cosine
    angle = a.new_tensor(math.pi / 2) if has("right angle") else cosine if has("cosine for angle") else cosine.acos()
    if has("degrees"):
        angle = angle.rad2deg()
    if has("unit ends"):
        a, b = a / a.norm(), b / b.norm()
    first, second = (1 - t) * angle, t * angle
    if has("quarter circle"):
        return second.cos() * a + second.sin() * b
    if has("cosines"):
        return (first.cos() * a + second.cos() * b) / angle.cos()
    result = first.sin() * a + second.sin() * b
    result = result if has("not divided") else result / (angle if has("divided by the angle") else angle.sin())
    return result.norm() if has("length alone") else result


def turn_cases() -> list[Inputs]:
    """Sharp and blunt angles, both ends, many dimensions, float64."""
    draw = torch.Generator().manual_seed(21)

    def pair(latent: int, length: float, sign: float = 1.0, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
        numbers = torch.randn(2, latent, generator=draw, dtype=torch.float64)
        a, b = (length * torch.nn.functional.normalize(numbers, dim=-1)).to(dtype)
        return a, sign * (a @ b).sign() * b

    blunt = pair(4, 2.0, -1.0)
    return [(torch.tensor([1.0, 0.0]), torch.tensor([0.6, 0.8]), 0.5), (*pair(3, 1.5), 0.25), (*blunt, 0.4), (*blunt, 0.0),
            (*blunt, 1.0), (*pair(64, 0.5, dtype=torch.float64), 0.9), (*pair(8, 3.0), 0.7)]


TURN = Values(**words(__file__, "turned"), reference=turned, spoiled=spoiled_turn, cases=turn_cases, together=2)
