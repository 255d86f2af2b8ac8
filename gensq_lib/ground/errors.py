"""Errors that are written for the reader: what was expected, what came, what to do."""
import difflib
import functools
import inspect
import reprlib
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral
from typing import Any, TypeVar

Entry = TypeVar("Entry")


class GensqError(ValueError):
    """A mistake that the reader can mend. Its message is one sentence; commands print it and end with code 2."""


def nearest(name: str, choices: Iterable[str]) -> str:
    """The end of an error message: '; did you mean "x"?', or nothing when no choice is close."""
    close = difflib.get_close_matches(name, list(choices), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def listed(choices: Iterable[str]) -> str:
    """'"a", "b" or "c"', for sentences that list what is allowed."""
    quoted = [f'"{choice}"' for choice in choices]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)


def chosen(what: str, name: str, table: Mapping[str, Entry]) -> Entry:
    """The entry of that name: `chosen("a loss", "hinge", LOSSES)`. A wrong name is refused with the right ones."""
    if name not in table:
        raise GensqError(f'expected {what} out of {listed(table)}, got "{name}"{nearest(name, table) or "; choose one of these"}')
    return table[name]


def expect(holds: Any, sentence: str) -> None:
    """Refuse, with this sentence, what does not hold. For the places where things are made, not for steps."""
    if not holds:
        raise GensqError(sentence)


def whole(number: Any, low: float = 0) -> bool:
    """Whether this is a whole number of at least `low`."""
    return isinstance(number, Integral) and not isinstance(number, bool) and number >= low


def border(module: dict[str, Any]) -> None:
    """`border(globals())` at the end of a module: its public functions are `answered`."""
    for name, function in list(module.items()):
        inside = inspect.isfunction(function) and f"{function.__module__}.".startswith(f"{module['__name__']}.")
        if inside and not name.startswith("_") and not inspect.isgeneratorfunction(function):
            module[name] = answered(function)


def answered(function: Callable) -> Callable:
    """What Python and torch raise for a wrong call becomes one sentence, with that as its cause; a right one costs as before."""
    @functools.wraps(function)
    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RuntimeError) as error:
            if type(error).__module__ != "builtins":
                raise  # a sentence already, or no mistake of the caller
            got = ", ".join([*map(_shown, args), *(f"{name}={_shown(value)}" for name, value in kwargs.items())])[:160]
            name, why = function.__name__, " ".join(f"{type(error).__name__}: {error}".split())[:100]
            raise GensqError(f"expected arguments for {name} that fit together, got {got} ({why}); see help({name})") from error
    return call


def _shown(value: Any) -> str:
    """In a few words: type and shape of an array, a number or a short text as it is."""
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return f"{str(value.dtype).removeprefix('torch.')} of shape {tuple(value.shape)}"
    text = reprlib.repr(value)
    return f"a {type(value).__name__}" if "\n" in text or " at 0x" in text else text
