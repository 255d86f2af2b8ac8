"""A course for nbgrader, made from lessons: `gensq assignment 02_kl 06_text_vae -o course`.

Each exercise becomes an answer cell (the solution in it is taken out by `nbgrader generate_assignment`) and a graded cell: the
visible check of the lesson and, hidden, the same check on inputs of the student's own. One written task is graded by hand.
"""
import hashlib
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gensq_course.classroom.graded import MOST, WRITTEN
from gensq_course.classroom.variants import SECRET, secret_of, task_of
from gensq_course.report.lessons import Lesson, find_lesson, read_notebook, source, tags
from gensq_course.report.progress import CALL
from gensq_course.setup.copies import as_text, never_run
from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.ground.places import atomic_write

CONFIG = '''\
# Written by `gensq assignment`; yours from now on. What it does is told in docs/instructors.md.
from gensq_course.classroom import restoring

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "{course}"
c.ClearSolutions.code_stub = {{"python": "# Your answer is the function above."}}
c.Execute.timeout = 120  # seconds for a cell
c.Autograde.sanitize_preprocessors = restoring.SANITIZE
c.Autograde.autograde_preprocessors = restoring.AUTOGRADE
'''
GRADED = '''\
# Graded ({most} points). The check names a mistake; one named mistake is worth half. Do not change this cell.
handed_in = globals().get("{name}")
{name} = checks.{name}(handed_in)
### BEGIN HIDDEN TESTS
graded.points("{name}", handed_in, most={most}, secret="{secret}")
### END HIDDEN TESTS
'''
TASK = """\
## {title} ({points} points, read by a person)

{text}

*Your own numbers* are printed by the cell below, once it knows who you are. Write below it, in as many cells as you like.

=== BEGIN MARK SCHEME ===
{rubric}
=== END MARK SCHEME ==="""
NUMBERS = '''\
student = ""  # your name or number, as your instructor knows you
graded.own_task("{lesson}", student)'''
INTRO = """\
# {title}: to hand in

These are the exercises of the lesson *{lesson}*. Work through the lesson first; here you only write the answers. Run every \
cell: a check says at once whether an answer is right, and names the mistake if it knows it. When your work is graded, the same \
check runs on inputs of your own that you have not seen, so an answer that fits the visible inputs alone will not do."""


def write(names: Sequence[str], course: Path) -> Iterator[str]:
    """Write nbgrader_config.py and source/LESSON/LESSON.ipynb for each lesson; yields what was done and what to type next."""
    lessons = [find_lesson(name) for name in names]
    places = {lesson.name: course / "source" / lesson.name / f"{lesson.name}.ipynb" for lesson in lessons}
    for name, path in places.items():
        expect(not path.exists(), f"expected no assignment {name} in {course}, got one; remove {path.parent} to make it anew, or "
                                  "choose another folder with -o")
    try:
        course.mkdir(parents=True, exist_ok=True)
        make_secret(course)
        if not (course / "nbgrader_config.py").exists():
            put(course / "nbgrader_config.py", CONFIG.format(course=course.resolve().name.replace('"', "")))
        for lesson in lessons:
            made = notebook(lesson, secret_of(course, lesson.name))
            places[lesson.name].parent.mkdir(parents=True, exist_ok=True)
            put(places[lesson.name], as_text(made))
            yield f"{places[lesson.name]}: {len(graded_in(made))} exercises and a written task, {most_points(made)} points."
    except OSError as error:
        raise GensqError(f"expected a folder to write to, got {course} ({error.strerror}); choose another with -o") from None
    yield f"Next: cd {course}; nbgrader generate_assignment {lessons[0].name}; hand out release/. Keep source/ and secret.txt."


