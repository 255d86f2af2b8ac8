"""What is bought with what: one curve per way, one point per setting."""
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from gensq_lib.plots.style import COLOURS, INK, MARKERS, new_axes, styled


@styled
def frontier(curves: Mapping[str, tuple[ArrayLike, ArrayLike]], *, xlabel: str, ylabel: str, reference: float | None = None,
             title: str = "") -> Axes:
    """Points (x, y) of each curve, joined in their order; `reference` is a dashed vertical line, the x of the truth."""
    axes = new_axes()
    for i, (name, colour) in enumerate(zip(curves, COLOURS.values(), strict=False)):
        x, y = (np.asarray(values, dtype=float) for values in curves[name])
        axes.plot(x, y, marker=MARKERS[i % len(MARKERS)], color=colour, label=name)
    if reference is not None:
        axes.axvline(reference, color=INK, linestyle=(0, (4, 3)), linewidth=1.3)
    axes.legend(loc="lower left")
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    return axes
