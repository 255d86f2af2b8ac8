"""Distributions and what separates them: densities, integrands, the bar ELBO + gap = log p."""
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gensq_lib.plots.style import BOUND, CARD, COLOURS, INK, LOSS, MODEL, TRUTH, styled

DASHES = ["-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (5, 2, 1.5, 2))]


@styled
def densities(z: ArrayLike, curves: Mapping[str, ArrayLike], *, integrands: Mapping[str, ArrayLike] | None = None,
              title: str = "") -> Axes:
    """Densities over z; below them, if given, what is integrated (its area, signs counted, is a divergence in nats)."""
    figure = Figure(figsize=(8, 5.2 if integrands else 3.6), layout="constrained")
    panels = np.atleast_1d(figure.subplots(2 if integrands else 1, sharex=True))
    filled(panels[0], z, curves)
    panels[0].set(ylabel="density: share per unit of z", title=title)
    if integrands:
        filled(panels[1], z, integrands)
        panels[1].axhline(0, color=INK, linewidth=0.8)
        panels[1].set(ylabel="nats per unit of z")
    panels[-1].set(xlabel="z")
    return panels[0]


def filled(axes: Axes, z: ArrayLike, curves: Mapping[str, ArrayLike]) -> None:
    """One filled line for each curve over z, told apart by colour and dashes."""
    for (name, values), colour, dash in zip(curves.items(), COLOURS.values(), DASHES, strict=False):
        axes.plot(z, values, color=colour, linestyle=dash, label=name)
        axes.fill_between(np.asarray(z), np.asarray(values), color=colour, alpha=0.15, linewidth=0)
    axes.margins(x=0)
    axes.legend(loc="upper right")


@styled
def elbo_and_gap(labels: Sequence[str], q: ArrayLike, posterior: ArrayLike, *, elbo: float, log_p: float,
                 room: float = 3.0, title: str = "") -> Axes:
    """Left: q beside the true posterior. Right: ELBO and gap stacked up to log p (nats), cropped `room` nats below it."""
    figure = Figure(figsize=(8.5, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[2.2, 1])
    places = np.arange(len(labels))
    for shift, name, values, colour in ((-0.2, "q, yours", q, MODEL),
                                        (0.2, "true posterior", posterior, TRUTH)):
        bars = left.bar(places + shift, np.asarray(values, dtype=float), width=0.38, color=colour, label=name)
        left.bar_label(bars, fmt="%.2f", padding=2, fontsize="small")
    left.set_xticks(places, labels)
    left.set(ylim=(0, 1.18), ylabel="share of probability", xlabel="z", title=title)
    left.legend(loc="upper right", ncols=2)
    stacked(right, elbo, log_p, room)
    return left


def stacked(axes: Axes, elbo: float, log_p: float, room: float) -> None:
    """The two parts of one bar; its top does not move."""
    floor, level = log_p - room, max(elbo, log_p - room)
    axes.bar(0, level - floor, bottom=floor, color=BOUND, width=0.7)
    axes.bar(0, log_p - level, bottom=level, color=LOSS, width=0.7)
    beside = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "bbox": {"facecolor": CARD, "edgecolor": "none"}}
    middle = min((level + log_p) / 2, log_p - 0.07 * room)  # clear of the line
    axes.annotate(f"gap {log_p - elbo:.2f}", (0.36, middle), **beside)
    axes.annotate(f"ELBO {elbo:.2f}", (0.36, min((floor + level) / 2, middle - 0.12 * room)), **beside)
    axes.axhline(log_p, color=INK, linestyle=(0, (4, 3)), linewidth=1.3)
    axes.annotate(f"log p(x) {log_p:.2f}", (0.36, log_p), **{**beside, "va": "bottom", "xytext": (6, 6)})
    axes.set(xlim=(-0.5, 1.6), ylim=(floor - 0.15 * room, log_p + 0.15 * room), xticks=[], ylabel="nats per sentence")
