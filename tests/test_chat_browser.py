"""The chat of lesson 16 in JupyterLab and as a page of Voila: a sentence in, a reply out; whatever is typed stays text."""
import pytest
from widget_page import WAIT, WAYS, after, said, shown

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "16_dialogue_gan"
HOSTILE = ["<img src=x onerror=alert(1)> keys", "my keys " * 63, "my keys \U0001f600",
           "keys \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627"]


@pytest.fixture(scope="module", params=WAYS)
def page(request, tmp_path_factory, browser):
    with shown(LESSON, request.param, tmp_path_factory.mktemp("chat"), browser) as page:
        field(page).wait_for(timeout=WAIT)
        yield page


def field(page):
    return page.get_by_placeholder("say something, then Enter")


def chat(page):
    return page.locator(".widget-vbox").filter(has=field(page)).last


def say(page, words: str) -> str:
    """What the widget shows after the sentence was sent with Enter."""
    def write():
        field(page).fill(words)
        field(page).press("Enter")

    return after(page, chat(page), write)


def test_a_sentence_in_and_a_reply_out(page):
    before = said(chat(page))
    found = say(page, "Have you seen my umbrella?")
    assert found != before and "Have you seen my umbrella?" in found and field(page).input_value() == ""


def test_mood_and_persona_are_chosen(page):
    menus = chat(page).locator("select")
    assert menus.count() == 3
    menus.nth(0).select_option("grumpy")
    assert "my keys" in say(page, "Have you seen my keys?")


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_stays_text(page, words):
    found = say(page, words)
    assert words[:20].strip() in found
    assert chat(page).locator("img, script").count() == 0


def test_unknown_words_are_named(page):
    assert "I do not know: zyzzyva" in say(page, "have you seen my zyzzyva?")
    assert "expected a sentence with a word that the model knows" in say(page, "zyzzyva")


def test_start_anew_forgets(page):
    chat(page).get_by_role("button", name="start anew").click()
    page.wait_for_timeout(500)
    assert "umbrella" not in said(chat(page))
