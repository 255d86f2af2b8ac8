"""Exercises whose answer is a name: which bug made this number, which line of the derivation is wrong.

The learner's function returns one option, or a dict with one for each exhibit. A wrong choice is answered with what
that choice would look like.
"""
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gensq_course.checks.answers import fault
from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import Exercise, Finding
from gensq_course.report.words import say

Named = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Choice(Exercise):
    """`answers`: exhibit -> the right option ("" is the exhibit when there is one only); `mistakes`: all options."""

    answers: Named
    evidence: Callable[[str, str], str] = lambda exhibit, option: ""

    def judge(self, attempt: Attempt) -> Finding:
        answer = attempt()
        if answer is None:
            return Finding(fault("nothing returned"))
        single = set(self.answers) == {""}
        if single == isinstance(answer, dict):
            return Finding({"no choice": self.another_kind(type(answer).__name__, single)})
        if isinstance(answer, dict) and set(answer) <= set(self.mistakes):
            return Finding({"no choice": say("choice", "turned", keys=", ".join(self.answers))})
        return Finding(dict(self.faults({"": answer} if single else answer)))

    def another_kind(self, kind: str, single: bool) -> str:
        """One option came where there are several exhibits, or the other way round."""
        return say("choice", "one", kind=kind) if single else say("choice", "several", kind=kind, keys=", ".join(self.answers))

    def faults(self, given: dict[Any, Any]) -> Iterator[tuple[str, str]]:
        """What is to be said about each exhibit that is not named rightly."""
        for exhibit, right in self.answers.items():
            option, place = str(given.get(exhibit, "")), f"{exhibit}: " if exhibit else ""
            if not option:
                yield f"{place}open", place + say("choice", "open")
            elif option not in self.mistakes:
                yield f"{place}unknown", place + say("choice", "unknown", option=option, options=", ".join(self.mistakes))
            elif option != right:
                yield f"{place}{option}", f"{place}{self.mistakes[option]} {self.evidence(exhibit, option)}".strip()
