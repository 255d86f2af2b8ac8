"""Generators whose illness is known, made from the truth and not trained, and the field's usual metrics on trial by them.

A patient is a distribution over what the world says, so KL and JS are exact, and a way to draw from it. The metrics see only
draws. What a metric lets pass is judged by fresh draws of the truth: level with it is who is within three of their standard
deviations, above it who is farther out on the better side.
"""
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.widgets.showing import rounded
from gensq_lib import diagnostics
from gensq_lib.diagnostics import usual
from gensq_lib.ground import runtime
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.decoding import sample
from gensq_lib.text.vocab import Sentence

FAR = 3.0  # standard deviations of fresh truth
LEVEL, ABOVE = "\u00a0=", "\u00a0▲"  # they stay beside their number
BETTER = {"BLEU-4": 1, "forward perplexity": -1, "surprise of p": -1, "self-BLEU-4": -1, "distinct-2": 1,
          "reverse perplexity": -1, "frontier": 1}  # by metric: is more better, or less?
GROUPS = {"Is what it says real?": list(BETTER)[:3], "Does it vary, and is all that is real said?": list(BETTER)[3:]}
EXACT = {"valid": "valid", "kl_forward": "KL(p‖G)", "kl_valid": "KL(G‖p), valid"}
VERDICTS = ["metric", "finds level with fresh truth", "puts above the truth"]
Draw = Callable[[int, torch.Generator], Sequence[Sentence]]
Values = dict[str, float]


@dataclass(frozen=True)
class Patient:
    """How it draws, and log p of everything the world says (nats; the rest of its mass is on what nobody says)."""

    draw: Draw
    log_p: Float[Tensor, "outcome"]


