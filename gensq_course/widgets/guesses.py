"""The form of a prediction: a number, how sure, a button. It asks the kernel; a page without one shows only what it is for."""
import math
import re
from collections.abc import Callable
from html import escape
from time import monotonic
from typing import Any

import ipywidgets

from gensq_course.report.words import say
from gensq_course.widgets.showing import CARD
from gensq_lib.plots.style import BOXES

LATE = 5.0  # seconds: a page holds back a change while the kernel answers the one before, so it may come after the button
NEEDS_KERNEL = "gensq-needs-kernel"  # the page of a report draws only the words of such a box (widgets.js)


def guess_form(name: str, keep: Callable[[float, float], str], *, guess: float | None = None, sure: float | None = None
               ) -> ipywidgets.VBox:
    """A field for a number, empty until one is written, a slider beside a field for how sure (0 to 100 %), and a button:
    `keep(guess, sure)` takes what was written, sure between 0 and 1, and says so."""
    percent = 50 if sure is None else round(100 * sure)
    number = ipywidgets.Text("" if guess is None else f"{guess:g}", placeholder=say("prediction", "example"),
                             **looks("guess_field", "16em"))
    field = ipywidgets.BoundedIntText(percent, min=0, max=100, **looks("sure_field", "16em"))
    slider = ipywidgets.IntSlider(percent, min=0, max=100, step=5, readout=False, layout={"width": "min(18em, 95%)"})
    button = ipywidgets.Button(description=say("prediction", "button"), layout={"width": "auto"})
    status = ipywidgets.HTML()
    last = -math.inf  # when the button was pressed
    ipywidgets.link((slider, "value"), (field, "value"))

    def keep_now() -> None:
        guessed = number_in(number.value)
        said = say("prediction", "no_number", got=number.value) if guessed is None else keep(guessed, field.value / 100)
        status.value = f"<div role='status' style='{CARD}'>{escape(said)}</div>"

    def pressed(_: ipywidgets.Button) -> None:
        nonlocal last
        last = monotonic()
        keep_now()

    def changed(_: Any) -> None:
        if monotonic() - last < LATE:
            keep_now()

    button.on_click(pressed)
    for written in (number, field):
        written.observe(changed, names="value")
    title = ipywidgets.HTML(title_html(name))
    row = ipywidgets.HBox([field, slider], layout={"flex_flow": "row wrap"})
    return ipywidgets.VBox([title, number, row, ipywidgets.HBox([button]), status], _dom_classes=(NEEDS_KERNEL,))


def number_in(written: str) -> float | None:
    """The number that a reader wrote, with a point or a comma. None where there is none, or two: is 1,500 many, or 1.5?

    >>> number_in(" 2,5 "), number_in("1,500"), number_in("40 %")
    (2.5, None, None)
    """
    plain = written.strip().replace("−", "-")
    try:
        number = math.nan if re.search(r",\d{3}$", plain) else float(plain.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def looks(words: str, width: str) -> dict:
    """A field's label and size."""
    return {"description": say("prediction", words), "style": {"description_width": "6.5em"},
            "layout": {"width": f"min({width}, 95%)"}}


def title_html(name: str) -> str:
    """What is to be guessed, and how the form is used."""
    style = f"{CARD};border-left:6px solid {BOXES['note'][0]}"
    asked, how = escape(say("prediction", "ask", name=name)), escape(say("prediction", "how"))
    return f"<div style='{style}'><strong>{asked}</strong> {how}</div>"
