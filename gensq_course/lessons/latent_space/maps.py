"""Maps of the latent space on paper: two numbers for each point, and the way back from a place on the map.

The way back is what differs. A plane (PCA) is a part of the space, so every place on the map is a point of it. t-SNE draws
neighbours together and has no way back: there a place stands for its nearest sentence.
"""
from dataclasses import dataclass

import torch
from jaxtyping import Float
from sklearn.manifold import TSNE
from torch import Tensor


@dataclass(frozen=True)
class Plane:
    """The plane on which the points vary most."""

    places: Float[Tensor, "sentence 2"]
    centre: Float[Tensor, "latent"]
    axes: Float[Tensor, "2 latent"]  # orthonormal

    def point(self, place: Float[Tensor, "2"]) -> Float[Tensor, "latent"]:
        return self.centre + place @ self.axes


@dataclass(frozen=True)
class Neighbours:
    """A map that keeps neighbours together."""

    places: Float[Tensor, "sentence 2"]
    points: Float[Tensor, "sentence latent"]

    def point(self, place: Float[Tensor, "2"]) -> Float[Tensor, "latent"]:
        return self.points[(self.places - place).norm(dim=-1).argmin()]


def principal_plane(points: Float[Tensor, "sentence latent"]) -> Plane:
    """PCA. The sign of an axis is free: its largest entry is made positive, so that a map is the same on every machine."""
    centre = points.mean(0)
    _, _, axes = torch.linalg.svd(torch.nn.functional.pad(points - centre, (0, max(0, 2 - points.shape[1]))),
                                  full_matrices=False)
    axes = axes[:2] * torch.sign(axes[:2].gather(1, axes[:2].abs().argmax(1, keepdim=True)))
    axes = axes[:, : points.shape[1]]  # a z of one number has a line for a plane: every place is as high
    return Plane((points - centre) @ axes.T, centre, axes)


def neighbour_map(points: Float[Tensor, "sentence latent"], *, seed: int, perplexity: float = 30.0) -> Neighbours:
    """t-SNE (van der Maaten & Hinton 2008). Distances between clusters and their sizes mean nothing."""
    made = TSNE(perplexity=min(perplexity, (len(points) - 1) / 3), random_state=seed,
                init="pca" if points.shape[1] > 1 else "random")
    return Neighbours(torch.from_numpy(made.fit_transform(points.numpy())), points)
