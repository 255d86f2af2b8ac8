"""Sentences typed by people: understood, or refused with words that help, whatever comes."""
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gensq_lib.ground.errors import GensqError
from gensq_lib.text import corpora
from gensq_course.talk.typed import LONGEST, typed_sentence


@pytest.fixture(scope="module")
def world():
    return corpora.load("world", num_train=50)


@pytest.fixture(scope="module")
def chinese():
    return corpora.load("world:zh", num_train=50)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("typed") / "lines.txt"
    path.write_text("\n".join(f"the {a} cat saw {b} dogs" for a in "red blue old new shy".split() for b in range(2, 40)))
    return corpora.load(f"file:{path}")


def test_every_sentence_of_a_corpus_is_understood(world, chinese, file):
    for text in (world, chinese, file):
        assert all(typed_sentence(text, text.show(sentence)) == sentence for sentence in text.train[:50])


def test_a_forgotten_full_stop_is_forgiven(world, chinese):
    for text in (world, chinese):
        for sentence in text.test[:20]:
            assert typed_sentence(text, text.show(sentence[:-1])) in (sentence, (*sentence[:-1], sentence[-1]))


def refused(text, written):
    with pytest.raises(GensqError) as caught:
        typed_sentence(text, written)
    return str(caught.value)


SAYS = [
    ("", "got nothing to read; try"),
    (" \t\n", "got nothing to read"),
    ("The cook ate a piza.", '"piza"; the nearest words are "pizza"'),
    ("<b>x</b>", 'got "<b>x</b>"'),
    ("\U0001f389\U0001f389", "words that the model has seen"),
    ("a " * 10_000, f"at most {LONGEST} words"),
    ("x" * 100_000, "xxx..."),
    ("The cook", "ends too early; go on with"),
    ("The cook ate an pizza.", 'as word 5; there could stand "omelette"'),
    ("The cook ate a pizza at the bus.", '"party" or "restaurant"'),
]


@pytest.mark.parametrize("written, says", SAYS, ids=range(len(SAYS)))
def test_what_is_refused_says_what_would_do(world, written, says):
    said = refused(world, written)
    assert says in said and len(said) < 400 and "\n" not in said


def test_advice_can_be_taken(world):
    """The words that could stand there do stand there in some sentence, the most alike first."""
    said = refused(world, "The cook ate a bus at the restaurant.")
    offered = re.findall(r'"([^"]+)"', said.partition("there could stand")[2])
    assert len(offered) >= 3 and all(world.grammar.parse(("the", "cook", "ate", "a", word)).error_at == 5 for word in offered)


def test_an_open_vocabulary_refuses_unknown_words_too(file):
    assert 'the nearest words are "dogs"' in refused(file, "the old cat saw 2 dgs")
    assert typed_sentence(file, "cat the dogs") == ("cat", "the", "dogs"), "without a grammar any order will do"


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_nothing_crashes(world, written):
    try:
        assert world.grammar.parse(typed_sentence(world, written)).valid
    except GensqError:
        pass
