"""Talking with a model in a notebook, and rating it blindly: any text survives as text, every count is right."""
import re
from dataclasses import dataclass

import ipywidgets
import pytest
import torch

from gensq_course import widgets
from gensq_course.talk import chat
from gensq_course.widgets import fronts
from gensq_course.widgets.arrows import Arrows
from gensq_course.widgets.conversation import SHOWN
from gensq_lib.maths.stats import Share
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.plots.style import DAY, NIGHT
from gensq_lib.text import corpora

HOSTILE = ["<img src=x onerror=alert(1)> keys", "my keys " * 63, "my keys \U0001f600 \U0001f468\u200d\U0001f469",
           "keys \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "</p><script>alert(1)</script> keys"]
ALLOWED = {"p", "div", "span", "ul", "li", "details", "summary"}


@dataclass
class Echo:
    text: str
    turns: tuple[str, ...]


def echo(said, turns, *, mood="kind", loud=False):
    if "?" in said:
        raise GensqError(f"expected no question, got {said}")
    text = f"{mood} {said}{'!' if loud else ''} ({len(turns)})"
    return Echo(text, (*turns, said, text))


def room(respond=echo, **controls):
    """The controls of a chat, and the conversation."""
    settings, talk, *_ = widgets.chat(respond, lambda found: chat.html.escape(found.text), examples=["hello", "bye"], **controls
                                  ).children
    return settings.children, talk


def heard(talk):
    return [(bubble["who"], re.sub("<.*?>", "", bubble["html"])) for bubble in talk.bubbles]


def test_it_begins_with_an_answer_to_the_first_example():
    _, talk = room()
    assert heard(talk) == [("you", "you: hello"), ("model", "kind hello (0)")] and talk.examples == ["hello", "bye"]


def test_controls_count_from_the_next_sentence_on():
    (mood, loud), talk = room(mood=["kind", "cross"], loud=False)
    mood.value, loud.value = "cross", True
    talk.add("hello")
    assert [said for _, said in heard(talk)] == ["you: hello", "kind hello (0)", "you: hello", "cross hello! (2)"]


def test_the_last_turns_are_handed_on():
    _, talk = room()
    for i in range(9):
        talk.add(f"sentence {i}")
    assert heard(talk)[-1] == ("model", "kind sentence 8 (6)")


def test_a_long_talk_keeps_its_last_bubbles_and_says_so():
    _, talk = room()
    for i in range(200):
        talk.add(f"sentence {i}")
    assert len(talk.bubbles) == SHOWN + 1 and heard(talk)[0] == ("note", "note: Earlier turns are no longer shown.")
    assert heard(talk)[-1] == ("model", "kind sentence 199 (6)") and len({bubble["id"] for bubble in talk.bubbles}) == SHOWN + 1


def test_what_the_page_sends_is_heard_and_start_anew_forgets():
    _, talk = room()
    talk.hear(talk, {"said": "secret"}, [])
    assert heard(talk)[-1] == ("model", "kind secret (2)")
    talk.hear(talk, {"anew": True}, [])
    assert talk.bubbles == []
    talk.hear(talk, {"said": "again"}, [])
    assert heard(talk) == [("you", "you: again"), ("model", "kind again (0)")]


@pytest.mark.parametrize("sent", [{}, {"said": ""}, {"said": "  \n"}, {"said": 3}, {"said": None}])
def test_nothing_said_is_no_sentence(sent):
    _, talk = room()
    before = heard(talk)
    talk.hear(talk, sent, [])
    assert heard(talk) == before


def test_a_sentence_that_is_refused_is_a_note_and_stays_to_be_mended(monkeypatch):
    _, talk = room()
    sent, before = [], heard(talk)
    monkeypatch.setattr(talk, "send", lambda message: sent.append(message))
    talk.add("what <b>?")
    assert heard(talk) == [*before, ("note", "note: expected no question, got what &lt;b&gt;?")]
    assert "bubble note" in talk.bubbles[-1]["html"]
    talk.add("well")
    assert sent == [{"understood": False}, {"understood": True}] and heard(talk)[-1] == ("model", "kind well (2)")


def test_other_errors_are_named():
    def broken(said, turns):
        raise ZeroDivisionError("no <way>")

    assert heard(room(broken)[1]) == [("note", "note: ZeroDivisionError: no &lt;way&gt;")]


def test_ten_thousand_words_are_cut_on_the_page():
    _, talk = room()
    talk.add("word " * 10_000)
    assert len(heard(talk)[-2][1]) < 320 and heard(talk)[-2][1].endswith("…")


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
               for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


@pytest.mark.parametrize("colours", [DAY, NIGHT], ids=["day", "night"])
def test_every_text_can_be_read_by_day_and_by_night(colours):
    pairs = [("ink", behind) for behind in ("page", "yours", "theirs", "believed", "doubted")]
    pairs += [("faint", "page"), ("faint", "theirs"), ("on_button", "button"), ("right", "page"), ("wrong", "page")]
    for text, behind in pairs:
        dark, light = sorted(luminance(colours[name]) for name in (text, behind))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, behind)
    used = {name for look in ("conversation", "clinic") for name in re.findall(r"var\(--(\w+)\)", fronts.read(f"{look}.css"))}
    assert set(DAY) == set(NIGHT) == used - {"weight"}


@pytest.fixture(scope="module")
def talk_to():
    corpus = corpora.load_dialogues("doorstep", num_train=50, num_prompts=10)
    torch.manual_seed(0)
    sizes = dict(vocab_size=len(corpus.target_vocab), label_sizes=(3, 2), embed_dim=8, hidden_dim=8)
    model, judge = Seq2Seq(**sizes).eval(), ReplyJudge(**sizes).eval()

    def respond(said, turns, **values):
        return chat.answer(model, corpus, said, turns=turns, judge=judge, generator=torch.Generator().manual_seed(0), **values)
    return lambda: widgets.chat(respond, chat.as_html, examples=["have you seen my keys ?"], mood=["friendly", "grumpy"],
                                persona=["baker", "driver"], temperature=(0.2, 1.5, 0.1, 0.8)).children[1]


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_stays_text(talk_to, said):
    talk = talk_to()
    talk.add(said)
    page = "".join(bubble["html"] for bubble in talk.bubbles)
    assert [bubble["who"] for bubble in talk.bubbles] == ["you", "model"] * 2
    assert set(re.findall(r"<(\w+)", page)) <= ALLOWED and not re.search(r"<[^>]*onerror", page)


def test_a_model_answers_with_scores_and_alternatives(talk_to):
    talk = talk_to()
    first = talk.bubbles[-1]["html"]
    assert "title=" in first and first.count("<li") == 2 and "I do not know" not in first
    talk.add("have you seen my zyzzyva ?")
    assert "I do not know: zyzzyva" in talk.bubbles[-1]["html"]


def test_menus_of_a_chat_keep_their_keys():
    def answered(said, turns, **values):
        return chat.Answer(said, (), (), (), turns)
    with_menu = widgets.chat(answered, chat.as_html, examples=["hello"], mood=["kind", "cross"])
    without = widgets.chat(answered, chat.as_html, examples=["hello"], temperature=(0.2, 1.5, 0.1, 0.8))
    assert [any(isinstance(part, Arrows) for part in box.children) for box in (with_menu, without)] == [True, False]


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
