"""The exercise of lesson 00 that needs thought: a sentence is drawn word by word, from a table and a row of random numbers.

With the random numbers given, the sentence is fixed, so the answer can be held against the reference word for word.
"""
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_course.checks.answers import number
from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import Finding, Has, Inputs, Values, words
from gensq_course.checks.registry import register
from gensq_lib.text.vocab import Vocab

Table = Float[Tensor, "vocab vocab"]  # log-probabilities; a row for the word before, a column for the word that comes


def draw_words(log_probs: Table, uniforms: Float[Tensor, "time"], temperature: float) -> Int[Tensor, "time"]:
    """A sentence after BOS: at each place the first word whose cumulative probability is above u; after EOS only PAD."""
    drawn, previous = torch.zeros(len(uniforms), dtype=torch.long), Vocab.BOS
    for time, u in enumerate(uniforms):
        cumulative = (log_probs[previous] / temperature).softmax(-1).cumsum(-1)
        previous = int((cumulative > u).int().argmax())
        drawn[time] = previous
        if previous == Vocab.EOS:
            break
    return drawn


def spoiled_words(has: Has, log_probs: Tensor, uniforms: Tensor, temperature: float) -> Tensor:
    """The loop with mistakes."""
    drawn, previous = [], Vocab.PAD if has("no start") else Vocab.BOS
    for time, u in enumerate(uniforms.flip(0) if has("backwards") else uniforms):
        row = log_probs[previous]
        heat = 1.0 if has("no temperature") else 1 / temperature if has("multiplied") else temperature
        chances = chances_of(has, row, heat)
        word = chosen(has, chances, uniforms[0] if has("one number") else u)
        if has("end left out") and word == Vocab.EOS:
            break
        drawn.append(word)
        if word == (Vocab.PAD if has("no end") else Vocab.EOS):
            break
        previous = previous if has("not remembered") else time + 1 if has("place") else word
    rest = [Vocab.EOS if has("filled with the end") else Vocab.PAD] * (len(uniforms) - len(drawn))
    return torch.tensor(drawn + ([] if has("not padded") else rest), dtype=torch.long)


def chances_of(has: Has, row: Tensor, heat: float) -> Tensor:
    """What the words of a row are drawn with."""
    if has("probability divided"):
        return row.exp() / heat
    if has("nothing above"):
        return row / heat
    return (row / heat).exp() if has("not normalised") else (row / heat).softmax(-1)


def chosen(has: Has, chances: Tensor, u: Tensor) -> int:
    """The word at u."""
    if has("random"):
        return int(torch.multinomial(chances, 1))
    if has("likeliest"):
        return int(chances.argmax())
    if has("no sum"):
        return int((chances > u).int().argmax())
    cumulative = chances.cumsum(-1)
    if has("impossible word"):
        return int((cumulative >= u).int().argmax())
    if has("from above"):
        return int((cumulative > 1 - u).int().argmax())
    word = int((cumulative > u).int().argmax())
    return min(word + 1, len(chances) - 1) if has("one too far") else max(word - 1, 0) if has("one too early") else word


def word_cases() -> list[Inputs]:
    """Words of probability 0, u = 0, an end at once, an end that never comes, the last word, a cold and a warm draw."""
    draw = torch.Generator().manual_seed(4)
    small = table(torch.tensor([[1.0, 1.0], [0.5, 1.5], [1.0, 1.0]]))
    large = table(3 * torch.rand(8, 7, generator=draw) + 0.05)
    never = large.clone()
    never[:, Vocab.EOS] = -torch.inf
    some = torch.tensor([0.71, 0.34, 0.93, 0.12, 0.55, 0.08, 0.47])
    return [(small, torch.tensor([0.7, 0.2]), 1.0), (small, torch.tensor([0.0, 0.9]), 1.0),
            (large, torch.tensor([0.01, 0.5, 0.5]), 1.0), (never.log_softmax(-1), some, 0.4),
            (large, torch.tensor([0.97, 0.99, 0.985, 0.3, 0.96]), 1.0), (large, some.flip(0), 2.5), (large, some, 0.5)]


def table(weights: Float[Tensor, "rows words"]) -> Table:
    """Log-probabilities in which PAD, BOS and UNK never come; the first row is the one after BOS, the others after words."""
    num = weights.shape[1]
    full = torch.full((num + 3, num + 3), -torch.inf)
    free = [Vocab.EOS, *range(4, num + 3)]
    full[:, free] = weights[torch.arange(num + 3) % len(weights)].log()
    return full.log_softmax(-1)


@dataclass(frozen=True, kw_only=True)
class Tokens(Values):
    """Numbers of words: any dtype that holds them will do. The same random numbers give the same words."""

    def judge(self, attempt: Attempt) -> Finding:
        longest = max(self.cases(), key=lambda case: self.reference(*case).count_nonzero())
        once, again = number(attempt(*longest)), number(attempt(*longest))
        if once.shape == again.shape and not torch.equal(once, again):
            return Finding(self.named(["random"]))
        return super().judge(attempt)

    def form_of(self, answer: Any, truth: Tensor) -> dict[str, str]:
        return {key: says for key, says in super().form_of(answer, truth).items() if key != "dtype"}


WORDS = Tokens(**words(__file__, "draw_words"), reference=draw_words, spoiled=spoiled_words, cases=word_cases, together=2)

register(WORDS)
