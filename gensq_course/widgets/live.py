"""A page that computes in the browser, as a widget of a notebook or of Voila: script, look and data in, widget out.

The kernel only hands these over; after that nothing asks it. A notebook that is saved with its widgets keeps the data, too.
"""
from typing import Any

import anywidget
import traitlets


class LivePage(anywidget.AnyWidget):
    """`name` is the page, `assets` what it computes with; `gensq_course.live.widget` makes one."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    assets = traitlets.Dict().tag(sync=True)


def live_page(name: str, *, script: str, style: str, assets: dict[str, Any]) -> LivePage:
    """`script` is a module whose default export draws the page of this name."""
    return LivePage(_esm=script, _css=style, name=name, assets=assets)
