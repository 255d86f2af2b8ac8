"""Exercise of lesson 09: a direction for one attribute without its part along the differences of another."""
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.answers import agree, same
from gensq_course.checks.exercises import Has, Inputs, Values, words

def part(vector: Float[Tensor, "latent"], axis: Float[Tensor, "latent"]) -> Float[Tensor, "latent"]:
    """Of the vector, what lies along the axis."""
    return (vector @ axis) / (axis @ axis) * axis


def repaired(vector: Float[Tensor, "latent"], codes: Float[Tensor, "sentence latent"], labels: Int[Tensor, "sentence"]
             ) -> Float[Tensor, "latent"]:
    """What is left of the vector at right angles to every difference between two labels' mean codes (by Gram and Schmidt)."""
    for axis in axes_along(differences(codes, labels)):
        vector = vector - part(vector, axis)
    return vector


def differences(codes: Tensor, labels: Tensor) -> list[Float[Tensor, "latent"]]:
    first, *others = (codes[labels == value].mean(0) for value in labels.unique())
    return [mean - first for mean in others]


def axes_along(apart: Sequence[Tensor], part: Callable[..., Tensor] = part) -> list[Float[Tensor, "latent"]]:
    """Axes at right angles to each other, along which all the differences lie; a difference that adds none has none."""
    axes: list[Tensor] = []
    for difference in apart:
        aside = difference
        for axis in axes:
            aside = aside - part(aside, axis)
        if aside.norm() > 1e-4 * difference.norm():
            axes.append(aside)
    return axes


def spoiled_repair(has: Has, vector: Tensor, codes: Tensor, labels: Tensor) -> Tensor:
    if has("unchanged") or (has("labels from 0") and 0 not in labels):
        return vector
    numbers = torch.arange(len(labels.unique())) if has("labels counted up") else labels.unique()
    groups = [codes[labels == value] for value in numbers]
    means = torch.stack([x.sum(0) if has("sums") else x[0] if has("one sentence") else x.mean(0) for x in groups])
    if has("weighted"):
        _, sizes, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        return vector - axes.T @ (sizes * (axes @ vector))
    apart = spoiled_differences(has, means)
    apart = list(codes - codes.mean(0)) if has("all codes") else apart

    def along(v: Tensor, axis: Tensor) -> Tensor:
        return (v @ axis) * axis if has("not divided") else part(v, axis)

    raw = has("not at right angles") or has("pairs in turn") or has("pairs in another turn") or has("from the start")
    left = vector
    for axis in apart if raw else axes_along(apart, along):
        off = along(vector if has("from the start") else left, axis)
        left = left - (off * axis.norm() if has("length once") else off)
    if has("codes instead"):
        return torch.stack([code - sum(part(code, axis) for axis in axes_along(apart)) for code in codes])
    left = vector - left if has("the part itself") else 2 * left - vector if has("mirrored") else left
    if has("as long as before"):
        return left * vector.norm() / left.norm()
    return left / left.norm() if has("unit length") else left


def spoiled_differences(has: Has, means: Tensor) -> list[Tensor]:
    if has("means themselves"):
        return list(means)
    if has("pairs in turn"):
        return [b - a for a, b in combinations(means, 2)]
    if has("pairs in another turn"):
        return [means[i] - means[j] for i in range(len(means)) for j in range(i)]
    if has("largest difference"):
        return list(torch.linalg.svd(means - means.mean(0))[2][:1])
    return list(means[1:2] - means[0]) if has("first difference") else list(means[1:] - means[0])


def repair_cases() -> list[Inputs]:
    """Two labels; means on one line; three and four labels, not counted up, once without a 0; float64."""
    draw = torch.Generator().manual_seed(24)

    def case(kinds: list[int], latent: int) -> Inputs:
        return torch.randn(latent, generator=draw), 1.5 + torch.randn(len(kinds), latent, generator=draw), torch.tensor(kinds)

    small = torch.tensor([3.0, 4.0]), torch.tensor([[0.0, 1.0], [2.0, 1.0]]), torch.tensor([0, 1])
    line = torch.tensor([[1.0, 0, 2], [1.7, 0.3, 2.9], [3.1, 0.9, 4.7], [3.1, 0.9, 4.7]])
    exact = tuple(x.double() if x.is_floating_point() else x for x in case([3, 1, 1, 0, 3, 0], 4))
    return [small, (torch.tensor([1.0, 2.0, 4.0]), line, torch.tensor([0, 1, 2, 2])), exact, case([2, 7, 4, 4, 2, 7, 3, 2, 3], 6)]


class Repair(Values):
    """Also tells whether too much or too little was taken off."""

    def diagnosed(self, cases: list[Inputs], answers: list[Any], truths: list[Tensor]) -> dict[str, str]:
        if any(not isinstance(a, Tensor) or a.shape != t.shape for a, t in zip(answers, truths, strict=True)):
            return super().diagnosed(cases, answers, truths)
        wrong = [case for case, a, t in zip(cases, answers, truths, strict=True) if not agree(a, t)]
        spare = all(len(axes_along(differences(*case[1:]))) < len(differences(*case[1:])) for case in wrong)
        clear = all(same(a.double() @ d.double(), torch.zeros(()).to(case[0]), scale=10.0)
                    for case, a in zip(cases, answers, strict=True) for d in differences(*case[1:]))
        return self.named(["too much" if spare or clear else "too little"])


REPAIR = Repair(**words(__file__, "repaired"), reference=repaired, spoiled=spoiled_repair, cases=repair_cases, together=1)
