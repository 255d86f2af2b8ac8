"""Questions to click, explained at once; things to name before their name shows."""
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Protocol, runtime_checkable

import ipywidgets

from gensq_course.report.words import say
from gensq_course.widgets.arrows import Arrows, look
from gensq_course.widgets.showing import CARD, Picture
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
    """Questions to click (or Tab, arrows and the space bar): each choice is explained at once; a kernel also counts the points,
    and says what `advice` makes of the choices when all questions are answered."""
    score, style = ipywidgets.HTML(points(asked, {})), look(LONG_OPTIONS)
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
    return verdict_html(option.right, option.why)


def verdict_html(right: bool, why: str) -> str:
    mark, verdict = ("✓", "right") if right else ("✗", "wrong")
    style, says = f"{CARD};border-left:5px solid {BOXES[verdict][0]}", escape(say("quiz", verdict))
    return f"<div role='status' style='{style}'><strong>{mark} {says}</strong> {escape(why)}</div>"


def naming(things: Sequence[tuple[Picture, str, str]], names: Sequence[str]) -> ipywidgets.VBox:
    """A sheet: each thing (to look at or to listen to, its name, what is said of it) has a menu of names, and what it is
    shows only once a name is chosen. Linked in the browser; a kernel also counts how many were named rightly."""
    score, rows = ipywidgets.HTML(tally({}, len(things))), []
    chosen: dict[int, bool] = {}
    for number, (thing, name, about) in enumerate(things):
        menu = ipywidgets.Dropdown(options=[say("naming", "choose"), *names], index=0, description=f"{number + 1}",
                                   style={"description_width": "initial"}, layout={"width": "min(16em, 95%)"})
        says = f"{say('naming', 'is', name=name)} {about}"
        wrong, right = (ipywidgets.HTML(verdict_html(fits, says)) for fits in (False, True))
        answer = ipywidgets.Stack([ipywidgets.HTML(), *(right if said == name else wrong for said in names)], selected_index=0)
        ipywidgets.jslink((menu, "index"), (answer, "selected_index"))

        def choose(change: Any, number: int = number, name: str = name) -> None:
            if change["new"] in names:
                chosen.setdefault(number, change["new"] == name)  # whoever has seen the answer chooses no more
            score.value = tally(chosen, len(things))

        menu.observe(choose, names="value")
        rows.append(ipywidgets.VBox([ipywidgets.HTML(thing.html), menu, answer], layout={"width": "min(19em, 100%)"}))
    return ipywidgets.VBox([Arrows(), ipywidgets.HBox(rows, layout={"flex_flow": "row wrap"}), score])


def tally(chosen: dict[int, bool], num: int) -> str:
    """How many are named, and how many rightly; without a kernel nobody counts."""
    says = say("quiz", "no_kernel") if not chosen else say("naming", "tally", right=sum(chosen.values()), named=len(chosen),
                                                           all=num)
    return f"<p role='status'>{escape(says)}</p>"


def points(asked: Quiz, chosen: dict[int, int]) -> str:
    """How many questions are answered, and how many rightly. Without a kernel nobody counts, and it does not pretend to."""
    if not chosen:
        return f"<p role='status'>{escape(say('quiz', 'no_kernel'))}</p>"
    right = sum(asked.questions[number].options[i].right for number, i in chosen.items() if i is not None)
    says = say("quiz", "points", right=right, all=len(asked.questions), answered=len(chosen))
    return f"<p role='status'>{escape(says)}</p>"
