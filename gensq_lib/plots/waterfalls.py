"""Where did the nats go? The signature picture: from the exact NLL, step by step, to the number that was trained.

The upper part is cropped, so that tenths of a nat can be seen, and says so with a torn edge; the strip below
starts at 0 and shows the whole.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from gensq_lib.maths.stats import Estimate
from gensq_lib.plots.style import BEHIND, CARD, FAINT, GAIN, INK, LOSS, MODEL, PARTS, styled

WIDTH = 0.66


@dataclass(frozen=True)
class Bar:
    """Where one bar begins and ends, in nats."""

    label: str
    nats: float
    error: float
    total: bool
    start: float
    end: float

    @property
    def colour(self) -> str:
        """Of a total, a loss or a gain."""
        return MODEL if self.total else LOSS if self.nats >= 0 else GAIN

    @property
    def text(self) -> str:
        """What stands above the bar: nats, of a step with a sign, and the standard error."""
        number = f"{self.nats:.2f}" if self.total else minus(f"{self.nats:+.2f}")
        return f"{number}\n± {self.error:.2f}" if self.error else number


@styled
def waterfall(labels: Sequence[str], values: Sequence[float | Estimate], *,
              kinds: Sequence[str] | None = None, gaps: Sequence[str] = (), parts: Mapping[str, float] | None = None,
              title: str = "") -> Axes:
    """Floating bars from a first total to a last one, nats per sentence; an `Estimate` has its standard error written above.

    `kinds` says which values are a "total" (the first and the last, if left out) and which a "step"; `gaps` names
    what lies between one total and the next; `parts` splits the last total on a strip of its own.
    """
    kinds = kinds or ["total", *["step"] * (len(values) - 2), "total"]
    bars = placed(labels, values, kinds)
    figure = Figure(figsize=(9, 5.6 if parts else 4.6), layout="constrained")
    if parts:
        upper, strip = figure.subplots(2, height_ratios=[6, 1])
        draw_parts(strip, parts, whole=labels[-1])
    else:
        upper = figure.subplots()
    draw_bars(upper, bars)
    draw_gaps(upper, bars, gaps)
    upper.set_title(title or "Where did the nats go?")
    return upper


def placed(labels: Sequence[str], values: Sequence[float | Estimate], kinds: Sequence[str]) -> list[Bar]:
    """A total stands on the ground, a step on the end of the bar before it."""
    bars, level = [], 0.0
    for label, value, kind in zip(labels, values, kinds, strict=True):
        value, error = (value.mean, value.error) if isinstance(value, Estimate) else (value, 0.0)
        start = 0.0 if kind == "total" else level
        level = start + value
        bars.append(Bar(label, value, error, kind == "total", start, level))
    return bars


def draw_bars(axes: Axes, bars: Sequence[Bar]) -> None:
    """The bars with their numbers and the lines from each to the next; totals are torn where the axis is cropped."""
    low, high = window(bars)
    for x, bar in enumerate(bars):
        axes.bar(x, bar.end - bar.start, bottom=bar.start, width=WIDTH, color=bar.colour, zorder=2)  # under the axis line
        top = max(bar.start, bar.end)
        axes.annotate(bar.text, (x, top), xytext=(0, 5), textcoords="offset points", ha="center", va="bottom",
                      weight="bold" if bar.total else "normal", linespacing=1.25, zorder=1.5, bbox=BEHIND)
        if x + 1 < len(bars):
            axes.plot([x + WIDTH / 2, x + 1 - WIDTH / 2], [bar.end] * 2, color=FAINT, linewidth=1)
        if bar.total and low > 0:
            axes.add_patch(torn_edge(x, low, high))
    axes.set_xticks(range(len(bars)), [minus(bar.label).replace(" ", "\n", 1) for bar in bars])
    axes.set(ylim=(low, high), xlim=(-0.6, len(bars) - 0.4), ylabel="nats per sentence")
    if low > 0:
        axes.set_title(f"torn bars go on down to 0; the axis begins at {low:.4g}", loc="right", fontsize="small",
                       weight="normal", color=FAINT)


def draw_gaps(axes: Axes, bars: Sequence[Bar], gaps: Sequence[str]) -> None:
    """A bracket under the steps between two totals, with its name and size."""
    low, high = axes.get_ylim()
    totals = [x for x, bar in enumerate(bars) if bar.total]
    y, tick = low + 0.13 * (high - low), 0.02 * (high - low)
    for name, first, last in zip(gaps, totals, totals[1:], strict=False):
        left, right = first + 1 - WIDTH / 2, last - 1 + WIDTH / 2
        axes.plot([left, left, right, right], [y + tick, y, y, y + tick], color=FAINT, linewidth=1.2, zorder=3)
        size = minus(f"{bars[last].end - bars[first].end:+.2f}")
        axes.annotate(f"{name} {size}", ((left + right) / 2, y), xytext=(0, -5), textcoords="offset points", ha="center",
                      va="top", weight="bold", zorder=3, bbox=BEHIND)


def window(bars: Sequence[Bar]) -> tuple[float, float]:
    """The range of levels with some room; it starts at 0 only when the steps are large enough to be seen so."""
    levels = [bar.end for bar in bars]
    spread = max(levels) - min(levels) or 0.1 * abs(levels[0]) or 1.0
    low = min(levels) - 0.7 * spread  # room for the names of the gaps
    return (low if low > 0.25 * max(levels) else min(0.0, min(levels))), max(levels) + 0.33 * spread


def minus(text: str) -> str:
    """A leading hyphen as a minus sign."""
    return "−" + text[1:] if text.startswith("-") else text


def torn_edge(x: float, low: float, high: float) -> Polygon:
    """A zigzag at the foot of a cropped bar: it goes on below."""
    height = 0.035 * (high - low)
    across = np.linspace(x - WIDTH / 2 - 0.02, x + WIDTH / 2 + 0.02, 9)
    zigzag = low + height * (0.5 + np.arange(9) % 2)
    corners = [(across[0], low), *zip(across, zigzag, strict=True), (across[-1], low)]
    return Polygon(corners, closed=True, facecolor=CARD, edgecolor="none", zorder=2.2)


def draw_parts(axes: Axes, parts: Mapping[str, float], *, whole: str) -> None:
    """One bar from 0, split: the whole to which the cropped picture belongs."""
    left = 0.0
    for (name, value), colour in zip(parts.items(), PARTS, strict=False):
        axes.barh(0, value, left=left, height=0.8, color=colour, edgecolor=CARD, linewidth=2)
        short = value < 0.12 * sum(parts.values())  # its name stands beside it
        axes.annotate(f"{name} {value:.2f}", (left + (value if short else value / 2), 0), xytext=(6 * short, 0), color=INK,
                      textcoords="offset points", ha="left" if short else "center", va="center")
        left += value
    account = f"{minus(whole)} = {' + '.join(parts)} = {left:.2f} nats per sentence"
    axes.set(xlim=(0, left), ylim=(-0.5, 0.5), yticks=[], xlabel=account)
    axes.grid(False)
    axes.spines["left"].set_visible(False)
