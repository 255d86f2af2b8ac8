"""Errors that are written for the reader: what was expected, what came, what to do."""
import difflib
import os
import sys
from collections.abc import Callable, Iterable


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


def exit_code(command: Callable[[], int]) -> int:
    """Of a command, whatever happens: what a reader can mend is one sentence on stderr and code 2, Ctrl+C is 130."""
    try:
        code = command()
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `gensq corpus sample 1000 | head`
        _print_no_more()
        return 0
    except (GensqError, OSError) as error:
        if isinstance(error, OSError):  # a full disk behind `> file`, a folder that went away
            _print_no_more()
        print(f"gensq: {error if isinstance(error, GensqError) else _of_the_system(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gensq: stopped.", file=sys.stderr)
        return 130


def _print_no_more() -> None:
    """What is still in the buffer goes nowhere, or Python would complain about it at its end."""
    if sys.stdout is sys.__stdout__:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _of_the_system(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    return (f"expected to read and write what was asked for, got: {error.strerror or error}{place}; "
            "free some space or choose another place")
