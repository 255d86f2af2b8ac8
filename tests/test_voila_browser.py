"""What a visitor of a Voila page sees before it is there: that it is being made, by day and by night."""
import json
import secrets

import pytest
from barriers import barriers
from test_lab_browser import free_port
from widget_page import WAIT, served

from gensq_course.execute import voila

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "09_latent_space"
SLOW = "import pathlib, time\nwhile not pathlib.Path({done!r}).exists():\n    time.sleep(0.2)\nprint('It is here.')"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_that_waits_has_no_barrier_and_gives_way(tmp_path, browser, scheme):
    notebook, port, token, done = tmp_path / "page.ipynb", free_port(), secrets.token_hex(8), tmp_path / "done"
    cells = [voila.words("# A page"), voila.code(SLOW.format(done=str(done)))]
    notebook.write_text(json.dumps(voila.notebook(cells, "A page")))
    start, asked = voila.command(notebook, port=port, options=["--no-browser", f"--Voila.token={token}"]), []
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    with served(tmp_path, start, f"http://127.0.0.1:{port}/login", LESSON):
        page.goto(f"http://127.0.0.1:{port}/?token={token}", wait_until="commit", timeout=WAIT)
        page.get_by_text("Executing").wait_for(timeout=WAIT)
        found = barriers(page)
        done.touch()
        page.get_by_text("It is here.").wait_for(timeout=WAIT)
        assert found + barriers(page) == [] and page.get_by_text("Executing").locator("visible=true").count() == 0
    assert asked and all(url.startswith((f"http://127.0.0.1:{port}/", "data:", "blob:")) for url in asked)
    context.close()
