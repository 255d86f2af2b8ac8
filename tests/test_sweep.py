"""`gensq sweep`: which points there are, that each is run once whatever happens, and what the page says of them."""
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lesson_maker import make_lesson

from gensq_course import cli
from gensq_course.execute.several import Run
from gensq_course.report.lessons import find_lesson
from gensq_course.sweeps import grid, plots, points
from gensq_course.sweeps.page import Sweep, built, duration, state
from gensq_course.sweeps.sweep import perform
from gensq_lib.ground.errors import GensqError

ROOT = Path(__file__).parents[1]
WORK = """\
import pathlib, time
time.sleep(0.2)
if rate == 1.0 and not pathlib.Path("mended").exists():
    raise ValueError("a <b>bad</b> rate")
with open("ran", "a") as file:
    print(rate, seed, file=file)"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A lesson that needs no torch, in a folder to work in."""
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path / "lessons"))
    monkeypatch.delenv("GENSQ_BUDGET", raising=False)
    monkeypatch.chdir(tmp_path)
    make_lesson(tmp_path / "lessons", "## Work\n\nIt works.", WORK)
    drop_beginning(tmp_path / "lessons" / "09_tiny.ipynb")
    return find_lesson("09")


def drop_beginning(path: Path) -> None:
    """`report.begin` loads torch, which takes seconds."""
    notebook = json.loads(path.read_text())
    notebook["cells"] = [cell for cell in notebook["cells"] if "report.begin" not in "".join(cell["source"])]
    path.write_text(json.dumps(notebook))


def settings(lesson, *assignments, file=None, seeds=None):
    return grid.combinations(grid.read_grid(lesson, assignments, file, seeds))


# --- the grid

@pytest.mark.parametrize(("assignments", "seeds", "wanted"), [
    (["steps=1,2"], None, [{"steps": 1}, {"steps": 2}]), (["rate=0.5, 1"], None, [{"rate": 0.5}, {"rate": 1.0}]),
    (["loud=yes,no"], None, [{"loud": True}, {"loud": False}]),
    (["steps=1,2", "cure=none"], (3,), [{"steps": 1, "cure": "none", "seed": 3}, {"steps": 2, "cure": "none", "seed": 3}]),
    (["steps=1,1,1"], None, [{"steps": 1}]), (['cure="none","free_bits"'], None, [{"cure": "none"}, {"cure": "free_bits"}])])
def test_values_are_of_the_parameters_type(lesson, assignments, seeds, wanted):
    found = settings(lesson, *assignments, seeds=seeds)
    assert found == wanted
    assert [[type(v) for v in s.values()] for s in found] == [[type(v) for v in s.values()] for s in wanted]


def test_a_comma_in_a_value_is_quoted():
    assert grid.parts('file:a.txt,"file:a, b.txt","say ""x"""', "corpus") == ["file:a.txt", "file:a, b.txt", 'say "x"']
    assert grid.parts("", "cure") == [""]


@pytest.mark.parametrize(("arguments", "words"), [
    (["-p", "stps=1,2"], 'did you mean "steps"'), (["-p", "steps=1,x"], "a whole number"),
    (["-p", "steps=1,1000"], "from 1 to 100"), (["-p", "rate=0.1,nan"], "finite"), (["-p", "steps"], "name=value,value"),
    (["-p", "steps=1", "-p", "steps=2"], "steps again in -p"), (["-p", "seed=1,2", "--seeds", "0..2"], "seed again in --seeds"),
    (["-p", 'cure="none,free_bits'], "values with commas between"),
    (["-p", "steps=5"], "got one point"), ([], "gensq report 09_tiny"), (["--seeds", "4..0"], "the lower one first"),
    (["--seeds", "0..1000000000"], "from 1 to 1,000 seeds"), (["--seeds", "0..x"], "a whole number"),
    (["-p", f"steps={','.join(map(str, range(1, 101)))}", "--seeds", "0..10"], "at most 1,000 points, got 1,100"),
    (["-p", "steps=1,2", "--scheduler", "localhost"], "tcp://127.0.0.1:8786"),
    (["-p", "steps=1,2", "-o", "lessons/09_tiny.ipynb"], "a folder to write to"),
    (["-p", "steps=1,2", "--jobs", "-1"], "a whole number"), (["--grid", "nowhere.yaml"], "No such file")])
