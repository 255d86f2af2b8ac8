"""The web book in a real browser, from the disk, with the network cut off: as a visitor has it, and as axe has it.

Two lessons are enough for the kinds of pages; every lesson's own page is held by test_report_browser.py, by the same template.
"""
import json
import re

import pytest
from barriers import barriers
from test_report_browser import CONTRASTS, ENOUGH, PHONE, WIDE

from gensq_course import book

pytestmark = pytest.mark.browser

LESSONS = ("06_text_vae", "09_latent_space")
BUSY = 120_000  # milliseconds: a busy machine may take this long
DESK = {"width": 1200, "height": 900}
FILTER = "(node) => getComputedStyle(node).filter"
COLUMNS = "(cells) => cells.map((cell) => [getComputedStyle(cell).textAlign, cell.textContent])"
LINES = """(cells) => cells.map((cell) => {
  const inside = document.createRange();
  inside.selectNodeContents(cell);
  return inside.getClientRects().length;
})"""
CUT = """(nodes) => nodes.filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
  .map((node) => node.textContent.slice(0, 60))"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return book.build(tmp_path_factory.mktemp("book") / "out", LESSONS).folder


@pytest.fixture
def opened(built, browser):
    """Opens a page of the book; what fails, what is asked of others and what is complained about is told at the end."""
    failed, complaints, contexts = [], [], []

    def open_page(name, **options):
        context = browser.new_context(offline=True, **options)
        context.set_default_timeout(BUSY)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: failed.append(request.url) if not request.url.startswith(("file:", "data:")) else None)
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((built / name).as_uri())
        if re.match(r"\d\d_", name):
            page.wait_for_selector("mjx-container svg")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert (failed, complaints) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["index.html", "06_text_vae.html", "glossary.html", "search.html", "notation.html",
                                  "bibliography.html"])
def test_a_page_fits_can_be_read_and_has_no_barrier(opened, name, window, scheme):
    page = opened(name, viewport=window, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= window["width"] and page.evaluate(WIDE, window["width"]) == []
    faint = sorted(row for row in page.evaluate(CONTRASTS) if row[0] < ENOUGH)
    assert faint == [], json.dumps(faint[:10], ensure_ascii=False)
    assert barriers(page) == []


def test_axe_sees_a_barrier(browser):
    page = browser.new_page()
    page.set_content('<html lang="en"><title>t</title><main><h1>h</h1><img src="data:,"><button></button></main>')
    assert {row[0] for row in barriers(page)} >= {"image-alt", "button-name"}
    page.close()


def test_a_visitor_goes_from_the_map_to_a_lesson_and_on(opened):
    page = opened("index.html", viewport=DESK)
    page.get_by_role("link", name=re.compile("A variational autoencoder for text")).last.click()
    page.wait_for_url("**/06_text_vae.html")
    page.get_by_role("navigation", name="On this page").get_by_role("link", name=re.compile("Where did the nats go")).click()
    assert page.get_by_role("heading", name=re.compile("Where did the nats go")).bounding_box()["y"] < 200
    page.get_by_role("link", name=re.compile("^Next")).click()
    page.wait_for_url("**/09_latent_space.html")
    page.get_by_text("Lessons", exact=True).click()
    page.locator(".lessons a").first.click()
    page.wait_for_url("**/06_text_vae.html")


def test_on_a_phone_the_bar_has_one_row_and_a_button_opens_the_rest(opened):
    page = opened("06_text_vae.html", viewport=PHONE, has_touch=True)
    bar, menu, search = page.locator(".bar"), page.get_by_role("button", name="Menu"), page.get_by_role("searchbox")
    assert bar.bounding_box()["height"] < 60 and search.is_hidden()
    menu.tap()
    assert search.is_visible() and menu.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert search.is_hidden() and page.evaluate("document.activeElement.id") == "menu"
    page.keyboard.press("Enter")
    assert page.locator(".bar nav").get_by_role("link").first.is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert search.is_visible() and search.evaluate("(node) => node === document.activeElement")
    page.set_viewport_size(DESK)
    assert menu.is_hidden() and search.is_visible()


def test_the_sentence_of_the_front_page_changes_under_the_keyboard(opened):
    page = opened("index.html")
    slider = page.locator(".hero input[type=range]")
    slider.focus()
    texts = []
    for key in ("Home", "ArrowRight", "End"):
        page.keyboard.press(key)
        texts.append(page.locator(".hero .widget").inner_text())
    assert len(set(texts)) == 3 and slider.is_enabled()


def test_the_front_page_takes_two_sentences_of_your_own(opened):
    """Its model is loaded when it is asked for, and not before."""
    page, loaded = opened("index.html", viewport=PHONE), []
    page.on("request", lambda request: loaded.append(request.url))
    page.wait_for_timeout(500)
    assert not any("/live/" in url for url in loaded)
    page.get_by_text("Type two sentences of your own").click()
    page.wait_for_selector(".gensq-live[data-ready=true]")
    assert any("/live/" in url for url in loaded)
    slider, said = page.locator(".gensq-live input[type=range]").first, page.locator(".gensq-live")
    slider.focus()
    before = said.inner_text()
    page.keyboard.press("End")
    assert said.inner_text() != before and page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_skip_link_and_the_theme(opened):
    page = opened("06_text_vae.html", viewport=DESK, color_scheme="light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    ground = "getComputedStyle(document.body).backgroundColor"
    by_day = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) != by_day and "invert" in page.locator("main img").first.evaluate(FILTER)
    page.reload()
    assert page.evaluate(ground) != by_day, "the choice is forgotten"
    page.emulate_media(media="print")
    assert page.locator("main img").first.evaluate(FILTER) == "none"


def test_code_is_not_cut_at_a_desk_and_what_moves_can_be_reached(opened):
    page = opened("06_text_vae.html", viewport=DESK)
    assert page.locator(".highlight pre").evaluate_all(CUT) == []
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(300)
    assert page.locator("pre[tabindex='0']").count() > 5 and page.locator(".goes-on:visible").count() > 0
    for table in page.locator("main table:visible").all():
        moves, hinted = table.evaluate("(node) => [node.scrollWidth > node.clientWidth + 1, !node.nextElementSibling.hidden]")
        assert moves == hinted


def test_numbers_stand_under_each_other(opened):
    page = opened("06_text_vae.html", viewport=DESK)
    columns = page.locator("td.number").evaluate_all(COLUMNS)
    assert len(columns) > 20 and {side for side, _ in columns} == {"right"}
    assert not any(text.startswith("-") for _, text in columns)


def test_intervals_are_numbers_too(opened):
    page = opened("09_latent_space.html", viewport=PHONE)
    found = page.locator("td.number").filter(has_text=" to ")
    assert found.count() > 20 and set(found.evaluate_all(LINES)) == {1}


def test_formulas_are_as_large_on_a_phone(opened):
    """Those that are longer than a line move sideways, in a place of their own."""
    sizes = "(all) => all.map((each) => Math.round(each.getBoundingClientRect().width))"
    page = opened("06_text_vae.html", viewport=DESK)
    wide = page.locator("main mjx-container svg:visible").evaluate_all(sizes)
    page.set_viewport_size(PHONE)
    assert page.locator("main mjx-container svg:visible").evaluate_all(sizes) == wide and max(wide) > PHONE["width"]
    assert page.evaluate(WIDE, PHONE["width"]) == []


def test_a_control_that_asks_a_kernel_shows_the_way_to_one_that_works(opened):
    page = opened("09_latent_space.html", viewport=DESK)
    links = page.get_by_role("link", name="At the top of this page is one that works here.")
    assert links.count() > 2
    links.last.click()
    page.wait_for_selector("#alive .gensq-live[data-ready=true]")
    assert page.locator("#alive").bounding_box()["y"] < DESK["height"]
    page.get_by_role("link", name="Where the lesson comes to it").click()
    assert page.locator("#cell-slide").bounding_box()["y"] < 200


def test_a_quiz_counts_points(opened):
    page = opened("06_text_vae.html", viewport=DESK)
    quiz = page.locator(".widget").last
    assert "0 answered" in quiz.inner_text() and "running notebook" not in quiz.inner_text()
    questions = quiz.locator("fieldset")
    right = 0
    for question in questions.all():
        question.locator("input").first.check()
        right += question.locator("xpath=following-sibling::*[1]").inner_text().strip().startswith("✓")
    assert f"{right} of {questions.count()} right, {questions.count()} answered." in quiz.inner_text()


def test_a_prediction_is_kept_and_held_against_what_came_out(opened):
    page = opened("06_text_vae.html", viewport=DESK)
    form, folded = page.locator("form.guess").first, page.locator("details.came-out").first
    outcome = folded.locator("xpath=following-sibling::p[1]")
    assert folded.get_attribute("open") is None and outcome.is_hidden()
    form.get_by_label("my guess").fill("1,500")
    form.get_by_role("button").click()
    assert "Expected a number" in form.inner_text() and outcome.is_hidden()
    for guess, mark in (("9", "✗"), ("0,1", "✓")):
        form.get_by_label("my guess").fill(guess)
        form.get_by_role("button").click()
        assert outcome.inner_text().startswith(mark) and folded.get_attribute("open") is not None
    assert "Calibration: 100% of 1 guesses" in page.locator("[data-calibration]").inner_text()
    page.reload()
    assert outcome.inner_text().startswith("✓"), "the guess is forgotten"


def test_the_search_finds_a_word_a_beginning_and_a_slip(opened):
    page = opened("index.html")
    page.keyboard.press("/")
    page.keyboard.type("posterior collapse")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=posterior*")
    for asked in ("posterior collapse", "poste", "postreior"):
        page.locator("#asked").fill(asked)
        assert page.locator("#found li").count() > 0 and "places" in page.locator("#how-many").inner_text()
    page.locator("#asked").fill("posterior collapse")
    first = page.locator("#found a").evaluate_all("(links) => links.slice(0, 5).map((link) => link.getAttribute('href'))")
    assert "glossary.html#posterior-collapse" in first, "a term stands among the first"
    page.locator("#asked").fill("<img src=x onerror=alert(1)> zyzzyva")
    assert page.locator("#found li").count() == 0 and page.locator("#found img").count() == 0
    page.locator("#asked").fill("kl_to_prior")
    page.locator("#found a").first.click()
    page.wait_for_url(re.compile(r"/\d\d_\w+\.html#"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_clinic_has_no_barrier(opened, scheme):
    page = opened("clinic.html", viewport=DESK, color_scheme=scheme)
    assert barriers(page) == []
    page.locator(".instruments button:not([aria-disabled]):visible").first.click()
    page.get_by_role("combobox").locator("visible=true").first.select_option(index=1)
    assert page.locator("table:visible").count() > 0 and barriers(page) == []


def test_the_clinic_opens_from_lesson_and_front(opened):
    page = opened("index.html")
    page.get_by_role("link", name="The clinic").last.click()
    assert page.get_by_role("heading", name="The clinic").is_visible()
