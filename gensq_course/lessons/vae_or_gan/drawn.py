"""Small curves for a printed sheet: SVG, so that print is sharp and a sheet made twice is the same to the last letter."""
import math
from collections.abc import Mapping, Sequence
from html import escape

from gensq_course.lessons.vae_or_gan.curves import AXES, curve, described, named
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.plots.style import COLOURS, INK, LINE

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 190, 96, 18, 46, 6, 14  # units of the drawing, and its margins
LETTERS, TICKS = 7, (0.1, 0.3, 1, 3)  # height of letters; nats, on a logarithmic axis
LOWEST = 0.07  # nats: where the axis begins
DASHES = ("", "4 2", "1 2", "6 2 1 2", "2 1")  # so that lines part without colour, too

Line = Mapping[float | str, Estimate]


def across(places: Sequence[float | str]) -> list[float]:
    """Where places stand, from 0 to 1: amounts by their logarithm, shares as they are, names one after another."""
    if isinstance(places[0], str):
        values = list(range(len(places)))
    else:
        values = [math.log(place) if place > 1 else place for place in places]
    return [(value - values[0]) / (values[-1] - values[0]) for value in values]


def small(axis: str, label: str, families: Sequence[str]) -> str:
    """A line for each family, with the interval of each point, named where it ends."""
    lines: dict[str, Line] = {family: {place: estimate(list(values.values())) for place, values in found.items()}
                              for family in families if len(found := curve(axis, family, label)) > 1}
    places = list(next(iter(lines.values())))
    x = [LEFT + share * (WIDTH - LEFT - RIGHT) for share in across(places)]
    highest = max(each.mean for line in lines.values() for each in line.values())

    def y(value: float) -> float:
        share = math.log(max(value, LOWEST) / LOWEST) / math.log(highest / LOWEST)
        return HEIGHT - BOTTOM - min(share, 1) * (HEIGHT - BOTTOM - TOP)
    parts = [f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y(tick):.1f}' y2='{y(tick):.1f}' stroke='{LINE}' stroke-width='.4'/>"
             + text(LEFT - 3, y(tick) + 2.5, f"{tick:g}", "end") for tick in TICKS if tick <= highest]
    parts += [text(place, HEIGHT - 3, named(name), "middle") for place, name in zip(x, places, strict=True)]
    heights = parted({family: y(line[places[-1]].mean) for family, line in lines.items()})
    looks = dict(zip(families, zip(COLOURS.values(), DASHES), strict=False))  # the same in every drawing, whoever is missing
    for family, line in lines.items():
        colour, dash = looks[family]
        points = " ".join(f"{place:.1f},{y(each.mean):.1f}" for place, each in zip(x, line.values(), strict=True))
        parts.append(f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='1.3' stroke-dasharray='{dash}'/>")
        parts += [f"<line x1='{place:.1f}' x2='{place:.1f}' y1='{y(each.interval[0]):.1f}' y2='{y(each.interval[1]):.1f}' "
                  f"stroke='{colour}' stroke-width='.7'/>" for place, each in zip(x, line.values(), strict=True)]
        parts.append(text(WIDTH - RIGHT + 4, heights[family] + 2.5, family, "start", colour))
    said = described(label, AXES[axis].short, {family: {named(place): each for place, each in line.items()}
                                               for family, line in lines.items()})
    return (f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label=\"{escape(said)}\" font-size='{LETTERS}'>"
            f"{''.join(parts)}</svg>")


def text(x: float, y: float, said: str, anchor: str, colour: str = INK) -> str:
    """Letters at a point."""
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{colour}'>{escape(said)}</text>"


def parted(heights: Mapping[str, float]) -> dict[str, float]:
    """Names that would lie on one another, moved apart, and back up where the last would fall out of the drawing."""
    found: dict[str, float] = {}
    for name, height in sorted(heights.items(), key=lambda item: item[1]):
        found[name] = max(height, max(found.values(), default=-math.inf) + LETTERS)
    low = HEIGHT - 4
    for name in reversed(found):
        found[name] = low = min(found[name], low)
        low -= LETTERS
    return found
