r"""How far a generator G is from a language whose true p(x) is known: validity, divergences, diversity, and the best judge.

In a language that can be counted every number is exact (`exact_quality`); else it is a Monte Carlo estimate from true
and generated sentences, with a standard error (`estimated_quality`). A neural G says things the grammar cannot say, so
KL(G ‖ grammar) is infinite and is never given: instead stand the invalid share and the KL of G *given valid*. Nats.
"""
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.adversarial.policy import rollout_values
from gensq_lib.maths.divergences import Estimate, estimate
from gensq_lib.maths.objectives import evaluate
from gensq_lib.text.scoring import completed, log_likelihood_at
from gensq_lib.text.batching import Batch, in_order
from gensq_lib.text.decoding import Decoder
from gensq_lib.text.grammar import Grammar
from gensq_lib.text.vocab import Vocab

LOG2 = math.log(2)
COLUMNS = ["valid", "KL(p‖G)", "KL(G‖p) given valid", "JS", "entropy", "best judge"]


@dataclass(frozen=True)
class Quality:
    """`error` holds standard errors by the same names; it is empty where everything was counted."""

    valid: float  # share of what G says that the grammar can say
    kl_forward: float  # KL(grammar ‖ G): what G forgets
    kl_valid: float  # KL(G given valid ‖ grammar): what G overdoes among the sentences of the grammar
    js: float  # Jensen-Shannon divergence, at most log 2
    entropy: float  # of G given valid; a G that repeats itself has little
    judge: float  # accuracy of the best possible judge on half real, half generated sentences
    error: dict[str, float]

    @property
    def invalid(self) -> float:
        return 1 - self.valid

    @property
    def numbers(self) -> list[float]:
        """A row of a table with the columns `COLUMNS`."""
        return [self.valid, self.kl_forward, self.kl_valid, self.js, self.entropy, self.judge]


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


@dataclass(frozen=True)
class Counted:
    """All sentences of a small grammar, each once, and what the grammar gives them (nats)."""

    log_p: Float[Tensor, "sentence"]
    batches: list[tuple[Any, Batch]]  # as `in_order` gives them

    def frontier(self, generator: Decoder, *, temperatures: Sequence[float]) -> dict[float, Quality]:
        """Exact quality *and* diversity at each temperature.

        Both come from the same temperature: one model's careful samples beside its daring ones prove nothing.
        """
        def score(batch: Batch) -> Float[Tensor, "batch sample"]:
            return log_likelihood_at(generator, batch, temperatures=temperatures).T

        log_g = evaluate(generator, score, self.batches)
        return {temperature: exact_quality(self.log_p, column) for temperature, column in zip(temperatures, log_g.T, strict=True)}

    def quality(self, generator: Decoder, *, temperature: float = 1.0) -> Quality:
        """At one temperature."""
        return self.frontier(generator, temperatures=[temperature])[temperature]


def counted(grammar: Grammar, vocab: Vocab, *, language: str = "en", most: int = 100_000, batch_size: int = 4096) -> Counted:
    """Every sentence of the grammar; refused where there are too many."""
    if grammar.num_sentences() > most:
        raise GensqError(f"expected a grammar of at most {most:,} sentences, got one of {grammar.num_sentences():,}; "
                         "take the corpus village, or use estimated_quality with samples")
    everything = list(grammar.derivations())
    encoded = [vocab.encode(derivation.words(language)) for derivation in everything]
    log_p = torch.tensor([derivation.log_prob for derivation in everything], dtype=torch.float64)
    return Counted(log_p, list(in_order(encoded, batch_size=batch_size)))


def at_entropy(frontier: dict[float, Quality], entropy: float, name: str = "valid") -> float:
    """The value of a measure where the frontier has this entropy; NaN outside."""
    return between([(quality.entropy, getattr(quality, name)) for quality in frontier.values()], entropy)


def between(points: Sequence[tuple[float, float]], x: float) -> float:
    """The height at x of the straight lines that join the points; NaN outside."""
    points = sorted(points)
    for (low, first), (high, last) in zip(points, points[1:], strict=False):
        if low <= x <= high:
            return first + (last - first) * (x - low) / max(high - low, 1e-12)
    return math.nan


def value_of_beginnings(generator: Decoder, batch: Batch, score: Callable[[Batch], Float[Tensor, "batch"]], *, max_length: int,
                        noise: torch.Generator, num_rollouts: int = 1) -> Float[Tensor, "sample batch time"]:
    """What a judge thinks of each beginning, finished by the generator again and again (Yu et al. 2017)."""
    def complete(tokens: Tensor, length: int) -> Batch:
        return completed(generator, batch, length, max_length=max_length, generator=noise)

    with torch.no_grad():
        return rollout_values(batch.targets, batch.mask, complete=complete, score=score, num_rollouts=num_rollouts)
