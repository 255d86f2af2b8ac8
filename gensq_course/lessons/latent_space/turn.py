"""Exercise of lesson 09: turn from one code to another."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Exact, Has, Inputs


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
    name="turned", reference=turned, spoiled=spoiled_turn, cases=turn_cases,
    free=lambda a, b, t: (a, a.norm() * torch.nn.functional.normalize(b, dim=-1), t),  # only vectors of one length are turned
    mistakes={
        "reversed": "it walks from b to a: at t = 0 it must stand on a.",
        "straight line": "this is the straight line: between its ends it comes nearer to the origin.",
        "line of the right length": "it stretches the straight line to the right length; then the speed changes along the way: "
        "half of t is half of the angle only in the middle.",
        "lengths forgotten": "a @ b is the cosine only for vectors of length 1: divide by both lengths.",
        "cosine for angle": "it uses the cosine as if it were the angle: take acos of it.",
        "degrees": "the angle is in degrees; torch's sin wants radians.",
        "not divided": "the division by sin(angle) is missing: at t = 0 the result must be a itself.",
        "quarter circle": "cos and sin of t times the angle would be right if b stood at right angles to a; it does not.",
    },
    hints=(
        "Which angle stands between a and b? The dot product, divided by both lengths, is its cosine.",
        "The weights of a and b are sin((1 - t) angle) and sin(t angle), both divided by sin(angle).",
        "angle = (a @ b / (a.norm() * b.norm())).acos(); "
        "return (((1 - t) * angle).sin() * a + (t * angle).sin() * b) / angle.sin()",
    ),
    praise="For ends of different lengths the library turns the direction in this way and changes the length evenly.",
)
