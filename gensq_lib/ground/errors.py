"""Errors that are written for the reader: what was expected, what came, what to do."""
import difflib
from collections.abc import Iterable


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
