"""What is bought with what: one curve per way, one point per setting."""
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike

from gensq_lib.plots.style import COLOURS, INK, MARKERS, STYLE, new_axes, styled

BESIDE = [(sx * x, sy * y) for x, y in ((6, 3), (6, 14), (6, 25), (6, 36)) for sx in (1, -1) for sy in (1, -1)]  # points


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


@styled
def names_beside(axes: Axes, points: Mapping[str, tuple[float, float]]) -> None:
    """The name of each point beside it: in the first of the places `BESIDE` where it lies on no other name, on no point and
    not outside the figure. (Where there is none, in the last.)"""
    axes.figure.draw_without_rendering()  # only then the axes have their size
    half = 0.6 * STYLE["lines.markersize"] * axes.figure.dpi / 72
    marks = (axes.transData.transform(point) for point in points.values())
    taken = [Bbox.from_extents(x - half, y - half, x + half, y + half) for x, y in marks]
    for name, point in points.items():
        text = axes.annotate(name, point, textcoords="offset points", xytext=BESIDE[0], fontsize="small")
        for x, y in BESIDE:
            text.set(position=(x, y), ha="left" if x > 0 else "right", va="bottom" if y > 0 else "top")
            box = text.get_window_extent()
            if axes.figure.bbox.contains(*box.min) and axes.figure.bbox.contains(*box.max) and not box.count_overlaps(taken):
                break
        taken.append(box)
