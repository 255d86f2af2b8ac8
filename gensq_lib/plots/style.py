"""The one style of all figures: the size of letters, the card behind, and the one home of colours, of boxes and widgets, too.

Every text has a size relative to `font.size` ("small", "medium", "large"): who changes that number moves them all.
"""
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = {  # after Okabe & Ito (2008), in the order in which series and groups take them
    "blue": "#0072B2", "vermilion": "#D55E00", "green": "#009E73", "purple": "#B4578E", "orange": "#E69F00", "sky": "#56B4E9",
    "grey": "#5A5A5A", "olive": "#A08B00"}
MODEL, TRUTH, BOUND, LOSS, GAIN = (COLOURS[name] for name in ("blue", "orange", "sky", "vermilion", "green"))
PARTS = DISTORTION, RATE, REST = COLOURS["sky"], COLOURS["orange"], COLOURS["purple"]
INK, FAINT, CARD = "#22262B", "#6B7280", "#FBFAF7"  # of text, of what stands back, of what is behind a figure
MARKERS = "osD^vP*X"  # shapes beside colours, for every eye
BEHIND = {"facecolor": CARD, "edgecolor": "none", "pad": 1}  # text stays clear of lines
LINE, GRID, UNUSED = "#9AA1AA", "#E1E3E6", "#B8BEC6"
BOXES = {  # tone of a box in a notebook -> (edge, card); dark text on each card has a contrast of 7 or more
    "right": ("#006B4B", "#E8F5F0"), "wrong": ("#A33C00", "#FCEFE6"), "open": ("#4A5560", "#F0F2F4"),
    "note": ("#00558A", "#E9F2F9")}
DAY = {  # of a page that answers: text, what stands back, behind it all, bubbles, edges, a button, a judge's shading, verdicts
    "ink": INK, "faint": "#4A5560", "page": CARD, "yours": "#D7E9F7", "theirs": BOXES["open"][1], "line": LINE,
    "button": BOXES["note"][0], "on_button": "#FFFFFF", "believed": "#8CC4EA", "doubted": "#F2BE5C",
    "right": BOXES["right"][0], "wrong": BOXES["wrong"][0]}
NIGHT = {"ink": "#E4E7EA", "faint": "#B4BCC6", "page": "#15181C", "yours": "#1F4360", "theirs": "#2A3038", "line": "#56606B",
         "button": "#7DB7F0", "on_button": "#15181C", "believed": "#1B608E", "doubted": "#8A5A00", "right": "#7FD1B0",
         "wrong": "#FFB48F"}
AT_NIGHT = {day: NIGHT[name] for name, day in DAY.items()} | {  # what a dark page has in the place of a box's colour
    FAINT: NIGHT["faint"], "#E8F5F0": "#12261F", "#FCEFE6": "#2E1C12", "#E9F2F9": "#14242F"}
STYLE = {
    "figure.facecolor": CARD, "axes.facecolor": CARD, "savefig.facecolor": CARD,
    "font.family": "DejaVu Sans", "font.size": 11, "axes.labelsize": "medium", "axes.titlesize": "large",
    "figure.labelsize": "medium", "figure.titlesize": "large", "figure.titleweight": "bold",
    "xtick.labelsize": "medium", "ytick.labelsize": "medium", "legend.fontsize": "medium",
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": LINE, "xtick.color": INK, "ytick.color": INK,
    "axes.titlelocation": "left", "axes.titleweight": "bold", "axes.titlepad": 10,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "axes.grid": True, "axes.grid.axis": "y", "grid.color": GRID, "grid.linewidth": 0.8,
    "xtick.major.size": 0, "ytick.major.size": 0, "lines.linewidth": 2, "lines.markersize": 6,
    "figure.constrained_layout.w_pad": 0.14, "figure.constrained_layout.h_pad": 0.12,
    "legend.frameon": False, "axes.prop_cycle": matplotlib.cycler(color=list(COLOURS.values())),
}


def styled(draw: Callable[..., Any]) -> Callable[..., Any]:
    """A drawing function inside the style, without a change to the reader's own settings."""
    return matplotlib.rc_context(STYLE)(draw)


@styled
def new_axes(*, width: float = 8.0, height: float = 4.0) -> Axes:
    """Empty axes on a figure of their own (inches); no pyplot, so nothing is shown twice or kept alive."""
    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def headline(figure: Figure, title: str) -> None:
    """The title of several panels, at the left like that of one."""
    figure.suptitle(title, x=0.01, ha="left")


def reference_line(axes: Axes, value: float, label: str) -> None:
    """A dashed horizontal line with its name and value below it, for which there is room down to the axis."""
    axes.axhline(value, color=INK, linestyle=(0, (4, 3)), linewidth=1.3, zorder=1.5)
    axes.annotate(f"{label} {value:.4g}", (1, value), xycoords=("axes fraction", "data"), xytext=(0, -4),
                  textcoords="offset points", ha="right", va="top", color=INK, bbox=BEHIND)
    if axes.get_yscale() == "linear":
        room = value - 0.08 * (max(axes.dataLim.y1, value) - min(axes.dataLim.y0, value))
        axes.update_datalim([(0, room)], updatex=False)
        axes.autoscale_view(scalex=False)


def legend_below(axes: Axes) -> None:
    """The names of the lines below the axes, where no line is; as many in a row as have room."""
    handles, names = axes.get_legend_handles_labels()
    axes.figure.legend(handles, names, loc="outside lower center", ncols=min(len(names), 80 // (max(map(len, names)) + 6) or 1))
