"""How well the checks understand the answers that students give: `python -m tests.students.measure [noun ...]`.

Each answer goes through the check of its exercise as in the notebook: with the imports of that notebook and its default
dtype, and the references of the other exercises. A table is a module of this folder, named like the folder of its
lesson, with something after it where a lesson has more than one (`elbo`, `elbo_em`); its answers are in ANSWERS.
"""
import ast
import json
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from io import StringIO
from pathlib import Path

import numpy
import torch

from gensq_course.checks import registry
from gensq_course.report.session import load_folder
from tests.students import Answer

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
OUTCOMES = {True: ("accepted", "rejected"), False: ("named", "partly", "misleading", "accepted")}  # of right, of wrong answers
SYMPTOMS = {"looks like", "right but for some", "not a number", "infinity hidden", "shape", "not finite", "unlisted", "raises",
            "no tensor", "dtype", "device", "nothing returned", "no end", "unreadable", "no choice", "no function", "open",
            "unknown"}  # a check does not know where the answer went wrong
PLAIN = {"at_temperature": {"ignored"}, "leave_one_out": {"batch mean"}}  # sentences on what came out, true whatever was done


@dataclass(frozen=True)
class Measured:
    """An answer, what became of it (one of OUTCOMES) and the feedback that came."""

    answer: Answer
    outcome: str
    feedback: str

    @property
    def right(self) -> bool:
        return not self.answer.mistake

    @property
    def understood(self) -> bool:
        return self.outcome == ("accepted" if self.right else "named")


def tables(noun: str) -> list[Answer]:
    """All answers to the exercises of a lesson."""
    files = sorted(path.stem for path in HERE.glob("*.py") if path.stem == noun or path.stem.startswith(f"{noun}_"))
    return [answer for file in files for answer in import_module(f"tests.students.{file}").ANSWERS]


def lessons() -> dict[str, str]:
    """Noun -> notebook, of the lessons that have a table."""
    nouns = {path.stem[3:]: path.stem for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))}
    return {noun: name for noun, name in nouns.items() if (HERE / f"{noun}.py").exists()}


def namespace(notebook: str) -> dict:
    """What a cell of the notebook can use: its imports, its default dtype, the exercises; whoever writes np imports it."""
    names: dict = {"np": numpy}
    for statement in statements(notebook):
        imported = isinstance(statement, ast.Import | ast.ImportFrom)
        if imported or "set_default_dtype" in ast.unparse(statement).partition("(")[0]:
            exec(ast.unparse(statement), names)
    return names | {name: exercise.reference for name, exercise in registry.EXERCISES.items()}


def statements(notebook: str) -> Iterator[ast.stmt]:
    cells = json.loads((NOTEBOOKS / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "code" and not cell["source"][:1] == ["%"]:
            yield from ast.parse("".join(cell["source"])).body


def measured(answer: Answer, names: dict) -> Measured:
    """The answer, held against its check."""
    names = dict(names)
    exec(answer.code, names)
    asked = registry.exercise(answer.exercise)
    with redirect_stdout(StringIO()):  # an answer may print
        verdict, box = registry.judged(asked, names[answer.exercise])
    said = "\n".join((box.title, *(line for line in box.lines if not line.startswith("The smallest input"))))
    if not answer.mistake:
        return Measured(answer, "accepted" if verdict == "right" else "rejected", said)
    if verdict == "right":
        return Measured(answer, "accepted", said)
    return Measured(answer, told(answer, said, box.record.get("mistake", [])), said)


def told(answer: Answer, said: str, mistakes: list[str]) -> str:
    """Is the mistake named, or only a symptom, or another mistake?"""
    said = said.replace(answer.exercise, "").partition("Smallest input that shows it")[0]
    if any(occurs(name, said) for name in answer.names):
        return "named"
    plain = SYMPTOMS | PLAIN.get(answer.exercise, set())
    return "partly" if all(mistake.rpartition(": ")[2] in plain for mistake in mistakes) else "misleading"


def occurs(name: str, said: str) -> bool:
    """Does the key word begin somewhere in the feedback? A capital letter alone is an exhibit, and stands alone."""
    if re.fullmatch("[A-Z]", name):
        return re.search(rf"\b{name}\b", said) is not None
    start = r"\b" if name[0].isalnum() else ""
    return re.search(start + re.escape(name), said, re.IGNORECASE) is not None


def lesson(noun: str, notebook: str) -> list[Measured]:
    """All answers of a lesson, measured; the default dtype is left as it was."""
    before = torch.get_default_dtype()
    load_folder(notebook)
    try:
        names = namespace(notebook)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [measured(answer, names) for answer in tables(noun)]
    finally:
        torch.set_default_dtype(before)


def row(title: str, found: list[Measured]) -> str:
    """One line of the table: how many right and wrong answers, and the share of each outcome."""
    cells = []
    for right, outcomes in OUTCOMES.items():
        kind = [one for one in found if one.right == right]
        counts = Counter(one.outcome for one in kind)
        cells += [f"{len(kind):>6}", *(f"{counts[outcome] / max(len(kind), 1):>11.0%}" for outcome in outcomes)]
    return f"{title:<28}" + "".join(cells)


def print_lesson(notebook: str, found: list[Measured]) -> None:
    heads = ("right", *OUTCOMES[True], "wrong", *OUTCOMES[False])
    print(f"\n{notebook:<28}" + "".join(f"{head:>{6 if head in ('right', 'wrong') else 11}}" for head in heads))
    exercises = dict.fromkeys(one.answer.exercise for one in found)
    for exercise in exercises:
        print(row(f"  {exercise}", [one for one in found if one.answer.exercise == exercise]))
    print(row("  in all", found))


def print_open(found: list[Measured]) -> None:
    """Every answer that was not understood, with the feedback that came."""
    for one in (one for one in found if not one.understood):
        kind = "a right answer" if one.right else one.answer.mistake
        print(f"\n{one.answer.exercise} · {one.outcome} · {kind}")
        print("    " + one.answer.code.strip().replace("\n", "\n    "))
        print("  > " + one.feedback.replace("\n", "\n  > "))


def main(nouns: list[str]) -> None:
    known = lessons()
    unknown = [noun for noun in nouns if noun not in known]
    if unknown:
        raise SystemExit(f"expected lessons of {', '.join(known)}, got {', '.join(unknown)}")
    results = {noun: lesson(noun, known[noun]) for noun in nouns or known}
    for noun, found in results.items():
        print_lesson(known[noun], found)
    print("\n" + row("all lessons", [one for found in results.values() for one in found]))
    for found in results.values():
        print_open(found)


if __name__ == "__main__":
    main(sys.argv[1:])
