"""Questions to click, explained at once."""
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Protocol, runtime_checkable

import ipywidgets

from gensq_course.report.words import say
from gensq_course.widgets.showing import CARD
from gensq_lib.plots.style import BOXES

LONG_OPTIONS = ("<style>.gensq-quiz .widget-radio-box, .gensq-quiz .widget-radio-box label {height: auto; max-width: 100%}"
                ".gensq-quiz .widget-radio-box label {display: flex; flex-direction: row-reverse; justify-content: flex-end;"
                " white-space: normal; line-height: 1.4; margin: .15em 0}"
                ".gensq-quiz .widget-radio-box input {flex: none}</style>")


@runtime_checkable
class Option(Protocol):
    text: str
    why: str
    right: bool


@runtime_checkable
class Question(Protocol):
    ask: str
    options: Sequence[Option]


@runtime_checkable
class Quiz(Protocol):
    questions: Sequence[Question]


def quiz(asked: Quiz, *, advice: Callable[[dict[int, int]], str] | None = None) -> ipywidgets.VBox:
    """Questions to click (or Tab and the space bar): each choice is explained at once; a kernel also counts the points,
    and says what `advice` makes of the choices when all questions are answered."""
    score, style = ipywidgets.HTML(points(asked, {})), ipywidgets.HTML(LONG_OPTIONS)
    chosen: dict[int, int] = {}
    boxes = []
    for number, question in enumerate(asked.questions):
        radio, why = question_parts(question)

        def choose(change: Any, number: int = number) -> None:
            chosen[number] = change["new"]
            score.value = points(asked, chosen)
            if advice and len(chosen) == len(asked.questions):
                score.value += f"<p role='status'>{escape(advice(chosen))}</p>"

        radio.observe(choose, names="index")
        heading = f"<strong>{number + 1}. {escape(question.ask)}</strong>"
        title = ipywidgets.HTML(f"<p style='margin:.8em 0 .2em;line-height:1.4'>{heading}</p>")
        boxes.append(ipywidgets.VBox([title, radio, why]))
    return ipywidgets.VBox([style, *boxes, score], _dom_classes=("gensq-quiz",))


def question_parts(question: Question) -> tuple[ipywidgets.RadioButtons, ipywidgets.Stack]:
    """The options and their explanations, linked in the browser."""
    texts = [(f"{letter}) {option.text}", i) for i, (letter, option) in
             enumerate(zip("abcdefgh", question.options, strict=False))]
    radio = ipywidgets.RadioButtons(options=texts, index=None, layout={"width": "auto"}, tooltip=question.ask)
    why = ipywidgets.Stack([ipywidgets.HTML(why_html(option)) for option in question.options], selected_index=None)
    ipywidgets.jslink((radio, "index"), (why, "selected_index"))
    return radio, why


def why_html(option: Option) -> str:
    mark, verdict = ("✓", "right") if option.right else ("✗", "wrong")
    style, says = f"{CARD};border-left:5px solid {BOXES[verdict][0]}", escape(say("quiz", verdict))
    return f"<div role='status' style='{style}'><strong>{mark} {says}</strong> {escape(option.why)}</div>"


def points(asked: Quiz, chosen: dict[int, int]) -> str:
    """How many questions are answered, and how many rightly. Without a kernel nobody counts, and it does not pretend to."""
    if not chosen:
        return f"<p role='status'>{escape(say('quiz', 'no_kernel'))}</p>"
    right = sum(asked.questions[number].options[i].right for number, i in chosen.items() if i is not None)
    says = say("quiz", "points", right=right, all=len(asked.questions), answered=len(chosen))
    return f"<p role='status'>{escape(says)}</p>"
