"""Figures of lesson 04: rows of digits with names, larger pictures, and the latent plane by label."""
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from sklearn.decomposition import FactorAnalysis
from torch import Tensor

from gensq_lib import plots


def larger(images: Float[Tensor, "batch pixel"], times: int) -> Float[Tensor, "batch larger"]:
    """The same 8 x 8 pictures with every pixel repeated `times` times in both directions."""
    square = images.view(-1, 8, 8)
    return square.repeat_interleave(times, 1).repeat_interleave(times, 2).flatten(1)


def digit_rows(rows: Mapping[str, Any], *, title: str = "") -> Any:
    """One row of 8 x 8 pictures for each name; values are cut to [0, 1]."""
    pictures = [np.asarray(images).reshape(-1, 8, 8) for images in rows.values()]
    axes = plots.picture_grid(np.concatenate(pictures), columns=len(pictures[0]), title=title)
    axes.set_yticks([9 * i + 3.5 for i in range(len(rows))], list(rows))
    return axes


def drawn_factors(model: FactorAnalysis, num: int, seed: int) -> np.ndarray:
    """Draws from a fitted factor analysis, its noise included: scikit-learn has no method for it."""
    draw = np.random.default_rng(seed)
    mean = model.mean_ + draw.standard_normal((num, len(model.components_))) @ model.components_
    return mean + np.sqrt(model.noise_variance_) * draw.standard_normal(mean.shape)


@plots.styled
def labelled_plane(means: Float[Tensor, "batch 2"], labels: Int[Tensor, "batch"]) -> Any:
    """Each image at the mean of its posterior, drawn as the digit that was meant; circles hold half and 9/10 of the prior."""
    axes, colours = plots.new_axes(width=6.4, height=6.0), list(plots.COLOURS.values())
    for (x, y), label in zip(means.tolist(), labels.tolist(), strict=True):
        axes.text(x, y, str(label), color=colours[label % len(colours)], ha="center", va="center", fontsize="small")
    turn = np.linspace(0, 2 * np.pi, 200)
    for radius, share in ((1.18, "half"), (2.15, "nine tenths")):
        axes.plot(radius * np.cos(turn), radius * np.sin(turn), color=plots.COLOURS["grey"], linewidth=1.2)
        axes.annotate(f"{share} of the prior", (0, -radius), ha="center", va="center", fontsize="small",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})
    reach = max(2.4, 1.05 * means.abs().max().item())
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="first number of z",
             ylabel="second number of z", title="Test images at their posterior means")
    return axes


@torch.no_grad()
def drawn_digits(model: Any, factors: FactorAnalysis, mixture: Any, seed: int) -> dict[str, Any]:
    """Ten draws of each model, noise included; and the means of the VAE's draws."""
    draw = torch.Generator().manual_seed(seed)
    means = model.decode(torch.randn(10, model.latent_dim, generator=draw))
    noisy = means + model.log_noise.exp() * torch.randn(means.shape, generator=draw)
    return {"factor analysis": drawn_factors(factors, 10, seed), "mixture": mixture.sample(10)[0],
            "VAE, per pixel": noisy, "its means": means}


@torch.no_grad()
def decoded_plane(model: Any) -> Any:
    """What the decoder of a VAE with two latent numbers draws, from -2.5 to 2.5 in both."""
    ticks = torch.linspace(-2.5, 2.5, 11)
    grid = torch.stack(torch.meshgrid(ticks.flip(0), ticks, indexing="ij"), -1).flip(-1)
    return plots.picture_grid(
        model.decode(grid.view(-1, 2)).view(-1, 8, 8), columns=11, xlabel="first number of z", ylabel="second number of z",
        extent=(-2.75, 2.75, -2.75, 2.75), title="What the decoder draws at each z")
