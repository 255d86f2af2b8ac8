"""Estimates and comparisons: histograms one below the other, and curves over any quantity with their errors."""
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator
from numpy.typing import ArrayLike

from gensq_lib.plots.style import COLOURS, INK, MARKERS, MODEL, legend_below, new_axes, reference_line, styled


@styled
def histograms(samples: Mapping[str, ArrayLike], *, truth: float, xlabel: str, width: float = 2.0, title: str = "") -> Figure:
    """The spread of single-sample estimates, one panel for each, all over the same axis; a line at the truth.

    The axis reaches to where 98 % of the widest lies (times `width` / 2); the rest is counted at the edges, and how
    much that is stands in the label. The bar below reaches one standard deviation to both sides of the mean.
    """
    values = {name: np.asarray(sample, dtype=float) for name, sample in samples.items()}
    reach = 0.5 * width * max(np.quantile(abs(sample - truth), 0.98) for sample in values.values()) or 1.0
    figure = Figure(figsize=(8.0, 0.9 + 1.15 * len(values)), layout="constrained")
    panels = figure.subplots(len(values), sharex=True, squeeze=False)[:, 0]
    for axes, (name, sample), colour in zip(panels, values.items(), COLOURS.values(), strict=False):
        axes.hist(np.clip(sample, truth - reach, truth + reach), bins=61, range=(truth - reach, truth + reach), color=colour)
        axes.axvline(truth, ymax=0.8, color=INK, linestyle=(0, (4, 3)), linewidth=1.3)
        outside = (abs(sample - truth) > reach).mean()
        axes.annotate(f"{name}: {sample.mean():.2f}, variance {sample.var(ddof=1):.3g}, {outside:.1%} beyond the axis",
                      (0.01, 0.97), va="top", xycoords="axes fraction", weight="bold", color=INK)
        top, sides = axes.get_ylim()[1], sample.mean() + sample.std(ddof=1) * np.array([-1, 1])
        axes.plot(np.clip(sides, truth - reach, truth + reach), [-0.09 * top] * 2, color=colour, linewidth=4, clip_on=False)
        axes.set(yticks=[], ylabel="count", ylim=(-0.18 * top, 1.35 * top))
    panels[-1].set_xlabel(f"{xlabel} (dashed: the truth, {truth:.3g})")
    panels[0].set_title(title)
    return figure


@styled
def curves_over(x: ArrayLike, series: Mapping[str, ArrayLike], *, xlabel: str, ylabel: str, title: str = "",
                errors: Mapping[str, ArrayLike] | None = None, references: Mapping[str, float] | None = None,
                log: str = "", among: Sequence[str] = ()) -> Axes:
    """One marked line per series, named below the axes; `log` names the logarithmic ones ("x", "y" or "xy"). Of several figures
    `among` names all that stand in any: each then has its own colour and mark in all of them."""
    axes, x = new_axes(), np.asarray(x, dtype=float)
    for i, (name, colour) in enumerate(zip(among or series, COLOURS.values(), strict=False)):
        if name not in series:
            continue
        y = np.asarray(series[name], dtype=float)
        thinner = max(1.2, 3.2 - 0.9 * i)  # so that equal curves can both be seen
        axes.errorbar(x, y, yerr=(errors or {}).get(name), marker=MARKERS[i % len(MARKERS)], color=colour, label=name,
                      linewidth=thinner, markersize=3 + 1.6 * thinner, capsize=2)
    if "x" in log:
        axes.set_xscale("log")
        axes.set_xticks(x, [f"{value:,g}" for value in x])
        axes.minorticks_off()
    if "y" in log:
        axes.set_yscale("log")
        axes.yaxis.set(major_locator=LogLocator(subs=(1, 2, 5)), major_formatter="{x:g}", minor_locator=NullLocator())
    for label, value in (references or {}).items():
        reference_line(axes, value, label)
    if len(series) > 1:
        legend_below(axes)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    return axes


@styled
def rate_distortion(rate: ArrayLike, distortion: ArrayLike, labels: list[str], *, title: str = "",
                    unit: str = "nats per image", line: bool = True) -> Axes:
    """Points (rate, distortion) with labels, joined by a `line`; along the dashed one their sum, the negative ELBO, is equal."""
    axes, rate, distortion = new_axes(), np.asarray(rate, dtype=float), np.asarray(distortion, dtype=float)
    best = (rate + distortion).min()
    axes.plot(rate, distortion, marker="o", linestyle="-" if line else "none", color=MODEL)
    for r, d, label in zip(rate, distortion, labels, strict=True):
        axes.annotate(label, (r, d), xytext=(7, 5), textcoords="offset points")
    limits = axes.get_xlim(), axes.get_ylim()
    axes.plot(limits[0], [best - limits[0][0], best - limits[0][1]], color=INK, linestyle=(0, (4, 3)), linewidth=1.3,
              label=f"rate + distortion = {best:.1f} nats")
    axes.legend(loc="upper right")
    axes.set(xlabel=f"rate (KL), {unit}", ylabel=f"distortion, {unit}", title=title, xlim=limits[0], ylim=limits[1])
    return axes


@styled
def picture_grid(pictures: ArrayLike, *, columns: int, xlabel: str = "", ylabel: str = "", title: str = "",
                 extent: tuple[float, float, float, float] | None = None) -> Axes:
    """Grey pictures (num, height, width) of values in [0, 1], row by row; `extent` puts numbers on the axes."""
    pictures = np.clip(np.asarray(pictures, dtype=float), 0, 1)
    rows = -(-len(pictures) // columns)
    height, width = pictures.shape[1:]
    sheet = np.ones((rows * (height + 1) - 1, columns * (width + 1) - 1))
    for i, picture in enumerate(pictures):
        row, column = divmod(i, columns)
        sheet[row * (height + 1):row * (height + 1) + height, column * (width + 1):column * (width + 1) + width] = 1 - picture
    axes = new_axes(width=8.0, height=min(7.0, 8.0 * sheet.shape[0] / sheet.shape[1] + (0.9 if extent else 0.5)))
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest", extent=extent)
    axes.grid(False)
    if extent is None:
        axes.set(xticks=[], yticks=[])
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    return axes
