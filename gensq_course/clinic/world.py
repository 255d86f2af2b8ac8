"""The tiny world of the clinic: sentences with two hidden causes, of which everything can be counted.

A sentence is a name, then 4 to 8 words, in turn about its topic and in its mood. Nobody says topic or mood aloud, but each
prefers two words. Given both, the words are independent: a decoder that sees no other word can still be perfect, if z says
what they are.
"""
import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.text.vocab import Vocab

NAMES, TOPICS, MOODS = 8, 4, 2
LENGTHS, LENGTH_CHANCES = (4, 5, 6, 7, 8), (0.35, 0.3, 0.2, 0.1, 0.05)
FAVOUR = 0.9  # the chance of the two words that a topic or a mood prefers
FIRST_NAME = len(Vocab([]).words)  # the special tokens come first
FIRST_TOPIC = FIRST_NAME + NAMES
FIRST_MOOD = FIRST_TOPIC + 2 * TOPICS
VOCAB_SIZE = FIRST_MOOD + 2 * MOODS
HIDDEN_NATS = math.log(TOPICS * MOODS)  # what there is to know besides the name


@dataclass(frozen=True)
class Sentences:
    """Words as integers, without <bos> and <eos>, and the exact log p of each, nats."""

    encoded: list[list[int]]
    log_prob: Float[Tensor, "sentence"]


def word_chances(num_causes: int) -> Float[Tensor, "cause word"]:
    """p(word | cause): two favourites, the rest evenly."""
    num_words = 2 * num_causes
    chances = torch.full((num_causes, num_words), (1 - FAVOUR) / (num_words - 2))
    for cause in range(num_causes):
        chances[cause, 2 * cause: 2 * cause + 2] = FAVOUR / 2
    return chances


def sentences(num: int, *, generator: torch.Generator) -> Sentences:
    """Fresh sentences."""
    lengths = torch.multinomial(torch.tensor(LENGTH_CHANCES), num, replacement=True, generator=generator)
    names = torch.randint(NAMES, (num,), generator=generator) + FIRST_NAME
    turns = {}
    for first, count in ((FIRST_TOPIC, TOPICS), (FIRST_MOOD, MOODS)):
        causes = torch.randint(count, (num,), generator=generator)
        turns[first] = torch.multinomial(word_chances(count)[causes], max(LENGTHS) // 2, replacement=True,
                                         generator=generator) + first
    words = torch.stack(list(turns.values()), -1).flatten(1)  # topic, mood, topic, mood ...
    encoded = [[name, *row[: LENGTHS[length]]] for name, row, length in
               zip(names.tolist(), words.tolist(), lengths.tolist(), strict=True)]
    return Sentences(encoded, torch.tensor([log_prob(ids) for ids in encoded]))


def log_prob(ids: list[int]) -> float:
    """Exact, by adding up over all topics and moods."""
    length = math.log(LENGTH_CHANCES[LENGTHS.index(len(ids) - 1)])
    topic = _one_turn([i - FIRST_TOPIC for i in ids[1::2]], TOPICS)
    mood = _one_turn([i - FIRST_MOOD for i in ids[2::2]], MOODS)
    return length - math.log(NAMES) + topic + mood


def _one_turn(words: list[int], num_causes: int) -> float:
    """log p of the words of one kind, their cause summed out."""
    each = word_chances(num_causes).log()[:, words].sum(-1)
    return (each.logsumexp(0) - math.log(num_causes)).item()
