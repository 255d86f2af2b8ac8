"""Looking at what a learner's function returned: is it a tensor, of the right form, with the right numbers?

Tolerances follow from the precision of the numbers, not from one constant.
"""
from typing import Any

import torch
from torch import Tensor

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


def form(answer: Any, *, like: Tensor) -> dict[str, str]:
    """What is wrong with the kind of thing that came back, whatever its numbers."""
    if answer is None:
        return {"nothing returned": "it returns None: is the last line a `return`?"}
    if not isinstance(answer, Tensor):
        kind = type(answer).__name__
        return {"no tensor": f"it returns a Python {kind} instead of a tensor: stay with tensor operations."}
    found = {}
    if answer.dtype != like.dtype:
        found["dtype"] = f"the dtype changes: {name(like.dtype)} came in, {name(answer.dtype)} comes out."
    if answer.device != like.device:
        found["device"] = f"the result is on the device {answer.device}, the inputs are on {like.device}."
    return found


def name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def shape_or_nan(answer: Any, truth: Tensor) -> dict[str, str]:
    answer = number(answer)
    if answer.shape != truth.shape:
        says = f"the shape is wrong: expected {tuple(truth.shape)}, got {tuple(answer.shape)}."
        return {"shape": says}
    if answer.is_meta:
        return {}
    if (truth.isinf() & answer.isfinite()).any():
        says = "where the right answer is infinite yours is finite: a small number added, a clamp or nan_to_num hides it."
        return {"infinity hidden": says}
    if answer.isnan().any():
        return {"not a number": "there is NaN in the result: from 0 times infinity, 0 / 0 or infinity minus infinity."}
    if not answer.isfinite().all() and truth.isfinite().all():
        return {"not finite": "there are infinite numbers in the result: from log 0, a division by 0 or exp of a large number."}
    return {}


def shown(value: Any, limit: int = 300) -> str:
    """A short, rounded way to write a value."""
    if not isinstance(value, Tensor):
        return repr(value)[:limit]
    text = f"a tensor of shape {tuple(value.shape)}"
    if value.is_meta:
        return text
    numbers = str(rounded(value.detach().cpu().tolist()))
    return numbers if len(numbers) <= limit else text


def rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
