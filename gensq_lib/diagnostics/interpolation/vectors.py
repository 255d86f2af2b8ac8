"""Directions that mean something: from the sentences of one kind to those of another.

The difference of two means is the oldest recipe for arithmetic with codes, and the strongest simple one (White 2016). It
promises nothing: what else changes along the way is measured by `diagnostics.edit_success`.
"""
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import GensqError, listed, nearest


def attribute_vector(means: Float[Tensor, "sentence latent"], labels: Sequence[str], *, source: str,
                     target: str) -> Float[Tensor, "latent"]:
    """Mean code of the sentences labelled `target` minus mean code of those labelled `source`. Taught in lesson 09."""
    return _mean_of(means, labels, target) - _mean_of(means, labels, source)


def moved(codes: Float[Tensor, "sentence latent"], vector: Float[Tensor, "latent"], *,
          strength: float = 1.0) -> Float[Tensor, "sentence latent"]:
    """Every code, `strength` times the vector further. Strength 1 moves one mean onto the other. Taught in lesson 09."""
    return codes + strength * vector


def _mean_of(means: Tensor, labels: Sequence[str], value: str) -> Float[Tensor, "latent"]:
    chosen = torch.tensor([label == value for label in labels])
    if not chosen.any():
        known = sorted(set(labels))
        raise GensqError(f'expected a label out of {listed(known)}, got "{value}"{nearest(value, known)}; choose one of these')
    return means[chosen].mean(0)
