"""Do probabilities mean what they say? Of the sentences to which a classifier gives 70 %, 70 % should be right.

*Taught in lesson 10.*
"""
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import expect
from gensq_lib.maths.stats import Estimate, estimate

BINS = 15  # of equal width, as in Guo et al. (2017)
DRAWS = 100


@dataclass(frozen=True)
class Predictions:
    """What a classifier says of each sentence, and what is true.

    >>> Predictions(torch.tensor([[0.9, 0.1], [0.4, 0.6]]), torch.tensor([0, 0])).accuracy
    Estimate(mean=0.5, error=0.5, n=2)

    Taught in lesson 10.
    """

    probs: Float[Tensor, "sentence class"]  # rows sum to 1
    labels: Int[Tensor, "sentence"]

    def __post_init__(self):
        sums = self.probs.sum(-1)
        right = len(self.probs) == len(self.labels) > 0 and torch.allclose(sums, torch.ones_like(sums), atol=1e-4)
        expect(right, f"expected a row that sums to 1 for each label, got rows of shape {tuple(self.probs.shape)} for "
                      f"{len(self.labels)} labels; take a softmax first")

    @property
    def confidence(self) -> Float[Tensor, "sentence"]:
        """The probability of what it says."""
        return self.probs.max(-1).values

    @property
    def hits(self) -> Float[Tensor, "sentence"]:
        """1 where the likeliest label is the true one."""
        return (self.probs.argmax(-1) == self.labels).to(self.probs.dtype)

    @property
    def accuracy(self) -> Estimate:
        """The share of hits."""
        return estimate(self.hits)

    @property
    def nll(self) -> Estimate:
        """-log p(true label), nats: infinite as soon as one true label had probability 0."""
        return estimate(-self.probs.gather(-1, self.labels[:, None])[:, 0].log())

    @property
    def brier(self) -> Estimate:
        """The squared distance of the probabilities from the truth, 0 to 2 (Brier 1950)."""
        return estimate((self.probs - torch.nn.functional.one_hot(self.labels, self.probs.shape[-1])).square().sum(-1))

    def reliability(self, *, bins: int = BINS) -> "Reliability":
        """Confidence and hits, averaged in bins of confidence."""
        place = (self.confidence * bins).long().clamp(max=bins - 1)
        num = torch.bincount(place, minlength=bins)
        confidence, hits = (torch.bincount(place, values, minlength=bins) / num.clamp(min=1)
                            for values in (self.confidence, self.hits))
        return Reliability(confidence, hits, num)

    def as_if_right(self, *, generator: torch.Generator) -> "Predictions":
        """The same probabilities with labels that are drawn from them: what a perfectly calibrated classifier would meet."""
        return Predictions(self.probs, torch.multinomial(self.probs, 1, generator=generator)[:, 0])

    def error_by_chance(self, *, generator: torch.Generator, bins: int = BINS) -> Estimate:
        """The calibration error that these probabilities would show if they were right. It is not 0: the bias of the measure.

        Its `deviation` says how far one set of labels may lie from the mean.
        """
        drawn = (self.as_if_right(generator=generator).reliability(bins=bins).error for _ in range(DRAWS))
        return estimate(list(drawn))


@dataclass(frozen=True)
class Reliability:
    """A reliability diagram in numbers, bin by bin; an empty bin has zeros."""

    confidence: Float[Tensor, "bin"]
    hits: Float[Tensor, "bin"]
    num: Int[Tensor, "bin"]

    @property
    def error(self) -> float:
        """Expected calibration error: |hits - confidence|, averaged over sentences (Guo et al. 2017).

        An average of absolute values is above 0 by chance alone, the more so the fewer sentences stand in a bin.
        """
        return ((self.hits - self.confidence).abs() * self.num).sum().item() / self.num.sum().item()
