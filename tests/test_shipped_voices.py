"""The voices that come with the course: small, of their world, mostly valid; and those that are trained once and kept.

The shares of valid replies were wanted before the voices were trained: .85 for the large world, .9 for the small one.
"""
import dataclasses
import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from gensq_course.lessons.dialogue_gan import page
from gensq_course.cli import upkeep
from gensq_course.talk import chat
from gensq_course.talk.instruments import verdicts
from gensq_course.shipped import recipes, voices
from gensq_course.shipped.files import FACTS, saved_facts
from gensq_course.shipped.voices import GUESSED, JUDGE, SHIPPED, VOICES, dialogues_of, file_of, menus_of, voices_of
from gensq_course.talk.labels import LabelGuess
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import corpora
from gensq_lib.text.corpora import dialogues
from gensq_lib.text.pairs import collate_pairs

VALID = {"doorstep": 0.90, "dialogue": 0.85}
SPEAKERS = {name: voices_of(dialogues_of(name)) for name in SHIPPED}
TINY = dict(num_pairs=60, num_prompts=30, hidden_dim=8, likelihood_steps=4, vae_steps=4, judge_steps=2, game_steps=2)


def test_the_files_are_small_and_say_how_they_were_made():
    files = [file_of(corpus, name) for corpus in SHIPPED for name in (*VOICES, JUDGE)]
    assert sum(path.stat().st_size for path in files) <= 5_000_000 and upkeep.VOICES == SHIPPED
    for corpus in SHIPPED:
        recipe = dataclasses.asdict(recipes.recipe_of(corpus))
        assert all(saved_facts(file_of(corpus, name))["recipe"] == recipe for name in (*VOICES, JUDGE)), "made anew?"


@pytest.mark.parametrize("corpus", SHIPPED)
@pytest.mark.parametrize("name", VOICES)
def test_replies_are_mostly_valid(corpus, name):
    """Of replies that are drawn to fresh test prompts: of a voice with a z their probability is only bounded."""
    speakers = SPEAKERS[corpus]
    fresh = dialogues.fresh(speakers.text.grammar, "test", 600, seed=7)
    said = chat.replies(speakers.models[name], collate_pairs(speakers.text.encoded(fresh)).prompts, max_length=chat.MAX_LENGTH,
                        generator=runtime.generator(0, "test")).sentences(speakers.text.target_vocab)
    assert verdicts(said, fresh, speakers.text.grammar)["valid"].mean >= VALID[corpus]


@pytest.mark.parametrize("corpus", SHIPPED)
def test_every_voice_answers_in_every_mood_and_is_judged(corpus):
    speakers = SPEAKERS[corpus]
    for voice in VOICES:
        for mood in speakers.text.conditions["mood"]:
            found = speakers.answer("Have you seen my umbrella?", voice=voice, mood=mood)
            assert found.text and any(score for _, score in found.words)
            assert speakers.answer("Have you seen my umbrella?", voice=voice, mood=mood) == found, "the same once more"


@settings(max_examples=40)
@given(said=st.text(max_size=200), turns=st.lists(st.text(max_size=40), max_size=6))
def test_any_text_is_answered_or_refused(said, turns):
    found = SPEAKERS["doorstep"].answer(said, turns)
    assert found.text and found.turns[:len(turns)] == tuple(turns) and len(found.turns) == len(turns) + 2


def test_what_was_refused_is_not_heard_later():
    speakers = SPEAKERS["doorstep"]
    refused = speakers.answer("How do whales sleep?")
    assert refused.text in speakers.guard.refusals and refused.turns == ("How do whales sleep?", refused.text)
    asked = ("Do you have a ladder?", "Yes, why?")
    assert speakers._heard([*refused.turns, *asked]) == [*asked]
    later = speakers.answer("Have you seen my keys?", refused.turns)
    assert later.turns[:2] == refused.turns and later.turns[2] == "Have you seen my keys?"


def test_an_unknown_voice_is_refused():
    with pytest.raises(GensqError, match='expected a voice out of .* got "alto"'):
        SPEAKERS["doorstep"].answer("Have you seen my keys?", voice="alto")


def test_a_lesson_s_own_stand_behind_the_shipped_ones():
    own = {"likelihood": torch.nn.Linear(1, 1)}
    assert [*voices_of(SPEAKERS["doorstep"].text, own=own).models] == [*VOICES, "likelihood, trained above"]


