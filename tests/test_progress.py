"""`gensq progress`: what the stored outputs of a reader's notebooks say, whatever else lies in the folder."""
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from gensq_course import cli
from gensq_course.report.progress import calibration, progress, read_work
from gensq_course.report.records import MIME
from gensq_lib.ground.errors import GensqError


def shown(**entry):
    return new_output("display_data", data={MIME: entry, "text/plain": ""})


def check(name, *records):
    return new_code_cell(f"{name} = checks.{name}({name})", outputs=[shown(check=name, **record) for record in records])


def guess(name, **entry):
    return new_code_cell("checks.outcome()", outputs=[shown(prediction=name, **entry)])


CELLS = [check("one", {"verdict": "right", "mistake": []}),
         check("two", {"verdict": "wrong", "mistake": ["sign", "bits"]}),
         check("three", {"verdict": "not attempted", "mistake": []}), check("four"),
         guess("a", guess=1.0, sure=0.8, value=1.0, hit=True), guess("b", guess=2.0, sure=0.6, value=9.0, hit=False),
         guess("c", guess=None, sure=None, value=3.0, hit=False), guess("d", guess=1.0, sure=0.5)]


def write(path, *cells):
    path.write_text(json.dumps(new_notebook(cells=list(cells))), encoding="utf-8")
    return path


def test_a_notebook_is_told_line_by_line(tmp_path):
    write(tmp_path / "00_x.ipynb", *CELLS)
    lines = progress(tmp_path)
    assert lines[:5] == ["00_x: 1 of 4 checks pass", "  ✓ one: right", "  ✗ two: wrong (sign, bits)",
                         "  ○ three: not attempted", "  ○ four: not run"]
    assert lines[5] == "  predictions: 1 of 2 near enough, 70% sure on average (Brier score 0.20; 0 is best)"
    assert "In all: 1 checks pass, 1 wrong, 2 not attempted." in lines and "nothing leaves" in lines[-1]


def test_the_last_record_counts(tmp_path):
    wrong, right = {"verdict": "wrong", "mistake": ["sign"]}, {"verdict": "right", "mistake": []}
    path = write(tmp_path / "x.ipynb", check("one", wrong, right))
    assert read_work(path).checks == {"one": "right"} and read_work(path).mistakes == {}


BROKEN = {"empty": "", "no json": "{", "nested without end": "[" * 100_000 + "]" * 100_000,
          "a list": "[]", "no cells": "{}", "cells of numbers": '{"cells": [1, 2]}',
          "cells without a type": '{"cells": [{}]}', "binary": "\x00\x01", "no source": '{"cells": [{"cell_type": "code"}]}',
          "outputs of numbers": '{"cells": [{"cell_type": "code", "source": "", "outputs": [3]}]}',
          "another course": json.dumps(new_notebook(cells=[new_code_cell("print(1)")]))}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_or_foreign_notebook_is_one_sentence_and_the_others_are_shown(tmp_path, content):
    (tmp_path / "bad.ipynb").write_text(content, encoding="utf-8")
    write(tmp_path / "good.ipynb", *CELLS)
    lines = progress(tmp_path)
    assert lines[0].startswith("bad: expected a ") and "good: 1 of 4 checks pass" in lines[1]


def test_bytes_that_are_no_text_are_a_sentence(tmp_path):
    (tmp_path / "bad.ipynb").write_bytes(b"\xff\xfe\x00")
    assert progress(tmp_path)[0].startswith("bad: expected a notebook")


@pytest.mark.parametrize("entry", [{"check": 3}, {"check": ["x"], "verdict": "right"}, {"prediction": {}}, [], "text", 5,
                                   {"check": "one", "verdict": "splendid"}, {"prediction": "p", "sure": "very", "hit": 1},
                                   {"prediction": "p", "sure": 7, "hit": True, "guess": 1, "value": 1}])
def test_odd_records_are_passed_over(tmp_path, entry):
    write(tmp_path / "x.ipynb", new_code_cell("one = checks.one(one)", outputs=[
        new_output("display_data", data={MIME: entry})]))
    work = read_work(tmp_path / "x.ipynb")
    assert work.count("right") == 0 and work.guesses == () and set(work.checks) == {"one"}


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
                        ["data", "outputs", "metadata", "tags", MIME, "check", "prediction", "verdict", "mistake", "sure"]),
                        inner, max_size=4), max_leaves=8)


