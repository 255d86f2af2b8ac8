"""Exercise of lesson 06: word dropout, judged by what happens to many tokens."""
import math
from collections.abc import Iterator

import torch
from jaxtyping import Int
from torch import Tensor

from gensq_course.checks.attempts import Attempt
from gensq_course.checks.exercises import Statistical, words
from gensq_course.lessons.text_vae.nats import real
from gensq_lib.text.vocab import Vocab


def drop_words(tokens: Int[Tensor, "batch time"], rate: float, generator: torch.Generator) -> Int[Tensor, "batch time"]:
    """Word dropout: each word becomes <unk> with probability `rate` (Bowman et al. 2016); <bos> and padding stay."""
    drop = torch.rand(tokens.shape, generator=generator, device=generator.device).to(tokens.device) < rate
    return tokens.masked_fill(drop & (tokens != Vocab.BOS) & (tokens != Vocab.PAD), Vocab.UNK)


def decoder_inputs(num: int, longest: int) -> Int[Tensor, "batch time"]:
    """<bos>, words, padding; sentences of many lengths."""
    draw = torch.Generator().manual_seed(8)
    words = torch.randint(4, 50, (num, longest), generator=draw)
    words[:, 0] = Vocab.BOS
    lengths = torch.randint(longest // 2, longest, (num,), generator=draw)
    return words.where(real(words, lengths), Vocab.PAD)


class Trial:
    """One call of a word-dropout function on many sentences, and what happened to the tokens."""

    def __init__(self, attempt: Attempt, rate: float, generator: torch.Generator, num: int = 60):
        self.before, self.rate = decoder_inputs(num=num, longest=80), rate
        self.after = attempt(self.before, rate=rate, generator=generator)
        self.changed = self.after != self.before
        self.words = self.before >= len(Vocab.SPECIALS)
        self.share = self.changed[self.words].double().mean().item()

    def is_share(self, expected: float) -> bool:
        """Within five standard errors of what independent draws give: one per word, or per column or sentence that goes whole."""
        columns, rows = self.together(0), self.together(1)
        num = self.before.shape[1] if columns else self.before.shape[0] if rows else int(self.words.sum())
        return abs(self.share - expected) <= 5 * math.sqrt(expected * (1 - expected) / num)

    def together(self, axis: int) -> bool:
        """Are the words along this axis (0: a column, 1: a sentence) dropped all or none?"""
        dropped, words = (self.changed & self.words).sum(axis), self.words.sum(axis)
        return bool(((dropped == 0) | (dropped == words)).all())


def drop_symptoms(attempt: Attempt) -> Iterator[tuple[str, str]]:
    few, many = Trial(attempt, 0.2, seeded(1)), Trial(attempt, 0.7, seeded(1))
    yield from touched(many)
    yield from wrong_share(few, many)
    if few.changed.any() and not few.changed[few.words].all():
        yield from (found := list(not_random(attempt, few)))
        if few.together(0):
            yield "whole columns", ""
        if few.together(1):
            yield "whole sentences", ""
        if few.is_share(few.rate) and not found and exact_number(attempt, few):
            yield "exact number", ""


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def exact_number(attempt: Attempt, few: Trial) -> bool:
    """Is the number of dropped words always the same, in all or in each sentence? Five equal ones by chance: twice in 10^6."""
    counts = {int(Trial(attempt, few.rate, seeded(seed), num=8).changed.sum()) for seed in range(2, 7)}
    sizes = few.words.sum(1)
    apart = (few.changed.sum(1) - few.rate * sizes).square().sum()
    return len(counts) == 1 or bool(not few.together(0) and apart < 0.2 * few.rate * (1 - few.rate) * sizes.sum())


def touched(trial: Trial) -> Iterator[tuple[str, str]]:
    """Tokens that must stay, and what the others became."""
    for key, special in (("bos dropped", Vocab.BOS), ("padding dropped", Vocab.PAD)):
        if trial.changed[trial.before == special].any():
            yield key, ""
    put = trial.after[trial.changed & trial.words].unique().tolist()
    if put == [Vocab.PAD]:
        yield "pad instead of unk", ""
    elif put and put != [Vocab.UNK]:
        yield "other token", f"Found: {put[:5]}."


def wrong_share(few: Trial, many: Trial) -> Iterator[tuple[str, str]]:
    measured = "; ".join(f"rate {t.rate}: {t.share:.3f} of the words were dropped" for t in (few, many))
    if not few.changed.any() and not many.changed.any():
        yield "nothing dropped", ""
        return
    below = {t: 0.5 * (1 + math.erf(t.rate / math.sqrt(2))) for t in (few, many)}  # a Gaussian draw below the rate
    looks = {"keep rate": all(t.is_share(1 - t.rate) for t in (few, many)), "rate ignored": few.is_share(many.share),
             "gaussian": all(t.is_share(below[t]) for t in (few, many)),
             "share": not all(t.is_share(t.rate) for t in (few, many))}
    yield from [(key, f"({measured}.)") for key, fits in looks.items() if fits][:1]


def not_random(attempt: Attempt, first: Trial) -> Iterator[tuple[str, str]]:
    """Same generator state: same words. Next state: other words."""
    generator = seeded(1)
    again, after_it = (Trial(attempt, first.rate, generator) for _ in range(2))
    if not torch.equal(first.after, again.after):
        yield "own randomness", ""
    elif torch.equal(again.after, after_it.after):
        yield "always the same words", ""


DROP = Statistical(
    **words(__file__, "drop_words"), reference=drop_words, symptoms=drop_symptoms,
    first=lambda: ((torch.tensor([[Vocab.BOS, 5, 6, Vocab.PAD]]),), {"rate": 0.5, "generator": seeded(1)}))
