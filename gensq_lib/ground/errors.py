"""Errors that are written for the reader: what was expected, what came, what to do."""
import difflib
from collections.abc import Iterable, Mapping
from typing import TypeVar

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
