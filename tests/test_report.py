"""Reports: what is refused before a kernel starts, what a run leaves behind, and that its page asks for nothing."""
import json
import math
import os
import re
from pathlib import Path

import nbformat
import pytest
from lesson_maker import CARD, make_lesson
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import new_code_cell

from gensq_course import report
from gensq_course.cli import main
from gensq_course.execute import page, running
from gensq_course.report import lessons, parameters, session
from gensq_course.report.records import Claim, collect
from gensq_lib.ground.errors import GensqError, listed
from gensq_lib.maths.adversarial import LOSSES
from gensq_lib.models import language_model
from gensq_lib.text import corpora

WIDGETS = """
import ipywidgets as w
slider = w.IntSlider(max=1, description="step")
stack = w.Stack([w.Label("zero <b>not bold</b>"), w.HTMLMath("one $x^2$")], selected_index=0)
link = w.jslink((slider, "value"), (stack, "selected_index"))
tabs = w.Tab([w.Checkbox(description="yes"), w.HBox([w.Text("typed"), w.ColorPicker()])], titles=["A", "B"])
w.VBox([slider, stack, tabs, w.Button(description="go")])"""
IMAGE = """
import base64, IPython.display as d
dot = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
d.display(d.Image(dot), metadata={"image/png": {"alt": "one red dot"}})"""
EVIL = 'import IPython.display as d\nd.display(d.HTML("<script>document.title = \'evil\'</script><img src=\'https://example.org/x.png\'>"))'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path / "lessons"))
    monkeypatch.delenv("GENSQ_BUDGET", raising=False)
    return tmp_path / "lessons"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One run with everything in it; its outcome serves many tests."""
    folder = tmp_path_factory.mktemp("run") / "lessons"
    path = make_lesson(folder, "## Formulas\n\nInline $\\log p$ and\n\n$$\\sum_j \\mu_j^2$$\n\n[next](10_next.ipynb)",
                       'report.claim("small", 0.25)\nreport.record(nll=12.5, where="here")', WIDGETS, IMAGE, EVIL,
                       "print(here.steps, here.budget, report.__file__)",
                       new_code_cell("hidden = 1", metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}}))
    return running.run(str(path), parameters={"seed": 3}, output=folder.parent / "out")


# --- the parameters cell and its table

@pytest.mark.parametrize(("line", "ok"), [
    ("a: int = 1", True), ("a: float = -1.0  # less", True), ('a: str = ""', True), ("a: bool = True", True),
    ("a: int = 1.5", False), ("a = 1", False), ('a: Literal["x"] = "x"', False), ("import os", False), ("a: int = f(1)", False),
    ("a: int", False), ("a: int = ", False), ("a: bool = 1", False)])
def test_parameters_cell_holds_plain_annotated_scalars(line, ok):
    if ok:
        assert [p.name for p in lessons.read_parameters(line, "x")] == ["a"]
    else:
        with pytest.raises(GensqError, match="parameters cell of x"):
            list(lessons.read_parameters(line, "x"))


def test_comments_are_the_help(folder):
    lesson = lessons.read_lesson(make_lesson(folder))
    assert lesson.parameters["steps"].help == "0: as the budget says"
    assert (lesson.title, lesson.time) == ("A tiny lesson", "two minutes.")


@pytest.mark.parametrize(("text", "time"), [
    (CARD.replace("**Time**", "**Dauer**").replace("two minutes", "zwei Minuten"), "zwei Minuten."),
    ("# No card\n\nTime: an hour.", ""), ("# A short card\n\n| | |\n|---|---|\n| **Time** | an hour. |", ""),
    ("No title\n\n" + CARD.partition("\n\n")[2], "")])
def test_the_time_is_the_fourth_row_of_the_card_in_any_language(tmp_path, text, time):
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)]), tmp_path / "x.ipynb")
    assert lessons.read_lesson(tmp_path / "x.ipynb").time == time


@pytest.mark.parametrize(("assignment", "value"), [
    ("steps=7", 7), ("rate=0.5", 0.5), ("rate=1", 1.0), ("loud=true", True), ("loud=No", False), ("cure=free_bits", "free_bits"),
    ("steps=0", 0), ("rate=-1", -1.0), ("budget=smoke", "smoke"), ("seed= 2", 2), ("budget=", "")])
def test_right_values_are_read(folder, assignment, value):
    found = parameters.read_assignments(lessons.read_lesson(make_lesson(folder)), [assignment])
    assert list(found.values()) == [value] and type(*found.values()) is type(value)


@pytest.mark.parametrize(("assignment", "words"), [
    ("stps=1", 'did you mean "steps"'), ("steps=x", "a whole number"), ("steps=1.5", "a whole number"),
    ("steps=1000", "from 1 to 100"),
    ("steps=-1", "from 1 to 100"), ("rate=nan", "finite"), ("rate=inf", "finite"), ("cure=fre_bits", 'did you mean "free_bits"'),
    ("budget=smke", 'did you mean "smoke"'), ("device=gpu", "device"), ("seed=-1", "seed"), ("loud=maybe", "true or false"),
    ("steps", "name=value"), ("=1", "expected a parameter"), (f"seed={2**31}", "seed")])
def test_wrong_values_are_refused_in_a_sentence(folder, assignment, words):
    lesson = lessons.read_lesson(make_lesson(folder))
    with pytest.raises(GensqError, match=re.escape(words)) as error:
        parameters.read_assignments(lesson, [assignment])
    assert "\n" not in str(error.value) and "expected" in str(error.value) and "got" in str(error.value)


@pytest.mark.parametrize(("name", "like", "words"), [
    ("wrld", "world", 'did you mean "world"'), ("sgd", "village", "expected a corpus out of"),
    ("file:/no/such/file.txt", "world", "No such file"), ("world", "doorstep", "expected dialogues out of"),
    ("dialogue:/no/such.grammar", "doorstep", "No such file")])
def test_a_corpus_is_of_the_kind_of_the_lessons_own(name, like, words):
    """What is refused and what is not is told in test_registry.py."""
    with pytest.raises(GensqError, match=words):
        parameters.check_corpus(name, like=like)
    for good in corpora.names(corpora.kinds(like)[0]):
        if "PATH" not in good:
            parameters.check_corpus(good, like=like)


@pytest.mark.parametrize("name, words", [("world", "at most 100,000 sentences as corpus, got one of 1,288"),
                                         ("tatoeba-en-zh", "got a text without a grammar")])
def test_a_lesson_that_counts_everything_takes_a_small_grammar_only(name, words, tmp_path):
    with pytest.raises(GensqError, match=words):
        parameters.check_corpus(name, like="village", counted=100_000)
    (tmp_path / "own.txt").write_text("\n".join(f"the dog saw the {a} and {b} ." for a in "abcdefghij" for b in "klmnopqrstuv"))
    with pytest.raises(GensqError, match="a text without a grammar .*own.txt"):
        parameters.check_corpus(f"file:{tmp_path}/own.txt", like="village", counted=100_000)
    parameters.check_corpus("village", like="village", counted=100_000)
    parameters.check_corpus(f"grammar:{lessons.folder().parent}/data/village.grammar", like="village", counted=100_000)


def test_the_default_says_which_kind_of_corpus_a_lesson_takes(folder):
    make_lesson(folder, parameters='corpus: str = "doorstep"  # dialogues')
    lesson = lessons.find_lesson(next(iter(folder.glob("*.ipynb"))).stem)
    assert parameters.read_assignments(lesson, ["corpus=sgd"]) == {"corpus": "sgd"}
    with pytest.raises(GensqError, match="expected dialogues out of"):
        parameters.read_assignments(lesson, ["corpus=village"])


@pytest.mark.parametrize(("registry", "table"), [("decoders", language_model.DECODERS), ("losses", LOSSES)])
def test_what_is_registered_may_be_chosen(folder, monkeypatch, registry, table):
    """A new architecture is its file and its name in the table: no row of parameters.toml says it again."""
    lesson = lessons.read_lesson(make_lesson(folder, parameters='way: str = ""  # of doing it'))
    (folder / "parameters.toml").write_text(f'[09_tiny]\nway = {{one_of = "{registry}"}}')
    with pytest.raises(GensqError, match=re.escape(f'expected way to be {listed(table)}, got "newest"')):
        parameters.read_assignments(lesson, ["way=newest"])
    monkeypatch.setitem(table, "newest", None)
    assert parameters.read_assignments(lesson, ["way=newest"]) == {"way": "newest"}


def test_an_unknown_registry_is_refused(folder):
    lesson = lessons.read_lesson(make_lesson(folder, parameters='way: str = ""  # of doing it'))
    (folder / "parameters.toml").write_text('[09_tiny]\nway = {one_of = "decodrs"}')
    with pytest.raises(GensqError, match='did you mean "decoders"'):
        parameters.read_assignments(lesson, ["way=lstm"])


@pytest.mark.parametrize("name", ["09_tny", "08", "no/such.ipynb", "", "../x"])
def test_unknown_lessons_are_refused(folder, name):
    make_lesson(folder)
    with pytest.raises(GensqError, match="expected a lesson"):
        lessons.find_lesson(name)


@pytest.mark.parametrize("name", ["09_tiny", "09", "09_tiny.ipynb"])
def test_lessons_are_found_by_name_or_number(folder, name):
    path = make_lesson(folder)
    assert lessons.find_lesson(name).path == path


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "x.ipynb").write_text("not json")
    with pytest.raises(GensqError, match="expected a notebook"):
        lessons.find_lesson(str(tmp_path / "x.ipynb"))


@pytest.mark.parametrize(("values", "budget", "steps"), [({}, "smoke", 2), ({}, "full", 50), ({"steps": 7}, "smoke", 7)])
def test_a_default_means_as_the_budget_says(folder, values, budget, steps):
    assert parameters.resolve(lessons.read_lesson(make_lesson(folder)), values, budget)["steps"] == steps


# --- claims

@pytest.mark.parametrize(("value", "bounds", "margin", "holds"), [
    (0.25, {"max": 0.5}, 0.25, True), (0.5, {"max": 0.5}, 0.0, True), (0.75, {"max": 0.5}, -0.25, False),
    (3.0, {"min": 2.0}, 1.0, True), (1.0, {"min": 2.0}, -1.0, False), (1.0, {"min": 0.5, "max": 1.25}, 0.25, True),
    (math.nan, {"max": 1.0}, math.nan, False), (math.inf, {"min": 1.0}, math.nan, False)])
def test_margins(value, bounds, margin, holds):
    claim = Claim(name="x", sentence="", value=value, **bounds)
    assert claim.holds is holds and (claim.margin == margin or math.isnan(margin) and math.isnan(claim.margin))
    json.dumps(claim.as_dict(), allow_nan=False)


@pytest.fixture
def lesson_begun(folder, monkeypatch):
    monkeypatch.setattr(session, "_current", None)
    make_lesson(folder)
    return lambda **values: report.begin("09_tiny", values)


def test_claims_need_a_beginning(folder, monkeypatch):
    monkeypatch.setattr(session, "_current", None)
    with pytest.raises(GensqError, match="report.begin"):
        report.claim("small", 1.0)


@pytest.mark.parametrize(("values", "asserts"), [
    ({}, True), ({"seed": 5}, True), ({"budget": "full"}, True), ({"budget": "smoke"}, False), ({"steps": 3}, False)])
def test_claims_are_asserted_at_the_defaults_only(lesson_begun, values, asserts):
    assert lesson_begun(**values).asserts is asserts


def test_a_missed_claim_raises_where_the_tests_ask_for_it(lesson_begun, monkeypatch, capsys):
    lesson_begun()
    report.claim("small", 0.75)
    assert "✗ The number is small." in capsys.readouterr().out
    monkeypatch.setenv("GENSQ_CLAIMS", "raise")
    report.claim("small", 0.25)
    with pytest.raises(session.ClaimMissed):
        report.claim("small", 0.75)
    with pytest.raises(session.ClaimMissed):
        report.claim("small", math.nan)
    lesson_begun(budget="smoke")
    report.claim("small", 0.75)


def test_an_unknown_claim_names_the_nearest(lesson_begun):
    lesson_begun()
    with pytest.raises(GensqError, match='did you mean "small"'):
        report.claim("smal", 1.0)


def test_only_scalars_are_recorded(lesson_begun):
    lesson_begun()
    with pytest.raises(GensqError, match="list for x"):
        report.record(x=[1, 2])


def test_begin_resolves_and_refuses(lesson_begun):
    here = lesson_begun(budget="smoke", seed=4)
    assert (here.steps, here.seed, here.budget) == (2, 4, "smoke")
    with pytest.raises(AttributeError, match='did you mean "steps"'):
        _ = here.stepps
    with pytest.raises(GensqError, match="from 1 to 100"):
        lesson_begun(steps=101)


# --- a whole run

@pytest.mark.slow
def test_a_run_leaves_three_files(finished):
    assert finished.status == "passed" and finished.exit_code == 0
    assert {path.name for path in finished.folder.iterdir()} == {"09_tiny.ipynb", "09_tiny.html", "09_tiny.metrics.json"}
    metrics = json.loads((finished.folder / "09_tiny.metrics.json").read_text())
    assert metrics == finished.metrics
    assert metrics["claims"]["small"]["margin"] == 0.25 and metrics["recorded"] == {"nll": 12.5, "where": "here"}
    assert metrics["parameters"] | {"threads": 1} == {"seed": 3, "budget": "standard", "device": metrics["device"], "steps": 20,
                                                      "cure": "none", "rate": 0.5, "loud": False, "threads": 1}
    assert {"gensq", "python", "torch"} <= set(metrics["versions"]) and metrics["seconds"] > 0


INSTRUMENT = """
from dataclasses import dataclass
import torch

