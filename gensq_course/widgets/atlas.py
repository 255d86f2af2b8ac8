"""A map to pick a place from, with the mouse or the arrow keys; the kernel says what the place stands for.

Plain ipywidgets cannot be clicked at a place, so this one widget brings a script of its own (atlas.js, by anywidget). It is
part of the notebook's page: nothing is fetched.
"""
from collections.abc import Callable, Sequence
from pathlib import Path

import anywidget
import ipywidgets
import traitlets
from jaxtyping import Float
from torch import Tensor

from gensq_course.widgets.controls import answer
from gensq_course.widgets.showing import Picture
from gensq_lib.plots.style import CARD, COLOURS, INK, LINE

LOOK = {"groups": list(COLOURS.values()), "card": CARD, "edge": LINE, "mark": INK}


class Atlas(anywidget.AnyWidget):
    """Points with colours and shapes, and the place that the reader has picked, all in the units of the map."""

    _esm = Path(__file__).with_name("atlas.js")
    points = traitlets.List().tag(sync=True)  # [x, y, number of the group]
    groups = traitlets.List().tag(sync=True)  # names
    titles = traitlets.List().tag(sync=True)  # what each point stands for, or nothing
    look = traitlets.Dict(LOOK).tag(sync=True)
    place = traitlets.List([0.0, 0.0]).tag(sync=True)
    says = traitlets.Unicode().tag(sync=True)  # for screen readers


def atlas(places: Float[Tensor, "sentence 2"], labels: Sequence[str], show: Callable[[float, float], str | Picture], *,
          alt: str, titles: Sequence[str] = ()) -> ipywidgets.VBox:
    """The points of a map, coloured by label, above what `show(x, y)` makes of the picked place. Points with `titles` are said
    when the pointer or the mark is near, and can be searched."""
    groups = list(dict.fromkeys(sorted(labels)))
    rows = [[round(x, 4), round(y, 4), groups.index(label)] for (x, y), label in zip(places.tolist(), labels, strict=True)]
    drawn = Atlas(points=rows, groups=groups, titles=list(titles), place=rows[0][:2], says=alt)
    view = ipywidgets.HTML()

    def update(change: dict | None = None) -> None:
        view.value = answer(show, dict(zip(("x", "y"), drawn.place, strict=True)))

    drawn.observe(update, names="place")
    update()
    return ipywidgets.VBox([drawn, view])