def put(path: Path, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def make_secret(course: Path) -> None:
    """What hidden inputs are drawn with; made once for a course, and read by its owner only."""
    path = course / SECRET
    if not path.exists():
        put(path, secrets.token_hex(16) + "\n")
        path.chmod(0o600)


def notebook(lesson: Lesson, secret: str) -> dict[str, Any]:
    """The source version of an assignment."""
    given = never_run(read_notebook(lesson.path))
    return {**given, "cells": list(cells(lesson, given["cells"], secret))}


def cells(lesson: Lesson, given: Sequence[dict], secret: str) -> Iterator[dict]:
    """Introduction, set-up, exercises in the lesson's order, the written task."""
    yield text_cell("intro", INTRO.format(title=lesson.title, lesson=lesson.name))
    code = [cell for cell in given if cell["cell_type"] == "code"]
    first = next(i for i, cell in enumerate(code) if "parameters" in tags(cell))
    yield from (code_cell(f"gensq-{i}", source(cell), cell["metadata"]) for i, cell in enumerate(code[first:first + 2]))
    yield code_cell("gensq-graded", "from gensq_course.classroom import graded")
    for i, cell in enumerate(given):
        for name in CALL.findall(source(cell)) if "check" in tags(cell) else ():
            yield from exercise(name, given, i, secret)
    task = task_of(lesson.name)
    by_hand = of_nbgrader("written", task=True, locked=True, points=WRITTEN)
    yield text_cell("written", TASK.format(points=WRITTEN, **task), by_hand)
    yield code_cell("own-numbers", NUMBERS.format(lesson=lesson.name))
    yield text_cell("own-text", "*Half a page, here.*")


def exercise(name: str, given: Sequence[dict], check: int, secret: str) -> Iterator[dict]:
    """The text that asks for it, the answer cell, the graded cell."""
    start = max(i for i in range(check) if "exercise" in tags(given[i]) and f"def {name}(" in source(given[i]))
    asks = max((i for i in range(start) if given[i]["cell_type"] == "markdown"), default=start)
    if asks < start:
        text = source(given[asks])
        yield text_cell(f"text-{name}", text[max(text.rfind("**Exercise"), 0):])
    shown = [cell for cell in given[asks + 1:start] if not tags(cell)]  # what the question is about: a table of exhibits
    yield from (code_cell(f"shown-{name}-{i}", source(cell)) for i, cell in enumerate(shown))
    solved = next((source(cell) for cell in given[check:] if "solution" in tags(cell) and f"{name}_solution" in source(cell)), "")
    region = f"\n\n\n### BEGIN SOLUTION\n{solved}\n\n\n{name} = {name}_solution\n### END SOLUTION"
    yield code_cell(f"answer-{name}", source(given[start]) + region, of_nbgrader(f"answer_{name}", solution=True))
    yield code_cell(f"check-{name}", GRADED.format(name=name, most=MOST, secret=secret).rstrip(),
                    of_nbgrader(f"check_{name}", grade=True, locked=True, points=MOST))


def of_nbgrader(grade_id: str, **says: Any) -> dict[str, Any]:
    """The metadata of a cell, in nbgrader's format (schema version 3)."""
    kinds = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    return {"nbgrader": kinds | {"schema_version": 3, "grade_id": grade_id} | says}


def text_cell(name: str, text: str, metadata: dict | None = None) -> dict:
    return {"cell_type": "markdown", "id": cell_id(name), "metadata": metadata or {}, "source": text}


def code_cell(name: str, text: str, metadata: dict | None = None) -> dict:
    return text_cell(name, text, metadata) | {"cell_type": "code", "outputs": [], "execution_count": None}


def cell_id(name: str) -> str:
    """A name that the file format takes: at most 64 letters, digits, - or _."""
    return name if len(name) <= 64 else hashlib.sha256(name.encode()).hexdigest()


def graded_in(made: dict) -> list[str]:
    """The exercises of an assignment."""
    return [cell["metadata"]["nbgrader"]["grade_id"].removeprefix("check_") for cell in made["cells"]
            if cell["metadata"].get("nbgrader", {}).get("grade")]


def most_points(made: dict) -> int:
    """Of the whole assignment."""
    return sum(cell["metadata"].get("nbgrader", {}).get("points", 0) for cell in made["cells"])
