"""The live pages in Chromium, from a disk and without a network: on a desk and on a phone, by day and by night, by keyboard
and by touch."""
import re

import pytest
from barriers import barriers, of_today
from live_engine import in_page, points, sentences, torch_models
from test_report_browser import CONTRASTS, ENOUGH, PHONE, WIDE

from gensq_course.live import data, pages
from gensq_course.shipped import language_model, latent_space
from gensq_course.talk.space import Space
from gensq_lib.text.batching import collate
from gensq_lib.text.decoding import greedy
from gensq_lib.text.vocab import Vocab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, WAIT = {"width": 1200, "height": 900}, 120_000
NAMELESS = """() => [...document.querySelectorAll("input, select, button")].filter((node) =>
  !(node.labels?.length || node.getAttribute("aria-label") || node.textContent.trim())).map((node) => node.outerHTML)"""
TWICE = """() => { const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  return ids.length - new Set(ids).size; }"""
SMALL = """() => [...document.querySelectorAll("button, select, input")].filter((node) => node.checkVisibility())
  .filter((node) => node.getBoundingClientRect().height < 24).map((node) => node.outerHTML)"""  # WCAG 2.2, 2.5.8


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All pages, and a chapter of a book that shows two of them from files beside it."""
    made = tmp_path_factory.mktemp("live")
    pages.write_pages(made)
    for path, text in pages.files(["kl", "space"]).items():
        (made / path).parent.mkdir(exist_ok=True)
        (made / path).write_text(text, encoding="utf-8")
    (made / "chapter.html").write_text(
        '<!DOCTYPE html><html lang="en" data-theme="dark"><meta charset="utf-8"><title>A chapter</title>'
        '<link rel="stylesheet" href="live.css"><script defer src="live.js"></script><h1>A chapter</h1>'
        '<div class="gensq-live" data-live="kl">Without scripts: a picture.</div>'
        '<div style="height: 3000px"></div><div class="gensq-live" data-live="space"></div>'
        '<div class="gensq-live" data-live="none"></div></html>', encoding="utf-8")
    return made


@pytest.fixture
def opened(browser, folder):
    """Opens a page; at the end nothing was asked of a network, nothing failed and nothing was complained about."""
    contexts, asked, complaints = [], [], []

    def open_page(name: str, **options):
        context = browser.new_context(**{"viewport": DESK, "offline": True, **options})
        contexts.append(context)
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message) or dialog.dismiss())
        page.goto((folder / f"{name}.html").as_uri())
        page.wait_for_selector('.gensq-live[data-ready="true"]', timeout=WAIT)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith("file:")] == [] and complaints == []


def settled(page) -> str:
    """What the page shows when two frames have passed."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator(".gensq-live").first.inner_text()


def slide(page, name: str, press: str) -> None:
    dial = page.get_by_label(name, exact=True).first
    dial.focus()
    page.keyboard.press(press)


def slid(name: str, press: str = "ArrowRight"):
    return lambda page: slide(page, name, press)


def typed(name: str, text: str):
    return lambda page: page.get_by_label(name, exact=True).first.fill(text)


def said(page) -> None:
    page.get_by_label("what you say").fill("Have you seen my keys?")
    page.keyboard.press("Enter")


def diagnosed(page) -> None:
    page.locator("section:visible select").focus()
    page.locator("section:visible select").select_option(index=3)
    page.get_by_role("button", name="Diagnose").locator("visible=true").press("Enter")


def mapped(page) -> None:
    page.locator("svg.gensq-atlas").focus()
    page.keyboard.press("Shift+ArrowLeft")


def turned(page) -> None:
    page.get_by_label(re.compile("^dimension")).first.press("End")


def opens(path):
    def choose(page) -> None:
        page.locator("input[type=file]").set_input_files(path)
        page.get_by_role("heading", name="Your model").wait_for()
    return choose


