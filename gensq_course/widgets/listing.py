"""A text to search line by line: choose a line, say what is wrong with it, and hear at once whether it is so."""
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets

from gensq_course.widgets.arrows import look
from gensq_course.widgets.guesses import NEEDS_KERNEL
from gensq_course.widgets.showing import CARD

Marks = dict[int, str]  # line number -> kind
Answer = Callable[[Marks], tuple[str, dict[int, str]]]
NO_BREAK = "\u00a0"
LOOK = ("<style>.gensq-listing .widget-select {flex-flow: column} .gensq-listing .widget-label {text-align: left} "
        ".gensq-listing select {font-family: monospace; font-size: .85em; min-height: 22em; width: 100%} "
        ".gensq-listing select option {white-space: pre}</style>")


def listing(lines: Sequence[str], kinds: Sequence[str], answer: Answer) -> ipywidgets.VBox:
    """A list of numbered lines, a button for each kind. `answer(marks)` tells the score of all marks so far, and what is to be
    said of each; it asks the kernel. What was marked can be marked again, or taken back.
    """
    marks: dict[int, str] = {}
    chosen = ipywidgets.Select(options=numbered(lines, marks), value=1, rows=20, description="lines",
                               layout={"width": "min(60em, 98%)"})
    buttons = [ipywidgets.Button(description=kind, tooltip=f"mark the chosen line: {kind}", layout={"width": "auto"})
               for kind in [*kinds, "take back"]]
    said, score = ipywidgets.HTML(), ipywidgets.HTML()

    def show(change: Any = None) -> None:
        told, each = answer(marks)
        text = each.get(chosen.value, "") if chosen.value in marks else ""
        said.value = f"<div role='status' style='{CARD}'>{escape(text)}</div>" if text else ""
        score.value = f"<p role='status'>{escape(told)}</p>"

    def mark(kind: str) -> None:
        number = chosen.value
        marks.pop(number, None)
        if kind in kinds:
            marks[number] = kind
        chosen.options = numbered(lines, marks)
        chosen.value = number
        show()

    for button in buttons:
        button.on_click(lambda pressed: mark(pressed.description))
    chosen.observe(show, names="value")
    show()
    keys = ipywidgets.HTML("<p>In a running notebook: choose a line, then press a kind. Without a mouse: arrows move through the "
                           "lines, Tab goes to the buttons, Enter presses one.</p>")
    shelf = ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap"})
    parts = [look(LOOK), chosen, shelf, said, score, keys]
    return ipywidgets.VBox(parts, _dom_classes=("gensq-listing", NEEDS_KERNEL))


def numbered(lines: Sequence[str], marks: dict[int, str]) -> list[tuple[str, int]]:
    """Each line with its number, and a sign where it is marked; spaces stay."""
    return [(f"{number:3} {'*' if number in marks else ' '} {line}".replace(" ", NO_BREAK), number)
            for number, line in enumerate(lines, start=1)]
