"""What differs from student to student: inputs that a check draws anew, and the numbers of the written task.

What does not: the question, the reference, the small inputs written out in a check, the mistakes that it names, the rubric.
"""
import hashlib
import random
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gensq_course.checks.answers import agree
from gensq_course.checks.exercises import Exact, Exercise, Inputs
from gensq_course.report.lessons import noun
from gensq_lib.ground.textfiles import text_of

TRIES, STEP = 20, 104_729  # draws until one is fair, and what is added to the number for the next
EASE = 4  # times the rounding of the reference must still count as right
SECRET = "secret.txt"  # in the folder of a course


def number_of(student: str, secret: str = "") -> int:
    """A student's own number, below 2^31. With the secret of a course nobody else can tell it."""
    return int.from_bytes(hashlib.sha256(f"{secret}\n{student}".encode()).digest()[:4], "big") >> 1


def secret_of(course: Path | None, lesson: str) -> str:
    """The secret of one assignment, made from that of its course (`gensq assignment` writes it); "" without a course.

    nbgrader shows hidden cells in its feedback: what stands there tells nothing of the other assignments.
    """
    if course is None:
        return ""
    whole = text_of(course / SECRET, kind="the secret of a course", largest=1_000).strip()
    return hashlib.sha256(f"{whole}\n{lesson}".encode()).hexdigest()[:16]


def with_own_inputs(asked: Exercise, number: int) -> Exercise:
    """The exercise whose random inputs are drawn with the student's number, or with the next one at which they are fair.

    Those that ask for a name have no inputs, and those that look at random results draw their own: they stay as they are.
    """
    if not isinstance(asked, Exact):
        return asked
    draws = (drawn_anew(asked.cases, number + more * STEP) for more in range(TRIES))
    cases = next((drawn for drawn in draws if fair(asked, drawn)), None) or asked.cases()
    return replace(asked, cases=lambda: cases)


def fair(asked: Exact, cases: list[Inputs]) -> bool:
    """Whether rounding alone cannot make an answer wrong: the reference, in the precision of the inputs, is right with ease.

    Where large terms cancel an unlucky draw can leave a result so small that it drowns in their rounding.
    """
    return all(fits(asked.reference(*case), asked.truth(case)) for case in cases)


def fits(found: Tensor, truth: Tensor) -> bool:
    """Would this still be right if its distance to the truth were `EASE` times as large?"""
    further = torch.where(truth.isfinite(), truth + EASE * (found.double() - truth.double()), found)
    return agree(found, truth) and agree(further.to(truth.dtype), truth)


def drawn_anew(draw: Callable[[], list[Inputs]], number: int) -> list[Inputs]:
    """The same inputs with `number` added to the seed of every generator that is made meanwhile."""
    plain = torch.Generator

    class Moved(plain):
        def manual_seed(self, seed: int) -> torch.Generator:
            return super().manual_seed(seed + number)

    torch.Generator = Moved
    try:
        return draw()
    finally:
        torch.Generator = plain


@cache
def tasks() -> dict[str, dict[str, Any]]:
    """Written tasks: noun of a lesson -> its title, text, rubric, and ranges of its numbers."""
    return tomllib.loads(Path(__file__).with_name("tasks.toml").read_text(encoding="utf-8"))


def task_of(lesson: str) -> Mapping[str, Any]:
    """The written task of a lesson: its own, or the one that any lesson can have."""
    return tasks().get(noun(lesson), tasks()["any"])


def own_numbers(lesson: str, student: str) -> dict[str, float]:
    """The numbers of a student's written task. Whoever knows the student's name can tell them: they are no secret."""
    draw = random.Random(number_of(student, lesson))
    return {name: drawn(draw, low, high) for name, (low, high) in task_of(lesson)["numbers"].items()}


def drawn(draw: random.Random, low: float, high: float) -> float:
    """Between the two: whole when both are, else with one decimal."""
    whole = isinstance(low, int) and isinstance(high, int)
    return draw.randint(low, high) if whole else round(draw.uniform(low, high), 1)
