"""The guard of the chat: it lets pass what its corpus talks about, however it is typed, and refuses the rest in words that help.

The bounds were fixed before these runs: at most 3 % of test prompts refused, at least 85 % of the everyday sentences that the
guard has not seen, for each corpus.
"""
import os
import re
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gensq_course.talk import guard as guards
from gensq_course.talk import topics
from gensq_course.talk.guard import Guard, everyday, misspelt, typed
from gensq_lib.text import corpora
from gensq_lib.text.vocab import Vocab

DATA = os.environ.get("GENSQ_DATA")
FALSE_ALARMS, REFUSED = 0.03, 0.85
NAMED = {"doorstep": ["lost things", "borrowing", "invitations", "meetings", "thanks"],
         "dialogue": ["greetings", "broken things", "presents", "new sights"]}
SPOILED = {"clean": lambda said: said, "capitals": str.upper, "small letters": str.lower,
           "no punctuation": lambda said: re.sub(r"[^\w\s']", "", said)}


@pytest.fixture(scope="module", params=NAMED)
def guard(request):
    return Guard(corpora.load_dialogues(request.param, num_train=2_000, num_prompts=2_000))


def opened(corpus):
    """As if it were people's, who know more words."""
    words = corpus.source_vocab.words[len(corpus.source_vocab.SPECIALS):]
    return replace(corpus, source_vocab=Vocab(words))


def refused(guard, sentences):
    return 1 - sum(guard.knows(sentences)) / len(sentences)


def test_what_the_corpus_talks_about_passes_however_it_is_typed(guard):
    prompts = typed(guard.corpus, guard.corpus.test)
    assert {name: share for name, spoil in SPOILED.items()
            if (share := refused(guard, list(map(spoil, prompts)))) > FALSE_ALARMS} == {}


def test_a_misspelt_word_seldom_makes_a_prompt_foreign(guard):
    assert refused(guard, [misspelt(said, "test") for said in typed(guard.corpus, guard.corpus.test)]) <= 0.05


def test_everyday_sentences_that_it_has_not_seen_are_refused(guard):
    assert refused(guard, everyday(guards.MEASURE)) >= REFUSED


def test_the_two_halves_are_apart():
    learnt, kept = everyday(guards.LEARN), everyday(guards.MEASURE)
    assert not set(learnt) & set(kept) and abs(len(learnt) - len(kept)) <= 1 and len(kept) >= 120


def test_a_refusal_names_the_topics_and_something_to_try(guard):
    for said in everyday(guards.MEASURE)[:40]:
        if sentence := guard.refusal(said):
            assert all(name in sentence for name in NAMED[guard.corpus.name])
            assert sentence in guard.refusals and sentence.count("Try: ") == 1
    assert all(guard.refusal(example) == "" for example in guard.examples), "what it offers is answered"


@settings(max_examples=60)
@given(said=st.text(max_size=400))
def test_any_text_is_known_or_refused_in_one_sentence(said):
    sentence = DOORSTEP.refusal(said)
    assert sentence == "" or sentence.startswith("I can talk about lost things, ")


DOORSTEP = Guard(corpora.load_dialogues("doorstep", num_train=500, num_prompts=500))


@pytest.mark.parametrize("said", ["", " ", "//", "keys //", "// //", "\x00", "\U0001f600", "word " * 10_000, "?", "<b>"])
def test_odd_texts(said):
    assert isinstance(DOORSTEP.refusal(said), str)


def test_the_last_turn_counts():
    assert DOORSTEP.refusal("How do whales sleep? // Have you seen my keys?") == ""
    assert DOORSTEP.refusal("Have you seen my keys? // How do whales sleep?")


def test_a_lower_rate_lets_more_pass():
    people = opened(DOORSTEP.corpus)
    strict, mild = (Guard(people, rate=rate) for rate in (0.2, 0.0))
    prompts = typed(people, people.valid)
    assert refused(mild, prompts) == 0 < refused(strict, prompts)


