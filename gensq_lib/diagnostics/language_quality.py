r"""How far a generator G is from a language whose true p(x) is known: validity, divergences, diversity, and the best judge.

In a language that can be counted every number is exact (`exact_quality`); else it is a Monte Carlo estimate from true
and generated sentences, with a standard error (`estimated_quality`). A neural G says things the grammar cannot say, so
KL(G ‖ grammar) is infinite and is never given: instead stand the invalid share and the KL of G *given valid*. Nats.
"""
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_lib.batching import Batch
from gensq_lib.decoding import Decoder
from gensq_lib.divergences import Estimate, estimate
from gensq_lib.models.text_gan import log_likelihood_at
from gensq_lib.objectives import evaluate

LOG2 = math.log(2)
Batches = Iterable[tuple[object, Batch]]


@dataclass(frozen=True)
class Quality:
    """`error` holds standard errors by the same names; it is empty where everything was counted."""

    valid: float  # share of what G says that the grammar can say
    kl_forward: float  # KL(grammar ‖ G): what G forgets
    kl_valid: float  # KL(G given valid ‖ grammar): what G overdoes among the sentences of the grammar
    js: float  # Jensen-Shannon divergence, at most log 2
    entropy: float  # of G given valid; a G that repeats itself has little
    judge: float  # accuracy of the best possible discriminator on half real, half generated sentences
    error: dict[str, float]

    @property
    def invalid(self) -> float:
        return 1 - self.valid


def exact_quality(log_p: Float[Tensor, "sentence"], log_g: Float[Tensor, "sentence"]) -> Quality:
    """From log p(x) and log G(x) of *all* sentences of the grammar, each once."""
    log_p, log_g = log_p.double(), log_g.double()
    p, g, log_middle = log_p.exp(), log_g.exp(), torch.logaddexp(log_p, log_g)
    valid = g.sum()
    given_valid, log_given = g / valid, log_g - valid.log()
    js = p * (LOG2 + log_p - log_middle) + g * (LOG2 + log_g - log_middle)
    total_variation = ((p - g).abs().sum() + 1 - valid) / 2
    found = {"valid": valid, "kl_forward": (p * (log_p - log_g)).sum(), "kl_valid": (given_valid * (log_given - log_p)).sum(),
             "js": (js.sum() + (1 - valid) * LOG2) / 2, "entropy": -(given_valid * log_given).sum(),
             "judge": 0.5 + total_variation / 2}
    return Quality(**{name: value.item() for name, value in found.items()}, error={})


@dataclass(frozen=True)
class Scored:
    """log p and log G of drawn sentences; log p is -inf where the grammar cannot say the sentence."""

    log_p: Float[Tensor, "sentence"]
    log_g: Float[Tensor, "sentence"]

    @property
    def valid(self) -> Bool[Tensor, "sentence"]:
        return self.log_p > -torch.inf

    @property
    def log_middle(self) -> Float[Tensor, "sentence"]:
        """log (p + G) / 2."""
        return torch.logaddexp(self.log_p.double(), self.log_g.double()) - LOG2


def estimated_quality(real: Scored, fake: Scored) -> Quality:
    """From fresh sentences of the grammar and samples of G: unbiased but for the KL given valid and the entropy, which
    share the estimated share V.
    """
    valid, said = fake.valid.double(), fake.log_g[fake.valid].double()
    share = estimate(valid)
    shift = share.mean.clamp(min=1e-12).log()
    halves = [estimate(own.double() - drawn.log_middle) for own, drawn in ((real.log_p, real), (fake.log_g, fake))]
    right = [estimate((real.log_p >= real.log_g).double()), estimate((fake.log_g > fake.log_p).double())]
    found = {"valid": share, "kl_forward": estimate((real.log_p - real.log_g).double()),
             "kl_valid": shifted(said - fake.log_p[fake.valid].double(), -shift), "js": half(*halves),
             "entropy": shifted(-said, shift), "judge": half(*right)}
    return Quality(**{name: value.mean.item() for name, value in found.items()},
                   error={name: value.standard_error.item() for name, value in found.items()})


def shifted(values: Float[Tensor, "sample"], by: Float[Tensor, ""]) -> Estimate:
    """Nothing is known of a G that says nothing valid: NaN."""
    if len(values) < 2:
        return Estimate(*torch.full((2,), torch.nan).double())
    found = estimate(values)
    return Estimate(found.mean + by, found.standard_error)


def half(a: Estimate, b: Estimate) -> Estimate:
    """The mean of two independent estimates."""
    return Estimate((a.mean + b.mean) / 2, torch.hypot(a.standard_error, b.standard_error) / 2)


def length_judge(real: Int[Tensor, "sentence"], fake: Int[Tensor, "sentence"]) -> float:
    """Accuracy of the best judge that sees nothing but lengths, in the sample: where it is far above 1/2, padding or
    length gives the label away. A few hundredths come from the noise of the counts alone.
    """
    most = int(max(real.max(), fake.max())) + 1
    shares = [torch.bincount(lengths, minlength=most).double() / len(lengths) for lengths in (real, fake)]
    return torch.maximum(*shares).sum().item() / 2


def frontier(generator: Decoder, sentences: Batches, log_p: Float[Tensor, "sentence"], *, temperatures: Sequence[float]
             ) -> dict[float, Quality]:
    """Exact quality *and* diversity at each temperature: `sentences` are all of the grammar, `log_p` in the same order.

    Both come from the same temperature: one model's careful samples beside its daring ones prove nothing.
    """
    def score(batch: Batch) -> Float[Tensor, "batch sample"]:
        return log_likelihood_at(generator, batch, temperatures=temperatures).T

    log_g = evaluate(generator, score, sentences)
    return {temperature: exact_quality(log_p, column) for temperature, column in zip(temperatures, log_g.T, strict=True)}


def at_entropy(frontier: dict[float, Quality], entropy: float, name: str = "valid") -> float:
    """The value of a measure where the frontier has this entropy, by straight lines between its points; NaN outside."""
    points = sorted((quality.entropy, getattr(quality, name)) for quality in frontier.values())
    for (low, first), (high, last) in zip(points, points[1:], strict=False):
        if low <= entropy <= high:
            return first + (last - first) * (entropy - low) / max(high - low, 1e-12)
    return math.nan
