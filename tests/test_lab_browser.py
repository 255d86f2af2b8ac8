"""The first lesson in JupyterLab, as a reader has it: run all, answer wrongly and rightly, move a widget by keyboard.

One server on a free port of 127.0.0.1, with a token and a folder of its own; it ends with the tests, and nothing else does.
"""
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from gensq_course.setup.commands import NOT_FOR_READERS

ROOT = Path(__file__).parents[1]
LESSON = "00_start_here"
RUNNING = 120_000  # milliseconds: a busy machine may take this long for a smoke run
WRONG = "def surprise(probability):\n    return -probability.log2()"
RIGHT = "def surprise(probability):\n    return -probability.log()"
SETTINGS = {  # all cells in the page, or a test could not read them; no question about news from the network
    "notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False}}
DEAF = ("import ipywidgets\n"
        "ipywidgets.VBox([ipywidgets.IntSlider(max=2), ipywidgets.HTML('always the same')])")
LISTS = ("import ipywidgets\n"
         "from gensq_course import checks, widgets\n"
         "hunt = widgets.listing(['one', 'two', 'three'], ['wrong'], lambda marks: (f'marked {sorted(marks)}', {}))\n"
         "kinds = widgets.stepper(['one', 'two'], 'kind', ['a wrong sentence', 'a wrong word'])\n"
         "table = widgets.table([['wide' * 5] * 5], 'abcde', 'The words of a caption are many. ' * 3)\n"
         "story = widgets.Picture(widgets.text_html('A report of many words. ' * 5))\n"
         "told = widgets.explorer(lambda: widgets.together(story, table))\n"
         "ipywidgets.VBox([hunt, widgets.quiz(checks.quiz('02_kl')), kinds, told])")
GUESS = ("from gensq_course import checks\nchecks.predict('kl')", "checks.outcome('kl', 5.5, 1.0)")
PHONE = {"width": 390, "height": 844}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on copies of the lesson and of small notebooks, a deaf widget, a prediction, lists; its address."""
    home = tmp_path_factory.mktemp("lab")
    (home / "lessons").mkdir()
    nbformat.write(without_outputs(ROOT / "notebooks" / f"{LESSON}.ipynb"), home / "lessons" / f"{LESSON}.ipynb")
    for name, codes in (("deaf", [DEAF]), ("guess", GUESS), ("lists", [LISTS, "1"])):
        small = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in codes], metadata={"kernelspec": {
            "name": "python3", "display_name": "Python 3"}})
        nbformat.write(small, home / "lessons" / f"{name}.ipynb")
    for name, content in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    port, token = free_port(), secrets.token_hex(16)
    with open(home / "log", "w") as log:
        server = subprocess.Popen(command(home, port, token), env=variables(home), stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, home / "log")
        yield f"http://127.0.0.1:{port}/lab/tree/%s.ipynb?reset&token={token}"  # a page of its own: no tab of another test
    finally:
        server.terminate()
        server.wait(timeout=60)


def without_outputs(path: Path) -> nbformat.NotebookNode:
    """So that whatever is seen comes from this run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.update({"outputs": [], "execution_count": None} if cell.cell_type == "code" else {})
    notebook.metadata.pop("widgets", None)
    return notebook


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def command(home: Path, port: int, token: str) -> list[str]:
    as_root = ["--allow-root"] * (hasattr(os, "geteuid") and os.geteuid() == 0)
    return [sys.executable, "-m", "jupyter", "lab", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
            "--no-browser", f"--IdentityProvider.token={token}", f"--notebook-dir={home / 'lessons'}",
            f"--LabApp.user_settings_dir={home / 'settings'}", f"--LabApp.workspaces_dir={home / 'workspaces'}", *as_root]


def variables(home: Path) -> dict[str, str]:
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    settings = home / "config" / "labconfig" / "page_config.json"  # as `make lab` does
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"disabledExtensions": dict.fromkeys(NOT_FOR_READERS, True)}), encoding="utf-8")
    return os.environ | own | {"IPYTHONDIR": str(home / "ipython"), "GENSQ_BUDGET": "smoke", "PYTHONPATH": str(ROOT),
                               "PYTHONUTF8": "1"}


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"JupyterLab does not answer:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def opened(lab, browser):
    """Opens a notebook and runs all its cells."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(60_000)

    def open_and_run(name: str):
        page = context.new_page()
        page.goto(lab % name)
        run_all(page)
        return page

    yield open_and_run
    context.close()


def run_all(page) -> None:
    """Run all cells, and wait for the last."""
    page.get_by_text(re.compile(r"^Python 3 .*\| Idle$")).wait_for(timeout=120_000)  # earlier, it would ask for a kernel
    page.locator(".lm-MenuBar-itemLabel:text-is('Run')").click()
    page.locator(".lm-Menu-itemLabel:text-is('Run All Cells')").click()
    finished(page)


def finished(page) -> None:
    """Wait until no cell is waiting or running (a folded cell has no prompt)."""
    page.wait_for_function("""() => {
      const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map((prompt) => prompt.textContent.trim());
      return prompts.some((text) => /\\d/.test(text)) && !prompts.some((text) => ["[*]:", "[ ]:"].includes(text));
    }""", timeout=RUNNING)


def cell(page, name: str):
    """A cell of the lesson by its id."""
    cells = json.loads((ROOT / "notebooks" / f"{LESSON}.ipynb").read_text(encoding="utf-8"))["cells"]
    index = next(i for i, each in enumerate(cells) if each["id"] == name)
    return page.locator(".jp-Notebook-cell").nth(index)


def outputs(page, name: str):
    return cell(page, name).locator(".jp-OutputArea-output")


@pytest.fixture(scope="module")
def lesson(opened):
    return opened(LESSON)


def test_every_cell_runs(lesson):
    assert lesson.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert lesson.locator(".jp-OutputArea-output table").count() >= 5 and lesson.locator(".jp-OutputArea-output img").count() >= 2


def answer(page, exercise: str, code: str) -> str:
    """Write an answer into an exercise, run it and its check with Shift+Enter; what the check says."""
    cell(page, exercise).locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)
    before = cell(page, f"{exercise}-check").locator(".jp-InputPrompt").inner_text()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("([node, before]) => node.textContent !== before && /\\d/.test(node.textContent)",
                           arg=[cell(page, f"{exercise}-check").locator(".jp-InputPrompt").element_handle(), before])
    return outputs(page, f"{exercise}-check").first.inner_text()


def test_a_wrong_answer_is_named_and_a_right_one_is_right(lesson):
    assert "not attempted" in outputs(lesson, "ex-surprise-check").first.inner_text()
    said = answer(lesson, "ex-surprise", WRONG)
    assert "not right yet" in said and "bits (log2)" in said and "reference answer stands in" in said
    said = answer(lesson, "ex-surprise", RIGHT)
    assert re.search(r"surprise: right\b", said) and "reference" not in said


def texts(page, widget, *keys: str) -> list[str]:
    """What stands below a slider after each of these keys."""
    handle, found = widget.locator(".noUi-handle").first, []
    handle.scroll_into_view_if_needed()
    handle.focus()
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(500)
        found.append(" ".join(widget.locator(".widget-html").locator("visible=true").all_inner_texts()))
    return found


def test_a_slider_changes_the_text_by_keyboard(lesson):
    widget = cell(lesson, "temperatures").locator(".jp-OutputArea-output").filter(has=lesson.locator(".noUi-handle"))
    found = texts(lesson, widget, "Home", "ArrowRight", "ArrowRight", "ArrowLeft")
    assert len(set(found)) == 3 and found[1] == found[3], f"moving the slider shows {found}"
    assert [re.search(r"T = ([\d.]+)", text)[1] for text in found] == ["0.3", "0.5", "0.7", "0.5"]


def test_a_text_that_does_not_change_is_noticed(opened):
    page = opened("deaf")
    found = texts(page, page.locator(".jp-OutputArea-output"), "Home", "ArrowRight", "ArrowRight")
    assert found == ["always the same"] * 3 and page.locator(".noUi-handle[aria-valuenow='2.0']").count() == 1


def test_a_prediction_is_kept_by_keyboard_and_the_outcome_answers_it(opened):
    """Number, sureness and button are reached by Tab and have names; at a phone's width nothing sticks out."""
    page = opened("guess")
    assert "no guess; it is 5.5" in page.locator(".jp-Notebook-cell").nth(1).inner_text()
    form = page.locator(".gensq-needs-kernel")
    form.get_by_label("my guess").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("5.2")
    page.keyboard.press("Tab")
    assert form.get_by_label("how sure, %").evaluate("node => node === document.activeElement")
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    assert form.get_by_role("button", name="Keep my guess").evaluate("node => node === document.activeElement")
    page.keyboard.press("Enter")
    form.get_by_role("status").filter(has_text="Kept. kl: you guessed 5.2, 65% sure").wait_for()
    answered = page.locator(".jp-Notebook-cell").nth(1)
    answered.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    answered.get_by_text("you guessed 5.2, 65% sure; it is 5.5, within").first.wait_for()
    page.keyboard.press("ControlOrMeta+b")  # the list of files goes away
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(1000)
    wide = form.evaluate("""(form) => [...form.querySelectorAll("*")].map((node) => node.getBoundingClientRect().right)
      .filter((right) => right > form.getBoundingClientRect().right + 1)""")
    assert wide == [] and form.bounding_box()["width"] < PHONE["width"]


