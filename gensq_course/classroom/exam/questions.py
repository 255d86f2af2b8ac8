"""What a question of an exam is: numbers, the right answer, three wrong ones that each come from a mistake with a name.

The right answer is that of an exercise's reference, the wrong ones are what its planted mistakes give (gensq_course/checks): the
exam asks for what the lessons teach, and knows the same mistakes.
"""
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor

from gensq_course.checks import registry
from gensq_course.checks.exercises import Inputs
from gensq_course.classroom.exam.drawing import generator
from gensq_lib.ground.errors import GensqError

Read = Callable[[Tensor], Tensor]
NUM_WRONG = 3
TRIES = 200  # draws until there are so many wrong answers that can be told apart
APART = 0.03  # of the larger of two answers: what is worked by hand is rounded on the way
LAST = 5  # or so many in the last digit, where that is more
LETTERS = "ABCD"


@runtime_checkable
class Judge(Protocol):
    """What knows the right answer, and what a mistake makes of it: an exercise of a lesson does."""

    def truth(self, case: Inputs) -> Tensor: ...
    def with_mistakes(self, keys: Iterable[str], case: Inputs) -> Tensor: ...
    def named(self, keys: Iterable[str]) -> dict[str, str]: ...


@dataclass(frozen=True)
class Case:
    """One draw: what the text says, what the exercise takes, and the rows of a table (the first is its head)."""

    says: Mapping[str, object]
    inputs: Inputs
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Template:
    """A kind of question: a table of bank.toml, and what bank.py adds to it."""

    name: str
    draw: Callable[[random.Random], Case]
    read: Read  # takes the number that is asked for out of the result
    lesson: str
    title: str
    text: str
    method: str
    marks: int
    exercise: str = ""
    mistakes: Sequence[str] = ()
    own: Judge | None = None  # where no exercise asks for it
    digits: int = 3
    low: float = -math.inf  # an answer beyond these would give itself away
    high: float = math.inf

    @property
    def judge(self) -> Judge:
        return self.own or registry.exercise(self.exercise)

    def number(self, result: Tensor) -> float:
        return float(self.read(result))


@dataclass(frozen=True)
class Option:
    """An answer to choose; `mistake` is "" for the right one."""

    letter: str
    value: str
    mistake: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Question:
    """A question as one student gets it."""

    template: Template
    case: Case
    options: Sequence[Option]

    @property
    def right(self) -> Option:
        return next(option for option in self.options if not option.mistake)

    def filled(self, text: str) -> str:
        """A text of the template with this student's numbers."""
        return text.format(**self.case.says, answer=self.right.value)


def made(template: Template, secret: str, *about: str) -> Question:
    """The question of this secret and student. Numbers are drawn until three wrong answers are apart from the right one."""
    draw = generator(secret, template.name, *about)
    for _ in range(TRIES):
        case = template.draw(draw)
        right = template.number(template.judge.truth(case.inputs))
        wrong = wrong_answers(template, case, right, draw)
        if allowed(template, right) and len(wrong) == NUM_WRONG:
            return Question(template, case, options(template, right, wrong, draw))
    raise GensqError(f"expected numbers for {template.name} within {TRIES} draws, got none; give it more mistakes to choose from")


def wrong_answers(template: Template, case: Case, right: float, draw: random.Random) -> dict[str, float]:
    """Mistake -> what it gives; three of those that can be told apart on paper, by lot."""
    mistakes, found = list(template.mistakes or template.own.forms), {}
    for key in draw.sample(mistakes, len(mistakes)):
        value = template.number(template.judge.with_mistakes([key], case.inputs))
        others = [right, *found.values()]
        if allowed(template, value) and all(apart(value, other, template.digits) for other in others):
            found[key] = value
        if len(found) == NUM_WRONG:
            break
    return found


def allowed(template: Template, value: float) -> bool:
    """A finite number that could be an answer."""
    return math.isfinite(value) and template.low <= value <= template.high


def apart(one: float, other: float, digits: int) -> bool:
    """Can they be told apart after rounding on the way?"""
    least = LAST * 10**-digits if digits else 1
    return abs(one - other) >= max(APART * max(abs(one), abs(other)), least)


def options(template: Template, right: float, wrong: Mapping[str, float], draw: random.Random) -> list[Option]:
    """In an order by lot: where the right one stands tells nothing."""
    sentences, answers = template.judge.named(wrong), [("", right), *wrong.items()]
    draw.shuffle(answers)
    return [Option(letter, shown(value, template.digits), key, sentences.get(key, ""))
            for letter, (key, value) in zip(LETTERS, answers, strict=True)]


def shown(value: float, digits: int) -> str:
    """A number of the sheet."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")
