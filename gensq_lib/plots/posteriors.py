"""Where an encoder stands: its posterior means against those of the true posterior."""
from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gensq_lib.plots.style import FAINT, INK, MODEL, headline, styled


@styled
def posterior_means(panels: Mapping[str, tuple[ArrayLike, ArrayLike]], *, reach: float = 0.0, title: str = "") -> Figure:
    """A point for each sentence, one panel for each moment: (mean of the true posterior, mean that the encoder gives).

    On the diagonal the encoder keeps up; a horizontal cloud is an encoder that lags, a vertical one a decoder that does not
    listen; at the origin z is empty (the picture of He et al. 2019). `reach` is the largest value on both axes.
    """
    points = {name: [np.asarray(values, dtype=float) for values in pair] for name, pair in panels.items()}
    reach = reach or 1.05 * max(np.abs(values).max() for pair in points.values() for values in pair) or 1.0
    wide = 8.0 if len(points) > 2 else 3.4 * len(points)
    figure = Figure(figsize=(wide, wide / len(points) + 0.9), layout="constrained")
    for axes, (name, (true, given)) in zip(figure.subplots(1, len(points), squeeze=False)[0], points.items(), strict=True):
        axes.plot([-reach, reach], [-reach, reach], color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.axhline(0, color=FAINT, linewidth=0.6)
        axes.axvline(0, color=FAINT, linewidth=0.6)
        axes.scatter(true, given, s=9, color=MODEL, alpha=0.5, linewidths=0)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", title=name)
        axes.grid(False)
        axes.tick_params(labelsize="small")
    figure.axes[0].set_ylabel("mean of q(z|x)")
    figure.supxlabel("mean of the true posterior (units of the prior's standard deviation)")
    headline(figure, title)
    return figure