@dataclass(frozen=True)
class Spread:
    widest: float

def spread(mean):
    return Spread((mean.max(0).values - mean.min(0).values).max())"""


@pytest.mark.slow
def test_the_number_of_a_new_instrument_is_reported(folder, tmp_path, capsys):
    """A function that returns a frozen dataclass, a call and a record: its number is in its metrics and on the page."""
    path = make_lesson(folder, INSTRUMENT, "found = spread(torch.tensor([[0.0, 1.0], [0.5, 3.5]]))",
                       "report.record(widest=found.widest)", 'report.claim("small", found.widest - 2.25)')
    assert main(["report", str(path), "-p", "budget=standard", "-o", str(tmp_path / "out")]) == 0, capsys.readouterr()
    metrics = json.loads((tmp_path / "out/09_tiny.metrics.json").read_text())
    assert metrics["recorded"] == {"widest": 2.5} and metrics["claims"]["small"]["value"] == 0.25
    assert "Recorded: widest = 2.5." in (tmp_path / "out/09_tiny.html").read_text()


def test_the_executed_notebook_is_clean(finished):
    notebook = nbformat.read(finished.folder / "09_tiny.ipynb", as_version=4)
    nbformat.validate(notebook)
    text = (finished.folder / "09_tiny.ipynb").read_text()
    assert "papermill" not in notebook.metadata and '"execution"' not in text and "iopub" not in text
    assert str(running.Path.home()) + "/" not in text and "site-packages" not in text
    assert collect(finished.folder / "09_tiny.ipynb")["recorded"]["nll"] == 12.5


def test_the_page_is_one_file_without_addresses_to_load(finished):
    text = (finished.folder / "09_tiny.html").read_text()
    assert "<title>A tiny lesson</title>" in text and '<html lang="en">' in text and 'alt="one red dot"' in text
    assert "require.js" not in text and not re.search(r"<(script|link|img)[^>]+(src|href)=.?https?:(?!//example.org)", text)
    assert '<details class="source"><summary>Solution' in re.sub(r">\s+<", "><", text)
    assert "10_next.ipynb" not in text


@pytest.mark.browser
def test_the_page_works_with_the_network_off(finished, browser):
    page = browser.new_page(offline=True)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto((finished.folder / "09_tiny.html").as_uri())
    page.wait_for_selector("mjx-container svg")
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert page.locator("mjx-container").count() == 3 and page.locator("mjx-merror").count() == 0
    assert page.title() == "A tiny lesson", "a script from an output ran"
    assert page.get_by_text("zero <b>not bold</b>", exact=True).is_visible()
    assert not page.get_by_text("one", exact=True).is_visible()
    page.get_by_label("step").focus()
    page.keyboard.press("ArrowRight")
    assert not page.get_by_text("zero <b>not bold</b>", exact=True).is_visible(), "the link did not follow the slider"
    page.get_by_role("tab", name="B").click()
    assert not page.get_by_placeholder("Here you can type in a running notebook.").is_editable()
    assert page.get_by_text("This ColorPicker widget needs a running kernel.").is_visible()
    assert page.get_by_role("button", name="go").is_disabled()
    assert page.locator("details.source[open]").count() > 3
    page.get_by_role("button", name="Hide the code").click()
    assert page.locator("details.source[open]").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 390)])
def test_the_page_fits_its_window(finished, browser, scheme, width):
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto((finished.folder / "09_tiny.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")


@pytest.mark.slow
def test_a_failing_run_keeps_what_it_has_and_names_the_cell(folder, tmp_path):
    path = make_lesson(folder, "## Assemble", 'report.record(kept=1)', "## Break it", "1 / 0", "print('never')")
    outcome = running.run(str(path), output=tmp_path / "out")
    assert (outcome.status, outcome.exit_code) == ("failed", 1)
    assert outcome.message == 'Cell 7, under "Break it", stopped with ZeroDivisionError: division by zero'
    assert outcome.metrics["recorded"] == {"kept": 1}
    assert "division by zero" in (tmp_path / "out/09_tiny.html").read_text()
    text = (tmp_path / "out/09_tiny.ipynb").read_text()
    assert "papermill-error" not in text and "ipykernel_" not in text and "never" in text
    assert len(list((tmp_path / "out").iterdir())) == 3


@pytest.mark.slow
def test_a_missed_claim_is_reported_after_everything_is_written(folder, tmp_path):
    path = make_lesson(folder, 'report.claim("small", 0.75)', "report.record(later=1)")
    outcome = running.run(str(path), output=tmp_path / "out")
    assert (outcome.status, outcome.exit_code) == ("claims missed", 1) and "small" in outcome.message
    assert outcome.metrics["recorded"] == {"later": 1}
    assert "Report: claims missed" in (tmp_path / "out/09_tiny.html").read_text()


def test_no_folder_to_write_to_is_said_before_the_kernel_starts(folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(running, "execute", lambda *_: pytest.fail("a kernel was started"))
    with pytest.raises(GensqError, match="expected a folder"):
        running.run(str(make_lesson(folder)), output=tmp_path / "file" / "out")


def test_a_machine_that_is_too_busy_is_no_full_disk(folder, tmp_path, monkeypatch):
    def late(*_, iopub_timeout, **__):
        raise CellTimeoutError.error_from_timeout_and_cell("Timeout waiting for IOPub output", iopub_timeout, new_code_cell("1"))

    monkeypatch.setattr(running.papermill, "execute_notebook", late)
    outcome = running.run(str(make_lesson(folder)), output=tmp_path / "out")
    assert outcome.status == "failed" and "too busy; run it again" in outcome.message and "space" not in outcome.message


@pytest.mark.slow
def test_a_kernel_that_dies_is_a_failed_run(folder, tmp_path):
    path = make_lesson(folder, "## Too much", "import os\nos._exit(9)")
    outcome = running.run(str(path), output=tmp_path / "out")
    assert outcome.status == "failed" and "kernel died" in outcome.message
    assert (tmp_path / "out/09_tiny.metrics.json").exists()


def test_mathjax_comes_only_where_there_are_formulas():
    def book(text):
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    assert not page.has_formulas(book("It costs 5 dollars")) and page.has_formulas(book("$x$"))


def test_the_browser_is_never_skipped_in_ci(monkeypatch):
    """The fixture decides: see conftest.py."""
    from conftest import no_browser

    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(pytest.fail.Exception):
        no_browser("no Chromium")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception):
        no_browser("no Chromium")


# --- the files of a report are one set, named by lesson

def book(text: str):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {text}")])


def written(folder, name="09_tiny", text="first"):
    running.write(lessons.Lesson(folder / f"{name}.ipynb", text, ""), {}, folder, book(text), "", 1.0)


def texts(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_two_lessons_in_one_folder_keep_their_numbers(tmp_path):
    written(tmp_path)
    written(tmp_path, name="10_other")
    assert len(texts(tmp_path)) == 6
    assert [json.loads((tmp_path / f"{name}.metrics.json").read_text())["lesson"] for name in ("09_tiny", "10_other")] == [
        "09_tiny", "10_other"]


@pytest.mark.parametrize("broken", ["09_tiny.ipynb", "09_tiny.html", "09_tiny.metrics.json"])
def test_a_file_that_cannot_be_written_leaves_the_older_set(tmp_path, monkeypatch, broken):
    written(tmp_path)
    before, write = texts(tmp_path), Path.write_text

    def full(path, *args, **options):
        if broken in path.name:
            raise OSError(28, "No space left on device")
        return write(path, *args, **options)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(GensqError, match="No space left on device; free some space"):
        written(tmp_path, text="second")
    assert texts(tmp_path) == before


def test_a_kill_between_two_files_says_so(tmp_path, monkeypatch):
    written(tmp_path)
    replace, done = os.replace, []

    def killed(source, target):
        replace(source, target)
        done.append(target)
        if len(done) == 2:  # the mark, and the first file
            raise SystemExit

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(SystemExit):
        written(tmp_path, text="second")
    told = json.loads((tmp_path / "09_tiny.metrics.json").read_text())
    assert told["status"] == "incomplete" and "may be of two runs" in told["message"]
    monkeypatch.setattr(os, "replace", replace)
    written(tmp_path, text="third")
    assert json.loads((tmp_path / "09_tiny.metrics.json").read_text())["status"] == "passed" and len(texts(tmp_path)) == 3
