"""Exercises of lesson 09: ways in the latent space: a turn from code to code, a direction from labels, the same repaired."""
from collections.abc import Iterable
from typing import Any

import torch
from jaxtyping import Float, Int
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from gensq_course.checks.answers import agree, same
from gensq_course.checks.exercises import Inputs, Values, words


def turned(a: Float[Tensor, "latent"], b: Float[Tensor, "latent"], t: float) -> Float[Tensor, "latent"]:
    """Between two vectors of the same length, the share t of the angle from a to b (Shoemake 1985)."""
    angle = (a @ b / (a.norm() * b.norm())).acos()
    first, second = ((1 - t) * angle).sin(), (t * angle).sin()
    between = first * a + second * b
    return between / angle.sin()


WEIGHTS = "((1 - t) * angle).sin(), (t * angle).sin()"
TURN_SLIPS = {
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


TURN = Values(**words(__file__, "turned"), reference=turned, slips=TURN_SLIPS, cases=turn_cases, together=2)


def direction(codes: Float[Tensor, "sentence latent"], labels: Int[Tensor, "sentence"], source: int, target: int
              ) -> Float[Tensor, "latent"]:
    """Mean code of the target sentences minus mean code of the source sentences (White 2016)."""
    goal, start = (codes[chosen].mean(0) for chosen in (labels == target, labels == source))
    way = goal - start
    return way


def classifier_direction(codes: Float[Tensor, "sentence latent"], labels: Int[Tensor, "sentence"], source: int, target: int
                         ) -> Float[Tensor, "latent"]:
    """The weights of a logistic classifier that tells target from source, as long as to move its score by what the difference
    of the means moves it."""
    either = (labels == source) | (labels == target)
    fitted = LogisticRegression(max_iter=500).fit(codes[either].numpy(), (labels[either] == target).numpy())
    weights = torch.from_numpy(fitted.coef_[0]).to(codes)
    return (weights @ direction(codes, labels, source, target)) / (weights @ weights) * weights


WAY_SLIPS = {
    "turned": ("source: int, target: int", "target: int, source: int"),
    "labels ignored": (("labels == target", "labels == 1"), ("labels == source", "labels == 0")),
    "labels as places": (("labels == target", "target"), ("labels == source", "source"), (".mean(0)", "")),
    "against the rest": ("labels == source", "labels != target"),
    "from the centre": ("labels == source", "labels == labels"),
    "over all": ("mean(0)", "sum(0) / len(codes)"),
    "other axis": ("codes[chosen].mean(0)", "codes.mean(1) * chosen"),
    "one number": ("mean(0)", "mean()"),
    "first pair": (".mean(0)", "[0]"),
    "sums": ("mean(0)", "sum(0)"),
    "median": ("mean(0)", "median(0).values"),
    "middle": ("goal - start", "(goal + start) / 2"),
    "no source": (" - start", ""),
    "unit length": ("return way", "return way / way.norm()"),
}


def direction_cases() -> list[Inputs]:
    """Some sentences are neither; groups differ in size; labels are not always 0 and 1, and the source may be the larger."""
    draw = torch.Generator().manual_seed(23)
    codes, labels = labelled([4, 1, 4, 1, 1], 3, draw)
    return [(*labelled([0, 1, 1, 0, 2], 2, draw), 0, 1), (*labelled([0, 0, 0, 1, 1, 2, 2], 3, draw), 0, 1),
            (codes.double(), labels, 1, 4), (*labelled([1, 2, 0, 1, 1, 0, 1, 2, 0, 1, 1], 5, draw), 2, 1)]


def labelled(kinds: list[int], latent: int, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Codes, away from the origin, and their labels."""
    return 1.5 + torch.randn(len(kinds), latent, generator=draw), torch.tensor(kinds)


DIRECTION = Values(**words(__file__, "direction"), reference=direction, slips=WAY_SLIPS, cases=direction_cases, together=2)


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
REPAIR_SLIPS = {
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
    small = torch.tensor([3.0, 4.0]), torch.tensor([[0.0, 1.0], [2.0, 1.0]]), torch.tensor([0, 1])
    line = torch.tensor([[1.0, 0, 2], [1.7, 0.3, 2.9], [3.1, 0.9, 4.7], [3.1, 0.9, 4.7]])
    vector, codes, labels = torch.randn(4, generator=draw), *labelled([3, 1, 1, 0, 3, 0], 4, draw)
    return [small, (torch.tensor([1.0, 2.0, 4.0]), line, torch.tensor([0, 1, 2, 2])), (vector.double(), codes.double(), labels),
            (torch.randn(6, generator=draw), *labelled([2, 7, 4, 4, 2, 7, 3, 2, 3], 6, draw))]


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


REPAIR = Repair(**words(__file__, "repaired"), reference=repaired, slips=REPAIR_SLIPS, cases=repair_cases, together=1)
