"""Figures of lesson 02: one Gaussian fitted to two humps, and a diagonal Gaussian to a correlated one."""
import math
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import MultivariateNormal, Normal

from gensq_lib import plots

Z = torch.linspace(-8, 8, 801, dtype=torch.float64)


@dataclass(frozen=True)
class Fit:
    """The best Gaussian of a grid, for one direction of the KL."""

    mean: float
    width: float
    nats: float

    def __str__(self) -> str:
        return f"at {self.mean:+.2f}, width {self.width:.2f}"


def two_humps(distance: float, width: float = 0.6) -> Float[Tensor, "time"]:
    """log density over `Z` of two equal humps, `distance` to the left and to the right of 0."""
    return torch.logaddexp(Normal(-distance, width).log_prob(Z), Normal(distance, width).log_prob(Z)) - math.log(2)


def best_fits(distance: float) -> dict[str, Fit]:
    """The Gaussians with the least KL in each direction, of all on a grid of means and widths."""
    log_p = two_humps(distance)
    grid = torch.cartesian_prod(torch.linspace(-3, 3, 49), torch.linspace(0.4, 3.2, 29)).double()
    log_q = Normal(grid[:, :1], grid[:, 1:]).log_prob(Z)
    costs = {"KL(q‖p)": torch.trapezoid(log_q.exp() * (log_q - log_p), Z),
             "KL(p‖q)": torch.trapezoid(log_p.exp() * (log_p - log_q), Z)}
    return {name: Fit(*grid[cost.argmin()].tolist(), cost.min().item()) for name, cost in costs.items()}


def fits_picture(distance: float) -> tuple[Any, str]:
    """Both fits beside p: a figure and its description."""
    fits = best_fits(distance)
    curves = {"p": two_humps(distance).exp()} | {
        f"q with the least {name}": Normal(fit.mean, fit.width).log_prob(Z).exp() for name, fit in fits.items()}
    said = "; ".join(f"least {name} {fit.nats:.2f} nats, {fit}" for name, fit in fits.items())
    axes = plots.densities(Z, curves, title=f"Humps at −{distance:g} and {distance:g}")
    return axes, f"A p with humps of width 0.6 at −{distance:g} and {distance:g}, and two fits: {said}."


@plots.styled
def contours(correlation: float, variances: dict[str, float]) -> Any:
    """A correlated Gaussian with variances 1 and diagonal ones with the given variance: where each density is e⁻² of its top."""
    side = torch.linspace(-3.2, 3.2, 121, dtype=torch.float64)
    points = torch.cartesian_prod(side, side)
    full = torch.tensor([[1.0, correlation], [correlation, 1.0]], dtype=torch.float64)
    shapes = {"p, correlated": full} | {name: v * torch.eye(2, dtype=torch.float64) for name, v in variances.items()}
    axes = plots.new_axes(width=5.2, height=5.2)
    for (name, covariance), colour in zip(shapes.items(), plots.COLOURS.values(), strict=False):
        density = MultivariateNormal(torch.zeros(2, dtype=torch.float64), covariance)
        height = (density.log_prob(points) - density.log_prob(torch.zeros(2, dtype=torch.float64))).view(121, 121)
        axes.contour(side, side, height.T, levels=[-2.0], colors=[colour], linewidths=2.5, linestyles="solid")
        axes.plot([], [], color=colour, label=name)
    axes.set(xlabel="first dimension of z", ylabel="second dimension of z", aspect="equal")
    axes.legend(loc="upper left")
    return axes
