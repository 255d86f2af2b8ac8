"""What a visitor's browser takes from a server before anything is pressed, and what moves meanwhile. Sizes, not times."""
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gensq_course import book

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "06_text_vae"
MOST = {"index.html": 1_000_000, f"{LESSON}.html": 3_500_000}  # bytes without compression; of a lesson two thirds are MathJax
MOVES = 0.1  # layout shift, the bound of Core Web Vitals for a good page
WINDOWS = {"desk": {"width": 1200, "height": 900}, "phone": {"width": 412, "height": 823}}
SHIFTS = """window.moved = 0; new PerformanceObserver((seen) => {
  for (const each of seen.getEntries()) window.moved += each.value; }).observe({type: "layout-shift", buffered: true});"""
BYTES = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map(({name, transferSize}) => [new URL(name).pathname, transferSize])"""


class Quiet(SimpleHTTPRequestHandler):
    """Files, and no line for each of them."""

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The book as a server on this machine has it."""
    folder = book.build(tmp_path_factory.mktemp("book") / "out", [LESSON]).folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", MOST)
def test_a_page_is_light_and_stands_still(address, browser, name, window):
    context = browser.new_context(viewport=WINDOWS[window])
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.goto(f"{address}/{name}", wait_until="networkidle")
    taken = page.evaluate(BYTES)
    assert 0 < sum(size for _, size in taken) <= MOST[name]
    assert [path for path, _ in taken if path.startswith("/live/")] == [], "weights come when they are asked for"
    assert page.evaluate("performance.getEntriesByName('first-contentful-paint').length") == 1
    assert page.evaluate("moved") <= MOVES
    context.close()


def test_weights_come_when_they_are_asked_for(address, browser):
    """Else the test above would hold of a book without any."""
    page = browser.new_page()
    page.goto(f"{address}/index.html", wait_until="networkidle")
    page.locator("details.asked summary").click()
    page.wait_for_selector('.gensq-live[data-ready="true"]', timeout=120_000)
    taken = {path: size for path, size in page.evaluate(BYTES) if path.startswith("/live/")}
    assert 2e6 < sum(taken.values()) < 5e6, taken
    page.close()
