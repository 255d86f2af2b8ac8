"""Every lesson file keeps the rules of notebook_rules.py, each rule can refuse, and nbval is wired so that it fails
when a cell or a claim does. The lessons themselves run in `make test`, at the standard budget."""
import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lesson_maker import make_lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from notebook_rules import MISSING, RULES, Book, complaints

from gensq_course import setup
from gensq_course.report.parameters import read_table
from gensq_course.report.records import MIME
from gensq_course.setup import commands
from gensq_course.setup.environment import Environment

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_lessons_keep_the_rules(path, rule):
    claims, ranges = read_table("claims.toml"), read_table("parameters.toml")
    book = Book(path=path, notebook=json.loads(path.read_text(encoding="utf-8")), claims=claims.get(path.stem, {}),
                ranges=ranges.get(path.stem, {}))
    assert complaints(book, [rule]) == []


def test_tables_name_lessons_that_exist():
    assert set(read_table("claims.toml")) | set(read_table("parameters.toml")) <= {path.stem for path in LESSONS}


# --- a lesson that keeps every rule, and what must be refused

CARD = """# A good lesson

| | |
|---|---|
| **You will do** | this. |
| **You will learn** | that. |
| **You need** | nothing. |
| **Time** | an hour. |"""
ALT = "A line that rises from one to two."


def shown(kind: str, content: dict) -> dict:
    return new_output("display_data", data={MIME: {kind: content}, "text/plain": ""})


def good_cells() -> list:
    cells = [new_markdown_cell(CARD), new_code_cell('seed: int = 0  # any\nsteps: int = 0  # 0: as the budget says',
                                                    metadata={"tags": ["parameters"]}),
             new_code_cell(MISSING + 'from gensq_course import checks, report\nhere = report.begin("01_good", globals())',
                           outputs=[shown("run", {"parameters": {"budget": "standard"}})])]
    for number, name in enumerate(("one", "two", "three"), 1):
        hidden = {"tags": ["solution"], "jupyter": {"source_hidden": True}}
        cells += [new_markdown_cell(f"## Exercise {name}\n\n**Exercise {number}.** " + "word " * 100),
                  new_code_cell(f"def {name}(x):\n    raise NotImplementedError"),
                  new_code_cell(f"{name} = checks.{name}({name})"),
                  new_code_cell(f"def {name}_solution(x):\n    return x", metadata=hidden)]
    for _ in range(17):
        cells += [new_markdown_cell("word " * 45), new_code_cell("\n".join(["x = 1"] * 8))]
    cells += [new_code_cell("picture = draw()\npicture", outputs=[new_output("display_data", data={"image/png": "iVBORw0KGgo="},
                                                          metadata={"image/png": {"alt": ALT}})]),
              new_markdown_cell("See [the first exercise](#Exercise-one) and [ours](notebook_rules.py)."),
              new_code_cell('report.claim("good", 1.0)', outputs=[shown("claims", {"good": {
                  "name": "good", "max": 2.0, "asserted": True, "holds": True}})])]
    for number, cell in enumerate(cell for cell in cells if cell.cell_type == "code"):
        cell.execution_count = number + 1
    return cells


def good_book() -> Book:
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return Book(path=Path(__file__).parent / "01_good.ipynb",
                notebook={"cells": good_cells(), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5},
                claims={"good": {"sentence": "It is good.", "reason": "It must be.", "max": 2.0}},
                ranges={"steps": {"min": 1, "smoke": 1, "standard": 2, "full": 3}})


def test_a_good_lesson_has_no_complaints():
    assert complaints(good_book()) == []


def text(number: int, content: str):
    """A change: the cell's text."""
    return lambda book: book.cells[number].update(source=content)


def appended(number: int, content: str):
    return lambda book: book.cells[number].update(source=book.cells[number]["source"] + content)


def output(number: int, **content):
    return lambda book: book.cells[number].update(outputs=[new_output(**content)])


def stored(number: int, **claim):
    return lambda book: book.cells[number]["outputs"][0]["data"][MIME]["claims"]["good"].update(claim)


