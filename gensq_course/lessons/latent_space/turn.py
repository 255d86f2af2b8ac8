"""Exercise of lesson 09: turn from one code to another."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Inputs, Values, words


def turned(a: Float[Tensor, "latent"], b: Float[Tensor, "latent"], t: float) -> Float[Tensor, "latent"]:
    """Between two vectors of the same length, the share t of the angle from a to b (Shoemake 1985)."""
    angle = (a @ b / (a.norm() * b.norm())).acos()
    first, second = ((1 - t) * angle).sin(), (t * angle).sin()
    between = first * a + second * b
    return between / angle.sin()


WEIGHTS = "((1 - t) * angle).sin(), (t * angle).sin()"
SLIPS = {
    "reversed": ("first, second =", "second, first ="),
    "straight line": ((WEIGHTS, "1 - t, t"), (" / angle.sin()", "")),
    "line of the right length": ((WEIGHTS, "1 - t, t"), ("/ angle.sin()", "/ between.norm() * a.norm()")),
    "roots": ((WEIGHTS, "(1 - t) ** 0.5, t**0.5"), (" / angle.sin()", "")),
    "quarter circle": ((WEIGHTS, "(t * angle).cos(), (t * angle).sin()"), (" / angle.sin()", "")),
    "cosines": ((WEIGHTS, "((1 - t) * angle).cos(), (t * angle).cos()"), ("/ angle.sin()", "/ angle.cos()")),
    "lengths forgotten": ("(a @ b / (a.norm() * b.norm()))", "(a @ b).clamp(-1, 1)"),
    "lengths squared": ("(a @ b / (a.norm() * b.norm()))", "(a @ b / (a.norm() * b.norm()) ** 2).clamp(-1, 1)"),
    "sharp": (".acos()", ".abs().acos()"),
    "right angle": ("(a @ b / (a.norm() * b.norm())).acos()", "a.new_tensor(torch.pi / 2)"),
    "cosine for angle": (".acos()", ""),
    "degrees": (".acos()", ".acos().rad2deg()"),
    "unit ends": ("first * a + second * b", "first * a / a.norm() + second * b / b.norm()"),
    "not divided": (" / angle.sin()", ""),
    "divided by the angle": ("/ angle.sin()", "/ angle"),
    "length alone": ("return between", "return between.norm()"),
}


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


TURN = Values(**words(__file__, "turned"), reference=turned, slips=SLIPS, cases=turn_cases, together=2)
