"""Calling a learner's function safely: it may raise, change its inputs, return nothing or never return.

Whatever it does ends in a sentence, never in a traceback or a hang.
"""
import contextvars
import ctypes
import dis
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gensq_course.checks.answers import shown
from gensq_course.report.words import say

SECONDS = 10.0  # of computing, for one whole check; the reference needs a few milliseconds
WAIT = 6  # times as long by the clock: a shared machine may be slow, and a sleep computes nothing


class Fault(Exception):
    """The name of a mistake, and the sentence about it with its `values`."""

    def __init__(self, mistake: str, **values: object):
        self.mistake, self.says = mistake, say("mistakes", mistake, **values)
        super().__init__(self.says)


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
            raise Fault("raises", reason=reason + likely_cause(error), inputs=self.inputs) from error

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


CAUSES = {  # words of an exception -> the name of its likely reason, a sentence of words.toml
    "must match the size of tensor": "shapes differ",
    "shapes cannot be multiplied": "matrix product",
    "Expected size for first two dimensions": "matrix product",
    "values to unpack": "unpack",
    "Can't call numpy() on Tensor that requires grad": "numpy and gradient",
    "must be Tensor, not": "number for tensor",
    "only one element tensors can be converted": "tensor for number",
    "only integer tensors": "index",
    "out of bounds": "past the end",
    "ambiguous": "condition",
    "Dimension out of range": "no such axis",
    "selected index k out of range": "more than there are",
    "is not defined": "unknown name",
    "missing 1 required positional": "too few inputs",
    "positional argument": "inputs",
    "has no attribute": "attribute",
    "invalid values": "parameters",
    "does not require grad": "no gradient",
    "in-place operation": "in place",
    "math domain error": "logarithm of 0",
    "too large to convert": "too large",
    "result too large": "too large",
    "division by zero": "division",
}


def likely_cause(error: BaseException) -> str:
    """A line on what usually lies behind an exception; empty when nothing is known."""
    return next(("\n" + say("cause", cause) for words, cause in CAUSES.items() if words in str(error)), "")


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
    """`work()` in a thread of its own; a Fault when it takes too long (signals would not work on Windows). What counts is
    the processor's time, so that a right answer on a busy machine is not called endless."""
    outcome: dict[str, Any] = {}
    context = contextvars.copy_context()
    thread = threading.Thread(target=lambda: context.run(caught, work, outcome), daemon=True)
    thread.start()
    computed, late = time.process_time() + SECONDS, time.monotonic() + WAIT * SECONDS
    try:
        while thread.is_alive() and time.process_time() < computed and time.monotonic() < late:
            thread.join(SECONDS / 20)
    finally:
        if thread.is_alive():
            stop(thread)
    if "error" in outcome and not isinstance(outcome["error"], TimeUp):
        raise outcome["error"]
    if "value" not in outcome:
        raise Fault("no end", seconds=SECONDS, inputs=attempt.inputs)
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