USED = {  # page -> ways to use it by keyboard, each of which changes what it shows
    "elbo": [slid("weight of farm", "End"), lambda page: page.get_by_label("x", exact=True).select_option(index=0)],
    "kl": [slid("mean of q", "Home"), slid("width of q"), slid("distance of the humps from 0", "End")],
    "dense": [slid("first number of z", "End"), slid("second number of z", "Home")],
    "gan": [slid("class", "End"), slid("first number of z", "Home")],
    "language": [slid("temperature", "End"), slid("draw number"), slid("top-k", "End")],
    "sampler": [lambda page: page.get_by_role("button", name="Draw a word").press("Enter"),
                lambda page: page.locator("tbody button").first.press("Enter"), slid("temperature", "End"),
                lambda page: page.get_by_role("button", name="Finish the sentence").press("Enter"),
                lambda page: page.get_by_role("button", name="Anew").press("Enter")],
    "clinic": [lambda page: page.get_by_role("button", name="KL per dimension").locator("visible=true").press("Space"),
               diagnosed],
    "space": [slid("on the way", "Home"), slid("strength", "Home"), mapped, turned,
              typed("from", "The cook ate a pizza."), typed("to", "The cook ate a piza."), typed("find on the map", "pizza")],
    "doorstep": [said],
    "mine": [opens(latent_space.FILE), typed("a sentence", "The cook ate a pizza."), slid("on the way", "Home"),
             lambda page: page.get_by_role("button", name="Draw six sentences").press("Enter"), opens(language_model.FILE)],
    "masks": [lambda page: page.get_by_role("button", name="One step").press("Enter"),
              lambda page: page.get_by_role("button", name="place 2:").press("Enter"),
              lambda page: page.locator("tbody button").first.press("Enter"), slid("steps", "End"),
              lambda page: page.get_by_role("button", name="To the end").press("Enter"),
              lambda page: page.get_by_role("button", name="Hide again").press("Enter"),
              typed("sentence, _ for a hidden word", "the cook _ the _ her ."),
              typed("sentence, _ for a hidden word", "the kook _ the bread in the _ ."), slid("number of words"),
              lambda page: page.get_by_label("order").select_option(label="the place that I press"),
              lambda page: page.get_by_role("button", name="place 3:").focus(),
              lambda page: page.get_by_role("button", name="place 3:").press("Enter")],
}

BEFORE = {"mine": opens(latent_space.FILE)}  # what a page needs before there is something to look at


@pytest.mark.parametrize("name", data.NEEDS)
def test_it_is_used_by_keyboard(opened, name):
    page = opened(name)
    before = settled(page)
    for use in USED[name]:
        use(page)
        page.wait_for_function("(before) => document.querySelector('.gensq-live').innerText !== before", arg=before)
        before = settled(page)