@given(outputs=JSON, metadata=JSON, entry=JSON)
def test_whatever_a_notebook_holds_it_is_read_or_refused_in_a_sentence(tmp_path_factory, outputs, metadata, entry):
    cells = [{"cell_type": "code", "source": "one = checks.one(one)", "outputs": outputs, "metadata": metadata},
             {"cell_type": "code", "source": "", "outputs": [{"data": {MIME: entry}}], "metadata": {}}]
    folder = tmp_path_factory.mktemp("mine")
    (folder / "x.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert progress(folder)[0].startswith(("x: expected a notebook", "x: 0 of ", "x: 1 of "))


def test_no_folder_is_a_sentence(tmp_path):
    with pytest.raises(GensqError, match="make lab"):
        progress(tmp_path / "nowhere")


def test_perfect_and_worst_calibration(tmp_path):
    write(tmp_path / "x.ipynb", guess("a", guess=1.0, sure=1, value=1.0, hit=True))
    assert "Brier score 0.00" in calibration(read_work(tmp_path / "x.ipynb").guesses)
    write(tmp_path / "x.ipynb", guess("a", guess=1.0, sure=1.0, value=5.0, hit=False))
    assert "0 of 1 near enough, 100% sure on average (Brier score 1.00" in calibration(read_work(tmp_path / "x.ipynb").guesses)


def test_the_command_needs_no_torch_and_writes_nothing(tmp_path, capsys):
    write(tmp_path / "00_x.ipynb", *CELLS)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert cli.main(["progress", str(tmp_path)]) == 0
    assert "00_x: 1 of 4 checks pass" in capsys.readouterr().out
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    code = f"import sys\nfrom gensq_course import cli\ncli.main(['progress', {str(tmp_path)!r}])\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip().endswith("False"), done.stderr


def test_copy_hands_out_lessons_and_keeps_what_a_reader_changed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path / "lessons"))
    (tmp_path / "lessons").mkdir()
    write(tmp_path / "lessons" / "00_x.ipynb", *CELLS)
    said = []
    for change in (None, None, "my work"):
        if change:
            (tmp_path / "mine" / "00_x.ipynb").write_text(change)
            write(tmp_path / "lessons" / "00_x.ipynb", *CELLS[1:])
        assert cli.main(["copy", str(tmp_path / "mine")]) == 0
        said.append(capsys.readouterr().out)
    assert "copied" in said[0] and "none has a newer version" in said[1] and "00_x.2.ipynb" in said[2]
    assert (tmp_path / "mine" / "00_x.ipynb").read_text() == "my work"


def test_real_checks_and_predictions_are_read_back(tmp_path):
    """The records that the checks write are those that are read."""
    from gensq_course.checks import registry

    asked = registry.exercise("kl_to_prior")
    boxes = [registry.judged(asked, f)[1] for f in (
        lambda mean, log_var: mean, lambda mean, log_var: asked.reference(mean, log_var), asked.reference)]
    cells = [new_code_cell("kl_to_prior = checks.kl_to_prior(kl_to_prior)", outputs=[
        new_output("display_data", data=box._repr_mimebundle_())]) for box in boxes]
    path = write(tmp_path / "a.ipynb", cells[0])
    assert read_work(path).checks == {"kl_to_prior": "wrong"}
    assert read_work(write(path, cells[1])).checks == {"kl_to_prior": "right"}
    assert read_work(write(path, cells[2])).checks == {"kl_to_prior": "not attempted"}, "the reference is nobody's work"


# --- what is not there, and what is no notebook

@pytest.fixture
def given(tmp_path, monkeypatch):
    """The lesson as the course has it: four exercises."""
    (tmp_path / "given").mkdir()
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path / "given"))
    begin = new_code_cell('here = report.begin("00_x", globals())')
    return write(tmp_path / "given" / "00_x.ipynb", begin, *(check(name) for name in ("one", "two", "three", "four")))


