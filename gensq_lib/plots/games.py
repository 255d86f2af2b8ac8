"""Adversarial training in pictures: clouds of samples beside what they should be, and what a judge believes."""
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from gensq_lib.plots.distributions import DASHES, filled
from gensq_lib.plots.style import COLOURS, INK, LINE, headline, styled


@styled
def clouds(panels: Mapping[str, ArrayLike], *, centres: ArrayLike, radius: float, title: str = "") -> Figure:
    """Samples in the plane, one panel for each cloud; a circle around each mode, the same axes everywhere."""
    points = {name: np.asarray(cloud, dtype=float)[:800] for name, cloud in panels.items()}
    middles = np.asarray(centres, dtype=float)
    reach = 1.35 * np.abs(middles).max()
    wide = min(8.0, 3.0 * len(points))
    figure = Figure(figsize=(wide, wide / len(points) + 0.6), layout="constrained")
    for axes, (name, cloud) in zip(figure.subplots(1, len(points), squeeze=False)[0], points.items(), strict=True):
        for middle in middles:
            axes.add_patch(Circle(middle, radius, fill=False, edgecolor=INK, linewidth=0.9))
        axes.scatter(*cloud.T, s=5, color=COLOURS["vermilion"], alpha=0.45, linewidths=0)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
        axes.set_title(name, fontsize="medium")
        axes.grid(False)
    headline(figure, title)
    return figure


@styled
def judges(x: ArrayLike, densities: Mapping[str, ArrayLike], beliefs: Mapping[str, ArrayLike], *, title: str = "") -> Axes:
    """Above: densities over x. Below: the probability of "real" that each judge (discriminator) gives to a point."""
    figure = Figure(figsize=(8, 5.2), layout="constrained")
    above, below = figure.subplots(2, sharex=True)
    filled(above, x, densities)
    for (name, values), colour, dash in zip(beliefs.items(), (INK, *COLOURS.values()), DASHES, strict=False):
        below.plot(x, values, color=colour, linestyle=dash, label=name)
    below.axhline(0.5, color=LINE, linewidth=0.8)
    below.legend(loc="best")
    above.set(ylabel="density", title=title)
    below.set(xlabel="x", ylabel='probability of "real"', ylim=(-0.03, 1.03))
    return above
