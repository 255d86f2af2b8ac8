"""What is right in lesson 10: the exact posterior of a label given the words so far; sentences cut short; like meanings."""
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float
from sklearn.metrics import f1_score
from torch import Tensor

from gensq_lib.diagnostics.calibration import Predictions
from gensq_lib.ground import runtime
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.text.corpora import LabelledCorpus
from gensq_lib.text.corpora.splits import Parts
from gensq_lib.text.vocab import Sentence

Probs = Float[Tensor, "sentence label"]
Attributes = dict[str, str]


def cut_short(corpus: LabelledCorpus, *, seed: int, num_test: int) -> LabelledCorpus:
    """Of each sentence a beginning of random length, at least a word, never all of it; of the test part `num_test` of them."""
    text, draw = corpus.text, runtime.generator(seed, "cut")

    def some(sentences: Sequence[Sentence]) -> list[Sentence]:
        share = torch.rand(len(sentences), generator=draw).tolist()
        return [said[: 1 + int(u * max(len(said) - 1, 1))] for said, u in zip(sentences, share, strict=True)]

    parts = replace(text, train=some(text.train), valid=some(text.valid), test=some(text.test[:num_test]))
    return replace(corpus, text=parts, labels=Parts(corpus.labels.train, corpus.labels.valid, corpus.labels.test[:num_test]))


def exact_posteriors(corpus: LabelledCorpus, sentences: Sequence[Sentence]) -> Probs:
    """p(label | a sentence begins so) by the grammar."""
    g, text = corpus.text.grammar, corpus.text
    found = [g.posterior(corpus.attribute, said, language=text.language) for said in sentences]
    return torch.tensor([[row.get(label, 0.0) for label in corpus.classes] for row in found], dtype=torch.float64)


def beginnings(said: Sentence) -> list[Sentence]:
    """Nothing, the first word, the first two, ..."""
    return [said[:i] for i in range(len(said) + 1)]


def judged_rows(found: dict[str, Predictions], *, seed: int) -> list[list]:
    """A row of numbers for each classifier: hits, NLL, Brier score, calibration error, and what that would be by chance."""
    rows = []
    for name, said in found.items():
        chance = said.error_by_chance(generator=runtime.generator(seed, "chance"))
        rows.append([name, f"{said.accuracy}", f"{said.nll.mean:.3f}", f"{said.brier.mean:.3f}",
                     f"{said.reliability().error:.3f}", f"{chance.mean:.3f} ± {chance.deviation:.3f}"])
    return rows


JUDGED = ["", "right", "NLL, nats", "Brier", "calibration error", "the same by chance"]


def few_rows(found: dict[str, Predictions], read: dict[str, str]) -> list[list]:
    """A row of numbers for each way to learn from few labels, and what it has read without."""
    return [[name, f"{said.accuracy}", f"{macro_f1(said):.3f}", f"{said.brier.mean:.3f}", f"{said.reliability().error:.3f}",
             read.get(name, "")] for name, said in found.items()]


FEW = ["", "right", "macro-F1", "Brier", "calibration error", "read without labels"]


def macro_f1(found: Predictions) -> float:
    """The mean F1 of the labels, rare ones counting as much as frequent ones."""
    return float(f1_score(found.labels, found.probs.argmax(-1), average="macro", zero_division=0))


def chance_deviations(found: Predictions, *, seed: int) -> float:
    """How far the calibration error lies above what it would be by chance, in standard deviations of chance."""
    chance = found.error_by_chance(generator=runtime.generator(seed, "chance"))
    return (found.reliability().error - chance.mean) / (chance.deviation + 1e-12)


def too_sure(found: Predictions, exact: Predictions) -> Estimate:
    """By how much its confidence exceeds the exact probability of what it says: no luck of labels is in it."""
    said = found.probs.argmax(-1, keepdim=True)
    return estimate(found.confidence - exact.probs.gather(-1, said)[:, 0])


def nll_above(found: Predictions, other: Predictions) -> Estimate:
    """By how many nats its NLL is higher, on the same sentences."""
    ours, theirs = (said.probs.gather(-1, said.labels[:, None])[:, 0].log() for said in (found, other))
    return estimate(theirs - ours)


def open_longest(posterior: Callable[[Sequence[Sentence]], Probs], sentences: Sequence[Sentence]) -> Sentence:
    """The sentence whose label is sure (9 in 10) latest, in words."""
    return max(sentences, key=lambda said: int((posterior(beginnings(said)).max(-1).values < 0.9).sum()))


def meant(corpus: LabelledCorpus, part: str) -> list[Attributes]:
    """What the grammar says that each sentence means; without one its label is all that is known."""
    text = corpus.text
    if text.grammar is None:
        return [{corpus.attribute: label} for label in getattr(corpus.labels, part)]
    return [text.grammar.parse(said, language=text.language).attributes for said in getattr(text, part)]


def alike(one: Attributes, other: Attributes) -> float:
    """The share of attributes in which two sentences agree."""
    return sum(one[name] == other[name] for name in one) / len(one)


def nearest(queries: np.ndarray, pool: np.ndarray) -> list[int]:
    """Of each row of `queries` the row of `pool` in the most similar direction."""
    def unit(rows: np.ndarray) -> np.ndarray:
        return rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-9)

    return (unit(queries) @ unit(pool).T).argmax(1).tolist()


def search(ways: dict[str, list[int]], queries: Sequence[Attributes], pool: Sequence[Attributes]
           ) -> dict[str, dict[str, Estimate]]:
    """In how many cases each query and what was found for it agree: in all attributes on average, and in each.

    The best that the pool has, and a sentence at random, stand beside the ways.
    """
    best = [max(range(len(pool)), key=lambda j: alike(query, pool[j])) for query in queries]
    every = {"by truth": best, **ways, "at random": list(range(len(queries)))}
    return {name: {"all": estimate([alike(query, pool[j]) for query, j in zip(queries, found, strict=True)])} | {
        what: estimate([float(query[what] == pool[j][what]) for query, j in zip(queries, found, strict=True)])
        for what in queries[0]} for name, found in every.items()}


def heard(posterior: Callable[[Sequence[Sentence]], Probs], said: Sentence) -> list[list[float]]:
    """A row of probabilities for each beginning of a sentence."""
    return posterior(beginnings(said)).tolist()