@pytest.mark.parametrize("name, begin", [("00_x", ""), ("anna", "here = report.begin('00_x', globals())")])
def test_a_deleted_check_is_missed(given, tmp_path, name, begin):
    (tmp_path / "mine").mkdir()
    right = [check(each, {"verdict": "right", "mistake": []}) for each in ("one", "three", "four")]
    write(tmp_path / "mine" / f"{name}.ipynb", new_code_cell(begin), *right)
    lines = progress(tmp_path / "mine")
    assert lines[0] == f"{name}: 3 of 4 checks pass, one is missing: the cell is not in this notebook"
    assert "  – two: missing" in lines and "In all: 3 checks pass, 0 wrong, 0 not attempted, 1 missing." in lines
    write(tmp_path / "mine" / f"{name}.ipynb", new_code_cell(begin), *right[:1])
    assert progress(tmp_path / "mine")[0].startswith(f"{name}: 1 of 4 checks pass, 3 are missing")


def test_nothing_is_missing_where_we_know_no_such_lesson(given, tmp_path):
    (tmp_path / "mine").mkdir()
    write(tmp_path / "mine" / "my_own.ipynb", check("seven"))
    given.write_text("{")
    write(tmp_path / "mine" / "00_x.ipynb", check("one"))
    assert [line for line in progress(tmp_path / "mine") if "checks pass" in line][:2] == [
        "00_x: 0 of 1 checks pass", "my_own: 0 of 1 checks pass"]


def test_missing_is_no_verdict_of_a_record(given, tmp_path):
    write(tmp_path / "00_x.ipynb", *(check(name, {"verdict": "missing"}) for name in ("one", "two", "three", "four")))
    assert "missing" not in progress(tmp_path)[0]


NO_LESSONS = {
    "not JSON": "x", "empty": "", "deep": "[" * 100_000 + "]" * 100_000, "a list": "[1]", "a number": "7", "no cells": "{}",
    "deep cells": '{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "cells a number": '{"cells": 3}',
    "cells of numbers": '{"cells": [1, 2]}', "cells of lists": '{"cells": [[]]}',
    "no source": '{"cells": [{"cell_type": "code"}]}',
    "NUL": "\0" * 9, "notebook's metadata": '{"cells": [], "metadata": 3}',
    **{f"{key} of {value}": json.dumps({"cells": [{"cell_type": "code", "source": "a = 1", "metadata": {}, "outputs": []} | {
        key: value}]}) for key in ("cell_type", "source", "metadata", "outputs") for value in (3, ["x", 1], {"a": 1}, [[1]])
       if not (key == "metadata" and value == {"a": 1})},
    "tags a number": '{"cells": [{"cell_type": "code", "source": "", "metadata": {"tags": 3}}]}',
    "NUL inside": '{"cells": [{"cell_type": "code", "source": "a\\u0000", "metadata": {"tags": ["parameters"]}}]}',
    "parameters that are deep": json.dumps({"cells": [{"cell_type": "code", "source": "x: int = " + "-" * 50_000 + "1",
                                                       "metadata": {"tags": ["parameters"]}}]}),
}


@pytest.mark.parametrize("kind", NO_LESSONS)
def test_one_bad_notebook_never_ends_a_screen(given, kind, tmp_path, capsys):
    folder = given.parent
    (folder / "01_bad.ipynb").write_text(NO_LESSONS[kind])
    write(folder / "02_good.ipynb", *CELLS)
    assert any(line.startswith("02_good: 1 of 4") for line in progress(folder))
    assert cli.main(["list"]) in (0, 1)
    shown = capsys.readouterr()
    assert "02_good" in shown.out and "Traceback" not in shown.err and all(len(line) < 450 for line in shown.err.splitlines())
    for command in ("student", "instructor"):
        code = cli.main([command, "-o", str(tmp_path / "dist")])
        assert (tmp_path / "dist" / command / "02_good.ipynb").exists()
        said = capsys.readouterr().err
        assert code in (0, 2) and (code == 0 or said.startswith("gensq: expected a notebook in ")), said
    from gensq_course.doctor import project
    assert project.books().words
