"""Talking with a model in a notebook, and rating it blindly: any text survives as text, every count is right."""
import re
from dataclasses import dataclass

import ipywidgets
import pytest
import torch

from gensq_course import widgets
from gensq_course.talk import chat
from gensq_lib.maths.stats import Share
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora

HOSTILE = ["<img src=x onerror=alert(1)> keys", "my keys " * 63, "my keys \U0001f600 \U0001f468\u200d\U0001f469",
           "keys \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "</p><script>alert(1)</script> keys"]
ALLOWED = {"p", "em", "div", "span", "ul", "li"}


@dataclass
class Echo:
    text: str
    turns: tuple[str, ...]


def echo(said, turns, *, mood="kind", loud=False):
    if "?" in said:
        raise GensqError(f"expected no question, got {said}")
    text = f"{mood} {said}{'!' if loud else ''}"
    return Echo(text, (*turns, said, text))


def room(**controls):
    """The chat, and its parts by name."""
    box = widgets.chat(echo, lambda found: chat.html.escape(found.text), examples=["hello", "bye"], **controls)
    talk, view, field, buttons = box.children[-4:]
    return box, talk, view, field, buttons.children


def test_it_begins_with_an_answer_to_the_first_example():
    _, talk, view, field, _ = room()
    assert "kind hello" in view.value and field.value == "" and list(field.options) == ["hello", "bye"]
    assert "<em>you:</em> hello" in talk.value and "model" not in talk.value


def test_controls_count_from_the_next_sentence_on():
    box, talk, view, field, _ = room(mood=["kind", "cross"], loud=False)
    mood, loud = box.children[:2]
    mood.value, loud.value = "cross", True
    assert "kind hello" in view.value
    field.value = "hello"
    assert "cross hello!" in view.value and field.value == ""
    assert talk.value.index("kind hello") < talk.value.rindex("you:</em> hello"), "the conversation stays on the page"
    assert re.findall(r"<em>(\w+):", talk.value) == ["you", "model", "you"]


def test_only_the_last_turns_stay():
    _, talk, _, field, _ = room()
    for i in range(9):
        field.value = f"sentence {i}"
    assert re.findall(r"<em>(\w+):", talk.value) == ["you", "model"] * 2 + ["you"] and "sentence 5" not in talk.value


def test_start_anew_forgets_everything():
    _, talk, view, field, (_, anew) = room()
    field.value = "secret"
    anew.click()
    assert talk.value == view.value == field.value == ""
    field.value = "again"
    assert "secret" not in talk.value and "kind again" in view.value


def test_a_sentence_that_is_refused_stays_to_be_mended():
    _, talk, view, field, (send, _) = room()
    before = talk.value
    field.value = "what <b>?"
    assert "role='alert'" in view.value and "expected no question, got what &lt;b&gt;?" in view.value
    assert field.value == "what <b>?" and talk.value == before
    send.click()
    assert "role='alert'" in view.value


def test_nothing_said_is_no_sentence():
    _, talk, view, field, (send, _) = room()
    before = talk.value, view.value
    field.value = "   "
    send.click()
    assert (talk.value, view.value) == before


@pytest.fixture(scope="module")
def talk_to():
    corpus = corpora.load_dialogues("doorstep", num_train=50, num_prompts=10)
    torch.manual_seed(0)
    sizes = dict(vocab_size=len(corpus.target_vocab), label_sizes=(3, 2), embed_dim=8, hidden_dim=8)
    model, judge = Seq2Seq(**sizes).eval(), ReplyJudge(**sizes).eval()

    def respond(said, turns, **values):
        return chat.answer(model, corpus, said, turns=turns, judge=judge, generator=torch.Generator().manual_seed(0), **values)
    return lambda: widgets.chat(respond, chat.as_html, examples=["have you seen my keys ?"], mood=["friendly", "grumpy"],
                                persona=["baker", "driver"], temperature=(0.2, 1.5, 0.1, 0.8))


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_stays_text(talk_to, said):
    box = talk_to()
    talk, view, field = box.children[-4:-1]
    field.value = said
    page = talk.value + view.value
    assert field.value == "" and "role='alert'" not in page
    assert set(re.findall(r"<(\w+)", page)) <= ALLOWED and not re.search(r"<[^>]*onerror", page)
    assert talk.value.count("<p") == 3 and len(view.value) > 50


def test_a_model_answers_with_scores_and_alternatives(talk_to):
    box = talk_to()
    view = box.children[-3]
    assert "title=" in view.value and view.value.count("<li>") == 2 and "I do not know" not in view.value
    box.children[-2].value = "have you seen my zyzzyva ?"
    assert "I do not know: zyzzyva" in view.value


# Blind rating

ITEMS = [("<b>one</b>\nline", True), ("two", False), ("three", True)]


def rating():
    box = widgets.blind_rating(ITEMS, share=Share)
    shown, buttons, tally = box.children
    return shown, buttons.children, tally


def test_a_tally_with_its_interval():
    shown, (real, model), tally = rating()
    assert "&lt;b&gt;one&lt;/b&gt;<br>line" in shown.value and "3 to rate" in tally.value
    real.click()
    assert "Right. 1 of 1" in tally.value and "two" in shown.value
    real.click()
    assert "Wrong. 1 of 2" in tally.value
    real.click()
    assert f"2 of 3: {Share(2, 3)}" in tally.value and "last one" in shown.value and real.disabled and model.disabled


def test_the_buttons_say_whose_it_is():
    _, buttons, _ = rating()
    assert [button.description for button in buttons] == ["a neighbour", "the model"]
    assert all(isinstance(button, ipywidgets.Button) for button in buttons)
