"""Controls: callables and texts in, widget out. A stepper needs no kernel, an explorer asks one."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets

from gensq_course.widgets.arrows import keeping_keys
from gensq_course.widgets.showing import CARD, Picture, content_html
from gensq_lib.ground.errors import GensqError

WIDE = {"description_width": "initial"}
BESIDE = 18  # letters for which JupyterLab has room beside a slider (148 pixels); a longer value heads its page
BELOW = {"flex_flow": "row wrap", "height": "auto"}  # on a phone the value goes below the slider, or it would be cut


@dataclass(frozen=True)
class Typed:
    """A text field with examples to choose from; the first stands in it."""

    examples: Sequence[str]


def stepper(items: Sequence[str | Picture], label: str, values: Sequence[str] = ()) -> ipywidgets.VBox:
    """A slider that walks through texts or pictures computed beforehand; linked in the browser, so it needs no kernel.

    `values` are what stands beside the slider, or above the items if they are long, one for each: "T = 0.3". Without them it
    counts.
    """
    if not items:
        raise GensqError("expected at least one text to step through, got none; compute the path first")
    if values and len(values) != len(items):
        raise GensqError(f"expected a value for each of {len(items)} items, got {len(values)}; leave none out")
    looks = {"description": label, "style": WIDE, "layout": {"width": "min(40em, 95%)", **BELOW}}
    beside = max(map(len, values), default=0) <= BESIDE
    slider = (ipywidgets.SelectionSlider(options=list(values), readout=beside, **looks) if values
              else ipywidgets.IntSlider(value=0, min=0, max=len(items) - 1, **looks))
    heads = ["" if beside else f"<strong>{escape(value)}</strong>" for value in values or items]
    pages = ipywidgets.Stack([ipywidgets.HTML(head + content_html(item)) for head, item in zip(heads, items)], selected_index=0)
    ipywidgets.jslink((slider, "index" if values else "value"), (pages, "selected_index"))
    return ipywidgets.VBox([slider, pages])


def explorer(show: Callable[..., str | Picture], **controls: Any) -> ipywidgets.VBox:
    """Controls above a text or picture that `show(**values)` computes in the kernel whenever one of them changes.

    A control is a widget, or a short form of one: (low, high, step) or (low, high, step, start) a slider, a list a menu, a str a
    text field, `Typed` one with examples, a bool a box to tick. What `show` raises is written as a sentence in its place. A menu
    keeps its keys, which JupyterLab would take for its own.
    """
    made = {name: control(name, given) for name, given in controls.items()}
    view = ipywidgets.HTML()

    def update(change: Any = None) -> None:
        view.value = answer(show, {name: widget.value for name, widget in made.items()})

    for widget in made.values():
        widget.observe(update, names="value")
    update()
    return ipywidgets.VBox([*keeping_keys(made.values()), *made.values(), view])


def control(name: str, given: Any) -> ipywidgets.Widget:
    """A labelled widget from its short form."""
    looks = {"description": name.replace("_", " "), "style": WIDE, "layout": {"width": "min(40em, 95%)"}}
    match given:
        case ipywidgets.Widget():
            return given
        case bool():
            return ipywidgets.Checkbox(given, indent=False, **looks)
        case str():
            return ipywidgets.Text(given, continuous_update=False, **looks)
        case Typed():
            return ipywidgets.Combobox(value=given.examples[0], options=list(given.examples), ensure_option=False,
                                       continuous_update=False, **looks)
        case list():
            return ipywidgets.Dropdown(options=given, **looks)
        case (int() as low, int() as high, int() as step):
            return ipywidgets.IntSlider(low, low, high, step, **looks)
        case (low, high, step, start):
            return ipywidgets.FloatSlider(start, min=low, max=high, step=step, **looks)
        case (low, high, step):
            return ipywidgets.FloatSlider(min(max(0.0, low), high), min=low, max=high, step=step, **looks)
    raise GensqError(f"expected (low, high, step), (low, high, step, start), a list, a str, Typed, a bool or a widget "
                     f"for {name}, got {given!r}; write the control in one of these ways")


def answer(show: Callable[..., str | Picture], values: dict[str, Any]) -> str:
    try:
        return content_html(show(**values))
    except Exception as error:
        return f"<div role='alert' style='{CARD}'>{escape(sentence(error))}</div>"


def sentence(error: Exception) -> str:
    """What a reader is told: our own errors are sentences, others need their name."""
    return str(error) if isinstance(error, GensqError) else f"{type(error).__name__}: {error}"
