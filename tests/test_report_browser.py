"""The lessons as pages, in a real browser with the network cut off: what a reader sees who was sent the report.

The page is made from the committed notebook with its outputs; nothing is executed.
"""
import io
import json
import re

import ipywidgets
import nbformat
import pytest
from barriers import barriers, of_today
from PIL import Image

from gensq_course import checks, widgets
from gensq_course.checks import predictions
from gensq_course.execute import running
from gensq_course.execute.page import read, to_html
from gensq_course.report import lessons

pytestmark = pytest.mark.browser

LESSONS = sorted(lessons.folder().glob("*.ipynb"))
PHONE = {"width": 390, "height": 844}
ENOUGH = 4.5  # contrast of text to what is behind it (WCAG 2.2, 1.4.3, level AA)
CONTRASTS = """(root) => {
  const rgb = (text) => {  // rgb(0 to 255) or, of a mixture, color(srgb 0 to 1)
    const [r, g, b, a = 1] = text.match(/[\\d.]+(e-?\\d+)?/g).map(Number), whole = text.startsWith("color(") ? 255 : 1;
    return {c: [r * whole, g * whole, b * whole], a};
  };
  const over = (top, below) => top.c.map((x, i) => top.a * x + (1 - top.a) * below[i]);
  const linear = (x) => x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4;
  const light = (c) => { const [r, g, b] = c.map((x) => linear(x / 255)); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = (node) => node ? over(rgb(getComputedStyle(node).backgroundColor), behind(node.parentElement)) : [255, 255, 255];
  const contrast = (node) => {
    const below = behind(node), lights = [below, over(rgb(getComputedStyle(node).color), below)].map(light);
    return (Math.max(...lights) + .05) / (Math.min(...lights) + .05);
  };
  const speaks = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())
    && node.checkVisibility() && !node.matches("script, style, :disabled, svg *");
  return [...(root ?? document.body).querySelectorAll("*")].filter(speaks)
    .map((node) => [contrast(node), node.tagName, node.textContent.trim().slice(0, 60)]);
}"""
WIDE = """(width) => {
  const moves = (node) => ["auto", "scroll"].includes(getComputedStyle(node).overflowX);
  const scrolls = (node) => node && (moves(node) || scrolls(node.parentElement));
  return [...document.body.querySelectorAll("*")].filter((node) => node.checkVisibility()
    && node.getBoundingClientRect().right > width + 1 && !scrolls(node.parentElement) && !node.closest("mjx-assistive-mml"))
    .map((node) => `${node.tagName}.${node.className}: ${node.textContent.trim().slice(0, 60)}`).slice(0, 5);
}"""
RIGHTMOST = """(nodes) => nodes.filter((node) => node.checkVisibility())
  .map((node) => [node.getBoundingClientRect().right, node.textContent.trim()])"""
SCALES = """(images) => images.filter((image) => image.checkVisibility())
  .map((image) => [image.clientWidth / image.getAttribute("width"), image.alt])"""
METRICS = {"lesson": "09_tiny", "status": "passed", "message": "", "claims": {}, "versions": {}, "date": "", "seconds": 0}
SMALLEST = 0.7  # of a figure's own size, at which its letters have 15 pixels


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def report(request, tmp_path_factory):
    """A lesson's page, as a file."""
    notebook = nbformat.read(request.param, as_version=4)
    if not any(cell.get("outputs") for cell in notebook.cells):
        pytest.skip(f"{request.param.name} has no outputs yet: run it and save it with them")
    folder = tmp_path_factory.mktemp("report")
    running.write(lessons.read_lesson(request.param), {}, folder, notebook, "", 0.0)
    return folder / f"{request.param.stem}.html"


@pytest.fixture
def opened(report, browser):
    """Opens the page; what it asks for and complains about is checked when the test is over."""
    asked, complaints, contexts = [], [], []

    def watch(route):
        url = route.request.url
        if url.startswith(("file:", "data:")):
            return route.continue_()
        asked.append(url)
        route.abort()

    def open_page(**options):
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", watch)
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(report.as_uri())
        page.wait_for_selector("mjx-container svg")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert (asked, complaints) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("report", of_today(LESSONS, 3), ids=lambda path: path.stem, indirect=True)
def test_a_report_has_no_barrier(opened, scheme):
    """Three lessons a day, so that all have their turn within eight days."""
    assert barriers(opened(viewport=PHONE, color_scheme=scheme)) == []


