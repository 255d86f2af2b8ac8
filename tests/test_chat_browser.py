"""The chat in JupyterLab and as a page of Voila, by day and by night, on a phone, too; and lesson 16 around it."""
import re

import ipywidgets
import nbformat
import pytest
from barriers import barriers
from test_report_browser import CONTRASTS, ENOUGH, METRICS, PHONE, WIDE
from widget_page import WAIT, WAYS, shown

from gensq_course import widgets
from gensq_course.execute.page import to_html
from gensq_course.talk.chat import Answer, as_html

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "16_dialogue_gan"
ROOM = """
from dataclasses import replace
import torch
from gensq_course import widgets
from gensq_course.talk import chat
from gensq_lib.models.judges import ReplyJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora

text = corpora.load_dialogues("doorstep", num_train=50, num_prompts=10)
torch.manual_seed(0)
sizes = dict(vocab_size=len(text.target_vocab), label_sizes=(3, 2), embed_dim=8, hidden_dim=8)
model, judge = Seq2Seq(**sizes).eval(), ReplyJudge(**sizes).eval()

def respond(said, turns, temperature, voice, **labels):
    if said.startswith("philosophy"):
        return chat.Answer("I can talk about keys.", (), (), (), turns)
    found = chat.answer(model, text, said, turns=turns, judge=judge, temperature=temperature,
                        generator=torch.Generator().manual_seed(len(turns)), **labels)
    return replace(found, words=tuple((word, 20 * score) for word, score in found.words))

menus = {name: list(values) for name, values in text.conditions.items()}
widgets.chat(respond, chat.as_html, examples=["Have you seen my keys?", "Have you seen my hat?"], **menus,
             temperature=(0.2, 1.5, 0.1, 0.8), voice=["likelihood", "conditional VAE"])
"""
HOSTILE = ["<img src=x onerror=alert(1)> keys", "my keys " * 2000, "my keys \U0001f600", "keys" + "y" * 200 + " my keys",
           "keys \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "</p><script>alert(1)</script> keys"]
DESK = {"width": 1300, "height": 1000}
IN_VIEW = """(node) => { const [one, all] = [node, node.closest(".talk")].map((each) => each.getBoundingClientRect());
  return one.bottom <= all.bottom + 1 && all.bottom <= innerHeight; }"""
def room() -> nbformat.NotebookNode:
    """A notebook with nothing but a chat, whose model has learnt nothing: it starts in seconds."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ROOM)], metadata={"kernelspec": {
        "name": "python3", "display_name": "Python 3"}})


@pytest.fixture(scope="module", params=WAYS)
def page(request, tmp_path_factory, browser):
    with shown(LESSON, request.param, tmp_path_factory.mktemp("chat"), browser, content=room()) as page:
        field(page).wait_for(timeout=WAIT)
        yield page


def field(page):
    return page.get_by_placeholder("say something, then Enter")


def chat(page):
    return page.locator(".gensq-chat")


def bubbles(page):
    return chat(page).locator(".turn:not(.pending)")


def say(page, words: str) -> str:
    """What the last bubble shows after the sentence was sent with Enter."""
    last = bubbles(page).last.get_attribute("data-id") if bubbles(page).count() else ""
    field(page).fill(words)
    field(page).press("Enter")
    page.wait_for_function("""(last) => { const turns = [...document.querySelectorAll(".gensq-chat .turn")];
      return turns.length && turns.at(-1).dataset.id !== last && !turns.some((turn) => turn.classList.contains("pending")); }""",
                           arg=last)
    page.wait_for_timeout(100)
    return bubbles(page).last.inner_text()


def test_it_has_no_barrier(page):
    if page.locator(".jp-LabShell").count():
        pytest.skip("what JupyterLab's own frame lacks is not ours to mend")
    assert barriers(page) == []


def test_enter_sends_and_the_field_is_ready_for_the_next(page):
    found = say(page, "Have you seen my umbrella?")
    assert found.startswith("model:") and "Have you seen my umbrella?" in bubbles(page).nth(-2).inner_text()
    assert field(page).input_value() == "" and field(page).evaluate("(node) => node === document.activeElement")


def test_the_button_sends_and_gives_the_focus_back(page):
    count = bubbles(page).count()
    field(page).fill("Have you seen my hat?")
    chat(page).get_by_role("button", name="Send").click()
    bubbles(page).nth(count + 1).wait_for()
    assert field(page).evaluate("(node) => node === document.activeElement")


def test_you_stand_right_and_the_model_left(page):
    say(page, "Have you seen my keys?")
    you, model = (bubbles(page).nth(i).locator(".bubble").first.bounding_box() for i in (-2, -1))
    around = chat(page).bounding_box()
    assert around["x"] + around["width"] - you["x"] - you["width"] < 60 and model["x"] - around["x"] < 60
    assert you["y"] < model["y"]


def test_the_last_bubble_stays_in_view_directly_above_the_field(page):
    for _ in range(8):
        say(page, "Have you seen my keys?")
    assert bubbles(page).last.evaluate(IN_VIEW)
    last, below = bubbles(page).last.bounding_box(), field(page).bounding_box()
    assert 0 <= below["y"] - last["y"] - last["height"] < 40


def test_a_reply_unfolds_by_keyboard_and_stays_unfolded(page):
    say(page, "Have you seen my keys?")
    opened = bubbles(page).last.locator("summary")
    opened.focus()
    page.keyboard.press("Enter")
    more = bubbles(page).last.locator("details")
    assert more.get_attribute("open") is not None and re.search(r"Judge: .*[+−]\d\.\d\d", more.inner_text())
    say(page, "Have you seen my hat?")
    assert bubbles(page).nth(-3).locator("details").get_attribute("open") is not None
    assert bubbles(page).last.locator("[title^='+'], [title^='−']").count() > 0


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_stays_text(page, words):
    say(page, words)
    assert words[:20].strip() in bubbles(page).nth(-2).inner_text()
    assert chat(page).locator("img, script").count() == 0
    assert chat(page).evaluate("(node) => node.scrollWidth <= node.clientWidth + 1")


def test_what_it_does_not_know_and_refusals_are_notes(page):
    assert "I do not know: zyzzyva" in say(page, "have you seen my zyzzyva?")
    assert "I can talk about keys." in say(page, "philosophy") and field(page).input_value() == ""
    assert "expected a sentence with a word that the model knows" in say(page, "zyzzyva")
    assert field(page).input_value() == "zyzzyva" and bubbles(page).last.locator(".note").count() == 1


def test_it_is_a_log_that_is_read_aloud(page):
    talk = chat(page).get_by_role("log", name="conversation")
    assert talk.get_attribute("aria-live") == "polite" and field(page).get_attribute("aria-label") == "what you say"


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_everything_can_be_read_by_day_and_by_night(page, night):
    """In JupyterLab the theme counts, which a reader chooses there; on the page what the system prefers."""
    say(page, "have you seen my zyzzyva?")
    in_lab = page.locator("body[data-voila]").count() == 0
    page.emulate_media(color_scheme="dark" if night and not in_lab else "light")
    if in_lab:
        page.evaluate("(light) => document.body.setAttribute('data-jp-theme-light', light)", "false" if night else "true")
    page.wait_for_timeout(200)
    found = chat(page).evaluate(CONTRASTS)
    assert len(found) > 10 and min(found)[0] >= ENOUGH, min(found)
    behind = chat(page).evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", behind))) < 300) == night
    page.emulate_media(color_scheme="light")


def test_a_phone_needs_no_scrolling_sideways(page):
    page.set_viewport_size(PHONE)
    if not page.locator("body[data-voila]").count():
        page.evaluate("document.activeElement.blur()")  # or the key belongs to the field
        page.keyboard.press("ControlOrMeta+b")  # the list of files goes away
        page.wait_for_timeout(1000)
    else:
        say(page, "keys" + "y" * 100 + " my keys")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert field(page).bounding_box()["y"] + field(page).bounding_box()["height"] <= PHONE["height"]
        menus = page.locator("select").all()
        assert all(menu.bounding_box()["x"] + menu.bounding_box()["width"] <= PHONE["width"] for menu in menus)
    assert chat(page).evaluate("(node) => node.scrollWidth <= node.clientWidth + 1")
    page.set_viewport_size(DESK)


def test_a_long_talk_says_that_it_forgets(page):
    for i in range(35):
        say(page, f"Have you seen my keys {i}?")
    assert "Earlier turns are no longer shown." in bubbles(page).first.inner_text() and bubbles(page).count() == 61


def test_start_anew_forgets(page):
    chat(page).get_by_role("button", name="Anew").click()
    page.wait_for_function("document.querySelectorAll('.gensq-chat .turn').length === 0")


@pytest.fixture(scope="module")
def lesson(tmp_path_factory, browser):
    with shown(LESSON, "voila", tmp_path_factory.mktemp("lesson"), browser) as page:
        field(page).wait_for(timeout=WAIT)
        yield page


def test_the_page_of_the_lesson_is_a_title_a_few_words_and_the_chat(lesson):
    assert lesson.locator("table").count() == 0 and lesson.get_by_role("heading").first.inner_text().startswith("Someone answers")
    assert chat(lesson).bounding_box()["y"] < 400
    menus = lesson.locator("select")
    assert menus.count() == 3
    menus.nth(0).select_option("grumpy")
    assert say(lesson, "Have you seen my keys?").startswith("model:")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_a_kernel_the_first_exchange_stands_there_and_all_is_switched_off(browser, tmp_path, scheme):
    """In the page of a report."""
    reply = Answer("No keys.", (("No", 9.0), (" keys", -9.0), (".", 0.0)), ("Sorry.",), ("zyzzyva",), ())
    room = widgets.chat(lambda *_, **__: reply, as_html, examples=["Have you <b>seen</b> my keys?"], mood=["kind", "cross"])
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": room.model_id, "version_major": 2, "version_minor": 0}}
    cell = nbformat.v4.new_code_cell("widgets.chat(...)", outputs=[nbformat.v4.new_output("display_data", data=view)])
    state = {"application/vnd.jupyter.widget-state+json": {"state": ipywidgets.Widget.get_manager_state()["state"]}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": state})
    (tmp_path / "page.html").write_text(to_html(notebook, title="A page", metrics=METRICS), encoding="utf-8")
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)
    page.goto((tmp_path / "page.html").as_uri())
    found = chat(page)
    assert "Have you <b>seen</b> my keys?" in found.locator(".turn.you").inner_text() and "No keys." in found.inner_text()
    assert found.locator("form :not(:disabled)").count() == 0 and page.locator("select").is_disabled()
    assert min(page.evaluate(CONTRASTS))[0] >= ENOUGH and page.evaluate(WIDE, PHONE["width"]) == []
    page.close()
