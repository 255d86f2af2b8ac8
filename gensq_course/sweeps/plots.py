"""Small charts of a sweep as SVG: one measure against one parameter, each run a dot, the mean over seeds a line.

The page's style gives the colours, so that they follow a light or a dark screen.
"""
import math
import statistics
from collections.abc import Mapping, Sequence
from html import escape

Runs = Mapping[str, Sequence[tuple[float, float]]]  # a line's name -> (parameter, measure) of each run
WIDTH, HEIGHT = 380, 250
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 12, 44  # margins, in the same units
MOST_LINES = 5
WIDE = 20.0  # times from the smallest to the largest value from which on the axis is logarithmic


def chart(runs: Runs, *, x_name: str, y_name: str) -> str:
    """The chart with its text for those who do not see it; "" where there is nothing to draw."""
    everything = [run for line in runs.values() for run in line]
    if not everything:
        return ""
    xs, ys = sorted({x for x, _ in everything}), [y for _, y in everything]
    log = min(xs) > 0 and max(xs) >= WIDE * min(xs)
    across, up = scale(xs, LEFT, WIDTH - RIGHT, log), scale(ys, HEIGHT - BOTTOM, TOP)
    lines = "".join(drawn(line, at, across, up) for at, line in enumerate(runs.values()))
    words = f"{y_name} against {x_name}. {told(runs)}"
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(words)}">'
            f"{frame(xs, ys, across, up)}{lines}"
            f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x_name)}'
            f"{' (logarithmic)' if log else ''}</text></svg>")


def scale(values: Sequence[float], low: float, high: float, log: bool = False):
    """Value -> place between two margins; a single value stands in the middle."""
    first, last = min(values), max(values)
    turn = math.log if log else float

    def place(value: float) -> float:
        share = (turn(value) - turn(first)) / (turn(last) - turn(first)) if last > first else 0.5
        return low + (0.04 + 0.92 * share) * (high - low)

    return place


def drawn(line: Sequence[tuple[float, float]], at: int, across, up) -> str:
    """Dots, and the line through the means."""
    dots = "".join(f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3"/>' for x, y in line)
    path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y, _ in means(line))
    return f'<g class="line{at}">{dots}<polyline points="{path}"/></g>'


def means(line: Sequence[tuple[float, float]]) -> list[tuple[float, float, int]]:
    """(parameter, mean of the measure, number of runs), from left to right."""
    return [(x, statistics.fmean(ys), len(ys)) for x in sorted({x for x, _ in line}) for ys in [[y for at, y in line if at == x]]]


def frame(xs: Sequence[float], ys: Sequence[float], across, up) -> str:
    """Two axes with their ticks: the values themselves where they are few, round numbers upwards."""
    shown = xs if len(xs) <= 6 else [xs[0], xs[len(xs) // 2], xs[-1]]
    below = "".join(f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{x:g}</text>' for x in shown)
    beside = "".join(f'<path d="M{LEFT} {up(y):.1f}H{WIDTH - RIGHT}"/><text x="{LEFT - 6}" y="{up(y) + 4:.1f}" text-anchor="end">'
                     f"{y:g}</text>" for y in ticks(min(ys), max(ys)))
    return f'<g class="axes"><path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>{beside}{below}</g>'


def ticks(low: float, high: float) -> list[float]:
    """A few round numbers from low to high."""
    if high <= low:
        return [float(f"{low:.4g}")]
    rough = (high - low) / 3
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= rough)
    return [float(f"{i * step:.10g}") for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def told(runs: Runs) -> str:
    """The means in words."""
    lines = []
    for name, line in runs.items():
        found = ", ".join(f"{y:.4g} at {x:g} ({n} run{'s' * (n > 1)})" for x, y, n in means(line))
        lines.append(f"{name}: {found}." if name else f"Means: {found}.")
    return " ".join(lines)
