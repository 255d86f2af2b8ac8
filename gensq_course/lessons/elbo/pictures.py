"""Two figures of lesson 01: Jensen's inequality with chord and tangent, and bounds that touch log p."""
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib import plots

Joint = Float[Tensor, "who does latent"]


@plots.styled
def chord_and_tangent(ends: tuple[float, float] = (0.2, 1.8)) -> tuple[Any, float]:
    """The curve log t between its chord and its tangent, and the nats that the mean of logs loses in the middle."""
    t, ends = torch.linspace(0.05, 2.0, 100), torch.tensor(ends)
    middle, low = ends.mean(), ends.log().mean()
    axes = plots.new_axes()
    axes.plot(t, t.log(), label="log t")
    axes.plot(ends, ends.log(), marker="o", label="chord: the mean of the logs")
    axes.plot(t, middle.log() + (t - middle) / middle, "--", label="tangent at the mean")
    axes.vlines(middle, low, middle.log(), color=plots.COLOURS["vermilion"], linewidth=3)
    axes.annotate(f"{middle.log() - low:.2f} nats lost", (middle, low), xytext=(8, -14), textcoords="offset points")
    axes.set(xlabel="t", ylabel="log t", title="The mean of logs is below the log of the mean")
    plots.legend_below(axes)
    return axes, (middle.log() - low).item()


@plots.styled
def touching_bounds(first: Joint, last: Joint, data: Float[Tensor, "who does"]) -> Any:
    """Mean log p from the tables of one model to those of another, and ELBOs with q held at three places (nats)."""
    at = torch.linspace(0, 1, 50)
    line = [between(first, last, t) for t in at]
    axes = plots.new_axes()
    axes.plot(at, [mean_bound(model, own_posterior(model), data) for model in line], linewidth=3, label="log p")
    for t in (0.0, 0.4, 0.8):
        there = between(first, last, t)
        axes.plot(at, [mean_bound(model, own_posterior(there), data) for model in line], "--", label=f"ELBO, q from {t:g}")
        axes.plot(t, mean_bound(there, own_posterior(there), data), "o", color=plots.COLOURS["vermilion"])
    axes.set(xlabel="from the first tables (0) to the last (1)", ylabel="nats per sentence",
             title="Every bound lies below log p and touches it in one point")
    plots.legend_below(axes)
    return axes


def between(first: Joint, last: Joint, t: float) -> Joint:
    """The model whose three tables lie at t on the straight line between those of two models."""
    prior, who, does = ((1 - t) * a + t * b for a, b in zip(tables(first), tables(last), strict=True))
    return prior * who[:, None] * does[None]


def tables(model: Joint) -> tuple[Tensor, Tensor, Tensor]:
    """p(z), p(who | z), p(does | z)."""
    prior = model.sum((0, 1))
    return prior, model.sum(1) / prior, model.sum(0) / prior


def own_posterior(model: Joint) -> Joint:
    """p(z | who, does)."""
    return model / model.sum(-1, keepdim=True)


def mean_bound(model: Joint, q: Joint, data: Float[Tensor, "who does"]) -> float:
    """The mean ELBO over the data in nats; with the model's own posterior it is log p."""
    return torch.einsum("wd,wdz->", data, q * (model.log() - q.log())).item()