def test_mistakes_are_one_sentence_before_anything_runs(lesson, monkeypatch, capsys, arguments, words):
    monkeypatch.setattr("gensq_course.sweeps.sweep.run_points", lambda *_, **__: pytest.fail("ran"))
    assert cli.main(["sweep", "09", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gensq: expected ") and words in error and error.count("\n") == 1, error


GRIDS = {"steps: [1, 2]": [{"steps": 1}, {"steps": 2}], '{"steps": [1, 2]}': [{"steps": 1}, {"steps": 2}],
         "rate: [1e-3, 1]\nsteps: 3": [{"rate": 0.001, "steps": 3}, {"rate": 1.0, "steps": 3}],
         "- rate: [0.5]\n- cure: [none, free_bits]\n  steps: 2": [{"rate": 0.5}, {"cure": "none", "steps": 2},
                                                                 {"cure": "free_bits", "steps": 2}],
         "- steps: [1, 2]\n- steps: [2, 3]": [{"steps": 1}, {"steps": 2}, {"steps": 3}]}
WRONG_GRIDS = {
    "": "expected lines such as", "steps": "expected lines such as", "[]": "expected lines such as",
    "- 1": "expected lines such as", "steps: [1": "a mistake", "stps: [1]": 'did you mean "steps"',
    "steps: [1.5]": "to be int, got 1.5", "steps: []": "an empty list", "steps: [[1]]": "to be int, got [1]",
    "cure: no": "put it in quotes", "steps: true": "to be int, got True", "steps: 1000": "from 1 to 100",
    "steps: 1\nsteps: 2": "stands twice", "steps: !!python/object/apply:os.system [ls]": "a mistake",
    "steps: {a: 1}": "to be int", "? [1]\n: 2": "a mistake", "rate: .nan": "finite"}


@pytest.mark.parametrize("text", GRIDS)
def test_a_file_of_values(lesson, tmp_path, text):
    (tmp_path / "grid.yaml").write_text(text)
    assert settings(lesson, file=tmp_path / "grid.yaml") == GRIDS[text]


@pytest.mark.parametrize("text", WRONG_GRIDS)
def test_a_wrong_file_is_a_sentence(lesson, tmp_path, text):
    (tmp_path / "grid.yaml").write_text(text)
    with pytest.raises(GensqError, match=re.escape(WRONG_GRIDS[text])) as error:
        settings(lesson, file=tmp_path / "grid.yaml")
    assert "\n" not in str(error.value) and "; " in str(error.value)


def test_a_file_and_values_are_multiplied(lesson, tmp_path):
    (tmp_path / "grid.yaml").write_text("- steps: [1, 2]\n- rate: 0.5")
    axes = grid.read_grid(lesson, ["cure=none,free_bits"], tmp_path / "grid.yaml", (0, 1))
    assert grid.num_points(axes) == len(grid.combinations(axes)) == 12
    with pytest.raises(GensqError, match="steps again in .*grid.yaml"):
        grid.read_grid(lesson, ["steps=1"], tmp_path / "grid.yaml", None)


@pytest.mark.parametrize(("variable", "setting", "budget"), [("", {}, "standard"), ("smoke", {}, "smoke"),
                                                             ("smoke", {"budget": "full"}, "full")])
def test_the_budget_has_its_name(lesson, monkeypatch, variable, setting, budget):
    monkeypatch.setenv("GENSQ_BUDGET", variable)
    assert grid.with_budget(lesson, setting) == {"budget": budget}


# --- points

@pytest.mark.parametrize(("values", "name"), [
    ({"rate": 0.5, "seed": 1, "budget": "standard"}, "rate=0.5,seed=1"), ({"budget": "smoke"}, "budget=smoke"), ({}, "as-it-is"),
    ({"loud": True}, "loud=true"), ({"rate": -1.0}, "rate=-1.0"), ({"cure": "a+b"}, "cure=a+b")])
def test_names_of_folders_are_readable(values, name):
    assert points.readable(values) == name


def test_names_of_folders_are_safe_and_different():
    odd = ["../../x", "a/b", "a\\b", "con", "A", "a", "a b", "a-b", "x" * 300, "x" * 299, "猫", "狗", "", "a.",
           "file:C:\\x.txt#col"]
    names = [points.readable({"corpus": text}) for text in odd]
    assert len({name.lower() for name in names}) == len(odd)
    assert all(re.fullmatch(r"[a-z0-9._+=,-]{1,160}", name) and not name.endswith(".") for name in names), names
    assert points.readable({f"p{n}": n for n in range(60)}) != points.readable({f"p{n}": n for n in range(61)})


@pytest.fixture
def point(lesson, tmp_path):
    """One that is done."""
    (made,) = points.points_of(lesson, [{"rate": 0.5}], [{"rate": 0.5, "budget": "standard"}], tmp_path / "out")
    write(made)
    return made


def write(point, **changed):
    point.run.output.mkdir(parents=True, exist_ok=True)
    metrics = {"lesson": "09_tiny", "status": "passed", "message": "All well.", "given": dict(point.run.values), "seconds": 1.0,
               "version": points.version(point), "claims": {}, "recorded": {}} | changed
    (point.run.output / "09_tiny.metrics.json").write_text(json.dumps(metrics))
    (point.run.output / "09_tiny.html").write_text("")
    return metrics


def test_a_finished_point_is_done(point):
    assert points.finished(point)["status"] == "passed"
    write(point, status="claims missed")
    assert points.finished(point), "it came to its end"


@pytest.mark.parametrize("changed", [
    {"status": "failed"}, {"status": "stopped"}, {"status": "incomplete"}, {"version": "another"},
    {"given": {"rate": 0.25, "budget": "standard"}}, {"given": {"rate": 0.5, "budget": "smoke"}}])
def test_what_is_not_of_this_point_does_not_count(point, changed):
    write(point, **changed)
    assert points.finished(point) is None


@pytest.mark.parametrize("damage", [lambda folder: (folder / "09_tiny.html").unlink(),
                                    lambda folder: (folder / "09_tiny.metrics.json").write_text('{"status": "passed"'),
                                    lambda folder: (folder / "09_tiny.metrics.json").write_text("[]")])
def test_a_damaged_report_does_not_count(point, damage):
    damage(point.run.output)
    assert points.finished(point) is None


@pytest.mark.parametrize("edit", ["cell", "table", "code", "file"])
def test_what_a_point_was_made_by_counts(lesson, tmp_path, monkeypatch, edit):
    """Not the outputs and not the prose of the lesson: they change no number."""
    own = tmp_path / "own.txt"
    own.write_text("one")
    (made,) = points.points_of(lesson, [{}], [{"corpus": f"file:{own}#2"}], tmp_path / "out")
    before = points.version(made)
    make_lesson(tmp_path / "lessons", "## Other prose", WORK)
    drop_beginning(lesson.path)
    assert points.version(made) == before
    if edit == "cell":
        make_lesson(tmp_path / "lessons", WORK + "\n1")
        drop_beginning(lesson.path)
    elif edit == "table":
        (tmp_path / "lessons" / "parameters.toml").write_text("[09_tiny]")
    elif edit == "file":
        own.write_text("two")
    else:
        monkeypatch.setattr("gensq_course.many.versions.code", lambda: "other")
    assert points.version(made) != before


def test_an_edit_on_the_way_is_noticed(point):
    metrics = points.finished(point)
    assert points.unedited(point, metrics) == metrics
    assert points.unedited(point, metrics | {"version": "another"})["status"] == "failed"


def test_a_point_that_another_process_has_finished_is_not_run(point, monkeypatch):
    monkeypatch.setattr(points, "perform", lambda run: pytest.fail("ran"))
    assert points.run_point(point)["message"] == "All well."


def test_nobody_runs_a_point_while_another_does(tmp_path):
    code = (f"import sys, time; sys.path.insert(0, {str(ROOT)!r})\nfrom pathlib import Path\nfrom gensq_course.many.locks import "
            f"alone\nwith alone(Path({str(tmp_path / 'lock')!r})): print('mine', flush=True); time.sleep(60)")
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "mine\n"
    waiting = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    time.sleep(0.5)
    assert waiting.poll() is None
    other.kill()  # the system frees what it held
    assert waiting.stdout.readline() == "mine\n"
    waiting.kill()
    assert [process.wait() for process in (other, waiting)] == [-signal.SIGKILL] * 2


# --- whole sweeps

def command(*arguments, **variables):
    return subprocess.Popen([sys.executable, "-m", "gensq_course.cli", "sweep", "09", *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)} | variables)


def written(folder: Path) -> dict[str, int]:
    """Of each finished point when its metrics were written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in folder.glob("*/*.metrics.json")
            if json.loads(path.read_text())["status"] in points.ENDED}


def killed_after(num: int, arguments: list[str], folder: Path) -> dict[str, int]:
    """The points that are done when a sweep is killed as soon as `num` are."""
    process, until = command(*arguments), time.monotonic() + 90
    while len(written(folder)) < num and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return written(folder)


@pytest.mark.slow
def test_killed_in_the_middle_it_loses_and_repeats_nothing(lesson, tmp_path):
    out, arguments = tmp_path / "out", ["-p", "rate=0.1,0.2,0.3", "--seeds", "0,1", "--jobs", "2", "-o", "out"]
    kept = killed_after(2, arguments, out)
    assert 2 <= len(kept) < 6 and "of 6 points finished" in (out / "index.html").read_text()
    second = command(*arguments)
    told, _ = second.communicate(timeout=90)
    assert second.returncode == 0 and "6 of 6 points finished, 0 failed. See out/index.html" in told
    found = written(out)
    assert len(found) == 6 and kept.items() <= found.items()
    assert [name for name in kept if name in told] == [] and len(set((tmp_path / "ran").read_text().split("\n"))) == 7


@pytest.mark.slow
def test_a_failing_point_is_named_and_tried_again(lesson, tmp_path, capfd):
    arguments = ["sweep", "09", "-p", "rate=0.5,1", "-o", "out", "--jobs", "2"]
    assert cli.main(arguments) == 1
    said = capfd.readouterr()
    assert "rate=0.5: passed in" in said.out and "1 of 2 points finished, 1 failed. See out/index.html" in said.out
    assert "rate=1.0: FAILED in" in said.err and 'Cell 4, under "Work", stopped with ValueError: a <b>bad</b>' in said.err
    page = (tmp_path / "out/index.html").read_text()
    assert "Cell 4, under &quot;Work&quot;, stopped with ValueError: a &lt;b&gt;bad&lt;/b&gt; rate" in page
    assert "<b>bad" not in page
    assert 'href="rate%3D1.0/09_tiny.html"' in page and (tmp_path / "out/rate=1.0/09_tiny.html").is_file()
    before = written(tmp_path / "out")
    (tmp_path / "mended").touch()
    assert cli.main(arguments) == 0
    assert "rate=0.5:" not in capfd.readouterr().out and before.items() <= written(tmp_path / "out").items()


@pytest.mark.slow
def test_reports_over_seeds_go_side_by_side_too(lesson, tmp_path, capfd):
    assert cli.main(["report", "09", "--seeds", "0..1", "-p", "rate=1", "--jobs", "2", "-o", "out"]) == 1
    said = capfd.readouterr()
    assert said.err.count("09_tiny: FAILED in") == 2 and [line.split() for line in said.out.splitlines()][1:] == [
        ["09_tiny", "0", "FAILED"], ["09_tiny", "1", "FAILED"]]


def test_a_stopped_sweep_leaves_its_page(lesson, tmp_path, monkeypatch):
    def stopped(missing, **_):
        yield missing[0], write(missing[0])
        raise KeyboardInterrupt

    monkeypatch.setattr("gensq_course.sweeps.sweep.run_points", stopped)
    assert cli.main(["sweep", "09", "-p", "steps=1,2,3", "-o", "out"]) == 130
    page = (tmp_path / "out/index.html").read_text()
    assert "1 of 3 points finished. The same command again runs the 2 that did not" in page and "load this page" not in page


def test_what_is_said_twice_is_one_point(lesson, monkeypatch, capsys):
    monkeypatch.setattr("gensq_course.sweeps.sweep.run_points", lambda missing, **_: ((p, write(p)) for p in missing))
    assert cli.main(["sweep", "09", "-p", "steps=1,1,2", "-p", "budget=standard,", "-o", "out"]) == 0
    out = capsys.readouterr().out
    assert "4 of 6 points are said twice: 2 are left." in out and "2 of 2 points finished, 0 failed." in out


# --- the page

CLAIM = {"name": "small", "sentence": "The number is small.", "max": 0.5, "asserted": False}


def swept(lesson, folder, *, wanted=(), left=0.0, rates=(0.01, 0.1, 1.0), cures=("none", "free_bits"), seeds=(0, 1)):
    """A sweep with numbers that are known: nll = 12 - rate + seed, and a claim that holds up to .5."""
    asked = [{"rate": r, "cure": c, "seed": s} for c in cures for r in rates for s in seeds]
    made = points.points_of(lesson, asked, asked, folder)
    metrics = {}
    for at, point in enumerate(made):
        rate, seed = point.setting["rate"], point.setting["seed"]
        claim = CLAIM | {"value": rate, "holds": rate <= 0.5, "margin": 0.5 - rate}
        found = {"status": "passed", "message": "", "seconds": 10.0 + at, "claims": {"small": claim},
                 "recorded": {"nll": 12 - rate + seed, "where": "here", "odd <i>": 100.0 - at}}
        metrics[point.name] = found
    metrics[made[-1].name] = {"status": "failed", "message": "Cell 3, under \"<script>\", stopped.", "seconds": 1.0, "claims": {},
                              "recorded": {}}
    del metrics[made[-2].name]
    return Sweep(lesson, made, metrics, wanted, left)


def test_the_page_says_what_holds_and_what_failed(lesson, tmp_path):
    sweep = swept(lesson, tmp_path / "out", left=754)
    page = built(sweep)
    assert "10 of 12 points finished, 1 failed. About 13 min left; load this page again" in page
    assert "Cell 3, under &quot;&lt;script&gt;&quot;, stopped." in page and "odd &lt;i&gt;" in page and "<i>" not in page
    assert "<td>rate = 0.01, cure = none</td><td>The number is small.</td><td>2 of 2</td><td>0.01 (0.01 to 0.01)</td>" in page
    assert "<td>rate = 1.0, cure = none</td><td>The number is small.</td><td>0 of 2</td>" in page
    assert re.findall(r"https?://", page) == [] and "waiting" in page


def test_measures_are_chosen(lesson, tmp_path):
    assert swept(lesson, tmp_path).measures == ["small", "nll", "odd <i>"]
    some = swept(lesson, tmp_path, wanted=("nll", "none such"))
    assert some.measures == ["nll"] and 'data-measure="small"' not in built(some)


def test_charts_show_the_mean_over_seeds(lesson, tmp_path):
    page = built(swept(lesson, tmp_path))
    words = ("nll against rate. cure = none: 12.49 at 0.01 (2 runs), 12.4 at 0.1 (2 runs), 11.5 at 1 (2 runs). "
             "cure = free_bits: 12.49")
    assert f'aria-label="{words}' in page and "rate (logarithmic)" in page


def test_too_many_lines_become_one(lesson, tmp_path):
    page = built(swept(lesson, tmp_path, cures=[f"c{n}" for n in range(7)], seeds=(0,)))
    assert "the line their mean over all other settings" in page and 'class="line1"' not in page
    assert "<figure" not in built(swept(lesson, tmp_path, rates=(0.5,), cures=("none",), seeds=range(4))), "seeds are no axis"


def test_an_empty_sweep_has_a_page(lesson, tmp_path):
    sweep = swept(lesson, tmp_path)
    sweep.metrics.clear()
    assert "0 of 12 points finished." in built(sweep) and "<svg" not in built(sweep)


@pytest.mark.parametrize(("low", "high", "wanted"), [
    (0, 1, [0, 0.5, 1]), (12.3, 12.7, [12.4, 12.6]), (3, 3, [3]), (-1, 1, [-1, 0, 1]), (0, 7e5, [0, 500_000])])
def test_ticks_are_round(low, high, wanted):
    assert plots.ticks(low, high) == wanted


def test_higher_is_higher_and_the_smallest_is_left():
    drawing = plots.chart({"": [(1.0, 5.0), (2.0, 9.0)]}, x_name="a<b", y_name="m")
    (x1, y1), (x2, y2) = [tuple(map(float, pair)) for pair in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawing)]
    assert x1 < x2 and y1 > y2 and "a&lt;b" in drawing and "logarithmic" not in drawing
    assert plots.chart({"": []}, x_name="a", y_name="b") == ""


@pytest.mark.parametrize(("seconds", "said"), [
    (0.4, "0 s"), (89, "89 s"), (91, "2 min"), (754, "13 min"), (12_000, "3 h 20 min")])
def test_durations_are_for_people(seconds, said):
    assert duration(seconds) == said


def test_a_finished_sweep_says_so(lesson, tmp_path):
    sweep = swept(lesson, tmp_path, rates=(0.1,), cures=("none",), seeds=(0, 1))
    sweep.metrics = {point.name: {"status": "passed"} for point in sweep.points}
    assert state(sweep) == "2 of 2 points finished."


def test_time_left_is_measured(lesson, tmp_path, monkeypatch):
    """Two of four points after 20 seconds each: 40 are left, whatever was done before."""
    clock, left = iter([0.0, 20.0, 40.0, 60.0, 80.0]), []
    monkeypatch.setattr("gensq_course.sweeps.sweep.time.monotonic", lambda: next(clock))
    monkeypatch.setattr("gensq_course.sweeps.sweep.keep", lambda sweep, folder: left.append(sweep.seconds_left))
    monkeypatch.setattr("gensq_course.sweeps.sweep.run_points", lambda missing, **_: ((p, write(p)) for p in missing))
    asked = [{"steps": n} for n in range(1, 6)]
    made = points.points_of(lesson, asked, asked, tmp_path / "out")
    write(made[0])
    perform(lesson, made, tmp_path / "out")
    assert left == [0.0, 60.0, 40.0, 20.0, 0.0, 0.0]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_a_browser(lesson, tmp_path, browser, scheme):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/index.html").write_text(built(swept(lesson, tmp_path / "out")), encoding="utf-8")
    page = browser.new_page(color_scheme=scheme)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(("file:", "data:")) else None)
    page.goto((tmp_path / "out/index.html").as_uri())
    column = lambda at: page.locator(f"#points tbody tr td:nth-child({at})").all_inner_texts()  # noqa: E731
    heads = page.locator("#points thead th").all_inner_texts()
    seconds = heads.index("seconds") + 1
    page.get_by_role("button", name="seconds").click()
    numbers = [float(text) for text in column(seconds) if text]
    assert numbers == sorted(numbers) and len(numbers) == 10 and column(seconds)[-2:] == ["", ""], "what has no value stands last"
    page.get_by_role("button", name="seconds").press("Enter")
    assert [float(text) for text in column(seconds) if text] == numbers[::-1] and column(seconds)[-1] == ""
    assert page.locator("#points th[aria-sort]").get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="cure").press("Space")
    assert column(heads.index("cure") + 1) == ["free_bits"] * 6 + ["none"] * 6
    assert page.locator("#points th[aria-sort]").count() == 1
    assert page.locator("figure:visible").count() == 1
    page.get_by_label("Measure").select_option("nll")
    assert "nll against rate" in page.locator("figure:visible figcaption").inner_text()
    page.get_by_role("link", name="rate=0.01").count()
    assert said == []
    from test_report_browser import CONTRASTS, ENOUGH
    assert [row for row in page.evaluate(CONTRASTS, None) if row[0] < ENOUGH] == []


def test_a_run_has_the_name_of_its_lesson(tmp_path):
    assert Run("lessons/09_tiny.ipynb", {}, tmp_path, tmp_path).name == "09_tiny"