BAD = [
    ("one_title_first", text(0, "## Not a title")),
    ("one_title_first", appended(3, "\n\n# A second title")),
    ("headings_descend_by_one", text(15, "#### Too deep\n\n" + "word " * 45)),
    ("card_at_the_top", text(0, CARD.replace("| **You need** | nothing. |\n", ""))),
    ("card_at_the_top", text(0, CARD.replace("Time", "Dauer"))),
    ("links_resolve", appended(-2, " [gone](99_gone.ipynb)")),
    ("links_resolve", appended(-2, " [gone](#No-such-heading)")),
    ("prose_has_no_unknown_tags", appended(-2, " a rare word is <unk> here")),
    ("prose_has_alt_text", appended(-2, " ![](picture.png)")),
    ("prose_and_code_in_proportion", appended(3, "word " * 2000)),
    ("prose_and_code_in_proportion", lambda book: [cell.update(source="word") for cell in book.cells[15:47:2]]),
    ("sizes", lambda book: book.cells.__delitem__(slice(15, 35))),
    ("sizes", lambda book: book.cells.extend(copy.deepcopy(book.cells[3:4]) * 40)),
    ("sizes", text(-1, "\n".join(["x = 1"] * 41))),
    ("sizes", lambda book: [book.cells[i].update(source="\n".join(["x = 1"] * 9)) for i in range(16, 47, 2)]
     + [book.cells[i].update(source="\n".join(["x = 1"] * 9)) for i in (4, 5, 6)]),
    ("code_in_narrow_lines", appended(16, "\nx = 1  # " + "w" * 80)),
    ("few_definitions", appended(16, "".join(f"\ndef f{i}(): pass" for i in range(9)))),
    ("small_file", output(16, output_type="display_data", data={"text/html": "x" * 1_500_000})),
    ("small_file", output(16, output_type="display_data", data={"image/png": "x" * 140_000})),
    ("forms_have_a_class_of_their_own", lambda book: book.notebook["metadata"].update(widgets={
        "application/vnd.jupyter.widget-state+json": {"state": {"1": {"state": {"_dom_classes": ["gensq-live"]}}}}})),
    ("cell_ids_are_unique", lambda book: book.cells[4].update(id=book.cells[5]["id"])),
    ("cell_ids_are_unique", lambda book: book.cells[4].pop("id")),
    ("no_traces_of_a_machine", lambda book: book.cells[4]["metadata"].update(execution={"iopub.execute_input": "2026"})),
    ("no_traces_of_a_machine", output(16, output_type="stream", name="stdout", text="/home/someone/gensq")),
    ("no_traces_of_a_machine", output(16, output_type="stream", name="stdout", text="C:\\Users\\someone")),
    ("no_traces_of_a_machine", appended(-2, " in /tmp/ipykernel_1/2.py")),
    ("no_traces_of_a_machine", lambda book: book.notebook["metadata"].update(papermill={})),
    ("parameters_are_plain", lambda book: book.cells[1]["metadata"].update(tags=[])),
    ("parameters_are_plain", text(1, "seed: int = 0  # any\nsteps = 0  # no annotation")),
    ("parameters_are_plain", text(1, "seed: int = 0  # any\nsteps: int = 0")),
    ("parameters_are_plain", text(1, "seed: int = 0  # any\nsteps: int = 300  # a default that hides the budget's")),
    ("parameters_are_plain", text(1, "seed: int = 0  # any\nsteps: int = 0  # any\nsize: int = 0  # no row")),
    ("parameters_are_plain", text(1, "seed: int = 0  # any")),
    ("begins_as_itself", text(2, 'here = report.begin("02_other", globals())')),
    ("says_what_is_missing", text(2, 'import torch\nhere = report.begin("01_good", globals())')),
    ("says_what_is_missing", text(2, MISSING.replace("0.", "7.") + 'here = report.begin("01_good", globals())')),
    ("was_run_at_the_standard_budget", lambda book: book.cells[4].update(execution_count=None)),
    ("was_run_at_the_standard_budget", lambda book: book.cells[4].update(execution_count=7)),
    ("was_run_at_the_standard_budget", output(16, output_type="error", ename="ValueError", evalue="", traceback=[])),
    ("was_run_at_the_standard_budget", lambda book: book.cells[2].update(outputs=[])),
    ("recorded_tables_are_there", output(16, output_type="display_data", data={"text/html": "Nothing recorded yet"})),
    ("figures_have_alt_text", lambda book: book.cells[-3].update(outputs=[])),
    ("figures_have_alt_text", lambda book: book.cells[-3]["outputs"][0].update(metadata={})),
    ("figures_have_alt_text", lambda book: book.cells[-3]["outputs"][0]["metadata"]["image/png"].update(alt="figure")),
    ("figures_have_alt_text", output(16, output_type="display_data", data={"text/html": "<p><img src='data:,'></p>"})),
    ("solutions_are_folded", lambda book: book.cells[6]["metadata"].update(jupyter={})),
    ("solutions_are_folded", text(6, "def one(x):\n    return x")),
    ("exercises_are_numbered", text(7, "## Exercise two\n\n" + "word " * 100)),
    ("exercises_are_numbered", text(7, "## Exercise two\n\n**Exercise 3.** " + "word " * 100)),
    ("exercises_checks_and_solutions_in_step", text(5, "x = 1")),
    ("exercises_checks_and_solutions_in_step", text(5, "one = checks.two(one)")),
    ("exercises_checks_and_solutions_in_step", text(4, "x = 1")),
    ("exercises_checks_and_solutions_in_step", text(6, "def other_solution(x):\n    return x")),
    ("exercises_checks_and_solutions_in_step", lambda book: book.cells[6]["metadata"].update(tags=[])),
    ("claims_agree", text(-1, "x = 1")),
    ("claims_agree", text(-1, 'report.claim("other", 1.0)')),
    ("claims_agree", appended(-1, '\nreport.claim("good", 1.5)')),
    ("claims_agree", lambda book: book.claims["good"].pop("reason")),
    ("claims_agree", lambda book: book.claims["good"].update(max=3.0)),
    ("claims_agree", stored(-1, holds=False)),
    ("claims_agree", lambda book: book.cells[-1].update(outputs=[])),
]


