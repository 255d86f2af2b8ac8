"""What the words so far tell about an attribute, exactly: against a count of all sentences; in the large world by identities."""
import math
from collections import Counter, defaultdict

import pytest
import torch

from gensq_lib.ground.errors import GensqError
from gensq_lib.text import grammar


def draws(g, num, seed=4):
    return g.sample(num, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def village():
    return grammar.shipped("village")


@pytest.fixture(scope="module")
def counted(village):
    """The probability of every beginning, for each value of each attribute, by adding up all sentences."""
    shares = defaultdict(lambda: defaultdict(float))
    for derivation in village.derivations():
        words, p = derivation.words(), math.exp(derivation.log_prob)
        for length in range(len(words) + 1):
            for name, value in derivation.attributes.items():
                shares[name, words[:length]][value] += p
    return shares


@pytest.mark.parametrize("attribute", ["topic", "tense", "number"])
def test_it_is_what_counting_gives(village, counted, attribute):
    for derivation in draws(village, 60):
        words = derivation.words()
        for length in range(len(words) + 1):
            found, all_of_it = village.posterior(attribute, words[:length]), counted[attribute, words[:length]]
            total = math.fsum(all_of_it.values())
            assert found == pytest.approx({value: all_of_it.get(value, 0.0) / total for value in village.attributes[attribute]})


def test_before_the_first_word_it_is_what_the_file_declares(village):
    assert village.posterior("tense", ()) == pytest.approx({"past": 0.40, "present": 0.34, "future": 0.26})


def test_at_the_end_it_is_the_parse(village):
    for derivation in draws(village, 20):
        for name, value in derivation.attributes.items():
            assert village.posterior(name, derivation.words())[value] == pytest.approx(1.0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_the_large_world_a_word_more_is_a_mean_over_what_can_follow(language):
    """p(value | words so far) = Σ p(next word | words so far) p(value | words so far, next word), also behind "a" and "an"."""
    world = grammar.load()
    tongue = world.tongues[language]
    for derivation in draws(world, 6):
        words = derivation.words(language)
        for length in range(0, len(words), 2):
            now = world._begun("sentiment", words[:length], tongue)
            nexts = [world._begun("sentiment", (*words[:length], word), tongue)
                     for word in world.next_words(words[:length], language=language)]
            for value in world.attributes["sentiment"]:
                assert math.fsum(n.get(value, 0.0) for n in nexts) == pytest.approx(now.get(value, 0.0), abs=1e-12)


def test_an_is_heard_before_the_noun_is():
    """Behind "an" only what begins with a vowel can follow, and that tells something about the topic."""
    world, compared = grammar.load(), 0
    for words in (derivation.words() for derivation in draws(world, 60)):
        before = words[:words.index("a")] if "a" in words else None
        if before and "an" in world.next_words(before):
            a, an = (world.posterior("topic", (*before, article)) for article in ("a", "an"))
            assert sum(a.values()) == pytest.approx(1) and sum(an.values()) == pytest.approx(1)
            compared += a != pytest.approx(an)
    assert compared > 0


def test_it_is_calibrated():
    """Of the sentences in which it says .6 to .8 after three words, about as many have the value."""
    world = grammar.load()
    hits, said = Counter(), Counter()
    for derivation in draws(world, 400, seed=9):
        for value, p in world.posterior("tense", derivation.words()[:3]).items():
            said[int(5 * min(p, 0.999))] += p
            hits[int(5 * min(p, 0.999))] += derivation.attributes["tense"] == value
    assert all(abs(hits[b] - said[b]) <= 4 * math.sqrt(said[b] + 1) for b in said)


def test_of_a_sentence_with_several_meanings_all_of_them_count():
    """Chinese does not say when: present and past share the sentence, as all its derivations do."""
    crossing = grammar.shipped("crossing")
    said = crossing.read("水手在修理船。", "zh")
    by_reading = Counter()
    for reading in crossing.readings(said, language="zh"):
        by_reading[reading.attributes["tense"]] += math.exp(reading.log_prob)
    total = sum(by_reading.values())
    found = crossing.posterior("tense", said, language="zh")
    assert found == pytest.approx({value: by_reading[value] / total for value in found}) and 0.2 < found["past"] < 0.3


def test_what_no_sentence_begins_with(village):
    assert village.posterior("tense", ("boats", "boats")) == {}
    assert grammar.load().posterior("tense", ("we", "bought", "a", "egg")) == {}
    with pytest.raises(GensqError, match='expected an attribute of .*village.grammar, "topic", "tense" or "number", got "time"'):
        village.posterior("time", ())
