"""What can be measured of replies whose truth nobody knows: variety, and what a fresh judge finds, beside controls."""
from collections.abc import Sequence
from dataclasses import replace

import torch

from gensq_course.studies.answering import Bench
from gensq_course.talk.instruments import distinct_n, told_apart
from gensq_lib.ground import runtime
from gensq_lib.text.pairs import Pair

LESSONS = {"steps": 250, "learning_rate": 6e-3, "seed": 0}  # of a fresh judge, as in lesson 16


def controls(bench: Bench, pool: Sequence[Pair]) -> dict[tuple[str, float], list[Pair]]:
    """A judge's two tests, what is real and random words; and a bot that answers with any reply of the training part."""
    text, noise = bench.text, runtime.generator(bench.seed, "people")
    words = text.target_vocab.words[len(text.target_vocab.SPECIALS):]

    def random(num: int, length: int) -> list[int]:
        return torch.randint(num, (length,), generator=noise).tolist()

    babble = [replace(e, target=tuple(words[i] for i in random(len(words), len(e.target)))) for e in pool]
    parrot = [replace(e, target=text.train[i].target) for e, i in zip(pool, random(len(text.train), len(pool)), strict=True)]
    return {("real", 0.0): list(pool), ("random words", 0.0): babble, ("training replies", 0.0): parrot}


def variety(said: Sequence[Pair]) -> dict[str, float]:
    """Of the replies to the same prompts, so that sets are of one size."""
    return {f"distinct-{n}": distinct_n([e.target for e in said], n) for n in (1, 2)}


def judged(bench: Bench, pool: Sequence[Pair], said: Sequence[Pair]) -> float:
    """How often a fresh judge that reads the prompt is right; of real replies against real ones, in two halves."""
    real, other = (pool[::2], pool[1::2]) if said == pool else (pool, said)
    return told_apart(*map(bench.text.encoded, (real, other)), bench.judge(), **LESSONS)
