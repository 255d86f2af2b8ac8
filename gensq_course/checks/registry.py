"""Asking a question about a learner's function, and answering: not attempted, wrong (and how), or right.

`check` returns the learner's function only when it is right; else the reference, and a banner says that the
reference stands in, so that the cells below run and unfinished work does not look finished. When the same cell is run
again, it is the reference that comes in: it is called what it is, never "right".
"""
import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gensq_course.checks.answers import fault
from gensq_course.checks.attempts import Attempt, Fault, NotAttempted, untouched, within_time
from gensq_course.checks.boxes import Box
from gensq_course.checks.exercises import Exercise, Finding
from gensq_course.report.words import say
from gensq_lib.ground.errors import GensqError, nearest

EXERCISES: dict[str, Exercise] = {}
_hints_given: dict[str, int] = {}
_tries: Counter[str] = Counter()


def register(*exercises: Exercise) -> None:
    """Make `checks.<name>` work for each exercise."""
    EXERCISES.update({exercise.name: exercise for exercise in exercises})


def exercise(name: str) -> Exercise:
    if name not in EXERCISES:
        raise GensqError(f'expected the name of an exercise ({", ".join(EXERCISES)}), got "{name}"'
                         f"{nearest(name, EXERCISES) or '; choose one of these'}")
    return EXERCISES[name]


def check(name: str, function: Any) -> Callable:
    """Show what is to be said about the function, and return it when it is right, else the reference."""
    asked = exercise(name)
    verdict, box = judged(asked, function)
    counted(name, verdict, box).show()
    return function if verdict == "right" else asked.reference


def counted(name: str, verdict: str, box: Box) -> Box:
    """The box; from the second answer of a session on its record says how many were judged: `tries`."""
    _tries[name] += verdict in ("right", "wrong")
    return replace(box, record=box.record | {"tries": _tries[name]}) if _tries[name] > 1 else box


def judged(asked: Exercise, function: Any) -> tuple[str, Box]:
    """The verdict and the box that tells it."""
    if untouched(function):
        return "not attempted", not_attempted(asked.name)
    if is_reference(asked, function):
        return "not attempted", reference_came_back(asked.name)
    if not callable(function):
        return "wrong", wrong(asked.name, Finding(fault("no function", kind=type(function).__name__)))
    attempt = Attempt(function)
    try:
        finding = within_time(lambda: asked.judge(attempt), attempt=attempt)
    except NotAttempted:
        return "not attempted", not_attempted(asked.name)
    except Fault as found:
        finding = Finding({found.mistake: found.says})
    except Exception as error:  # an answer so odd that it cannot be looked at is still only a wrong answer
        finding = Finding(fault("unreadable", reason=f"{type(error).__name__}: {error}"))
    return ("wrong", wrong(asked.name, finding)) if finding.mistakes else ("right", right(asked))


def is_reference(asked: Exercise, function: Any) -> bool:
    """Is it the function that stood in? Its module may have been loaded again since: then the code, in the same file, tells."""
    if function is asked.reference or not inspect.isfunction(function):
        return function is asked.reference
    mine, theirs = (getattr(inspect.unwrap(f), "__code__", None) for f in (function, asked.reference))
    return mine is not None and mine == theirs and mine.co_filename == theirs.co_filename


def record(name: str, verdict: str, mistakes: tuple[str, ...] = ()) -> dict[str, Any]:
    """What tools read: the verdict, the names of the mistakes, and whose function the notebook goes on with."""
    return {"check": name, "verdict": verdict, "mistake": list(mistakes),
            "in_use": "yours" if verdict == "right" else "reference"}


def not_attempted(name: str) -> Box:
    return stands_in("open", say("check", "not_attempted", name=name), (say("check", "what_to_do", name=name),),
                     record(name, "not attempted"))


def reference_came_back(name: str) -> Box:
    return stands_in("open", say("check", "reference", name=name), (say("check", "run_again"),), record(name, "not attempted"))


def stands_in(tone: str, title: str, lines: tuple[str, ...], entry: dict[str, Any]) -> Box:
    """A box whose banner says that the notebook goes on with the reference."""
    return Box(tone, title, lines, say("check", "banner"), entry)


def right(asked: Exercise) -> Box:
    lines = (asked.praise,) if asked.praise else ()
    return Box("right", say("check", "right", name=asked.name), lines, record=record(asked.name, "right"))


def wrong(name: str, finding: Finding) -> Box:
    says = [sentence[0].upper() + sentence[1:] for sentence in finding.mistakes.values()]
    if len(says) > 1:
        says = [f"{i}. {sentence}" for i, sentence in enumerate(says, start=1)]
    lines = (*says, finding.example) if finding.example else tuple(says)
    title = say("check", "one_mistake" if len(says) == 1 else "more_mistakes", name=name)
    return stands_in("wrong", title, lines, record(name, "wrong", tuple(finding.mistakes)))


def hint(name: str) -> None:
    """Show the hints so far and one more, up to three."""
    hints = exercise(name).hints
    given = _hints_given[name] = min(_hints_given.get(name, 0) + 1, len(hints))
    rest = len(hints) - given
    after = say("check", "more_hints", rest=rest) if rest else say("check", "last_hint")
    lines = tuple(f"{i}. {text}" for i, text in enumerate(hints[:given], start=1))
    title = say("check", "hint", name=name, given=given, all=len(hints))
    Box("note", title, (*lines, after), record={"hint": name, "given": given}).show()


def forget_hints() -> None:
    """Start again with the first hint."""
    _hints_given.clear()


def forget_tries() -> None:
    """Count answers from the first again."""
    _tries.clear()
