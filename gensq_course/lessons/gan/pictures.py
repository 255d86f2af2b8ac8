"""Figures of lesson 14: what the judge believes over the plane, with the generator's samples on it."""
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib import plots

SIDE = torch.linspace(-3, 3, 61)
PLANE = torch.cartesian_prod(SIDE, SIDE)  # points at which a judge is asked


def field(beliefs: Float[Tensor, "point"], samples: Float[Tensor, "sample 2"], centres: Float[Tensor, "mode 2"],
          step: int) -> tuple[Any, str]:
    """Probability of "real" at the points of `PLANE`, the modes as crosses, the generator's samples: a figure, its description."""
    axes = plots.new_axes(width=5.4, height=4.6)
    shades = axes.contourf(SIDE, SIDE, beliefs.view(61, 61).T, levels=[i / 10 for i in range(11)], cmap="cividis", alpha=0.8)
    axes.figure.colorbar(shades, label='probability of "real"')
    axes.scatter(*centres.T, marker="x", s=60, color="white", linewidths=2)
    axes.scatter(*samples.T, s=6, color=plots.COLOURS["vermilion"])
    axes.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", title=f"Step {step}")
    spread = beliefs.max() - beliefs.min()
    return axes, (f"The judge's field at step {step}: beliefs from {beliefs.min():.2f} to {beliefs.max():.2f}, a range of "
                  f"{spread:.2f}; the samples lie {samples.norm(dim=1).mean():.1f} from the middle on average.")
