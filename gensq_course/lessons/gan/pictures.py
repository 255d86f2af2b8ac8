"""Figures of lesson 14: what the judge believes over the plane, with the generator's samples on it."""
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib import diagnostics, plots

SIDE = torch.linspace(-3, 3, 61)
PLANE = torch.cartesian_prod(SIDE, SIDE)  # points at which a judge is asked


@plots.styled
def field(beliefs: Float[Tensor, "point"], samples: Float[Tensor, "sample 2"], centres: Float[Tensor, "mode 2"],
          step: int) -> tuple[Any, str]:
    """Probability of "real" at the points of `PLANE`, modes as crosses, samples as dots: a figure and its description."""
    axes = plots.new_axes(width=5.4, height=4.6)
    shades = axes.contourf(SIDE, SIDE, beliefs.view(61, 61).T, levels=[i / 10 for i in range(11)], cmap="cividis", alpha=0.8)
    axes.figure.colorbar(shades, label='probability of "real"')
    axes.scatter(*centres.T, marker="x", s=60, color="white", linewidths=2)
    axes.scatter(*samples.T, s=6, color=plots.COLOURS["vermilion"])
    axes.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", title=f"Step {step}")
    spread = beliefs.max() - beliefs.min()
    return axes, (f"The judge's field at step {step}: beliefs from {beliefs.min():.2f} to {beliefs.max():.2f}, a range of "
                  f"{spread:.2f}; the samples lie {samples.norm(dim=1).mean():.1f} from the middle on average.")


def digits_picture(x: Float[Tensor, "sample pixel"], classes: bool, said: str) -> tuple[Any, str]:
    """The first forty generated digits, and a description."""
    order = "0 to 9 in each row" if classes else "without classes"
    axes = plots.picture_grid((1 + x[:40].view(-1, 8, 8)) / 2, columns=10, title=f"Generated, not chosen: {order}")
    return axes, f"Forty generated digits of 8 by 8 pixels, {said}, {order}."


def both_clouds(runs: dict[str, Float[Tensor, "sample 2"]], ring: Any, title: str = "") -> tuple[Any, str]:
    """Two clouds on the ring, and how many modes each has in its neighbourhood."""
    found = {name: diagnostics.coverage(x, ring.centres, stddev=ring.stddev).loose for name, x in runs.items()}
    figure = plots.clouds(runs, centres=ring.centres, radius=3 * ring.stddev, title=title)
    return figure, "Samples on the ring. Modes covered (loose): " + ", ".join(f"{name} {n}" for name, n in found.items())
