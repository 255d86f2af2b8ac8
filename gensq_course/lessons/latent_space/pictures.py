"""Figures of lesson 09: curves with their names beside them, never across them."""
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gensq_lib import plots
from gensq_lib.plots.style import MARKERS


def curves_beside(x: ArrayLike, series: Mapping[str, ArrayLike], **words: str) -> Any:
    """One marked line for each series; the legend stands below the axes, where no line is."""
    axes = plots.curves_over(x, series, **words)
    handles, names = axes.get_legend_handles_labels()
    if axes.get_legend():
        axes.get_legend().remove()
        axes.figure.legend(handles, names, loc="outside lower center", ncols=2)
    return axes


def keeping_and_turning(points: Mapping[str, tuple[ArrayLike, ArrayLike]], *, strengths: str, kept: str) -> Any:
    """For each direction a line from weak to strong steps: what it turns (to the right) against what it keeps (up)."""
    axes = plots.new_axes(height=4.6)
    for (name, (turned, held)), marker, colour in zip(points.items(), MARKERS, plots.COLOURS.values(), strict=False):
        axes.plot(np.asarray(turned), np.asarray(held), marker=marker, color=colour, label=name)
    axes.set(xlabel=f"share turned (strengths {strengths})", ylabel=f"share that keeps its {kept}")
    axes.figure.legend(loc="outside lower center", ncols=2)
    return axes
