"""Noise put into sentences on purpose, at a known share, so that what it costs can be measured.

Three kinds: a slip of the finger in a word, a wrong word in the place of a right one, a sentence whose words are out of order.
Each unit (a word, or a sentence) is hit by itself with probability `share`; the sentences that are handed in stay as they are.
"""
import random
from collections import Counter
from collections.abc import Callable, Sequence

import torch

from gensq_lib.ground.errors import border, chosen, expect
from gensq_lib.text.grammar.sampling import seeded
from gensq_lib.text.vocab import Sentence

LETTERS = "abcdefghijklmnopqrstuvwxyz"
Spoil = Callable[[Sentence], Sentence]


def typo(word: str, dice: random.Random) -> str:
    """One slip: a letter left out, doubled, turned with the next one, or another one; never the word itself.

    Taught in lesson 19.
    """
    place, slip = dice.randrange(len(word)), dice.choice(("out", "twice", "turned", "other"))
    before, letter, behind = word[:place], word[place], word[place + 1 :]
    if slip == "out" and len(word) > 1:
        return before + behind
    if slip == "turned" and behind and behind[0] != letter:
        return before + behind[0] + letter + behind[1:]
    if slip == "twice":
        return before + 2 * letter + behind
    return before + dice.choice([other for other in LETTERS if other != letter]) + behind


def _typos(sentences: Sequence[Sentence], share: float, dice: random.Random) -> Spoil:
    return lambda sentence: tuple(typo(word, dice) if dice.random() < share else word for word in sentence)


def _wrong_words(sentences: Sequence[Sentence], share: float, dice: random.Random) -> Spoil:
    """By another word, drawn as often as it occurs."""
    counts = Counter(word for sentence in sentences for word in sentence)
    expect(len(counts) > 1, "expected at least two different words to put one in the place of another, got one; add sentences")
    words, weights = list(counts), list(counts.values())

    def another(word: str) -> str:
        return next(drawn for drawn in iter(lambda: dice.choices(words, weights)[0], None) if drawn != word)

    return lambda sentence: tuple(another(word) if dice.random() < share else word for word in sentence)


def _wrong_sentences(sentences: Sequence[Sentence], share: float, dice: random.Random) -> Spoil:
    """Its own words in another order, where they have one."""
    def mixed(sentence: Sentence) -> Sentence:
        if len(set(sentence)) < 2:
            return sentence
        orders = iter(lambda: tuple(dice.sample(sentence, len(sentence))), None)
        return next(order for order in orders if order != sentence)

    return lambda sentence: mixed(sentence) if dice.random() < share else sentence


KINDS = {"typo": _typos, "wrong word": _wrong_words, "wrong sentence": _wrong_sentences}


def noisy(sentences: Sequence[Sentence], kind: str, *, share: float, generator: torch.Generator) -> list[Sentence]:
    """Copies of the sentences, spoilt in one of the `KINDS`: a share of their words, or of the sentences themselves.

    >>> noisy([("a", "man", "reads", ".")], "typo", share=0.3, generator=runtime.generator(0, "noise"))

    Taught in lesson 19.
    """
    expect(0 <= share <= 1, f"expected a share of noise from 0 to 1, got {share}; 0.1 spoils one in ten")
    make = chosen("a kind of noise", kind, KINDS)
    return list(map(make(sentences, share, seeded(generator)), sentences)) if share else list(sentences)


border(globals())
