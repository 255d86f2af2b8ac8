"""Pages that compute in the browser as widgets of a notebook, and the clinic: in JupyterLab and as a page of Voila.

The kernel hands their data over and is not asked again.
"""
import re

import nbformat
import pytest
from barriers import barriers
from widget_page import WAIT, WAYS, shown

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = ("from gensq_course import clinic, live, widgets\nlive.widget('space')", "live.widget('sampler')",
         "widgets.clinic(clinic.contents(clinic.new_game(7, clinic.recorded())))", "widgets.explorer(str, n=(0, 3, 1))")
LESSON = "09_latent_space"  # whose folder the server sees
SPACE, SAMPLER, CLINIC = range(3)
COUNTED = """() => { const send = WebSocket.prototype.send;
  globalThis.sent = 0;
  WebSocket.prototype.send = function (data) {
    globalThis.sent += (typeof data === "string" ? data : new TextDecoder().decode(data)).includes("comm_msg");
    return send.call(this, data);
  }; }"""
OF_EACH = (".gensq-live:has(.gensq-atlas)", ".gensq-live:has(.bars)", ".gensq-clinic")


@pytest.fixture(scope="module", params=WAYS)
def page(request, tmp_path_factory, browser):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS], metadata={"kernelspec": {
        "name": "python3", "display_name": "Python 3"}})
    with shown(LESSON, request.param, tmp_path_factory.mktemp("live"), browser, content=content) as page:
        for selector in OF_EACH:
            page.locator(selector).wait_for(timeout=WAIT)
        yield page


def changed(page, number: int, use) -> None:
    """What a widget shows is another thing after it was used."""
    selector = OF_EACH[number]
    before = page.locator(selector).inner_text()
    use(page.locator(selector))
    page.wait_for_function("([one, before]) => document.querySelector(one).innerText !== before", arg=[selector, before])


def pressed(*keys: str):
    """A slider, by its keys."""
    def use(widget) -> None:
        dial = widget.get_by_role("slider").first
        dial.focus()
        for key in keys:
            dial.press(key)
    return use


def test_it_has_no_barrier(page):
    if page.locator(".jp-LabShell").count():
        pytest.skip("what JupyterLab's own frame lacks is not ours to mend")
    assert barriers(page) == []


def test_two_sentences_are_slid_between_typed_and_picked_on_the_map(page):
    changed(page, SPACE, pressed("Home"))
    changed(page, SPACE, lambda widget: widget.get_by_label("from", exact=True).fill("The cook ate a pizza."))
    drawn = page.locator(f"{OF_EACH[SPACE]} svg.gensq-atlas")
    drawn.focus()
    changed(page, SPACE, lambda _: page.keyboard.press("Shift+ArrowLeft"))
    changed(page, SPACE, lambda _: drawn.click(position={"x": 200, "y": 150}))


def test_a_sentence_is_drawn_word_by_word(page):
    changed(page, SAMPLER, lambda widget: widget.get_by_role("button", name="Draw a word").press("Enter"))
    changed(page, SAMPLER, lambda widget: widget.locator("tbody button").first.press("Enter"))
    changed(page, SAMPLER, lambda widget: widget.get_by_role("button", name="Finish the sentence").press("Enter"))


def test_the_clinic_is_played_by_keyboard(page):
    room = page.locator(OF_EACH[CLINIC])
    assert "Student 7: 0 points" in room.inner_text()
    room.get_by_role("button", name="Patient 1").focus()
    page.keyboard.press("2")
    assert room.locator("h2:visible").all_inner_texts() == ["Patient 2"]
    changed(page, CLINIC, lambda _: room.get_by_role("button", name="KL per dimension").locator("visible=true").press("Space"))
    assert "Student 7: −2 points" in room.inner_text()
    room.get_by_role("combobox").locator("visible=true").select_option(index=1)
    changed(page, CLINIC, lambda _: room.get_by_role("button", name="Diagnose").locator("visible=true").press("Enter"))


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_it_has_the_colours_of_its_page(page, night):
    """In JupyterLab the theme counts, on a page of Voila what the reader's system says."""
    if page.locator("body[data-voila]").count():
        page.emulate_media(color_scheme="dark" if night else "light")
    else:
        page.evaluate("(light) => document.body.setAttribute('data-jp-theme-light', light)", str(not night).lower())
    for selector in OF_EACH:
        behind = page.locator(selector).evaluate("(node) => getComputedStyle(node).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", behind)[:3])) < 300) == night, selector


def test_it_asks_its_kernel_for_nothing(page):
    """What goes to the kernel is counted; that of a slider which does ask is."""
    page.evaluate(COUNTED)
    changed(page, SPACE, pressed("End", "Home", "ArrowRight"))
    changed(page, SAMPLER, lambda widget: widget.get_by_role("button", name="Anew").press("Enter"))
    assert page.evaluate("globalThis.sent") == 0
    handle = page.locator(".noUi-handle")
    handle.focus()
    handle.press("End")
    page.wait_for_function("globalThis.sent > 0")
