"""Exercise of lesson 09: a direction for one attribute without its part along the differences of another."""
from collections.abc import Iterable
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.answers import agree, same
from gensq_course.checks.exercises import Inputs, Values, words


def repaired(vector: Float[Tensor, "latent"], codes: Float[Tensor, "sentence latent"], labels: Int[Tensor, "sentence"]
             ) -> Float[Tensor, "latent"]:
    """What is left of the vector at right angles to every difference between two labels' mean codes (by Gram and Schmidt)."""
    apart = differences(codes, labels)
    clean = without(vector, axes_along(apart))
    return clean


def differences(codes: Tensor, labels: Tensor) -> Float[Tensor, "difference latent"]:
    means = torch.stack([codes[labels == value].mean(0) for value in labels.unique()])
    return means[1:] - means[0]


def without(vector: Tensor, axes: Iterable[Tensor]) -> Float[Tensor, "latent"]:
    """Of the vector, what is left when its parts along the axes are taken off one after another."""
    left = vector
    for axis in axes:
        left = left - (left @ axis) / (axis @ axis) * axis
    return left


def axes_along(apart: Iterable[Tensor]) -> list[Float[Tensor, "latent"]]:
    """Axes at right angles to each other, along which all the differences lie; a difference that adds none has none."""
    axes: list[Tensor] = []
    for difference in apart:
        aside = without(difference, axes)
        if aside.norm() > 1e-4 * difference.norm():
            axes.append(aside)
    return axes


APART, CLEAN = "means[1:] - means[0]", "without(vector, axes_along(apart))"
SLIPS = {
    "labels counted up": ("labels.unique()", "range(len(labels.unique()))"),
    "labels from 0": ("labels.unique()", "range(int(labels.max()) + 1)"),
    "sums": (".mean(0)", ".sum(0)"),
    "one sentence": (".mean(0)", "[0]"),
    "means themselves": (APART, "means"),
    "first difference": ("means[1:]", "means[1:2]"),
    "largest difference": (APART, "torch.linalg.svd(means - means.mean(0)).Vh[:1]"),
    "all codes": (APART, "codes - codes.mean(0)"),
    "not at right angles": ("axes_along(apart)", "apart"),
    "pairs in turn": ((APART, "[b - a for i, a in enumerate(means) for b in means[i + 1 :]]"), ("axes_along(apart)", "apart")),
    "pairs in another turn": ((APART, "[a - b for i, a in enumerate(means) for b in means[:i]]"), ("axes_along(apart)", "apart")),
    "from the start": (("axes_along(apart)", "apart"), ("(left @ axis)", "(vector @ axis)")),
    "not divided": (" / (axis @ axis)", ""),
    "length once": (CLEAN, "vector - sum((vector @ axis) / axis.norm() * axis for axis in axes_along(apart))"),
    "weighted": ((APART, "means - means.mean(0)"),
                 (CLEAN, "vector - (svd := torch.linalg.svd(apart, full_matrices=False)).Vh.T @ (svd.S * (svd.Vh @ vector))")),
    "codes instead": (CLEAN, "torch.stack([without(code, axes_along(apart)) for code in codes])"),
    "unchanged": ("return clean", "return vector"),
    "the part itself": ("return clean", "return vector - clean"),
    "mirrored": ("return clean", "return 2 * clean - vector"),
    "as long as before": ("return clean", "return clean * vector.norm() / clean.norm()"),
    "unit length": ("return clean", "return clean / clean.norm()"),
}


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


REPAIR = Repair(**words(__file__, "repaired"), reference=repaired, slips=SLIPS, cases=repair_cases, together=1)
