"""Figures of lesson 03: the two graphs of computation, and where each estimator sends samples and mean."""
from typing import Any

import torch
from torch.distributions import Normal

from gensq_lib import plots

BLUE, RED, GREEN = (plots.COLOURS[name] for name in ("blue", "vermilion", "green"))
STOPS = [("μ, σ", 0.0, 1.0, "white"), ("z", 2.0, 1.0, "lightgrey"), ("f(z)", 4.0, 1.0, "white")]
PATH = [("μ, σ", 0.0, -0.5, "white"), ("ε", 0.0, -1.5, "lightgrey"), ("z = μ + σε", 2.0, -0.5, "white"),
        ("f(z)", 4.0, -0.5, "white")]


@plots.styled
def two_graphs() -> Any:
    """Above: z is drawn, no gradient passes it. Below: only ε is drawn, and the gradient passes z."""
    axes = plots.new_axes(width=8.0, height=3.9)
    for text, x, y, colour in (*STOPS, *PATH):
        axes.annotate(text, (x, y), ha="center", va="center", bbox={"boxstyle": "round,pad=0.5", "facecolor": colour})
    forward = [((0.35, 1), (1.7, 1)), ((2.3, 1), (3.6, 1)), ((0.35, -0.5), (1.3, -0.5)), ((0.35, -1.45), (1.4, -0.75)),
               ((2.7, -0.5), (3.6, -0.5))]
    for start, end in forward:
        axes.annotate("", end, xytext=start, arrowprops={"arrowstyle": "->"})
    for (start, end), colour in ((((3.6, 0.82), (2.3, 0.82)), RED), (((3.6, -0.68), (2.7, -0.68)), GREEN),
                                 (((1.3, -0.68), (0.35, -0.68)), GREEN)):
        axes.annotate("", end, xytext=start, arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2.5})
    axes.annotate("✕ the gradient stops here", (2.0, 0.55), color=RED, ha="center")
    axes.annotate("the gradient goes through", (2.35, -1.05), color=GREEN, ha="center")
    axes.set(xlim=(-0.7, 4.7), ylim=(-1.9, 1.5), xticks=[], yticks=[], title="Grey is drawn at random; thin arrows compute")
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return axes


@plots.styled
def pulls(z: torch.Tensor, mean: float) -> Any:
    """For f(z) = z²: each draw of N(mean, 1) with the pull it exerts on the mean, by score (above) and by path (below)."""
    axes, z = plots.new_axes(width=8.0, height=4.6), z.sort().values  # one line for each draw, so that arrows stay apart
    grid = torch.linspace(-3.5, 4.5, 200)
    axes.fill_between(grid, -1.9 + 0.9 * Normal(mean, 1.0).log_prob(grid).exp(), -1.9, alpha=0.15)
    for y, name, pull, colour in ((0.25, "score: f(z) (z − μ)", z**2 * (z - mean), BLUE), (-1.15, "path: f′(z)", 2 * z, GREEN)):
        axes.annotate(name, (-3.4, y + 0.95), color=colour, weight="bold")
        for i, (place, size) in enumerate(zip(z.tolist(), pull.tolist(), strict=True)):
            tip, height = min(4.5, max(-3.5, place + 0.25 * size)), y + i / len(z)  # an arrow ends at the frame
            axes.annotate("", (tip, height), xytext=(place, height), annotation_clip=False,
                          arrowprops={"arrowstyle": "->", "color": colour, "shrinkA": 0, "shrinkB": 0})
            axes.plot(place, height, "o", color=colour, markersize=3.5)
    axes.axvline(mean, color=plots.COLOURS["vermilion"], linestyle="--")
    axes.set(xlim=(-3.5, 4.5), ylim=(-1.95, 1.4), yticks=[], xlabel="z (the density of q below; dashed: its mean)",
             title="What each draw does to the mean, a quarter of its size")
    axes.grid(False)
    return axes