@dataclass(frozen=True)
class Ward:
    """The patients of a world that can be counted, and the samples that the metrics are given."""

    text: Corpus
    everything: diagnostics.Enumeration
    seed: int
    num: int  # sentences of each patient, and of the real text that they are held against

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Everything the world says, in the order of the enumeration."""
        return [each.words(self.text.language) for each in self.text.grammar.derivations()]

    @cached_property
    def surprise(self) -> dict[Sentence, float]:
        """-log p, nats; what is not listed is never said."""
        return dict(zip(self.sentences, (-self.everything.world).tolist(), strict=True))

    def told(self, weights: Float[Tensor, "outcome"]) -> Patient:
        """Says each sentence in proportion to its log weight."""
        log_p = weights.double().log_softmax(0)

        def draw(num: int, generator: torch.Generator) -> list[Sentence]:
            return [self.sentences[i] for i in torch.multinomial(log_p.exp(), num, replacement=True, generator=generator)]

        return Patient(draw, log_p)

    def shuffled(self) -> Patient:
        """Draws of the truth, the words of each in any order; p of an order: that of its words, over their orders."""
        mass: Counter = Counter()
        for sentence, nats in self.surprise.items():
            mass[tuple(sorted(sentence))] += math.exp(-nats)

        def draw(num: int, generator: torch.Generator) -> list[Sentence]:
            return [tuple(s[i] for i in torch.randperm(len(s), generator=generator))
                    for s in self.told(self.everything.world).draw(num, generator)]

        return Patient(draw, torch.tensor([math.log(mass[tuple(sorted(s))] / orders(s)) for s in self.sentences]))

    def model(self, model: LanguageModel, *, max_length: int) -> Patient:
        """What a language model says, at temperature 1."""
        def draw(num: int, generator: torch.Generator) -> Sequence[Sentence]:
            return sample(model, num=num, max_length=max_length, generator=generator).sentences(self.text.vocab)

        return Patient(draw, self.everything.outcomes(model).model)

    def patients(self) -> dict[str, Patient]:
        """The truth first."""
        world, never = self.everything.world.double(), torch.tensor(-math.inf, dtype=torch.float64)
        only = torch.arange(len(world)) == world.argmax()
        kept = only | (torch.rand(len(world), generator=runtime.generator(self.seed, "kept")) < 0.5)
        counts = Counter(self.text.train)
        copies = torch.tensor([counts[sentence] for sentence in self.sentences], dtype=torch.float64)
        return {"the truth": self.told(world), "cold truth": self.told(world / 0.5),
                "hot truth": self.told(world / 1.5),
                "half forgotten": self.told(torch.where(kept, world, never)),
                "parrot": self.told(torch.where(only, world, never)),
                "shuffled words": self.shuffled(), "copied training set": self.told(copies.log()),
                "uniform": self.told(torch.zeros_like(world))}

    def measured(self, samples: Sequence[Sentence]) -> Values:
        """Every metric. BLEU has as many references as self-BLEU, so that the two can be compared."""
        half, encode = self.num // 2, self.text.vocab.encode
        real, test, said = ([encode(s) for s in part] for part in (self.text.train, self.text.test, samples))
        size = {"vocab_size": len(self.text.vocab)}
        found = (usual.bleu(samples[:half], self.text.test[:half]), usual.perplexity_after(real, said, **size),
                 sum(self.surprise.get(tuple(s), math.inf) for s in samples) / len(samples),
                 usual.self_bleu(samples), usual.distinct(samples), usual.perplexity_after(said, test, **size),
                 usual.frontier_score(self.text.test[:self.num], samples, seed=self.seed))
        return dict(zip(BETTER, found, strict=True))

    def drawn(self, patient: Patient, *name: str | int) -> Values:
        """The metrics of one set of draws."""
        return self.measured(patient.draw(self.num, runtime.generator(self.seed, "patient", *name)))


def columns(metrics: Sequence[str]) -> list[str]:
    """Of `Trial.rows`; the arrow says which way is better."""
    return ["generator", *EXACT.values(), *(f"{metric} {'↑' if BETTER[metric] > 0 else '↓'}" for metric in metrics)]


def orders(sentence: Sentence) -> int:
    """In how many ways its words can stand."""
    return math.factorial(len(sentence)) // math.prod(math.factorial(count) for count in Counter(sentence).values())


@dataclass(frozen=True)
class Trial:
    """What the metrics say of each patient, of fresh truth, and what is so."""

    fresh: Sequence[Values]
    found: Mapping[str, Values]
    exact: Mapping[str, Any]

    def distance(self, name: str, metric: str) -> float:
        """By how many standard deviations of fresh truth a patient is better (negative: worse) than its mean."""
        truth = torch.tensor([values[metric] for values in self.fresh], dtype=torch.float64)
        gap = BETTER[metric] * (self.found[name][metric] - truth.mean().item())
        return gap / max(truth.std().item(), 1e-9)

    def mark(self, name: str, metric: str) -> str:
        """▲ above the truth, = level with it, nothing: seen to be worse."""
        distance = self.distance(name, metric)
        return ABOVE if distance > FAR else "" if distance < -FAR else LEVEL

    def passed(self, metric: str, mark: str) -> list[str]:
        """The patients with this mark; the truth itself is none."""
        return [name for name in list(self.found)[1:] if self.mark(name, metric) == mark]

    def missed(self, metric: str) -> list[str]:
        """Level with the truth or above it, though each is ill."""
        return self.passed(metric, LEVEL) + self.passed(metric, ABOVE)

    def rows(self, metrics: Sequence[str]) -> list[list[Any]]:
        """For a table (`columns`): what is so of each patient, then these metrics with their marks."""
        return [[name, *rounded(self.exact[name], names=EXACT),
                 *(f"{values[metric]:.4g}{self.mark(name, metric)}" for metric in metrics)]
                for name, values in self.found.items()]

    def seen_by(self, name: str) -> list[str]:
        """The metrics that find a patient worse than fresh truth."""
        return [metric for metric in BETTER if name not in self.missed(metric)]

    def verdicts(self) -> list[list[str]]:
        """For a table: whom each metric lets pass."""
        return [[metric, *(", ".join(self.passed(metric, mark)) or "nobody" for mark in (LEVEL, ABOVE))] for metric in BETTER]

    def in_words(self) -> str:
        """Who is missed by all, and which metric misses fewest."""
        missed = {metric: self.missed(metric) for metric in BETTER}
        hidden = [name for name in list(self.found)[1:] if all(name in names for names in missed.values())]
        least = min(map(len, missed.values()))
        best = [metric for metric, names in missed.items() if len(names) == least]
        return (f"Missed by all {len(BETTER)} metrics: {', '.join(hidden) or 'nobody'}. Fewest are missed by {', '.join(best)}: "
                f"{least} of {len(self.found) - 1}.")


def trial(ward: Ward, others: Mapping[str, Patient], *, fresh: int) -> Trial:
    """All patients and `others`, beside this many sets of fresh truth."""
    patients = ward.patients() | others
    truth = [ward.drawn(patients["the truth"], "fresh", i) for i in range(fresh)]
    found = {name: ward.drawn(patient, name) for name, patient in patients.items()}
    world, group = ward.everything.world, ward.everything.group
    return Trial(truth, found, {name: diagnostics.Outcomes(world, patient.log_p, group).means
                                for name, patient in patients.items()})
