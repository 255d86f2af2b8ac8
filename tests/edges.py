"""The edges of what readers may bring and may set: texts of odd shapes for every lesson, and both ends of every parameter.

An edge either runs to its end with numbers that are numbers, or is refused in a sentence before anything runs.
`python tests/edges.py [PART]` tries them all (those whose name has PART in it), one after the other, and says what came of each.
"""
import json
import math
import multiprocessing
import os
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

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from own_texts import HOW, NOUNS, VERBS, joined, plain

from gensq_course import lessons, studies, widgets  # noqa: F401 what every lesson needs, imported once
from gensq_course.report.lessons import all_lessons, find_lesson, source, tags
from gensq_course.report.parameters import check_values
from gensq_course.report.records import collect
from gensq_lib import cures, diagnostics, plots, training  # noqa: F401
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import DECODERS
from gensq_lib.text import corpora
from gensq_lib.maths.adversarial import LOSSES

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
BATCHES = 384  # one more than a multiple of it is one more than a multiple of 32, 64, 96 and 128
TABLES = {"decoders": list(DECODERS), "losses": list(LOSSES)}
LONG = 10_000  # a count of steps, draws or sentences above it is no edge of the code but a long computation,
LASTING = 10.0  # and so are more seconds for each of many networks


def one_word() -> list[str]:
    """Two hundred words, each several times; forms of one word are no sentences of their own, so they are put together."""
    rng, words = random.Random(3), [f"{one}{other}" for one in NOUNS for other in VERBS][:200]
    return words + [rng.choice(words) for _ in range(1_300)]


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
        (folder / "named.tsv").write_bytes(joined([f"{line}\tkind {i % 3}" for i, line in enumerate(lines)]))
        usual, pairs = f"file:{folder}/own.txt", f"pairs:{folder}/own.tsv"
        own = {"10": f"labelled:{folder}/named.tsv", "11": pairs, "12": pairs, "16": pairs}.get(self.lesson[:2], usual)
        return {"budget": "smoke", "corpus": own, **dict(self.values)}

    def tried(self, folder: Path) -> str:
        """What came of it, or an AssertionError."""
        parameters = self.parameters(folder)
        try:
            check_values(find_lesson(self.lesson), parameters)
        except GensqError as error:
            assert re.fullmatch(r"[^\n]*expected [^\n]+; [^\n]+", str(error)), f"not one sentence: {error}"
            return f"refused: {error}"
        book = in_a_copy(executed, self.lesson, parameters)
        assert "error" not in book, book["error"]
        odd = {name: value for name, value in numbers(collect(book)).items() if not math.isfinite(value)}
        assert not odd, f"not a number: {odd}"
        assert not (shown := sorted(set(nans(book)))), f"shown: {shown}"
        return "ran"


def in_a_copy(work: Callable, *arguments: object, limit: float = 900) -> dict:
    """`work` in a fork of this process, which has everything imported: a kernel takes longer to start than a smoke run."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=lambda: theirs.send(work(*arguments)), daemon=True)
    child.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(limit) else {"error": f"no end after {limit} seconds"}
    except EOFError:
        return {"error": "the process died, perhaps for want of memory"}
    finally:
        child.kill()
        child.join()


def executed(lesson: str, parameters: Mapping[str, object]) -> dict:
    """The cells of a lesson with what they show, or the first error."""
    os.environ.update(GENSQ_PROGRESS="0", GENSQ_NOTEBOOKS=str(NOTEBOOKS), MPLBACKEND="agg")
    shell, cells = InteractiveShell.instance(), []
    for cell in json.loads((NOTEBOOKS / f"{lesson}.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        with capture_output() as said:
            done = shell.run_cell(source(cell))
        if not done.success:
            error = done.error_in_exec or done.error_before_exec
            return {"error": f"cell {cell['id']}: {type(error).__name__}: {error}"}
        if "parameters" in tags(cell):
            shell.push(dict(parameters))
        outputs = [{"text": said.stdout + said.stderr}, *({"data": each.data} for each in said.outputs)]
        cells.append({"id": cell["id"], "outputs": outputs})
    return {"cells": cells}


def numbers(found: Mapping) -> dict[str, float]:
    """All that a run recorded or claimed; what is no number was written down as a word."""
    values = {**found["recorded"], **{name: claim["value"] for name, claim in found["claims"].items()}}
    return {name: float(value) for name, value in values.items() if not isinstance(value, str) or value in ("nan", "inf", "-inf")}


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
    return [Edge(lesson.name, lines) for lines in LINES for lesson in all_lessons() if "corpus" in lesson.parameters]


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
    if name == "seconds":
        return isinstance(value, float) and value > LASTING
    return isinstance(value, int) and value > LONG and name != "student"


def edges() -> list[Edge]:
    return of_texts() + of_parameters()


def main(part: str = "") -> int:
    """The edges whose name has `part` in it, or is it; how many of them failed."""
    lessons.load_all()
    failed, wanted = 0, [edge for edge in edges() if part in str(edge)]
    for edge in [edge for edge in wanted if str(edge) == part] or wanted:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                said = edge.tried(Path(folder))
            except Exception as error:  # the next edge is tried, too
                said, failed = f"FAILED {type(error).__name__}: {error}", failed + 1
        print(f"{edge} | {said} | {time.monotonic() - began:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) > 0)
