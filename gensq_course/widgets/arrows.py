"""Arrow keys that stay in a list: JupyterLab takes them from it, to go to the next cell.

An element with the attribute `data-lm-suppress-shortcuts` keeps its keys. Plain ipywidgets cannot set it, so this widget brings
a script of its own (by anywidget); it is part of the notebook's page, and nothing is fetched.
"""
from collections.abc import Iterable

import anywidget
import ipywidgets
import traitlets


class Arrows(anywidget.AnyWidget):
    """Nothing to see: as long as it is shown, lists and options of widgets in this page keep their keys."""

    _esm = """
    const ours = ".jupyter-widgets select, .jupyter-widgets input[type=radio]";
    const keep = ({target}) => { if (target.matches(ours)) target.setAttribute("data-lm-suppress-shortcuts", "true"); };
    export default {render() {
      document.addEventListener("focusin", keep);
      return () => document.removeEventListener("focusin", keep);
    }};
    """
    unseen = traitlets.Bool(True).tag(sync=True)  # the page of a report draws nothing for it


def keeping_keys(made: Iterable[ipywidgets.Widget]) -> list[Arrows]:
    """`Arrows` to stand beside these widgets, if one of them is a menu."""
    return [Arrows()] if any(isinstance(widget, ipywidgets.Dropdown) for widget in made) else []


def look(style: str) -> ipywidgets.VBox:
    """What the first part of a box with a list or with options is: its style, and `Arrows`."""
    return ipywidgets.VBox([ipywidgets.HTML(style), Arrows()])