@pytest.mark.parametrize("content", [b"", b"not tensors at all", None])
def test_a_broken_file_is_named(content, tmp_path, monkeypatch):
    monkeypatch.setattr(voices, "DATA", tmp_path)
    if content is not None:
        file_of("doorstep", VOICES[0]).write_bytes(content)
    with pytest.raises(GensqError, match=f"expected a voice .*doorstep.{VOICES[0]}.safetensors.* gensq checkpoint doorstep"):
        voices.shipped_voices(SPEAKERS["doorstep"].text)


def test_a_voice_of_another_world_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(voices, "DATA", tmp_path)
    save_file({"x": torch.zeros(1)}, file_of("doorstep", VOICES[0]), metadata={FACTS: json.dumps({"vocabulary": "another"})})
    with pytest.raises(GensqError, match="another world; run: gensq checkpoint doorstep"):
        voices.shipped_voices(SPEAKERS["doorstep"].text)


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """A small world of a reader's own, and a recipe of a few steps."""
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "cache"))
    recipe = dataclasses.replace(recipes.SMALL_WORLD, **TINY)
    monkeypatch.setattr(recipes, "RECIPES", {"doorstep": recipe})
    monkeypatch.setattr(recipes, "SMALL_WORLD", recipe)
    path = tmp_path / "own.grammar"
    path.write_text(SPEAKERS["doorstep"].text.grammar.path.read_text())
    return f"dialogue:{path}"


def test_other_voices_are_trained_once_and_kept(tiny, monkeypatch, capsys):
    speakers = voices_of(dialogues_of(tiny))
    assert list(speakers.models) == ["likelihood", "vae", "adversarial"] and "trained once" in capsys.readouterr().err
    monkeypatch.setattr(voices, "train_voices", lambda *_: pytest.fail("trained again"))
    seconds = voices.kept_voices(tiny)[1]
    assert list(seconds) == ["likelihood", "vae", "adversarial"] and all(spent > 0 for spent, in seconds.values())
    again = voices_of(dialogues_of(tiny))
    assert again.answer("Have you seen my keys?") == speakers.answer("Have you seen my keys?")


def test_writing_and_reading_agree(tiny, tmp_path, monkeypatch):
    """The recipe gives the same bytes each time, and the file the same weights but for their last digits."""
    paths = voices.write_shipped_voices("doorstep", tmp_path)
    first = [path.read_bytes() for path in paths]
    made = voices.trained_voices("doorstep")
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "another"))  # trained anew
    assert [path.read_bytes() for path in voices.write_shipped_voices("doorstep", tmp_path)] == first
    monkeypatch.setattr(voices, "DATA", tmp_path)
    read = voices.shipped_voices(SPEAKERS["doorstep"].text)
    for name, model in read.items():
        for a, b in zip(model.state_dict().values(), made[name].state_dict().values(), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)


def test_labels_of_people_are_guessed_and_can_be_chosen():
    """On a world whose labels are made to follow from the words."""
    text = corpora.load_dialogues("doorstep", num_train=300, num_prompts=10)
    kind = {"friendly": "keys", "grumpy": "ladder", "formal": "concert"}
    pairs = [dataclasses.replace(pair, source=("my", kind[pair.labels[0]])) for pair in text.train]
    guess = LabelGuess(dataclasses.replace(text, train=pairs))
    assert [guess.labels(f"Where is my {thing}?")["mood"] for thing in kind.values()] == list(kind)
    of_people = dataclasses.replace(text, grammar=None)
    assert menus_of(of_people)["mood"][0] == GUESSED and menus_of(text)["mood"][0] == "friendly"
    speakers = dataclasses.replace(SPEAKERS["doorstep"], guess=guess)
    assert speakers._labels("my ladder", (), {"mood": GUESSED})["mood"] == "grumpy"
    assert speakers._labels("my ladder", (), {"mood": "formal"})["mood"] == "formal"


def test_before_a_page_is_served_voices_are_trained_and_nothing_else_is_made(monkeypatch):
    asked = []
    monkeypatch.setattr(page, "trained_voices", asked.append)
    page.prepare({"corpus": "sgd"})
    page.prepare({})
    assert asked == ["sgd"]
