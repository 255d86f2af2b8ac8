"""The chat of lesson 16 in JupyterLab and as a page of Voila: a sentence in, a reply out; whatever is typed stays text."""
import re
import secrets

import nbformat
import pytest

from gensq_lib.report import voila
from gensq_lib.report.lessons import find_lesson
from test_lab_browser import command, finished, free_port
from test_latent_space_browser import WAIT, after, said, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "16_dialogue_gan"
HOSTILE = ["<img src=x onerror=alert(1)> keys", "my keys " * 63, "my keys \U0001f600",
           "keys \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627"]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("chat") / "lessons" / f"{LESSON}.ipynb"
    path.parent.mkdir()
    nbformat.write(voila.page(find_lesson(LESSON)), path)
    return path


@pytest.fixture(scope="module", params=["voila", "lab"])
def page(request, notebook, browser):
    """The page's cells, run, in one of the two; what it asks for and complains about is checked at the end."""
    home, port, token = notebook.parents[1], free_port(), secrets.token_hex(8)
    asked, complaints = [], []
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(60_000)
    shown = context.new_page()
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("dialog", lambda dialog: complaints.append(dialog.message) or dialog.dismiss())
    in_lab = request.param == "lab"
    start = command(home, port, token) if in_lab else voila.command(
        notebook, port=port, options=["--no-browser", f"--Voila.token={token}"])
    root = f"http://127.0.0.1:{port}"
    with served(home, start, f"{root}/{'api' if in_lab else ''}?token={token}"):
        shown.goto(f"{root}/lab/tree/{LESSON}.ipynb?token={token}" if in_lab else f"{root}/?token={token}", timeout=WAIT)
        if in_lab:
            shown.get_by_text(re.compile(r"^Python 3 .*\| Idle$")).wait_for(timeout=WAIT)
            shown.locator(".lm-MenuBar-itemLabel:text-is('Run')").click()
            shown.locator(".lm-Menu-itemLabel:text-is('Run All Cells')").click()
            finished(shown)
        field(shown).wait_for(timeout=WAIT)
        yield shown
        assert [url for url in asked if not re.match(rf"(http|ws)://127\.0\.0\.1:{port}/|data:|blob:", url)] == []
        assert complaints == []
    context.close()


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
