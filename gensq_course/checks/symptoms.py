"""What a wrong answer looks like when no planted mistake fits: the right result of something else, or almost right.

Each symptom is a relation that must hold, to rounding, on every input of a check: "it would be right if `p_std` were
squared", "it is the right result times 2", "it is right, but for an axis of length 1". So the reader hears more than
that the numbers differ.
"""
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from gensq_course.checks.answers import agree, number, same
from gensq_course.report.words import say

Inputs = tuple[Any, ...]
Truth = Callable[[Inputs], Tensor]  # the right result for inputs
Pairs = Sequence[tuple[Inputs, Any]]  # (inputs, answer) of each case

INPUTS: dict[str, Callable[[Tensor], Tensor]] = {
    "exp": lambda x: x.exp(),
    "logarithm": lambda x: x.log(),
    "square": lambda x: x**2,
    "root": lambda x: x.sqrt(),
    "inverse": lambda x: 1 / x,
    "sign": lambda x: -x,
    "half": lambda x: x / 2,
    "twice": lambda x: 2 * x,
    "softmax": lambda x: x.softmax(-1) if x.ndim else x,
    "transposed": lambda x: x.mT if x.ndim == 2 else x,
    "zeros": torch.zeros_like,
    "ones": torch.ones_like,
    "less 1": lambda x: x - 1,
    "plus 1": lambda x: x + 1,
    "first row": lambda x: x[:1].expand_as(x) if x.ndim else x,
    "first mean": lambda x: x.mean(0, keepdim=True).expand_as(x) if x.ndim else x,
    "last mean": lambda x: x.mean(-1, keepdim=True).expand_as(x) if x.ndim else x,
}
RESULTS: dict[str, Callable[[Tensor], Tensor]] = {
    "exp": lambda x: x.exp(),
    "logarithm": lambda x: x.log(),
    "square": lambda x: x**2,
    "root": lambda x: x.sqrt(),
    "upside down": lambda x: 1 / x,
    "absolute": lambda x: x.abs(),
    "cut off": lambda x: x.clamp(min=0),
    "transposed": lambda x: x.mT if x.ndim == 2 else x.new_empty(0),
    "backwards": lambda x: x.flip(0) if x.ndim else x.new_empty(0),
    "rounded down": lambda x: x.floor(),
    "base 10": lambda x: x / torch.tensor(10.0).log(),
    "first entry": lambda x: x[0] if x.ndim else x.new_empty(0),
    "last entry": lambda x: x[-1] if x.ndim else x.new_empty(0),
    "mean of all": lambda x: x.mean() if x.ndim else x.new_empty(0),
    "sum of all": lambda x: x.sum() if x.ndim else x.new_empty(0),
    "mean of last": lambda x: x.mean(-1) if x.ndim else x.new_empty(0),
    "sum of last": lambda x: x.sum(-1) if x.ndim else x.new_empty(0),
    "running sum": lambda x: x.cumsum(0) if x.ndim else x.new_empty(0),
    "softmax": lambda x: x.softmax(-1) if x.ndim else x.new_empty(0),
    "centred": lambda x: x - x.mean(),
}
Feature = Callable[[Sequence[Tensor]], float]
SPECIAL: dict[str, tuple[Feature, float]] = {  # of the inputs of a case, and by how much it is to be more than of any other
    "infinite": (lambda xs: any(x.isinf().any() for x in xs), 0.0),
    "negative": (lambda xs: any((x < 0).any() for x in xs), 0.0),
    "large": (lambda xs: max(_sizes(x).amax().item() for x in xs), 1.0),  # ten times
    "near 0": (lambda xs: max((-_sizes(x)).amax().item() for x in xs), 1.0),
    "zero": (lambda xs: any((x == 0).any() for x in xs), 0.0),
    "one": (lambda xs: any(1 in x.shape for x in xs), 0.0),
    "more": (lambda xs: sum(x.numel() for x in xs), 0.0),
    "fewer": (lambda xs: -sum(x.numel() for x in xs), 0.0),
}


def _sizes(x: Tensor) -> Tensor:
    """Logarithms (base 10) of the sizes of its numbers; 0 of none."""
    sizes = x[x.isfinite() & (x != 0)].abs().log10()
    return sizes if len(sizes) else x.new_zeros(1)


def symptom(truth: Truth, names: Sequence[str], pairs: Pairs) -> dict[str, str]:
    """The first relation that fits all cases, as name -> sentence; nothing when none does. `names` are those of the inputs."""
    return next(({"looks like": says} for says in relations(truth, names, pairs)), {})


def relations(truth: Truth, names: Sequence[str], pairs: Pairs) -> Iterator[str]:
    truths = [truth(inputs) for inputs, _ in pairs]
    answers = [number(answer).detach() for _, answer in pairs]
    yield from other_shape(truths, answers)
    for what, change in RESULTS.items():
        if all(fits(partial(change, t), a) for t, a in zip(truths, answers, strict=True)):
            yield say("symptom", "result", what=say("symptom_result", what))
    yield from constants(truths, answers)
    yield from other_inputs(truth, names, pairs, answers)


