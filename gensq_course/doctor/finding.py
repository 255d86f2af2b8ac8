"""What the doctor saw in one place: a name, a few words, and, where something is wrong, a sentence with the remedy."""
import getpass
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

COLUMNS = 100
INDENT = 14


@dataclass(frozen=True)
class Finding:
    """`problem` is empty, or one sentence: expected, got, what to do. `short` is the cell in the line of a class."""

    name: str
    words: str
    problem: str = ""
    short: str = ""

    def lines(self) -> list[str]:
        """At most two lines of at most 100 columns."""
        text = nameless(self.words)
        return textwrap.wrap(text, COLUMNS, initial_indent=f"{self.name:<{INDENT}}", subsequent_indent=" " * INDENT,
                             max_lines=2, placeholder=" ...", break_on_hyphens=False)

    def cells(self) -> list[str]:
        """The cells in the line that an instructor collects."""
        return [" ".join(cell.split()) for cell in nameless(self.short or self.words).split("\t")]


def nameless(text: str) -> str:
    """The home folder as ~, and the user's name nowhere in a path."""
    try:
        home, user = str(Path.home()), getpass.getuser()
    except (RuntimeError, OSError, KeyError, ImportError):
        return text
    if len(home) > 1:
        text = text.replace(home, "~")
    return re.sub(rf"(?<=[\\/]){re.escape(user)}(?=[\\/]|$)", "USER", text)


def size(num_bytes: float) -> str:
    """"1.7 GB", "120 MB"."""
    return f"{num_bytes / 1e9:.1f} GB" if num_bytes >= 1e9 else f"{num_bytes / 1e6:.0f} MB"
