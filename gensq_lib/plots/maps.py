"""The latent space on paper: who lies where, which dimension knows what, how far along a path."""
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gensq_lib.plots.style import COLOURS, INK, MARKERS, headline, new_axes, styled


@styled
def scatter_maps(maps: Mapping[str, ArrayLike], labels: Sequence[str], *, title: str = "") -> Figure:
    """The same points on several maps, each with its name; colour and shape say the label."""
    groups = sorted(set(labels))
    figure = Figure(figsize=(8.0, 8.0 / len(maps) + 0.9), layout="constrained")
    colours = list(COLOURS.values())
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    for axes, (name, places) in zip(panels, maps.items(), strict=True):
        places = np.asarray(places, dtype=float)
        for i, group in enumerate(groups):
            mine = places[[label == group for label in labels]]
            axes.scatter(mine[:, 0], mine[:, 1], s=14, color=colours[i % len(colours)], marker=MARKERS[i % len(MARKERS)],
                         alpha=0.8, linewidths=0, label=group)
        axes.set(title=name, xticks=[], yticks=[])
        axes.grid(False)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=min(len(groups), 8), markerscale=1.6,
                  handletextpad=0.1, columnspacing=1.0)
    headline(figure, title)
    return figure


@styled
def information_table(values: ArrayLike, rows: Sequence[str], columns: Sequence[str], *, title: str = "",
                      xlabel: str = "dimension of z (nats)") -> Axes:
    """A grid of numbers (nats) as shades, dark is much; every number stands in its field."""
    values = np.asarray(values, dtype=float)
    axes = new_axes(height=1.6 + 0.42 * len(rows))
    top = max(values.max(), 1e-9)
    axes.imshow(np.clip(values, 0, None), cmap="Blues", vmin=0, vmax=1.25 * top, aspect="auto")
    for (i, j), value in np.ndenumerate(values):
        axes.text(j, i, f"{value:.2f}".replace("-0.00", "0.00"), ha="center", va="center", fontsize="small",
                  color="white" if value > 0.65 * top else INK)
    axes.set(xticks=range(len(columns)), yticks=range(len(rows)), xlabel=xlabel, title=title)
    axes.set_xticklabels(columns)
    axes.set_yticklabels(rows)
    axes.grid(False)
    return axes