def other_shape(truths: Sequence[Tensor], answers: Sequence[Tensor]) -> Iterator[str]:
    """Are the numbers right, in another shape?"""
    pairs = list(zip(answers, truths, strict=True))
    if all(a.shape != t.shape and a.numel() == t.numel() and same(a.reshape(t.shape), t) for a, t in pairs):
        if all(a.squeeze().shape == t.squeeze().shape for a, t in pairs):
            yield say("symptom", "axis of one")
        yield say("symptom", "shape", expected=tuple(truths[-1].shape), got=tuple(answers[-1].shape))


def fits(made: Callable[[], Tensor], answer: Tensor) -> bool:
    """Is the answer what `made` makes, with finite numbers?"""
    try:
        result = made()
    except (RuntimeError, IndexError, ValueError, TypeError):
        return False
    return bool(result.numel()) and bool(result.isfinite().all()) and agree(answer, result)


def constants(truths: Sequence[Tensor], answers: Sequence[Tensor]) -> Iterator[str]:
    """Is every number too large by one factor, or by one amount?"""
    if any(a.shape != t.shape or not (a.isfinite() & t.isfinite()).all() for a, t in zip(answers, truths, strict=True)):
        return
    answer, truth = (torch.cat([x.double().flatten() for x in xs]) for xs in (answers, truths))
    if len(truth) < 4 or (truth == truth[0]).all():
        return
    at = truth.abs().argmax()
    factor, amount = (answer[at] / truth[at]).item(), (answer - truth)[at].item()
    scale = truth.abs().max().item()
    if same(answer.float(), (factor * truth).float(), scale=scale) and abs(factor - 1) > 1e-4:
        yield say("symptom", "factor", factor=factor)
    if same(answer.float(), (truth + amount).float(), scale=scale) and abs(amount) > 1e-4:
        yield say("symptom", "amount", amount=amount)


def other_inputs(truth: Truth, names: Sequence[str], pairs: Pairs, answers: Sequence[Tensor]) -> Iterator[str]:
    """Would the answer be right if one input were another, or if two were exchanged?"""
    places = [i for i, x in enumerate(pairs[-1][0]) if isinstance(x, Tensor) and x.is_floating_point()]
    for i in places:
        for what, change in INPUTS.items():
            if all(fits(partial(with_changed, truth, x, i, change), a) for (x, _), a in zip(pairs, answers, strict=True)):
                yield say("symptom", "input", what=say("symptom_input", what, name=f"`{names[i]}`"), name=names[i])
    for i, j in combinations(places, 2):
        for what, change in INPUTS.items():
            both = [replaced(replaced(x, i, change(x[i])), j, change(x[j])) for x, _ in pairs]
            if all(fits(partial(truth, x), a) for x, a in zip(both, answers, strict=True)):
                named = say("symptom_input", what, name=f"`{names[i]}`, `{names[j]}`")
                yield say("symptom", "inputs", what=named)
        exchanged = [replaced(replaced(x, i, x[j]), j, x[i]) for x, _ in pairs]
        if all(x[i].shape == x[j].shape and fits(partial(truth, x), a)
               for x, a in zip(exchanged, answers, strict=True)):
            yield say("symptom", "exchanged", one=names[i], other=names[j])


def replaced(inputs: Inputs, i: int, value: Any) -> Inputs:
    return (*inputs[:i], value, *inputs[i + 1:])


def with_changed(truth: Truth, inputs: Inputs, i: int, change: Callable[[Tensor], Tensor]) -> Tensor:
    """The right result for inputs of which one is changed."""
    return truth(replaced(inputs, i, change(inputs[i])))


def where_right(cases: Sequence[Inputs], truths: Sequence[Tensor], answers: Sequence[Any]) -> dict[str, str]:
    """Is it right for some inputs? Then what the others alone have in common, if anything, says what was forgotten."""
    pairs = [(number(a).detach(), t) for a, t in zip(answers, truths, strict=True)]
    if any(a.shape != t.shape for a, t in pairs):
        return {}
    good = [same(a, t) for a, t in pairs]
    if not any(good[1:]) or all(good):
        return {}
    return {"right but for some": say("symptom", "some", good=sum(good), all=len(good), special=special(cases, good))}


def special(cases: Sequence[Inputs], good: Sequence[bool]) -> str:
    """What all inputs have that it gets wrong, and none that it gets right; else a question."""
    numbers = [[x.double() for x in case if isinstance(x, Tensor) and x.is_floating_point() and x.numel()] for case in cases]
    for what, (feature, least) in SPECIAL.items():
        found = [feature(xs) if xs else 0.0 for xs in numbers]
        right, wrong = ([value for value, fine in zip(found, good, strict=True) if fine == wanted] for wanted in (True, False))
        if min(wrong) > max(right) + least:
            return say("symptom_special", what)
    return say("symptom_special", "nothing")
