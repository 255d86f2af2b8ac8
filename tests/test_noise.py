"""Noise in text: its share is kept, its kind is what it says, and what is held against the truth stays clean."""
import math
import random

import pytest

from gensq_course.studies.families import Place
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import noise
from gensq_lib.text.noise import KINDS, noisy

WORDS = ("the", "baker", "bakes", "a", "cake", "in", "kitchen", "now")
DICE = random.Random(0)
SENTENCES = [tuple(DICE.choices(WORDS, k=8)) for _ in range(2_000)]


def spoilt(kind: str, share: float, seed: int = 0):
    return noisy(SENTENCES, kind, share=share, generator=runtime.generator(seed, "noise"))


def hit(kind: str, made) -> float:
    """The share of units, words or sentences, that are other ones than before."""
    if kind == "wrong sentence":
        return sum(a != b for a, b in zip(SENTENCES, made, strict=True)) / len(made)
    pairs = [pair for a, b in zip(SENTENCES, made, strict=True) for pair in zip(a, b, strict=True)]
    return sum(a != b for a, b in pairs) / len(pairs)


def holds(kind: str, share: float, make=spoilt) -> bool:
    """Whether as many units are hit as were asked for, within four standard errors."""
    num = len(SENTENCES) * (1 if kind == "wrong sentence" else 8)
    return abs(hit(kind, make(kind, share)) - share) <= 4 * math.sqrt(share * (1 - share) / num)


@pytest.mark.parametrize("kind", KINDS)
def test_no_noise_changes_nothing_and_other_noise_changes_its_share(kind):
    before = list(SENTENCES)
    assert spoilt(kind, 0.0) == SENTENCES
    assert all(holds(kind, share) for share in (0.0, 0.1, 0.3, 1.0))
    assert SENTENCES == before, "what is handed in stays as it is"
    assert spoilt(kind, 0.3) == spoilt(kind, 0.3) != spoilt(kind, 0.3, seed=1), "drawn from the generator alone"


WRONG = {  # ways to spoil that say one share and keep another
    "a wrong word may be the right one": lambda kind, share: [
        tuple(DICE.choice(WORDS) if DICE.random() < share else word for word in sentence) for sentence in SENTENCES],
    "one word of a sentence, not a share of words": lambda kind, share: [
        (*sentence[:-1], "?") if DICE.random() < share else sentence for sentence in SENTENCES],
    "twice": lambda kind, share: noisy(spoilt(kind, share), kind, share=share, generator=runtime.generator(2)),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_another_share_than_was_asked_for_is_seen(mistake):
    assert not holds("wrong word", 0.3, WRONG[mistake])


def test_each_kind_is_what_it_says():
    for was, now in zip(SENTENCES, spoilt("wrong sentence", 1.0), strict=True):
        assert sorted(was) == sorted(now) and was != now
    assert {word for sentence in spoilt("wrong word", 1.0) for word in sentence} <= set(WORDS)
    for was, now in zip(SENTENCES, spoilt("typo", 1.0), strict=True):
        assert all(abs(len(a) - len(b)) <= 1 and a != b and b for a, b in zip(was, now, strict=True))


def test_what_has_no_other_order_stays_and_what_cannot_be_spoilt_is_refused():
    one = [("no", "no")] * 5
    assert noisy(one, "wrong sentence", share=1.0, generator=runtime.generator(0)) == one
    for call, sentence in (
            (lambda: noisy(one, "wrong word", share=0.5, generator=runtime.generator(0)), "two different words"),
            (lambda: spoilt("typos", 0.1), 'did you mean "typo"'), (lambda: spoilt("typo", 1.2), "from 0 to 1"),
            (lambda: spoilt("typo", math.nan), "from 0 to 1")):
        with pytest.raises(GensqError, match=sentence):
            call()


def test_a_slip_is_one_letter():
    dice = random.Random(1)
    slips = {noise.typo("cake", dice) for _ in range(300)}
    assert "cake" not in slips and {"ake", "ckae", "ccake"} <= slips
    assert {len(slip) for slip in slips} == {3, 4, 5} and all(noise.typo("a", dice) != "a" for _ in range(50))


@pytest.mark.parametrize("kind", KINDS)
def test_training_and_validation_are_spoilt_and_the_test_is_not(kind):
    clean, dirty = Place(0, 200), Place(0, 200, noise=kind, share=0.3)
    assert dirty.sentences != clean.sentences and dirty.valid != clean.valid and dirty.text.test == clean.text.test
    assert dirty.labelled == clean.labelled, "a label is true"
    assert Place(0, 200, noise=kind, share=0.0).train == clean.train
