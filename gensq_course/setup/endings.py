"""How a command ends: its exit code, and one sentence where something was wrong."""
import os
import re
import sys
from collections.abc import Callable

from gensq_lib.ground.errors import GensqError

LONGEST = 400  # characters of a sentence on a screen


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
        print(f"gensq: {readable(str(error) if isinstance(error, GensqError) else _of_the_system(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gensq: stopped.", file=sys.stderr)
        return 130


def readable(message: str) -> str:
    """A message that may repeat what was typed: control characters as what they are, and no more of it than a screen bears."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in message)
    shown = re.sub(r"[^\s;,()]{150,}", lambda run: _shortened(run[0], 75), shown)
    return shown if len(shown) <= LONGEST else _shortened(shown, 250)


def _shortened(text: str, num: int) -> str:
    return f"{text[:num]}...({len(text):,} characters)...{text[-num // 3:]}"


def _print_no_more() -> None:
    """What is still in the buffer goes nowhere, or Python would complain about it at its end."""
    if sys.stdout is sys.__stdout__:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _of_the_system(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    return (f"expected to read and write what was asked for, got: {error.strerror or error}{place}; "
            "free some space or choose another place")
