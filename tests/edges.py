"""The edges of what readers may bring and may set: texts of odd shapes for every lesson, and both ends of every parameter.

An edge either runs to its end with numbers that are numbers, or is refused in a sentence before anything runs.
`python tests/edges.py [PART]` tries them all (those whose name has PART in it), one after the other, and says what came of each.
"""
import json
import math
import random
import re
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from own_texts import HOW, NOUNS, VERBS, joined, plain

from gensq_course.execute import running
from gensq_course.report.lessons import all_lessons
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import DECODERS
from gensq_lib.text import corpora
from gensq_lib.maths.adversarial import LOSSES

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
BATCHES = 384  # one more than a multiple of it is one more than a multiple of 32, 64, 96 and 128
TABLES = {"decoders": list(DECODERS), "losses": list(LOSSES)}
LONG = 10_000  # a count of steps, draws or sentences above it is no edge of the code but a long computation


def one_word() -> list[str]:
    rng = random.Random(3)
    return [rng.choice(NOUNS) for _ in range(1_500)]


def short(num: int = 1_500) -> list[str]:
    return random.Random(4).sample([f"{noun} {verb} {how}" for noun in NOUNS for verb in VERBS for how in HOW], num)


def long(num: int = 1_000) -> list[str]:
    """About fifty tokens."""
    lines = [line[:-1].lower() for line in plain(5 * num)]
    return [", ".join(lines[i:i + 5])[:-1] for i in range(0, len(lines), 5)]


def one_too_many() -> list[str]:
    """So many that one sentence is left over after whole batches."""
    lines = plain(1_500)
    for num in range(BATCHES, len(lines)):
        with tempfile.TemporaryDirectory() as folder:
            (path := Path(folder) / "own.txt").write_bytes(joined(lines[:num]))
            if len(corpora.load(f"file:{path}", seed=0).train) % BATCHES == 1:
                return lines[:num]
    raise AssertionError("no number of lines leaves one over")


LINES: dict[str, Callable[[], list[str]]] = {
    "one word a line": one_word, "names, each once": lambda: [f"name{i}" for i in range(1_500)], "all short": short,
    "all long": long,
    "one too many": one_too_many, "100 lines": lambda: plain(100), "10,000 lines": lambda: plain(10_000)}


@dataclass(frozen=True)
class Edge:
    """A lesson and what is set; `lines` is the text that a reader brings, if any."""

    lesson: str
    lines: str = ""
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return " ".join([self.lesson, self.lines, *(f"{name}={value}" for name, value in self.values)])

    def parameters(self, folder: Path) -> dict[str, object]:
        """As `gensq report` gets them."""
        if not self.lines:
            return {"budget": "smoke", **dict(self.values)}
        lines = LINES[self.lines]()
        (folder / "own.txt").write_bytes(joined(lines))
        (folder / "own.tsv").write_bytes(joined([f"{a}\t{b}" for a, b in zip(lines, lines[7:] + lines[:7])]))
        own = f"pairs:{folder}/own.tsv" if self.lesson.startswith("16") else f"file:{folder}/own.txt"
        return {"budget": "smoke", "corpus": own, **dict(self.values)}

    def tried(self, folder: Path) -> str:
        """What came of it, or an AssertionError."""
        try:
            outcome = running.run(self.lesson, parameters=self.parameters(folder), output=folder / "out")
        except GensqError as error:
            assert re.fullmatch(r"[^\n]*expected [^\n]+; [^\n]+", str(error)), f"not one sentence: {error}"
            return f"refused: {error}"
        assert outcome.ended, f"{outcome.status}: {outcome.message}"
        odd = {name: value for name, value in numbers(outcome.metrics).items() if not math.isfinite(value)}
        assert not odd, f"not a number: {odd}"
        printed = sorted(set(nans(json.loads((folder / "out" / f"{self.lesson}.ipynb").read_text("utf-8")))))
        assert not printed, f"shown: {printed}"
        return "ran"


def numbers(metrics: Mapping) -> dict[str, float]:
    """All that a run recorded or claimed."""
    found = {**metrics["recorded"], **{name: claim["value"] for name, claim in metrics["claims"].items()}}
    return {name: float(value) for name, value in found.items() if not isinstance(value, str)}


def nans(notebook: Mapping) -> list[str]:
    """Lines that a reader sees with a number that is none, and warnings of the machine."""
    found = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            text = "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))
            found += [f"{cell['id']}: {line.strip()[:90]}" for line in text.splitlines()
                      if re.search(r"(?<![\w-])nan(?![\w-])", line) or "Warning:" in line]
    return found


def of_texts() -> list[Edge]:
    """Every text for every lesson that takes one."""
    return [Edge(lesson.name, lines) for lesson in all_lessons() if "corpus" in lesson.parameters for lines in LINES]


@cache
def table() -> dict[str, dict[str, dict]]:
    return tomllib.loads((NOTEBOOKS / "parameters.toml").read_text(encoding="utf-8"))


def of_parameters() -> list[Edge]:
    """Both ends of every parameter, each alone, the rest as the smoke budget has it; of a list of words every word."""
    found = []
    for lesson, rows in table().items():
        for name, row in rows.items():
            words = row.get("one_of", [])
            words = TABLES[words] if isinstance(words, str) else words
            ends = [row["min"], row["max"]] if "min" in row else []
            found += [Edge(lesson, values=((name, value),)) for value in [*words, *ends]
                      if not too_long(name, value) and value != row.get("smoke")]
    return found


def too_long(name: str, value: object) -> bool:
    return isinstance(value, int) and value > LONG and name != "student"


def edges() -> list[Edge]:
    return of_texts() + of_parameters()


def main(part: str = "") -> None:
    for edge in edges():
        if part in str(edge):
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                try:
                    said = edge.tried(Path(folder))
                except Exception as error:  # the next edge is tried, too
                    said = f"FAILED {type(error).__name__}: {error}"
            print(f"{edge} | {said} | {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
