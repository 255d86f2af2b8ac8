"""What lessons say about their results, sentence by sentence, and the numbers that must bear it out at any seed.

A lesson's prose is written once, its numbers come anew with every run. Each `Verdict` names a phrase that stands in a
lesson (in its text, or printed by it) and what an executed copy must show for the phrase to be true.
`python -m tests.verdicts FOLDER ...` reads the executed notebooks in folders, as `gensq claims` leaves them.
"""
import html
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NUMBER = re.compile(r"[-−+]?(?:\d+(?:,\d{3})*(?:\.\d+)?|(?<!\w)\.\d+)(?:e[-+]?\d+)?")  # 1,024 or .55


def number(text: str) -> float:
    """The first number in a text: "1,024 ± 3" is 1024."""
    return float(NUMBER.search(text).group().replace(",", "").replace("−", "-"))


@dataclass(frozen=True)
class Run:
    """An executed notebook."""

    cells: tuple[dict, ...]

    @classmethod
    def of(cls, path: Path) -> "Run":
        return cls(tuple(json.loads(path.read_text(encoding="utf-8"))["cells"]))

    def outputs(self, cell: str) -> list[dict]:
        return next(each for each in self.cells if each["id"] == cell)["outputs"]

    def said(self, cell: str) -> str:
        """What a cell printed."""
        return "".join("".join(output.get("text", "")) for output in self.outputs(cell))

    def tables(self, cell: str) -> list[list[list[str]]]:
        """The tables that a cell shows: rows of texts, the columns' names first."""
        shown = ["".join(output["data"].get("text/html", "")) for output in self.outputs(cell) if "data" in output]
        return [[re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", html.unescape(row), re.S)
                 for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)] for page in shown if "<table>" in page]

    def column(self, cell: str, name: str, table: int = 0) -> list[float]:
        """The numbers of one column, from top to bottom; empty places are left out."""
        names, *rows = self.tables(cell)[table]
        return [number(row[names.index(name)]) for row in rows if NUMBER.search(row[names.index(name)])]

    def row(self, cell: str, name: str, table: int = 0) -> list[float]:
        """The numbers of the row that has a name; where none has it, of the first that begins with it."""
        rows = self.tables(cell)[table][1:]
        chosen = next((row for row in rows if row[0] == name), None) or next(row for row in rows if row[0].startswith(name))
        return [number(text) for text in chosen[1:] if NUMBER.search(text)]

    def described(self, cell: str) -> str:
        """What a cell shows, in words: figures and tables."""
        return "".join("".join(output["data"].get("text/plain", "")) for output in self.outputs(cell) if "data" in output)

    def numbers(self, cell: str, pattern: str) -> list[float]:
        """The groups of a pattern in what a cell printed or described, as numbers."""
        return [number(group) for group in re.search(pattern, self.said(cell) + self.described(cell), re.S).groups()]

    @property
    def prose(self) -> str:
        """All that a reader reads: texts, code and what it printed, in one line."""
        parts = ["".join(cell["source"]) + (self.said(cell["id"]) if cell["cell_type"] == "code" else "") for cell in self.cells]
        return " ".join(" ".join(parts).split())


@dataclass(frozen=True)
class Verdict:
    """A phrase of a lesson, and what must hold in a run for it to be true."""

    phrase: str
    holds: Callable[[Run], bool]


UNREADABLE = (AttributeError, IndexError, StopIteration, TypeError, ValueError, ZeroDivisionError)  # no such cell, row or number


def wrong(run: Run, verdicts: list[Verdict]) -> list[str]:
    """The phrases that this run does not bear out, or whose numbers are no longer where they were."""
    found = []
    for verdict in verdicts:
        try:
            found += [] if verdict.holds(run) else [verdict.phrase]
        except UNREADABLE as error:
            found.append(f"{verdict.phrase} (cannot be read: {type(error).__name__}: {error})")
    return found


def other_numbers(run: Run, change: Callable[[float, int], float]) -> Run:
    """A run whose outputs have other numbers in the same places: what a false verdict would stand beside. Numbers in
    names (k1, K = 2, step 30, the first column of a table) stay."""
    def in_output(output: dict) -> dict:
        seen = itertools.count()

        def changed(text: str) -> str:
            return re.sub(rf"(?<![\w.])(?<! = )(?<!step )(?<!moved by ){NUMBER.pattern}",
                          lambda found: f"{change(number(found.group()), next(seen)):.6g}", text)

        if "text" in output:
            return output | {"text": changed("".join(output["text"]))}
        data = output.get("data", {})
        page = re.sub(r"(?<=</td>)(<td[^>]*>)(.*?)(?=</td>)", lambda m: m[1] + changed(m[2]), "".join(data.get("text/html", "")))
        return output | {"data": data | {"text/html": page, "text/plain": changed("".join(data.get("text/plain", "")))}}

    return Run(tuple(cell | {"outputs": [in_output(output) for output in cell["outputs"]]}
                     if cell["cell_type"] == "code" else cell for cell in run.cells))


def falls(values: list[float]) -> bool:
    return all(left > right for left, right in zip(values, values[1:], strict=False))


def rises(values: list[float]) -> bool:
    return falls(values[::-1])
