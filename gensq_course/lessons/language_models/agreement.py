"""Do samples come from the distribution that they should? Counts of words, and of the values of attributes."""
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pydoc_data.topics import topics

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.maths.objectives import evaluate, evaluating
from gensq_lib.models.parts import WordModel
from gensq_lib.text.batching import Batch, in_order
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.decoding import sample
from gensq_lib.text.vocab import Vocab


@dataclass(frozen=True)
class ChiSquare:
    """Pearson's statistic. Where samples and distribution agree it is `freedom` on average."""

    statistic: float
    freedom: int

    @property
    def z(self) -> float:
        """In standard deviations from that average; above 4 hardly ever by chance."""
        return (self.statistic - self.freedom) / math.sqrt(2 * max(self.freedom, 1))

    def __add__(self, other: "ChiSquare") -> "ChiSquare":
        """Of independent samples."""
        return ChiSquare(self.statistic + other.statistic, self.freedom + other.freedom)


def chi_square(tokens: Int[Tensor, "sample"], probabilities: Float[Tensor, "vocab"], *, least: float = 5.0) -> ChiSquare:
    """How far the counts of the tokens are from what is expected; tokens expected less than `least` times are pooled."""
    expected = probabilities.double() / probabilities.double().sum() * len(tokens)
    observed = torch.bincount(tokens, minlength=len(expected)).double()
    rare = expected < least
    expected, observed = (torch.cat([x[~rare], x[rare].sum(0, keepdim=True)]) for x in (expected, observed))
    possible = (expected > 1e-9) | (observed > 0)  # what cannot be, but is, counts infinitely
    return ChiSquare(((observed - expected) ** 2 / expected)[possible].sum().item(), int(possible.sum()) - 1)


def sampler_test(model: WordModel, *, num: int, generator: torch.Generator, temperature: float = 1.0) -> ChiSquare:
    """Are drawn first words, and words after the likeliest first one, as frequent as the model says at temperature 1?"""
    drawn = sample(model, num=num, max_length=2, temperature=temperature, generator=generator).tokens
    with evaluating(model):
        first, state = model.step(torch.tensor([Vocab.BOS], device=drawn.device), model.start(None, 1))
        likely = first.argmax(-1)
        second, _ = model.step(likely, state)
    chances = torch.cat([first, second]).exp().cpu()
    chances[:, [Vocab.PAD, Vocab.BOS]] = 0
    return chi_square(drawn[:, 0].cpu(), chances[0]) + chi_square(drawn[drawn[:, 0] == likely, 1].cpu(), chances[1])


def mean_nll(model: WordModel, encoded: Sequence[Sequence[int]], *, device: str) -> float:
    """Nats per sentence."""
    return -evaluate(model, model.log_likelihood, in_order(encoded, device=device)).mean().item()


def word_by_word(model: WordModel, batch: Batch) -> Float[Tensor, "batch time"]:
    """log p of each target by `start` and `step`, 0 on padding."""
    state, found = model.start(None, len(batch)), []
    with evaluating(model):
        for words, targets in zip(batch.inputs.T, batch.targets.T, strict=True):
            log_probs, state = model.step(words, state)
            found.append(log_probs.gather(1, targets[:, None])[:, 0])
    return torch.stack(found, 1) * batch.mask


def attributes_said(model: WordModel, text: Corpus, *, num: int, **drawing) -> list[Mapping[str, str]]:
    """The attributes of those sentences, out of `num` drawn ones, that the grammar can say."""
    said = sample(model, num=num, **drawing).sentences(text.vocab)
    return [row for s in said if (row := text.grammar.parse(s, language=text.language).attributes)]


def frequencies(attributes: Iterable[Mapping[str, str]]) -> dict[str, dict[str, float]]:
    """For each attribute, how often each of its values occurs; sentences without attributes are left out."""
    rows = [row for row in attributes if row]
    return {name: {value: n / len(rows) for value, n in Counter(row[name] for row in rows).items()}
            for name in (rows[0] if rows else ())}


def total_variation(p: Mapping[str, float], q: Mapping[str, float]) -> float:
    """Half the sum of the differences: the largest error of any event's probability, from 0 to 1."""
    return sum(abs(p.get(value, 0.0) - q.get(value, 0.0)) for value in {*p, *q}) / 2


def pair_counts(encoded: Sequence[Sequence[int]]) -> Float[Tensor, "before vocab"]:
    """How often each word came after each, of the words that occur; row and column 0 are the border of a sentence."""
    text = torch.tensor([0] + [word for ids in encoded for word in (*ids, 0)])
    words, line = text.unique(return_inverse=True)
    return torch.bincount(line[:-1] * len(words) + line[1:], minlength=len(words) ** 2).view(-1, len(words)).float()


def by_chance(p: Mapping[str, float], *, nums: tuple[int, int], seed: int) -> tuple[float, float]:
    """Total variation of two sets of so many draws from the same p: its mean, and what it exceeds once in twenty times."""
    draw = np.random.default_rng(seed)
    one, other = (draw.multinomial(num, list(p.values()), size=1000) / max(num, 1) for num in nums)
    found = abs(one - other).sum(-1) / 2
    return found.mean().item(), np.quantile(found, 0.95).item()


def manual() -> list[str]:
    """The words of the reference manual that comes with Python, small letters: English that is nobody's test set."""
    return re.findall(r"[a-z]+", " ".join(topics.values()).lower())


def seen_once(words: Sequence[str], counts: Mapping[str, int]) -> tuple[float, float]:
    """Share of the different words that came once; share of the second half that the first half had not."""
    known, rest = set(words[: len(words) // 2]), words[len(words) // 2 :]
    return sum(n == 1 for n in counts.values()) / len(counts), sum(word not in known for word in rest) / len(rest)
