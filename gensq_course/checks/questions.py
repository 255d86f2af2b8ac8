"""Quiz questions, read from a data file in the folder of the lesson: `quiz.toml`.

The notebook and the web book show the same file. Shown as it is, a quiz is plain HTML that opens an explanation
for each option with mouse or keyboard and needs no kernel; `widgets.quiz` counts the points as well.
"""
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from gensq_course.report.lessons import noun
from gensq_course.report.words import say, translated
from gensq_lib.ground.errors import GensqError, nearest

FOLDER = Path(__file__).parents[1] / "lessons"


@dataclass(frozen=True)
class Option:
    text: str
    why: str  # why it is right, or what is wrong with it
    right: bool = False


@dataclass(frozen=True)
class Question:
    ask: str
    options: tuple[Option, ...]
    topic: str = ""  # of a pre-test: what the question is about ...
    revise: str = ""  # ... and what to do for whoever could not answer it


@dataclass(frozen=True)
class Quiz:
    """The questions of one lesson."""

    lesson: str
    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        """Plain text: questions first, answers below."""
        lines, answers = [say("quiz", "title", lesson=self.lesson)], ["", say("quiz", "answers")]
        for i, question in enumerate(self.questions, start=1):
            lines += ["", f"{i}. {question.ask}"]
            lettered = list(zip("abcdefgh", question.options, strict=False))
            lines += [f"   {letter}) {option.text}" for letter, option in lettered]
            answers += [f"{i}{letter}: {option.why}" for letter, option in lettered if option.right]
        return "\n".join(lines + answers)

    def _repr_html_(self) -> str:
        return "".join(question_html(i, question) for i, question in enumerate(self.questions, start=1))


def question_html(i: int, question: Question) -> str:
    options = "".join(
        f"<details style='margin:.3em 0 .3em 1em'><summary style='cursor:pointer'>{escape(option.text)}</summary>"
        f"<div style='margin:.2em 0 .4em 1.2em'><strong>{escape(verdict(option))}</strong> "
        f"{escape(option.why)}</div></details>" for option in question.options)
    return f"<section><p><strong>{i}. {escape(question.ask)}</strong></p>{options}</section>"


def verdict(option: Option) -> str:
    """A word to whoever has chosen it."""
    return say("quiz", "right" if option.right else "wrong")


def quiz(lesson: str, *, name: str = "quiz", folder: Path = FOLDER) -> Quiz:
    """A quiz of a lesson ("06_text_vae" or "text_vae"); some have a second one, under another name."""
    with_quiz = sorted(path.parent.name for path in folder.glob(f"*/{name}.toml"))
    if noun(lesson) not in with_quiz:
        raise GensqError(f'expected a lesson with a {name} ({", ".join(with_quiz) or "none found"}), got "{lesson}"'
                         f"{nearest(noun(lesson), with_quiz) or '; choose one of these'}")
    written = tomllib.loads((folder / noun(lesson) / f"{name}.toml").read_text(encoding="utf-8"))
    asked = translated(written, f"{name}/{noun(lesson)}.toml")["question"]
    return Quiz(lesson, tuple(as_question(entry) for entry in asked))


def as_question(entry: dict[str, Any]) -> Question:
    more = {key: entry[key] for key in ("topic", "revise") if key in entry}
    return Question(entry["ask"], tuple(Option(**option) for option in entry["option"]), **more)


def advice(asked: Quiz, chosen: Mapping[int, int | None]) -> str:
    """What the answers to a pre-test (number of the question -> number of the option) say about where to start."""
    def known(number: int, question: Question) -> bool:
        choice = chosen.get(number)
        return choice is not None and question.options[choice].right

    missed = [question for number, question in enumerate(asked.questions) if not known(number, question)]
    if not missed:
        return say("quiz", "nothing_to_revise")
    return say("quiz", "to_revise", topics=" ".join(f"{question.topic}: {question.revise}" for question in missed))