@pytest.mark.parametrize("name", data.NEEDS)
def test_it_fits_a_phone_and_answers_a_finger(opened, name):
    page = opened(name, viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    BEFORE.get(name, settled)(page)
    before = settled(page)
    assert page.evaluate(WIDE, PHONE["width"]) == [] and page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(SMALL) == []
    target = {"doorstep": "summary", "sampler": "tbody button", "masks": "tbody button",
              "clinic": "section .instruments button:not([aria-disabled])"}
    found = page.locator(target.get(name, "input[type=range]")).locator("visible=true").first
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    page.touchscreen.tap(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    page.wait_for_function("(before) => document.querySelector('.gensq-live').innerText !== before", arg=before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", data.NEEDS)
def test_it_can_be_read_and_every_control_has_a_name(opened, name, scheme):
    page = opened(name, color_scheme=scheme)
    BEFORE.get(name, settled)(page)
    settled(page)
    found = page.evaluate(CONTRASTS)
    assert min(found)[0] >= ENOUGH, min(found)
    assert page.evaluate(NAMELESS) == [] and page.evaluate(TWICE) == 0
    assert page.locator("[role=img]:not([aria-label])").count() == 0
    behind = page.locator(".gensq-live").evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", behind)[:3])) < 300) == (scheme == "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", of_today([*data.NEEDS], 3))
def test_it_has_no_barrier(opened, name, scheme):
    """Before it is used, and after; three pages a day."""
    page = opened(name, viewport=PHONE, color_scheme=scheme)
    found = barriers(page)
    BEFORE.get(name, USED[name][0])(page)
    settled(page)
    assert found + barriers(page) == []


HOSTILE = "<img src=x onerror=alert(1)>keys</p><script>alert(1)</script>"


def test_what_is_typed_stays_text(opened):
    page = opened("doorstep")
    for words in (HOSTILE, f"Have you seen my {HOSTILE}?", "my keys " * 500):
        page.get_by_label("what you say").fill(words)
        page.keyboard.press("Enter")
    page = opened("space")
    page.get_by_label("from", exact=True).fill(HOSTILE)
    page.get_by_label("find on the map").fill(HOSTILE)
    assert "never seen" in settled(page) and "0 of 400" in settled(page)
    assert page.locator(".gensq-live img, .gensq-live script").count() == 0


def test_another_file_than_an_export_is_told_so_and_the_last_one_leaves(opened, tmp_path):
    page = opened("mine")
    opens(language_model.FILE)(page)
    evil = tmp_path / "<img src=x onerror=alert(1)>.safetensors"
    evil.write_bytes(b"nothing of the kind")
    page.locator("input[type=file]").set_input_files(evil)
    page.get_by_text("This file cannot be opened: expected a model exported by gensq, got a file that is cut").wait_for()
    assert page.get_by_role("heading", name="Your model").count() == 0 and page.locator("img").count() == 0


def test_the_map_finds_and_tells(opened):
    page = opened("space")
    drawn = page.locator("svg.gensq-atlas")
    drawn.scroll_into_view_if_needed()
    before = settled(page)
    box = drawn.bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    nearest = settled(page)
    assert nearest != before and "Nearest: " in nearest
    page.mouse.down()
    page.wait_for_function("(before) => document.querySelector('.gensq-live').innerText !== before", arg=nearest)
    title = data.asset("space")["map"]["titles"][7]
    page.get_by_label("find on the map").fill(title)
    assert "1 of 400" in settled(page)
    marked = "(node) => [...node.querySelectorAll('path[transform]')].filter((each) => each.style.opacity === '1').length"
    assert drawn.evaluate(marked) == 1


def test_a_chapter_shows_pages_from_files_beside_it_when_they_come_near(opened):
    page = opened("chapter")
    places = page.locator(".gensq-live")
    assert "KL(q‖p)" in places.nth(0).inner_text() and "Without scripts" not in places.nth(0).inner_text()
    assert places.nth(1).get_attribute("data-ready") is None and page.locator("script[src*='live/']").count() == 0
    places.nth(1).scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll('.gensq-live')[1].dataset.ready === 'true'")
    assert "on the way" in places.nth(1).inner_text()
    page.wait_for_function("document.querySelectorAll('.gensq-live')[2].dataset.ready === 'failed'")
    assert 'cannot be shown: expected one of elbo' in places.nth(2).inner_text() and 'got "none"' in places.nth(2).inner_text()
    behind = places.nth(0).evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", behind)[:3])) < 300, "the page's own choice counts, not the system's"


def test_the_same_page_is_a_widget(browser):
    """Its module, drawn as anywidget draws it."""
    page = browser.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    found = page.evaluate("""async (script) => {
      const module = await import(URL.createObjectURL(new Blob([script], {type: "text/javascript"}))), el = document.body;
      module.default.render({model: {get: (name) => ({name: "kl", assets: {}})[name]}, el});
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return el.innerText; }""", pages.module())
    assert "KL(q‖p) = 1.17 nats" in found and wrong == []
    page.close()


def test_chromium_and_torch_agree(browser):
    """As node and torch do in test_live.py: 1e-4 nats, and 200 greedy sentences."""
    (model, vae), _ = torch_models()
    page, ids, z = browser.new_page(), sentences(100), points(200)
    found = in_page(page, "return asked.logProbs(given)", {"file": data.asset("language_model"), "sentences": ids})
    wanted = model.log_likelihood(collate(ids)).tolist()
    assert max(abs(sum(row) - log_p) for row, log_p in zip(found, wanted, strict=True)) < 1e-4
    given = {"file": data.asset("latent_space"), "points": z.tolist(), "longest": Space.max_length}
    said_there = [ids for ids, _ in in_page(page, "return asked.greedy(given)", given)]
    words = greedy(vae, num=200, z=z, max_length=Space.max_length, avoid=(Vocab.UNK,)).sentences(data.world().vocab)
    assert [tuple(data.world().vocab.words[i] for i in each) for each in said_there] == words
    page.close()
