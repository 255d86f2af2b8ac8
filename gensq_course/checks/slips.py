"""Mistakes as edits of a reference: one line each, read like a diff, so that a formula stands once.

    SLIPS = {"no forget": ("f * c", "c"),  # a phrase of its source, and what stands there instead
             "old memory": (("c = ", "new = "), ("[h, c]", "[h, new]"))}  # several phrases

A phrase occurs exactly once in the source of the reference and of the functions of its module that it calls (their
docstrings aside). Slips that touch the same place cannot be made together.
"""
import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache

from gensq_lib.ground.errors import GensqError

Edit = tuple[str, str]
Slip = Edit | tuple[Edit, ...]


class Clash(Exception):
    """Two slips touch the same place."""


@lru_cache(maxsize=4096)
def slipped(reference: Callable, slips: tuple[Slip, ...]) -> Callable:
    """The function that the reference becomes by these slips, in the names of its module."""
    text = source(reference)
    edits = [edit for slip in slips for edit in ([slip] if isinstance(slip[0], str) else slip)]
    places = sorted((place(text, phrase), phrase, instead) for phrase, instead in edits)
    if any(start + len(phrase) > after for (start, phrase, _), (after, *_) in zip(places, places[1:], strict=False)):
        raise Clash(slips)
    for start, phrase, instead in reversed(places):
        text = text[:start] + instead + text[start + len(phrase):]
    names = dict(vars(sys.modules[reference.__module__]))
    exec(compile(text, f"<{reference.__name__} with slips>", "exec", dont_inherit=True), names)
    return names[reference.__name__]


def place(text: str, phrase: str) -> int:
    """Where the phrase stands, once."""
    if (times := text.count(phrase)) != 1:
        raise GensqError(f'expected the phrase "{phrase}" of a slip once in the source, got it {times} times; make it '
                         "the phrase that changes, as long as it takes to tell it from others")
    return text.index(phrase)


@lru_cache
def source(reference: Callable) -> str:
    """What the interpreter reads of a function and of those of its module that it calls."""
    return "\n".join(without_docstring(inspect.getsource(function)) for function in called(reference, {}).values())


def called(function: Callable, known: dict[str, Callable]) -> dict[str, Callable]:
    """The function and, through whatever it calls, all others of its module."""
    known[function.__name__] = function
    home = vars(sys.modules[function.__module__])
    for other in filter(inspect.isfunction, map(home.get, named(inspect.getsource(function)))):
        if other.__module__ == function.__module__ and other.__name__ not in known:
            called(other, known)
    return known


def named(text: str) -> Iterator[str]:
    return (node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))


def without_docstring(text: str) -> str:
    lines, first = text.splitlines(), ast.parse(text).body[0].body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)
