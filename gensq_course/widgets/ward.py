"""The clinic of lesson 07: buy readings, choose a diagnosis."""
from collections.abc import Sequence
from html import escape
from typing import Any, Protocol, runtime_checkable

import ipywidgets

from gensq_course.widgets.arrows import Arrows
from gensq_course.widgets.showing import CARD, table, together
from gensq_lib.plots.style import BOXES


@runtime_checkable
class Visit(Protocol):
    """A case of a game: what was bought for it, what it is worth so far, and what to answer to a diagnosis."""

    bought: Sequence[str]
    solved: bool
    points: int

    def buy(self, name: str) -> Any: ...
    def read(self, name: str) -> Sequence[tuple[str, str]]: ...
    def diagnose(self, guess: str) -> Any: ...


def clinic(visits: Sequence[Visit], *, instruments: dict[str, int], diagnoses: Sequence[str]) -> ipywidgets.VBox:
    """One room: choose a patient, buy readings (a button each, with its price), choose a diagnosis. It asks the kernel."""
    patient = ipywidgets.Dropdown(options=[(f"patient {i + 1}", i) for i in range(len(visits))], value=0, description="patient")
    buttons = [ipywidgets.Button(description=f"{name} ({cost})" if cost else name, tooltip=f"buy {name} for {cost} points",
                                 layout={"width": "auto"}) for name, cost in instruments.items()]
    guess = ipywidgets.Dropdown(options=["choose a diagnosis", *diagnoses], description="it is",
                                layout={"width": "min(30em, 95%)"})
    readings, verdict, score = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()

    def show(change: Any = None) -> None:
        visit = visits[patient.value]
        readings.value = together(*(table(visit.read(name), ["reading", "value"], name) for name in visit.bought)).html
        score.value = (f"<p role='status'>{sum(v.points for v in visits)} points, "
                       f"{sum(v.solved for v in visits)} of {len(visits)} patients diagnosed.</p>")

    def call(change: Any) -> None:
        guess.index, verdict.value = 0, ""
        show()

    def diagnose(change: Any) -> None:
        if guess.index:
            answered = visits[patient.value].diagnose(guess.value)
            verdict.value = verdict_html(answered.right, answered.text)
            show()

    for button, name in zip(buttons, instruments, strict=True):
        button.on_click(lambda _, name=name: (visits[patient.value].buy(name), show()))
    patient.observe(call, names="value")
    guess.observe(diagnose, names="value")
    show()
    shelf = ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap"})
    keys = ipywidgets.HTML("<p>Without a mouse: Tab and Enter for the buttons; "
                           "the space bar opens a list, arrows and Enter choose.</p>")
    return ipywidgets.VBox([score, patient, shelf, readings, guess, verdict, keys, Arrows()])


def verdict_html(right: bool, text: str) -> str:
    """An answer in a box, good or bad to see without colours, too."""
    verdict, edge = ("✓", BOXES["right"][0]) if right else ("✗", BOXES["wrong"][0])
    return f"<div role='status' style='{CARD};border-left:5px solid {edge}'>{verdict} {escape(text)}</div>"
