"""The widgets of lesson 09 in JupyterLab and as a page of Voila: slide by keyboard, type, pick on the map.

Both get the page's cells (the lesson's own, tagged). Nothing may be asked of another machine, and nothing complained about.
"""
import pytest
from barriers import barriers
from widget_page import WAIT, WAYS, after, said, shown

from gensq_lib.plots.style import INK

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "09_latent_space"


@pytest.fixture(scope="module", params=WAYS)
def page(request, tmp_path_factory, browser):
    with shown(LESSON, request.param, tmp_path_factory.mktemp("latent"), browser) as page:
        page.locator("svg.gensq-atlas").nth(1).wait_for(timeout=WAIT)
        yield page


def slide(page):
    """The widget of two sentences: the first with a text field."""
    return page.locator(".widget-vbox").filter(has=page.locator(".widget-text")).filter(
        has=page.locator(".noUi-handle")).first


def test_it_has_no_barrier(page):
    if page.locator(".jp-LabShell").count():
        pytest.skip("what JupyterLab's own frame lacks is not ours to mend")
    assert barriers(page) == []


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
    assert drawn.locator(".gensq-mark").get_attribute("stroke") == INK
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
