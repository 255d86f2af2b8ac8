"""Points for an answer: all of them when it is right, half when its one mistake is one that the check knows by name, else none.

    graded.points("kl_between", handed_in, most=2, secret="...")  # the last line of a graded cell: nbgrader reads the number
    graded.own_task("02_kl", student)                             # the numbers of the written task
"""
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gensq_course.checks import registry
from gensq_course.checks.boxes import Box
from gensq_course.checks.exercises import PLANTED, Exercise
from gensq_course.classroom.variants import number_of, own_numbers, task_of, with_own_inputs

MOST = 2  # points for an exercise
WRITTEN = 4  # points for the written task


@dataclass(frozen=True)
class Judged:
    """What is said of one answer. `share` is that of its points: 1, 1/2 or 0."""

    name: str
    verdict: str  # right, wrong or not attempted
    mistakes: tuple[str, ...] = ()  # names
    says: tuple[str, ...] = ()  # sentences about them, or praise
    share: float = 0.0
    hidden: bool = False  # the visible inputs came out right


def judged(name: str, function: Any, number: int) -> tuple[Judged, Box]:
    """By the inputs that everybody sees and, when these come out right, by those of the student's own number."""
    asked = registry.exercise(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader takes a word on stderr for a failure
        verdict, box = registry.judged(asked, function)
        if hidden := verdict == "right":
            verdict, box = registry.judged(with_own_inputs(asked, number), function)
    mistakes = tuple(box.record["mistake"])
    return Judged(name, verdict, mistakes, box.lines, share(asked, verdict, mistakes), hidden), box


def share(asked: Exercise, verdict: str, mistakes: tuple[str, ...]) -> float:
    """Of the points."""
    if verdict == "right":
        return 1.0
    return 0.5 if len(mistakes) == 1 and known(asked, mistakes[0]) else 0.0


def known(asked: Exercise, mistake: str) -> bool:
    """Is it a mistake of the formula that has a name, not just an answer that fails? "A: half" is one of exhibit A."""
    return mistake.rpartition(": ")[2] in {*asked.mistakes, *PLANTED}


def points(name: str, function: Any, *, most: float = MOST, secret: str = "") -> float:
    """For a graded cell. A mistake that only the hidden inputs show is told here; the visible check has told the others."""
    found, box = judged(name, function, number_of(handed_in_by(), secret))
    if found.hidden and found.verdict != "right":
        box.show()
    return most * found.share


def handed_in_by() -> str:
    """The student whose work nbgrader is grading, by its folder (autograded/STUDENT/ASSIGNMENT); "" elsewhere."""
    return Path.cwd().parent.name if os.environ.get("NBGRADER_EXECUTION") == "autograde" else ""


def own_task(lesson: str, student: str) -> None:
    """Show the numbers of the written task. While nbgrader grades, those of whoever handed it in, whatever the cell says."""
    task, really = task_of(lesson), handed_in_by() or student
    if not really:
        Box("open", "Your own numbers", ('Write your name or number into the cell: student = "..."',)).show()
        return
    lines = [task["yours"].format(**own_numbers(lesson, really))]
    if really != student:
        lines.append(f'The cell says student = {student!r}, and "{really}" handed it in: these are the numbers of the latter.')
    Box("note", f"The numbers of {really}", tuple(lines), record={"own_task": lesson, "student": really}).show()
