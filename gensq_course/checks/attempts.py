"""Calling a learner's function safely: it may raise, change its inputs, return nothing or never return.

Whatever it does ends in a sentence, never in a traceback or a hang.
"""
import contextvars
import ctypes
import dis
import threading
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gensq_course.checks.answers import shown

SECONDS = 10.0  # for one whole check; the reference needs a few milliseconds


class Fault(Exception):
    """A sentence about what went wrong, and the name of the mistake."""

    def __init__(self, mistake: str, says: str):
        super().__init__(says)
        self.mistake, self.says = mistake, says


class NotAttempted(Exception):
    """The stub is untouched."""


class TimeUp(BaseException):
    """Raised inside a function that does not end (not an Exception, so that it is not caught there)."""


class Attempt:
    """A learner's function that works on copies, and remembers whether it changed them."""

    def __init__(self, function: Callable):
        self.function, self.changed_inputs, self.inputs = function, False, ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.inputs = self.described(args, **kwargs)
        copies = [a.clone() if isinstance(a, Tensor) else a for a in args]
        result = self.result(copies, kwargs)
        self.changed_inputs |= any(
            isinstance(a, Tensor) and not torch.equal(a, copy) for a, copy in zip(args, copies, strict=True))
        return result

    def result(self, args: list, kwargs: dict[str, Any]) -> Any:
        try:
            return self.function(*args, **kwargs)
        except TimeUp:
            raise
        except BaseException as error:
            if isinstance(error, NotImplementedError) and raised_here(error):
                raise NotAttempted from error
            reason = f"{type(error).__name__}: {first_line(error)}"
            says = f"It raises {reason}\n{likely_cause(error)}Smallest input that shows it: {self.inputs}"
            raise Fault("raises", says) from error

    def described(self, args: Sequence[Any], **kwargs: Any) -> str:
        """The inputs as a person would write them: mean = [[1.0]], log_var = [[0.0]]."""
        code = getattr(self.function, "__code__", None)
        names = list(code.co_varnames[: code.co_argcount]) if code else []
        names += [f"input {i + 1}" for i in range(len(names), len(args))]
        plain = {key: value for key, value in kwargs.items() if not isinstance(value, torch.Generator)}
        return ", ".join(f"{key} = {shown(value)}" for key, value in [*zip(names, args, strict=False), *plain.items()])


def raised_here(error: BaseException) -> bool:
    """Does the `raise` stand in the learner's own function, not deeper?"""
    own = error.__traceback__.tb_next if error.__traceback__ else None
    return own is not None and own.tb_next is None


CAUSES = {  # words of an exception -> what is the likely reason
    "must match the size of tensor": "Two tensors meet whose axes do not fit. After a sum or a mean keep the axis "
    "(keepdim=True), or add one where it is missing (x[:, None]).",
    "shapes cannot be multiplied": "A matrix product of shapes that do not fit: which axis is summed over?",
    "Can't call numpy() on Tensor that requires grad": "numpy cannot follow a gradient: use x.detach() where nobody trains, "
    "tensor operations where somebody does.",
    "must be Tensor, not": "A plain number meets a function for tensors: math.log for numbers, torch.log for tensors.",
    "only one element tensors can be converted": "math functions, float() and .item() take one number; a tensor of many needs "
    "torch.log, torch.exp and so on.",
    "only integer tensors": "An index must be a whole number.",
    "ambiguous": "A comparison of tensors has many answers, an `if` wants one: use torch.where.",
    "Dimension out of range": "The axis does not exist: this tensor has fewer axes than you think. Print its shape.",
    "is not defined": "This name is unknown inside the function: is it misspelt, or only defined in your head?",
    "missing 1 required positional": "A function was called with too few inputs.",
    "positional argument": "The function must take the inputs named in its first line, in that order.",
    "has no attribute": "A method was called that this object does not have: is it a tensor, a number or a list?",
    "invalid values": "A distribution refuses its parameters: a standard deviation must be above 0, probabilities 0 to 1. "
    "Was a logarithm passed in?",
    "does not require grad": "A gradient was asked of something without one: was it detached, or made by no_grad or item()?",
    "in-place operation": "A tensor that is needed for the gradient was changed in place: write x = x + y in place of x += y.",
    "math domain error": "A logarithm of 0 or of a negative number, or its root.",
    "too large to convert": "A number became too large: stay with logarithms.",
    "result too large": "A number became too large: stay with logarithms.",
    "division by zero": "A count or a sum is 0 here.",
}


def likely_cause(error: BaseException) -> str:
    """A sentence on what usually lies behind an exception; empty when nothing is known."""
    return next((f"{cause}\n" for words, cause in CAUSES.items() if words in str(error)), "")


def first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["(no message)"])[0][:200]


def untouched(function: Any) -> bool:
    """Is this a stub: nothing at all, or a body of `...`, `pass` or a docstring?"""
    if function is None or function is ...:
        return True
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    empty = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
    steps = list(dis.get_instructions(code))
    loaded = [s.argval for s in steps if s.opname in ("LOAD_CONST", "RETURN_CONST")]
    return all(s.opname in empty for s in steps) and all(v is None or v is ... for v in loaded)


def within_time(work: Callable[[], Any], *, attempt: Attempt) -> Any:
    """`work()` in a thread of its own; a Fault when it takes too long (signals would not work on Windows)."""
    outcome: dict[str, Any] = {}
    context = contextvars.copy_context()
    thread = threading.Thread(target=lambda: context.run(caught, work, outcome), daemon=True)
    thread.start()
    try:
        thread.join(SECONDS)
    finally:
        if thread.is_alive():
            stop(thread)
    if "error" in outcome and not isinstance(outcome["error"], TimeUp):
        raise outcome["error"]
    if "value" not in outcome:
        says = (f"It did not finish within {SECONDS:g} seconds: does a loop in it never end?\n"
                f"Input: {attempt.inputs}")
        raise Fault("no end", says)
    return outcome["value"]


def caught(work: Callable[[], Any], outcome: dict[str, Any]) -> None:
    """Run and keep the result or the error; the caller's random state stays as it was."""
    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            outcome["value"] = work()
    except BaseException as error:
        outcome["error"] = error


def stop(thread: threading.Thread) -> None:
    """Raise TimeUp inside the thread at its next step, and give it a moment to end."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUp))
    thread.join(1.0)