def test_formulas_are_drawn(opened):
    page = opened()
    assert page.locator("mjx-container svg").count() > 0 and page.locator("mjx-merror, [data-mjx-error]").count() == 0
    left = [text for text in page.locator("main .text").all_inner_texts() if "$$" in text or "\\frac" in text]
    assert left == [], "formulas that MathJax left as they were"


def test_pictures_are_described(opened):
    alts = opened().eval_on_selector_all("img", "images => images.map((image) => image.alt.trim())")
    assert alts and all(len(alt) > 20 for alt in alts), alts


def test_players_of_sounds_can_be_clicked(opened):
    heights = opened().locator("audio").evaluate_all("(all) => all.filter((a) => a.checkVisibility()).map((a) => a.offsetHeight)")
    assert all(height >= 30 for height in heights), heights


def test_sliders_answer_the_keyboard(opened):
    page = opened()
    sliders = page.locator(".widget input[type=range]")
    assert page.locator(".widget").count() > 0, "no widget was saved with the notebook"
    for slider in sliders.all():
        widget = slider.locator("xpath=ancestor::*[contains(concat(' ', @class, ' '), ' widget ')]")
        if slider.is_disabled():  # it asked a kernel: the page says so
            assert "These controls need a running notebook" in widget.inner_text()
            continue
        texts = []
        slider.focus()
        for key in ("Home", "ArrowRight", "ArrowRight", "End"):
            page.keyboard.press(key)
            texts.append(widget.inner_text())
        places = 1 + int(float(slider.get_attribute("max")) - float(slider.get_attribute("min")))
        assert len(set(texts)) == min(4, places), f"moving the slider shows {texts}"


def test_questions_are_explained_without_a_kernel(opened):
    page = opened()
    radios = page.locator(".widget input[type=radio]")
    assert radios.count() > 0, "the quiz was not saved with the notebook"
    radios.first.focus()
    page.keyboard.press("Space")
    explained = page.locator(".widget [role=status]:visible").filter(has_text=re.compile(r"Right\.|No\."))
    assert explained.count() == 1


@pytest.mark.parametrize("code", ["shown", "hidden"])
def test_a_phone_needs_no_sideways_scrolling(opened, code):
    page = opened(viewport=PHONE)
    if code == "hidden":
        page.get_by_role("button", name="Hide the code").click()
    wide = page.evaluate(WIDE, PHONE["width"])
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], wide
    assert page.evaluate("document.body.scrollWidth") <= PHONE["width"] and wide == []


def test_a_phone_shows_captions_whole_and_figures_large_enough(opened):
    page = opened(viewport=PHONE)
    captions, figures = page.eval_on_selector_all("caption", RIGHTMOST), page.eval_on_selector_all("img", SCALES)
    assert captions and [row for row in captions if row[0] > PHONE["width"]] == []
    assert figures and [row for row in figures if row[0] < SMALLEST] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_is_shaded_at_the_side_where_it_goes_on(browser, scheme):
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)
    cells = "".join(f"<td style='border: 0'>{'&nbsp;' * 30}</td>" for _ in range(4))  # empty, so that only the ground is seen
    narrow, wide = ("<table><tr><td style='border: 0'>&nbsp;</table>", f"<table><tr>{cells}</table>")
    page.set_content(f"<style>{read('page.css')}</style>{narrow}{wide}")

    def shaded(number: int) -> list[bool]:
        """Left, right: is the first or last column of pixels of another colour than the page?"""
        node = page.locator("table").nth(number)
        picture = Image.open(io.BytesIO(node.screenshot())).convert("RGB")
        row, middle = picture.height // 2, picture.getpixel((picture.width // 2, picture.height // 2))
        return [picture.getpixel((x, row)) != middle for x in (1, picture.width - 2)]

    assert shaded(0) == [False, False] and shaded(1) == [False, True]
    page.locator("table").nth(1).evaluate("table => table.scrollLeft = 50")
    assert shaded(1) == [True, True]
    page.locator("table").nth(1).evaluate("table => table.scrollLeft = 9999")
    assert shaded(1) == [True, False]
    page.close()