def test_lists_and_options_keep_their_arrows(opened):
    """JupyterLab would take them to go to the next cell: then nobody without a mouse could choose the second option."""
    page = opened("lists")
    lines, options = page.locator(".gensq-listing select"), page.locator(".gensq-quiz .widget-radio-box").first
    lines.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="marked [2]").wait_for()
    options.locator("input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert options.locator("input").nth(1).is_checked()
    assert page.locator(".jp-Notebook-cell").first.evaluate("cell => cell.classList.contains('jp-mod-active')"), "another cell"


def test_values_captions_and_texts_of_widgets_are_whole_on_a_phone(opened):
    page = opened("lists")
    page.keyboard.press("ControlOrMeta+b")  # the list of files goes away
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(1000)
    value, rows = page.locator(".widget-readout").filter(has_text="a wrong sentence"), page.locator(".gensq-rows")
    assert value.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    assert rows.evaluate("node => node.scrollWidth - node.clientWidth") > 100, "the table fits, so this shows nothing"
    edge = page.locator(".gensq-listing").bounding_box()
    for each in (value, rows.locator("caption"), page.get_by_text("A report of many words. A"), rows):
        box = each.bounding_box()
        assert box["width"] > 50 and box["x"] + box["width"] <= edge["x"] + edge["width"] + 1
