"""Looking at what a learner's function returned: is it a tensor, of the right form, with the right numbers?

Tolerances follow from the precision of the numbers, not from one constant.
"""
from typing import Any

import torch
from torch import Tensor

from gensq_course.report.words import say

ROUNDINGS = 64  # how many rounding errors of the largest term an answer may carry


def number(answer: Any) -> Tensor:
    """The answer as a tensor, if it holds real numbers in any form; else an empty one."""
    if isinstance(answer, Tensor):
        return torch.empty(0) if answer.is_complex() else answer
    try:
        return torch.as_tensor(answer, dtype=torch.float32)
    except (TypeError, ValueError, RuntimeError):
        return torch.empty(0)


def agree(answer: Any, truth: Tensor) -> bool:
    """Same shape and same numbers, within rounding."""
    answer = number(answer)
    return answer.shape == truth.shape and answer.device == truth.device and same(answer, truth)


def same(a: Tensor, b: Tensor, *, scale: float = 1.0) -> bool:
    """Same numbers, within the rounding of the coarser of the two; `scale` is the size of the largest term."""
    rounding = max(torch.finfo(x.dtype).eps if x.is_floating_point() else 0.0 for x in (a, b))
    a, b = a.detach().double(), b.detach().double()
    finite = b[b.isfinite()].abs()
    largest = max([scale, *finite.flatten().tolist()])
    return torch.allclose(a, b, rtol=0, atol=ROUNDINGS * rounding * largest, equal_nan=True)


def fault(name: str, **values: object) -> dict[str, str]:
    """A mistake that any exercise can suffer, by its name, and the sentence about it."""
    return {name: say("mistakes", name, **values)}


def form(answer: Any, *, like: Tensor) -> dict[str, str]:
    """What is wrong with the kind of thing that came back, whatever its numbers."""
    if answer is None:
        return fault("nothing returned")
    if not isinstance(answer, Tensor):
        return fault("no tensor", kind=type(answer).__name__)
    found = {}
    if answer.dtype != like.dtype:
        found |= fault("dtype", came_in=name(like.dtype), comes_out=name(answer.dtype))
    if answer.device != like.device:
        found |= fault("device", result=answer.device, inputs=like.device)
    return found


def name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def shape_or_nan(answer: Any, truth: Tensor) -> dict[str, str]:
    answer = number(answer)
    if answer.shape != truth.shape:
        return fault("shape", expected=tuple(truth.shape), got=tuple(answer.shape))
    if answer.is_meta:
        return {}
    if (truth.isinf() & answer.isfinite()).any():
        return fault("infinity hidden")
    if answer.isnan().any():
        return fault("not a number")
    if not answer.isfinite().all() and truth.isfinite().all():
        return fault("not finite")
    return {}


def shown(value: Any, limit: int = 300) -> str:
    """A short, rounded way to write a value."""
    if not isinstance(value, Tensor):
        return repr(value)[:limit]
    text = say("check", "tensor", shape=tuple(value.shape))
    if value.is_meta:
        return text
    numbers = str(rounded(value.detach().cpu().tolist()))
    return numbers if len(numbers) <= limit else text


def rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
