"""Figures of lesson 09: curves with their names beside them, never across them."""
from collections.abc import Mapping
from typing import Any

from numpy.typing import ArrayLike

from gensq_lib import plots


def curves_beside(x: ArrayLike, series: Mapping[str, ArrayLike], **words: str) -> Any:
    """One marked line for each series; the legend stands below the axes, where no line is."""
    axes = plots.curves_over(x, series, **words)
    handles, names = axes.get_legend_handles_labels()
    if axes.get_legend():
        axes.get_legend().remove()
        axes.figure.legend(handles, names, loc="outside lower center", ncols=2)
    return axes
