"""Exercise of lesson 14: the smallest game, both players at once or one after the other."""
import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.checks.exercises import Has, Inputs, Values, words, instead


def orbit(start: Float[Tensor, "2"], step_size: float, penalty: float, alternate: bool, steps: int) -> Float[Tensor, "step"]:
    """The distance from the goal (0, 0) after each step of the game of one number against one number.

    `start`: theta and psi. The judge's slope in psi is theta + penalty * psi, the generator's in theta is -psi
    (Mescheder et al. 2018). `alternate`: the judge moves first, and the generator answers its new psi.
    """
    (theta, psi), distances = start, []
    for _ in range(steps):
        moved = psi - step_size * (theta + penalty * psi)
        theta = theta + step_size * (moved if alternate else psi)
        psi = moved
        distances.append(torch.hypot(theta, psi))
    return torch.stack(distances)


COUNTS = {"no penalty": 0.0, "penalty turned": -1.0, "twice": 2.0, "half": 0.5}  # how often the penalty does
SIZES = {  # what is taken for the distance
    "city": lambda theta, psi: theta.abs() + psi.abs(),
    "theta alone": lambda theta, psi: theta.abs(),
    "no root": lambda theta, psi: theta**2 + psi**2,
}


def spoiled(has: Has, start: Tensor, step_size: float, penalty: float, alternate: bool, steps: int) -> Tensor:
    theta, psi = start.flip(0) if has("players exchanged") else start
    alternate = (alternate or has("always in turn")) and not has("always at once")
    alternate = alternate != has("orders exchanged")
    weight = penalty * instead(has, 1.0, COUNTS)
    weight = weight / step_size if has("step left out") else weight
    h, towards = step_size, -1 if has("judge helps") else 1
    size = instead(has, torch.hypot, SIZES)
    distances = [size(*start)] if has("start too") or has("one too many") else []
    for i in range(steps):
        judge_rests, generator_rests = (has("one at a time") and alternate and i % 2 == odd for odd in (1, 0))
        if has("generator first") and alternate:
            theta = theta + h * psi
        pull = psi**2 / 2 if has("not its slope") else psi
        moved = psi if judge_rests else psi - h * (towards * theta + weight * pull)
        if not (generator_rests or has("generator first") and alternate):
            theta = theta + (-h if has("generator turned") else h) * (moved if alternate else psi)
        psi = psi if has("judge stands still") else moved
        distances.append(size(theta, psi))
    found = torch.stack(distances)
    return found[:-1] if has("start too") else found[-1:] if has("last only") else found


def cases() -> list[Inputs]:
    """One step, both orders, with and without a penalty; also from an axis and from negative numbers."""
    a, b, c = torch.tensor([[1.0, 0.5], [-2.0, 0.7], [0.0, -1.5]])
    return [(a, 0.5, 0.0, False, 1), (a, 0.5, 0.0, True, 2), (c, 0.1, 0.7, False, 4), (b, 0.2, 0.4, True, 6),
            (b.double(), 0.3, 0.0, True, 5), (b, 0.3, 0.9, False, 6)]


ORBIT = Values(**words(__file__, "orbit"), reference=orbit, spoiled=spoiled, cases=cases, together=2)
