"""The hunt: lines of the tutorial that readers name, what they are worth, and what is said about them."""
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import Exercise, Finding, words
from gensq_course.lessons.tutorial_autopsy.experiments import GROUPS, Mistake, mistakes, read
from gensq_lib.ground.errors import GensqError

LINE, KIND, FALSE_ALARM, WANTED = 1, 1, -1, 30  # points of a line, of its kind, of a line that is right; mistakes for "right"
MARK = re.compile(r"(?P<text>.*?)(?: *#(?P<kind>[!+?]) (?P<name>\w+))?")


@dataclass(frozen=True)
class Line:
    """A line as readers see it; the mistake in it, or why it is right although it looks wrong.

    A mistake may stand in several lines: either may be named, and counts once; one of them is its `main` line.
    """

    text: str
    mistake: Mistake | None = None
    main: bool = False
    innocent: str = ""


@cache
def lines() -> tuple[Line, ...]:
    """The tutorial; the first is line 1."""
    found = []
    for row in read()["listing"].strip().splitlines():
        text, kind, name = MARK.fullmatch(row).group("text", "kind", "name")
        found.append(Line(text, mistakes()[name] if kind in ("!", "+") else None, kind == "!",
                          read()["innocent"][name] if kind == "?" else ""))
    return tuple(found)


def listing(first: int = 1, last: int = 0) -> str:
    """The tutorial with line numbers, or a part of it."""
    return "\n".join(f"{number:3}  {line.text}".rstrip() for number, line in enumerate(lines(), start=1)
                     if first <= number <= (last or len(lines())))


def answers() -> dict[int, str]:
    """The main line of every mistake, and its kind."""
    return {number: line.mistake.group for number, line in enumerate(lines(), start=1) if line.main}


@dataclass(frozen=True)
class Score:
    """What a hunt is worth, and what is to be said of each line named."""

    points: int
    found: int
    said: dict[int, str]
    open: dict[str, int]  # kind -> how many are left

    @property
    def best(self) -> int:
        """All points there are."""
        return (LINE + KIND) * len(mistakes())

    def __str__(self) -> str:
        left = ", ".join(f"{kind} {num}" for kind, num in self.open.items() if num) or "none"
        return f"{self.points} of {self.best} points, {self.found} of {len(mistakes())} mistakes; still open: {left}"


def score(marks: Any) -> Score:
    """Points for [8, 14] or {8: "mathematics"}: one for a mistake, one more for its kind; a line that is right costs one."""
    named = marked(marks)
    said = {number: judgement(number, kind) for number, kind in sorted(named.items())}
    hits = {number: lines()[number - 1].mistake for number in named if lines()[number - 1].mistake}
    right = {row.name for row in hits.values()}
    exact = {row.name for number, row in hits.items() if named[number] == row.group}
    left = Counter(row.group for row in mistakes().values() if row.name not in right)
    return Score(LINE * len(right) + KIND * len(exact) + FALSE_ALARM * (len(named) - len(hits)), len(right), said,
                 {group: left[group] for group in GROUPS})


def marked(marks: Any) -> dict[int, str]:
    """Line number -> kind, "" where none is said; what is no line or no kind is refused in a sentence."""
    if not isinstance(marks, Mapping | list | tuple | set):
        raise GensqError(f"expected line numbers such as [3, 14] or {{14: \"losses\"}}, got {marks!r:.60}; write them so")
    named = dict(marks) if isinstance(marks, Mapping) else dict.fromkeys(marks, "")
    for number, kind in named.items():
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(lines()):
            raise GensqError(f"expected line numbers from 1 to {len(lines())}, got {number!r:.40}; they stand before the lines")
        if kind and kind not in GROUPS:
            raise GensqError(f"expected a kind ({', '.join(GROUPS)}), got {kind!r:.40}; choose one of these")
    return named


def judgement(number: int, kind: str) -> str:
    """What is to be said when this line is called a mistake of this kind."""
    line = lines()[number - 1]
    if line.mistake is None:
        why = line.innocent or "Nothing is wrong here."
        return f"line {number} is right (a false alarm costs a point). {why}"
    other = f"; its kind is {line.mistake.group}" if kind and kind != line.mistake.group else ""
    return f"line {number}: {line.mistake.says}{other}. Why: {line.mistake.cause}. Repair: {line.mistake.repair}."


@dataclass(frozen=True, kw_only=True)
class Hunt(Exercise):
    """The learner's function returns line numbers, or line number -> kind. Right: most mistakes, and no false alarm."""

    def judge(self, attempt: Attempt) -> Finding:
        try:
            found = score(attempt())
        except GensqError as error:
            return Finding({"no lines": str(error)})
        said = {f"line {number}": text for number, text in found.said.items() if not lines()[number - 1].mistake}
        if found.found < WANTED:
            said["open"] = f"{found}. {self.mistakes['open']}"
        return Finding(said, example="" if not said else "\n".join([str(found), *(
            text for number, text in found.said.items() if lines()[number - 1].mistake)]))


HUNT = Hunt(**words(__file__, "hunt"), reference=lambda: answers())
