"""What a wrong answer looks like when no planted mistake fits: the right result of something else, or almost right.

Each symptom is a relation that must hold, to rounding, on every input of a check: "it would be right if `p_std` were
squared", "it is the right result times 2", "it is right, but for an axis of length 1". So the reader hears more than
that the numbers differ.
"""
import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from gensq_course.checks.answers import agree, number, same

Inputs = tuple[Any, ...]
Pairs = Sequence[tuple[Inputs, Any]]  # (inputs, answer) of each case

INPUTS: dict[str, Callable[[Tensor], Tensor]] = {
    "exp of {}": lambda x: x.exp(),
    "the logarithm of {}": lambda x: x.log(),
    "{} squared": lambda x: x**2,
    "the root of {}": lambda x: x.sqrt(),
    "1 / {}": lambda x: 1 / x,
    "{} with its sign turned": lambda x: -x,
    "half of {}": lambda x: x / 2,
    "twice {}": lambda x: 2 * x,
    "{} normalised by a softmax": lambda x: x.softmax(-1) if x.ndim else x,
    "{} with its axes exchanged": lambda x: x.mT if x.ndim == 2 else x,
    "all zeros in place of {}": torch.zeros_like,
    "all ones in place of {}": torch.ones_like,
    "{} less 1": lambda x: x - 1,
    "{} plus 1": lambda x: x + 1,
    "the first row of {} alone": lambda x: x[:1].expand_as(x) if x.ndim else x,
    "the mean of {} over its first axis": lambda x: x.mean(0, keepdim=True).expand_as(x) if x.ndim else x,
    "the mean of {} over its last axis": lambda x: x.mean(-1, keepdim=True).expand_as(x) if x.ndim else x,
}
RESULTS: dict[str, Callable[[Tensor], Tensor]] = {
    "exp of the right result: a logarithm is missing at the end": lambda x: x.exp(),
    "the logarithm of the right result: asked is the result itself": lambda x: x.log(),
    "the square of the right result: a root is missing": lambda x: x**2,
    "the root of the right result": lambda x: x.sqrt(),
    "1 over the right result: it is upside down": lambda x: 1 / x,
    "the absolute value of the right result: signs count": lambda x: x.abs(),
    "the right result cut off at 0": lambda x: x.clamp(min=0),
    "the right result with its axes exchanged": lambda x: x.mT if x.ndim == 2 else x.new_empty(0),
    "the right result in the opposite order": lambda x: x.flip(0) if x.ndim else x.new_empty(0),
    "the right result rounded down to whole numbers: use / in place of //": lambda x: x.floor(),
    "the right result in the logarithm to the base 10: use the natural one": lambda x: x / torch.tensor(10.0).log(),
    "only the first entry of the right result": lambda x: x[0] if x.ndim else x.new_empty(0),
    "only the last entry of the right result": lambda x: x[-1] if x.ndim else x.new_empty(0),
    "the mean of the right result over everything: keep its axes": lambda x: x.mean() if x.ndim else x.new_empty(0),
    "the sum of the right result over everything: keep its axes": lambda x: x.sum() if x.ndim else x.new_empty(0),
    "the mean of the right result over its last axis: keep that axis": lambda x: x.mean(-1) if x.ndim else x.new_empty(0),
    "the sum of the right result over its last axis: keep that axis": lambda x: x.sum(-1) if x.ndim else x.new_empty(0),
    "the running sum of the right result": lambda x: x.cumsum(0) if x.ndim else x.new_empty(0),
    "the right result normalised by a softmax": lambda x: x.softmax(-1) if x.ndim else x.new_empty(0),
    "the right result less its mean": lambda x: x - x.mean(),
}
AXIS_OF_ONE = "the numbers are right, but an axis of length 1 is left over: leave out keepdim=True, or index it away."


def symptom(reference: Callable, pairs: Pairs) -> dict[str, str]:
    """The first relation that fits all cases, as name -> sentence; nothing when none does."""
    return next(({"looks like": says} for says in relations(reference, pairs)), {})