def test_paper_cuts_nothing_off(opened):
    """A sheet of A4 has no scrollbar."""
    page = opened(viewport={"width": 718, "height": 1000})  # 190 mm
    page.emulate_media(media="print")
    assert page.locator("table, pre, img").evaluate_all(RIGHTMOST)
    assert [row for row in page.locator("table, pre, img").evaluate_all(RIGHTMOST) if row[0] > 719] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(opened, scheme):
    page = opened(color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'") is (scheme == "dark")
    found = page.evaluate(CONTRASTS)
    faint = sorted(row for row in found if row[0] < ENOUGH)
    assert len(found) > 100 and faint == [], json.dumps(faint[:10], ensure_ascii=False)


@pytest.mark.parametrize(("colours", "enough"), [
    ("color: #777", False), ("color: #767676", True), ("color: #fff8", False), ("color: #fff; background: #0b57a4", True),
    ("color: #1b1f24; background: #15181c", False), ("color: #fff; background: color-mix(in srgb, #000 60%, transparent)", True),
    ("color: #fff; background: color-mix(in srgb, #000 40%, transparent)", False)])
def test_faint_text_is_found(browser, colours, enough):
    page = browser.new_page()
    page.set_content(f'<body style="background: #fff"><div style="{colours}"><p>One <b>two</b></p></div>')
    found = page.evaluate(CONTRASTS)
    assert len(found) == 2 and all((row[0] >= ENOUGH) is enough for row in found)
    page.close()


def test_wide_content_is_found(browser):
    page = browser.new_page(viewport=PHONE)
    page.set_content('<meta name="viewport" content="width=device-width"><div style="width: 500px">wide</div>')
    assert page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]
    assert page.evaluate(WIDE, PHONE["width"]) == ["DIV.: wide"]
    page.set_content('<div style="overflow-x: auto"><p style="width: 500px">wide</div>')
    assert page.evaluate(WIDE, PHONE["width"]) == []
    page.set_content('<div style="overflow-x: auto; width: 400px"><p>wide</div>')
    assert page.evaluate(WIDE, PHONE["width"]) == ["DIV.: wide"]
    page.close()


@pytest.mark.parametrize("report", [path for path in LESSONS if path.stem.startswith("07")], ids=["07"], indirect=True)
def test_the_clinic_is_played_in_a_report(opened):
    page = opened(viewport=PHONE, has_touch=True)
    room = page.locator(".gensq-clinic")
    assert ": 0 points, 0 of 6" in room.inner_text() and "running notebook" not in room.locator("xpath=..").inner_text()
    room.get_by_role("button", name="KL per dimension").locator("visible=true").tap()
    room.get_by_role("combobox").locator("visible=true").select_option(index=1)
    room.get_by_role("button", name="Diagnose").locator("visible=true").tap()
    assert re.search(r": (−\d+ points, 0|1\d points, 1) of 6", room.inner_text())
    assert page.evaluate(WIDE, PHONE["width"]) == []


def page_of(data, browser, folder):
    """A page with one output, made of the widgets that are alive."""
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", data=data)])
    state = {"application/vnd.jupyter.widget-state+json": {"state": ipywidgets.Widget.get_manager_state()["state"]}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": state})
    (folder / "page.html").write_text(to_html(notebook, title="A page", metrics=METRICS), encoding="utf-8")
    page = browser.new_page(viewport=PHONE)
    page.goto((folder / "page.html").as_uri())
    return page


def test_a_prediction_s_form_is_the_page_s_own_without_a_kernel(browser, monkeypatch, tmp_path):
    """Nothing that looks alive and is not: the form of the notebook is gone, and what stands in its place answers."""
    shown = []
    monkeypatch.setattr(predictions, "in_notebook", lambda: True)
    monkeypatch.setattr(predictions, "display", lambda bundle, raw: shown.append(bundle))
    checks.predict("the <share>")
    page = page_of(shown[0], browser, tmp_path)
    form = page.locator("form.guess")
    assert page.locator(".widget").count() == 0 and "Your guess: the <share>. Write a number" in form.inner_text()
    form.get_by_label("my guess").fill("0.25")
    page.keyboard.press("Enter")
    assert "Kept. the <share>: you guessed 0.25, 50% sure" in form.inner_text()
    assert "needs a running kernel" not in page.locator("main").inner_text() and page.evaluate(WIDE, PHONE["width"]) == []
    page.close()


def test_a_quiz_answers_without_a_kernel(browser, tmp_path):
    """What keeps its arrows in JupyterLab is not to be seen here."""
    box = widgets.quiz(checks.quiz("02_kl"))
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": box.model_id, "version_major": 2, "version_minor": 0}}
    page = page_of(view, browser, tmp_path)
    page.locator(".widget input[type=radio]").first.focus()
    page.keyboard.press("Space")
    assert page.locator(".widget [role=status]:visible").filter(has_text=re.compile(r"Right\.|No\.")).count() == 1
    assert "running kernel" not in page.locator("main").inner_text()
    page.close()
