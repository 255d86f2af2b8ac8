"""The widgets of lesson 09 in JupyterLab and as a page of Voila: slide by keyboard, type, pick on the map.

Both get the page's cells (the lesson's own, tagged). Nothing may be asked of another machine, and nothing complained about.
"""
import re
import secrets
import subprocess
from contextlib import contextmanager

import nbformat
import pytest

from gensq_lib.report import voila
from gensq_lib.report.lessons import find_lesson
from test_lab_browser import command, finished, free_port, variables, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "09_latent_space"
WAIT = 120_000  # milliseconds: a busy machine may take this long


@contextmanager
def served(home, start, address):
    """A server in a folder of its own, which ends with the test."""
    with open(home / "log", "w") as log:
        server = subprocess.Popen(start, env=variables(home) | voila.variables(find_lesson(LESSON)), stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=log)
    try:
        wait_for(address, server, home / "log")
        yield
    finally:
        server.terminate()
        server.wait(timeout=60)


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    home = tmp_path_factory.mktemp("latent")
    (home / "lessons").mkdir()
    path = home / "lessons" / f"{LESSON}.ipynb"
    nbformat.write(voila.page(find_lesson(LESSON)), path)
    return path


@pytest.fixture(scope="module", params=["voila", "lab"])
def page(request, notebook, browser):
    """The notebook, run, in one of the two; what it asks for and complains about is checked at the end."""
    home, port, token = notebook.parents[1], free_port(), secrets.token_hex(8)
    asked, complaints = [], []
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(60_000)
    shown = context.new_page()
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    start = {"lab": command(home, port, token),
             "voila": voila.command(notebook, port=port, options=["--no-browser", f"--Voila.token={token}"])}[request.param]
    root = f"http://127.0.0.1:{port}"
    with served(home, start, f"{root}/api?token={token}" if request.param == "lab" else f"{root}/?token={token}"):
        shown.goto(f"{root}/lab/tree/{LESSON}.ipynb?token={token}" if request.param == "lab" else f"{root}/?token={token}",
                   timeout=WAIT)
        if request.param == "lab":
            shown.get_by_text(re.compile(r"^Python 3 .*\| Idle$")).wait_for(timeout=WAIT)
            shown.locator(".lm-MenuBar-itemLabel:text-is('Run')").click()
            shown.locator(".lm-Menu-itemLabel:text-is('Run All Cells')").click()
            finished(shown)
        shown.locator("svg.gensq-atlas").nth(1).wait_for(timeout=WAIT)
        yield shown
        assert [url for url in asked if not re.match(rf"(http|ws)://127\.0\.0\.1:{port}/|data:|blob:", url)] == []
        assert complaints == []
    context.close()


def said(widget) -> str:
    return " ".join(widget.locator(".widget-html").locator("visible=true").all_inner_texts())


def after(page, widget, action) -> str:
    """What the widget says when it has stopped to say what it said before."""
    before = said(widget)
    action()
    for _ in range(100):
        page.wait_for_timeout(100)
        if said(widget) != before:
            break
    page.wait_for_timeout(300)
    return said(widget)


def slide(page):
    """The widget of two sentences: the first with a text field."""
    return page.locator(".widget-vbox").filter(has=page.locator(".widget-text")).filter(
        has=page.locator(".noUi-handle")).first


def test_the_slider_moves_by_keyboard(page):
    widget = slide(page)
    handle = widget.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    handle.focus()
    start = said(widget)
    assert "linear" in start and "spherical" in start
    end = after(page, widget, lambda: page.keyboard.press("End"))
    assert end != start
    assert after(page, widget, lambda: page.keyboard.press("Home")) == start


def typed(page, text: str) -> str:
    widget = slide(page)
    field = widget.locator(".widget-text input").first

    def write():
        field.fill(text)
        field.press("Enter")

    return after(page, widget, write)


def test_a_typed_sentence_is_decoded_and_anything_else_explained(page):
    slide(page).locator(".noUi-handle").first.focus()
    page.keyboard.press("Home")
    assert "linear" in typed(page, "The cook ate a pizza at the restaurant.")
    found = typed(page, "<b>x</b>")
    assert 'got "<b>x</b>"' in found, found
    assert slide(page).locator("[role=alert] b").count() == 0, "shown as text"
    assert "nearest words" in typed(page, "The cook ate a piza.")
    assert "linear" in typed(page, "The cook ate a pizza.")


@pytest.mark.parametrize("number", [0, 1], ids=["PCA", "t-SNE"])
def test_places_are_picked_by_keyboard_and_by_mouse(page, number):
    drawn = page.locator("svg.gensq-atlas").nth(number)
    widget = drawn.locator("xpath=ancestor::*[contains(@class, 'widget-vbox')][1]")
    drawn.scroll_into_view_if_needed()
    drawn.focus()
    first = said(widget)
    second = after(page, widget, lambda: page.keyboard.press("Shift+ArrowRight"))
    third = after(page, widget, lambda: drawn.click(position={"x": 200, "y": 150}))
    assert "decoded at" in first and len({first, second, third}) == 3


def test_the_mood_of_a_sentence_is_turned(page):
    widget = page.locator(".widget-vbox").filter(has=page.locator(".widget-dropdown")).filter(
        has_text="edited").last
    handle = widget.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    handle.focus()
    assert "unedited reconstruction" in said(widget)
    texts = {after(page, widget, lambda key=key: page.keyboard.press(key)) for key in ("Home", "End")}
    assert len(texts) == 2