def relations(reference: Callable, pairs: Pairs) -> Iterator[str]:
    truths = [right(reference, inputs) for inputs, _ in pairs]
    answers = [number(answer).detach() for _, answer in pairs]
    if all(a.shape != t.shape and a.numel() == t.numel() and same(a.reshape(t.shape), t)
           for a, t in zip(answers, truths, strict=True)):
        yield AXIS_OF_ONE if all(a.squeeze().shape == t.squeeze().shape for a, t in zip(answers, truths, strict=True)) else (
            f"the numbers are right, but not the shape: expected {tuple(truths[-1].shape)}, got {tuple(answers[-1].shape)}.")
    for what, change in RESULTS.items():
        if all(fits(partial(change, t), a) for t, a in zip(truths, answers, strict=True)):
            yield f"it is {what}."
    yield from constants(truths, answers)
    yield from other_inputs(reference, pairs, answers)


def right(reference: Callable, inputs: Inputs) -> Tensor:
    """The reference in double precision, rounded to that of the inputs."""
    doubled = [x.double() if isinstance(x, Tensor) and x.is_floating_point() else x for x in inputs]
    first = next(x for x in inputs if isinstance(x, Tensor))
    return number(reference(*doubled)).detach().to(first.dtype if first.is_floating_point() else torch.float32)


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
        yield f"every number is the right one times {factor:.4g}: where does this factor come from?"
    if same(answer.float(), (truth + amount).float(), scale=scale) and abs(amount) > 1e-4:
        yield f"every number is off by {amount:+.4g}: a constant is missing, or one too many."


def other_inputs(reference: Callable, pairs: Pairs, answers: Sequence[Tensor]) -> Iterator[str]:
    """Would the answer be right if one input were another, or if two were exchanged?"""
    names = list(inspect.signature(reference).parameters)
    places = [i for i, x in enumerate(pairs[-1][0]) if isinstance(x, Tensor) and x.is_floating_point()]
    for i in places:
        for what, change in INPUTS.items():
            if all(fits(partial(right_for, reference, x, i, change), a) for (x, _), a in zip(pairs, answers, strict=True)):
                yield f"it would be the right result for {what.format(f'`{names[i]}`')}. Is `{names[i]}` used as it comes in?"
    for i, j in combinations(places, 2):
        for what, change in INPUTS.items():
            both = [replaced(replaced(x, i, change(x[i])), j, change(x[j])) for x, _ in pairs]
            if all(fits(partial(right, reference, x), a) for x, a in zip(both, answers, strict=True)):
                named = what.format(f"`{names[i]}` and `{names[j]}`")
                yield f"it would be the right result for {named}: are they used as they are?"
        exchanged = [replaced(replaced(x, i, x[j]), j, x[i]) for x, _ in pairs]
        if all(x[i].shape == x[j].shape and fits(partial(right, reference, x), a)
               for x, a in zip(exchanged, answers, strict=True)):
            yield f"it would be the right result with `{names[i]}` and `{names[j]}` exchanged."


def replaced(inputs: Inputs, i: int, value: Any) -> Inputs:
    return (*inputs[:i], value, *inputs[i + 1:])


def right_for(reference: Callable, inputs: Inputs, i: int, change: Callable[[Tensor], Tensor]) -> Tensor:
    """The reference with one input changed."""
    return right(reference, replaced(inputs, i, change(inputs[i])))


def where_right(truths: Sequence[Tensor], answers: Sequence[Any]) -> dict[str, str]:
    """Is it right nearly everywhere? Then the inputs where it is not say what was forgotten."""
    pairs = [(number(a).detach(), t) for a, t in zip(answers, truths, strict=True)]
    if any(a.shape != t.shape for a, t in pairs):
        return {}
    good = [same(a, t) for a, t in pairs]
    if not any(good[1:]) or all(good):
        return {}
    return {"right but for some": f"it is right for {sum(good)} of {len(good)} inputs: what is special about the one below? "
            "(An extreme value, a 0, another size?) A clamp, a small number added or a fixed size shows only there."}
