"""Lines: numbers over steps, samples or temperatures."""
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from gensq_lib.maths.stats import Share
from gensq_lib.plots.style import BOUND, COLOURS, INK, MARKERS, MODEL, new_axes, reference_line, styled


@styled
def learning_curves(steps: ArrayLike, series: Mapping[str, ArrayLike], *, references: Mapping[str, float] | None = None,
                    ylabel: str = "nats per sentence", title: str = "") -> Axes:
    """One line per series over training steps: single steps faint, their running mean strong, names at the ends."""
    axes = new_axes()
    steps, ends = np.asarray(steps, dtype=float), []
    for name, colour in zip(series, COLOURS.values(), strict=False):
        values = np.asarray(series[name], dtype=float)
        smooth = running_mean(values)
        axes.plot(*thinned(steps, values), color=colour, alpha=0.25, linewidth=0.8)
        axes.plot(*thinned(steps, smooth), color=colour)
        ends.append((name, smooth[-1], colour))
    for label, value in (references or {}).items():
        reference_line(axes, value, label)
    name_ends(axes, steps[-1], ends)
    lowest, highest = visible_range([line.get_ydata() for line in axes.lines])
    axes.set(xlabel="training step", ylabel=ylabel, title=title, ylim=(lowest, highest),
             xlim=(steps[0], max(steps[-1], steps[0] + 1)))  # a run of one step has a width, too
    return axes


def running_mean(values: np.ndarray) -> np.ndarray:
    """The mean over a fiftieth of all steps around each step; NaN counts for nothing."""
    half = len(values) // 100
    window = 2 * half + 1
    padded = np.pad(values, half, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)
    with np.errstate(invalid="ignore"):
        return np.nansum(windows, -1) / np.isfinite(windows).sum(-1)


def thinned(steps: np.ndarray, values: np.ndarray, most: int = 800) -> tuple[np.ndarray, np.ndarray]:
    """Every k-th point, so that about `most` are drawn."""
    every = max(1, len(steps) // most)
    return steps[::every], values[::every]


def visible_range(lines: Sequence[ArrayLike]) -> tuple[float, float]:
    """From the lowest to the highest value, without the first steps of training, which would flatten the rest."""
    late = np.concatenate([np.asarray(line)[len(np.asarray(line)) // 50:] for line in lines])
    low, high = np.nanmin(late), np.nanpercentile(late, 99.5)
    margin = 0.06 * (high - low or 1.0)
    return min(0.0, low) if low < 0.3 * high else low - 1.6 * margin, high + margin


def name_ends(axes: Axes, x: float, ends: Sequence[tuple[str, float, str]]) -> None:
    """The name of each line at its right end, moved apart where they would touch."""
    low, high = visible_range([line.get_ydata() for line in axes.lines])
    gap, placed = 0.06 * (high - low), -np.inf
    for name, y, colour in sorted(ends, key=lambda end: end[1]):
        placed = max(y, placed + gap)
        axes.annotate(name, (x, placed), xytext=(6, 0), textcoords="offset points", color=colour, va="center",
                      weight="bold", annotation_clip=False)


@styled
def bound_vs_samples(num_samples: ArrayLike, nll: ArrayLike, errors: ArrayLike, *, truth: float | None = None,
                     truth_label: str = "exact NLL", title: str = "") -> Axes:
    """The importance-weighted NLL (nats per sentence) over the number of samples K, with standard errors."""
    axes, num_samples, nll = new_axes(), np.asarray(num_samples), np.asarray(nll, dtype=float)
    errors = np.asarray(errors, dtype=float)
    axes.fill_between(num_samples, nll - errors, nll + errors, color=BOUND, alpha=0.3, linewidth=0)
    axes.plot(num_samples, nll, marker="o", color=MODEL)
    for k, value, error in zip(num_samples, nll, errors, strict=True):
        axes.annotate(f"{value:.2f}", (k, value + error), xytext=(0, 5), textcoords="offset points", ha="center")
    if truth is not None:
        reference_line(axes, truth, truth_label)
    axes.set_xscale("log", base=10)
    axes.set_xticks(num_samples, [str(int(k)) for k in num_samples])
    axes.minorticks_off()
    axes.margins(x=0.06, y=0.18)
    axes.set(xlabel="importance samples K (logarithmic)", ylabel="NLL bound, nats per sentence", title=title)
    return axes


@styled
def validity_over_temperature(temperatures: ArrayLike, shares: Mapping[str, Sequence[Share]], *, title: str = "") -> Axes:
    """The share of valid samples per model over temperature, each with its 95 % interval."""
    axes, temperatures = new_axes(), np.asarray(temperatures)
    apart = 0.008 * (temperatures.max() - temperatures.min())  # so that intervals do not hide each other
    for i, (name, colour) in enumerate(zip(shares, COLOURS.values(), strict=False)):
        at = temperatures + apart * (i - (len(shares) - 1) / 2)
        axes.plot(at, [share.mean for share in shares[name]], marker=MARKERS[i], color=colour, label=name)
        axes.vlines(at, *np.transpose([share.interval for share in shares[name]]), color=colour, linewidth=1.5)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xticks(temperatures)
    axes.axhline(1.0, color=INK, linewidth=0.8)
    axes.legend(loc="best")
    axes.set(xlabel="temperature of sampling (1: the model's own distribution)", ylabel="share of valid sentences", title=title)
    return axes


@styled
def rank_frequency(counts: Mapping[str, ArrayLike], *, title: str = "") -> Axes:
    """How often each word occurs (share of all words) over its rank, both logarithmic; dashed is Zipf's law, 1 / rank."""
    axes = new_axes()
    for i, (name, colour) in enumerate(zip(counts, COLOURS.values(), strict=False)):
        shares = np.sort(np.asarray(counts[name], dtype=float))[::-1]
        shares = shares[shares > 0] / shares.sum()
        ranks = np.arange(1, len(shares) + 1)
        shown = np.unique(np.geomspace(1, len(shares), 200).astype(int)) - 1
        axes.plot(ranks[shown], shares[shown], color=colour, label=name)
        if i == 0:
            axes.plot(ranks[shown], shares[0] / ranks[shown], color=INK, linestyle=(0, (4, 3)), linewidth=1.3, label="1 / rank")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.legend(loc="lower left")
    axes.set(xlabel="rank of the word (1: the most frequent)", ylabel="share of all words", title=title)
    return axes
