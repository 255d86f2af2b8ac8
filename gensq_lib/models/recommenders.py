"""Recommenders: clicks in, a score for each item out. Popularity, neighbours of items, EASE; and a VAE of bags.

The first three are rows of every table of recommendations, tuned with the same care as the networks: beside them most of what
was published as progress was none (Ferrari Dacrema et al. 2019).
"""
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import border, expect, whole
from gensq_lib.maths.objectives import evaluating
from gensq_lib.models.bags import BagVAE

Clicks = Float[Tensor, "user item"]  # 1 for a click, 0 for none


@runtime_checkable
class Recommender(Protocol):
    """Whoever can score: the higher, the sooner it is recommended. Items that were given are left out by whoever ranks."""

    def scores(self, given: Clicks) -> Clicks:
        """A score of each item for each user, from what is given of the user's clicks."""


@dataclass(frozen=True)
class Popularity(Recommender):
    """The same list for everybody: items by the number of their clicks. Taught in lesson 18."""

    counts: Float[Tensor, "item"]

    def scores(self, given: Clicks) -> Clicks:
        return self.counts.expand(len(given), -1)


@dataclass(frozen=True)
class ItemItem(Recommender):
    """A matrix that says what each click adds to the score of each item: row j, column i is what j says for i.

    Neighbours of items and EASE differ only in where the matrix comes from. Taught in lesson 18.
    """

    weights: Float[Tensor, "item item"]

    def scores(self, given: Clicks) -> Clicks:
        return given @ self.weights


@dataclass(frozen=True)
class OfBags(Recommender):
    """A trained VAE of bags: log p(item | z) at the mean of q(z | given) (Mult-VAE, Liang et al. 2018). Taught in lesson 18."""

    model: BagVAE

    def scores(self, given: Clicks) -> Clicks:
        with evaluating(self.model):
            return self.model.log_probs(self.model.posterior(given).mean)


def popularity(train: Clicks) -> Popularity:
    """Clicks are counted on the training users alone. Taught in lesson 18."""
    return Popularity(train.sum(0))


def item_knn(train: Clicks, *, neighbours: int, shrink: float) -> ItemItem:
    """Cosine of two items over the users, `shrink` added below the line, and of each item only its `neighbours` nearest.

    Shrinking trusts a likeness less where few clicks speak for it (Ferrari Dacrema et al. 2019 tune both). Taught in lesson 18.
    """
    expect(whole(neighbours, 1) and shrink >= 0, "expected one neighbour or more and a shrink of 0 or more, got "
           f"{neighbours!r} and {shrink!r}; 20 and 10 are usual")
    norms = train.norm(dim=0)
    likeness = train.T @ train / (norms[:, None] * norms + shrink).clamp(min=1e-12)
    likeness = likeness.fill_diagonal_(0)
    least = likeness.topk(min(neighbours, len(likeness)), 0).values[-1]
    return ItemItem(likeness * (likeness >= least))


def ease(train: Clicks, *, strength: float) -> ItemItem:
    r"""A linear autoencoder with a diagonal of 0, in closed form (Steck 2019): P = (X^T X + lambda I)^-1, B_ij = -P_ij / P_jj.

    The diagonal is 0, so that no item recommends itself; `strength` is lambda, in clicks. Taught in lesson 18.
    """
    expect(strength > 0, f"expected a strength above 0, got {strength!r}; 100 is a usual start")
    gram = (train.T @ train).double()
    inverse = (gram + strength * torch.eye(len(gram), dtype=gram.dtype)).inverse()
    return ItemItem((-inverse / inverse.diagonal()).fill_diagonal_(0).to(train))


border(globals())