@pytest.mark.parametrize(("name", "change"), BAD, ids=[f"{name}-{number}" for number, (name, _) in enumerate(BAD)])
def test_a_bad_lesson_is_refused(name, change):
    book = good_book()
    change(book)
    assert complaints(book, [rule for rule in RULES if rule.__name__ == name])


def test_every_rule_is_seen_to_refuse():
    assert {rule.__name__ for rule in RULES} == {name for name, _ in BAD}


# --- nbval

def compared(stored: str):
    """A cell whose stored output nbval compares with what it prints."""
    return new_code_cell("print(1 + 1)", execution_count=1, metadata={"tags": ["nbval-check-output"]},
                         outputs=[new_output("stream", text=f"{stored}\n")])


GOOD = ('assert here.budget == "standard"\nreport.claim("small", 0.25)', compared("2"))
FAILING = ('report.claim("small", 0.75)', "1 / 0", compared("3"))


@pytest.mark.slow
def test_nbval_fails_on_errors_missed_claims_and_changed_outputs(tmp_path, monkeypatch, capfd):
    """In these cells and in no other; one kernel serves them all, because each takes seconds to start."""
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path))
    books = [make_lesson(tmp_path, *GOOD), make_lesson(tmp_path, *FAILING, name="09_failing")]
    assert commands.notebook_tests(Environment(Path(sys.executable)), books) == 1
    failed = re.findall(r"^FAILED \S*?(\w+)\.ipynb::Cell (\d+)", capfd.readouterr().out, flags=re.MULTILINE)
    assert sorted(failed) == [("09_failing", "2"), ("09_failing", "3"), ("09_failing", "4")], "cells 0 and 1 begin the lesson"


def test_no_notebook_is_no_failure():
    assert commands.notebook_tests(Environment(Path(sys.executable)), []) == 0


def test_python_m_gensq_lib_runs_from_any_folder(tmp_path):
    variables = os.environ | {"PYTHONPATH": str(NOTEBOOKS.parent), "VIRTUAL_ENV": sys.prefix}
    done = subprocess.run([sys.executable, "-m", setup.__name__.split(".")[0], "help"], cwd=tmp_path, env=variables,
                          capture_output=True, text=True)
    assert done.returncode == 0 and "lab" in done.stdout