def test_the_threshold_of_a_closed_world_is_as_low_as_foreign_sentences_let_it(monkeypatch):
    """Set by its prompts alone, it refused seventeen of twenty sentences about the same things in other words."""
    said = tomllib.loads((guards.DATA / "typed.toml").read_text("utf-8"))["doorstep"]["other_words"]
    assert refused(DOORSTEP, said) <= 0.25
    monkeypatch.setattr(guards, "MISSED", 0.0)
    assert refused(Guard(DOORSTEP.corpus), said) >= 0.5


@pytest.mark.parametrize("said", ["hello", "yes", "thanks!", "Why?", "no", "keys", "Hi Anna"])
def test_a_short_turn_that_nobody_says_alone_is_refused_at_the_doorstep(said):
    """The voices answered "Hello" with "I'll make hello on hello!"."""
    assert DOORSTEP.refusal(said)


def test_a_short_turn_that_was_said_as_a_whole_is_answered():
    assert [DOORSTEP.refusal(said) for said in ("My keys.", "my umbrella", "My umbrela")] == ["", "", ""]


def test_misspelt_takes_one_letter_away():
    assert misspelt("Hi") == "Hi" and len(misspelt("umbrella")) == 7 and misspelt("umbrella", 1) == misspelt("umbrella", 1)


def test_kinds_of_a_world_of_ones_own_are_called_by_their_names(tmp_path):
    path = tmp_path / "own.grammar"
    path.write_text((guards.DATA / "doorstep.grammar").read_text().replace("where", "lost_item"))
    assert "lost item" in topics.topics(corpora.load_dialogues(f"dialogue:{path}", num_train=20, num_prompts=5))


@pytest.mark.slow
@pytest.mark.skipif(not DATA, reason="GENSQ_DATA names no folder with the real files")
def test_people(monkeypatch):
    monkeypatch.setenv("GENSQ_DATA", DATA)
    guard = Guard(corpora.load_dialogues("sgd"))
    assert refused(guard, typed(guard.corpus, guard.corpus.test)) <= FALSE_ALARMS
    assert refused(guard, everyday(guards.MEASURE)) >= REFUSED
    assert guard.knows(["yes", "thanks", "Hello!", "No, that's all."]) == [True] * 4
    slips = [misspelt(said, "test") for said in typed(guard.corpus, guard.corpus.test)]
    assert refused(guard, slips) <= 0.05 + 2 * (0.05 * 0.95 / len(slips)) ** 0.5, "five in a hundred, as far as 340 can tell"
    assert "restaurants" in guard.refusal("qwertyuiop") and "roundtrip flights" in guard.refusal("qwertyuiop")
    anything = Guard(corpora.load_dialogues("topical-chat"))
    assert anything.refusal("How do whales sleep?") == "" and "Try: " in anything.refusal("\U0001f600")
    assert "Too few of these words" in anything.refusal("Wo kann ich hier eine Zeitung kaufen?")


def test_a_word_that_is_nearly_known_is_taken_for_it():
    mended = guards.mended
    assert mended(DOORSTEP.corpus, "have you seen my phnoe, Tom?") == "have you seen my phone, Tom?"
    assert mended(DOORSTEP.corpus, "whales UMBRELA") == "whales umbrella" and mended(DOORSTEP.corpus, "a\\(b") == "a\\(b"


def test_where_people_speak_less_is_taken_for_misspelt():
    """A word that only looks like a known one may well be right."""
    people = opened(DOORSTEP.corpus)
    assert guards.mended(people, "phnoe") == "phnoe" and guards.mended(people, "my umbrela") == "my umbrella"
    assert guards.mended(people, "umbrell4") == "umbrell4"


def test_what_people_want_is_named_in_the_plural():
    wanted = ("SearchHotel", "ReserveHotel", "PlayMovie", "SearchOnewayFlight", "FindRestaurants", "NONE", "other")
    people = replace(DOORSTEP.corpus, grammar=None, conditions={"intent": wanted})
    assert topics.topics(people) == ("hotels", "films to play", "one-way flights", "restaurants")
