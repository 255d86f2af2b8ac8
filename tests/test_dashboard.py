"""`gensq progress --class`: what a class handed in, at a glance, whatever else lies in its folder. Students are numbers."""
import json
import os
import random
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from test_progress import BROKEN, check, guess

from gensq_course import cli
from gensq_course.checks import registry
from gensq_course.classroom import dashboard, roster
from gensq_course.classroom.submissions import LARGEST, asked_of
from gensq_course.lessons import load_all
from gensq_course.report.progress import Guess, read_work
from gensq_lib.ground.errors import GensqError

KL, VAE = "02_kl", "06_text_vae"
RIGHT, OPEN = {"verdict": "right", "mistake": []}, {"verdict": "not attempted", "mistake": []}


def wrong(*mistakes, **more):
    return {"verdict": "wrong", "mistake": list(mistakes), **more}


def hand_in(path, lesson, *entries, guesses=()):
    """A notebook with these records of the lesson's exercises, in their order; those without one were not run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [new_code_cell(f'here = report.begin("{lesson}", globals())')]
    names = asked_of(lesson)
    cells += [check(name, entry) for name, entry in zip(names, entries)] + [check(name) for name in names[len(entries):]]
    cells += [guess(name, guess=1.0, sure=sure, value=1.0, hit=hit) for name, sure, hit in guesses]
    path.write_text(json.dumps(new_notebook(cells=cells)), encoding="utf-8")


@pytest.fixture
def place(tmp_path):
    """Five students: two work, one has only opened a lesson, one has an empty folder, one is on the list alone."""
    folder = tmp_path / "class"
    hand_in(folder / "1001" / f"{KL}.ipynb", KL, RIGHT, wrong("over n", "largest, no floor", tries=4),
            guesses=[("kl", 0.95, True), ("gap", 0.6, False)])
    hand_in(folder / "1001" / f"{VAE}.ipynb", VAE, RIGHT)
    hand_in(folder / "1002" / f"{KL}.ipynb", KL, RIGHT, wrong("over n", tries=2), RIGHT, guesses=[("kl", 0.9, False)])
    hand_in(folder / "1003" / f"{VAE}.ipynb", VAE, OPEN, OPEN)
    (folder / "1004").mkdir()
    (tmp_path / "students.txt").write_text("# number\n1001\n1002\n\n1003\n1004\n1005\n1005\n")
    return folder


@pytest.fixture
def found(place):
    return dashboard.read_class(place, roster.students_of(place.parent / "students.txt"))


def test_who_has_begun(found):
    assert found.students == ["1001", "1002", "1003", "1004", "1005"]
    assert found.not_begun == ["1003", "1004", "1005"], "an opened lesson, an empty folder, a line of the list"
    assert found.lessons == [KL, VAE] and set(found.begun) == {"1001", "1002"} and found.said == []


def test_the_table_of_a_terminal(found):
    lines = list(dashboard.table(found))
    num = len(asked_of(KL)), len(asked_of(VAE))
    assert lines[0].split() == ["student", "02", "06"]
    assert lines[1].split() == ["1001", f"1/{num[0]}", f"1/{num[1]}"] and lines[2].split() == ["1002", f"2/{num[0]}", "–"]
    assert lines[3].split() == ["1003", "–", "–"], "an opened lesson is not begun"


def test_exercises_are_counted_with_mistakes_and_tries(found):
    rows = {(row.lesson, row.name): row for row in dashboard.exercises(found)}
    first, second, third, *_ = asked_of(KL)
    assert rows[KL, first].verdicts == {"right": 2} and not rows[KL, first].hard
    assert rows[KL, second].mistakes == [("over n", 2), ("largest, no floor", 1)] and rows[KL, second].hard
    assert sorted(rows[KL, second].tries) == [2, 4]
    assert (rows[KL, third].answered, rows[KL, third].open) == (1, 1) and not rows[KL, third].hard
    assert {lesson for lesson, _ in rows} == {KL, VAE} and len(rows) == len(asked_of(KL)) + len(asked_of(VAE))


def test_one_wrong_answer_makes_no_exercise_hard():
    assert not dashboard.Exercise(KL, "x", {"wrong": 1}, [], []).hard
    assert dashboard.Exercise(KL, "x", {"wrong": 1, "right": 1, "not run": 9}, [], []).hard
    assert not dashboard.Exercise(KL, "x", {"wrong": 1, "right": 2}, [], []).hard


def test_who_is_stuck(found):
    assert dashboard.stuck(found) == [("1001", KL, asked_of(KL)[1], 4, "over n, largest, no floor")], "two tries are not many"


def test_predictions_over_the_class(found):
    assert len(found.guesses) == 3 and dashboard.surprises(found.guesses) == [("kl", 1, 2)]
    levels = {level.name: (len(level.guesses), level.hits) for level in dashboard.levels(found.guesses)}
    assert levels == {"50% to 70%": (1, 0), "90% to 100%": (2, 1)}
    every = [Guess(sure / 100, True) for sure in range(101)]
    assert sum(len(level.guesses) for level in dashboard.levels(every)) == 101, "each guess is in one level"


def test_the_page_says_it_all_and_escapes(place):
    first = asked_of(KL)[0]
    hand_in(place / "<b>1006" / f"{KL}.ipynb", KL, wrong("<script>alert(1)</script>"), guesses=[("<i>x", 0.5, True)] * 2)
    page = dashboard.page(dashboard.read_class(place))
    assert "&lt;b&gt;1006" in page and "<b>1006" not in page and "<script>alert" not in page and "<i>x" not in page
    for part in ("largest, no floor (1)", first, "1003", "near enough", "Stuck"):
        assert part in page


def test_the_command_prints_and_writes(place, capsys, tmp_path):
    output = tmp_path / "out.html"
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    arguments = ["progress", "--class", str(place), "-o", str(output), "--students", str(tmp_path / "students.txt")]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    assert "Not begun: 3 of 5: 1003, 1004, 1005." in said and "Stuck: 1001, 02_kl" in said and "1 of 3 near enough" in said
    assert f"Hard: {KL}, {asked_of(KL)[1]}: 2 of 2 wrong: over n (2), largest, no floor (1)" in said
    assert output.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert before == {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    assert cli.main([*arguments[:4], str(tmp_path / "students.txt" / "x")]) == 2
    assert capsys.readouterr().err.startswith("gensq: expected to write ")


def test_reading_a_class_needs_no_torch(place):
    code = ("import sys\nfrom pathlib import Path\nfrom gensq_course.classroom import dashboard\n"
            f"print(*dashboard.screen(dashboard.read_class(Path({str(place)!r}))))\nprint('torch' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "1001" in done.stdout and done.stdout.strip().endswith("False"), done.stderr


@pytest.mark.parametrize("kind", BROKEN)
def test_a_bad_file_costs_a_sentence_and_the_others_are_counted(place, kind):
    (place / "1004" / f"{KL}.ipynb").write_text(BROKEN[kind], encoding="utf-8")
    found = dashboard.read_class(place)
    assert len(found.said) == 1 and "expected a" in found.said[0] and "1004" in found.said[0]
    assert set(found.begun) == {"1001", "1002"} and "1004" in found.not_begun


def test_huge_and_strange_files_cost_a_sentence(place):
    with (place / "1004" / f"{KL}.ipynb").open("wb") as file:
        file.truncate(LARGEST + 1)
    (place / "1004" / "notes.pdf").write_bytes(b"%PDF")
    (place / "1003" / "latin.ipynb").write_bytes(b"\xe9")
    if hasattr(os, "symlink"):
        os.symlink(place / "1001" / f"{KL}.ipynb", place / "1004" / f"{VAE}.ipynb")
    if hasattr(os, "mkfifo"):
        os.mkfifo(place / "1003" / "pipe.ipynb")
    found = dashboard.read_class(place)
    assert len(found.said) == 5 and all("expected a" in sentence and "\n" not in sentence for sentence in found.said)
    assert set(found.begun) == {"1001", "1002"}


def test_many_files_that_are_left_out_are_summed_up(place):
    for number in range(50):
        (place / "1004" / f"{number}.txt").write_text("x")
    lines = list(dashboard.screen(dashboard.read_class(place)))
    assert sum("expected a notebook" in line for line in lines) == 20 and "And 30 more" in lines[-1]


def test_records_of_other_exercises_and_endless_names_are_not_believed(place):
    path = place / "1006" / f"{KL}.ipynb"
    hand_in(path, KL, wrong("m" * 10_000, *map(str, range(100)), tries=10**30), guesses=[("g" * 10_000, 0.5, True)])
    notebook = json.loads(path.read_text())
    notebook["cells"].append(check("made_up", RIGHT))
    path.write_text(json.dumps(notebook))
    work = dashboard.read_class(place).works["1006"][KL]
    assert list(work.checks) == asked_of(KL) and work.tries == {}
    (mistakes,) = work.mistakes.values()
    assert len(mistakes) == 5 and len(mistakes[0]) == 80 and len(work.guesses[0].name) == 80


def test_files_beside_each_other(tmp_path):
    hand_in(tmp_path / "1001_02_kl.ipynb", KL, RIGHT)
    (tmp_path / "notes").mkdir()
    found = dashboard.read_class(tmp_path, ["1001", "1002"])
    assert found.students == ["1001", "1002"] and found.not_begun == ["1002"], "a folder beside files is no student"


def test_names_that_differ_in_capitals_are_one_student(tmp_path):
    hand_in(tmp_path / "s1a" / f"{KL}.ipynb", KL, RIGHT)
    found = dashboard.read_class(tmp_path, ["S1A"])
    assert found.students == ["S1A"] and found.not_begun == []


def test_nothing_at_all_is_a_sentence(tmp_path):
    with pytest.raises(GensqError, match="expected a folder of submissions"):
        dashboard.read_class(tmp_path / "nowhere")
    with pytest.raises(GensqError, match="expected notebooks of a class"):
        dashboard.read_class(tmp_path)


@pytest.mark.parametrize("text, says", [("", "got 0"), ("\n#x\n", "got 0"), ("a" * 101, "at most 100 characters"),
                                        ("a\tb", "that print"), ("\n".join(map(str, range(2_001))), "got 2,001")])
def test_a_list_of_students_is_read_or_refused(tmp_path, text, says):
    (tmp_path / "s.txt").write_text(text)
    with pytest.raises(GensqError, match=says):
        roster.students_of(tmp_path / "s.txt")


def test_tries_are_counted_from_the_second_judged_answer_on(capsys):
    load_all()
    registry.forget_tries()
    shown = []
    boxes = registry.Box.show
    try:
        registry.Box.show = lambda box: shown.append(box.record)
        for answer in (..., lambda mean, log_var: mean, lambda mean, log_var: log_var, ...):
            registry.check("kl_to_prior", answer)
    finally:
        registry.Box.show = boxes
        registry.forget_tries()
    assert [record.get("tries") for record in shown] == [None, None, 2, 2]


def test_tries_are_read_back(tmp_path):
    hand_in(tmp_path / f"{KL}.ipynb", KL, wrong("x", tries=3), wrong("x", tries="many"), wrong("x", tries=True))
    assert read_work(tmp_path / f"{KL}.ipynb").tries == {asked_of(KL)[0]: 3}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_a_browser(tmp_path, browser, scheme):
    from barriers import barriers

    draw = random.Random(0)
    for number in range(1000, 1012):
        entries = [draw.choice([RIGHT, wrong("over n", tries=draw.randint(2, 6)), OPEN]) for _ in asked_of(KL)]
        hand_in(tmp_path / "class" / str(number) / f"{KL}.ipynb", KL, *entries, guesses=[("kl", 0.8, draw.random() < 0.5)])
    (tmp_path / "p.html").write_text(dashboard.page(dashboard.read_class(tmp_path / "class")), encoding="utf-8")
    page = browser.new_page(color_scheme=scheme, offline=True)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(("file:", "data:")) else None)
    page.goto((tmp_path / "p.html").as_uri())
    table = page.locator("table").first
    table.get_by_role("button", name="Right answers").press("Enter")
    numbers = [int(text) for text in table.locator("tbody tr td:nth-child(2)").all_inner_texts()]
    assert numbers == sorted(numbers) and len(numbers) == 12
    table.get_by_role("button", name="Right answers").click()
    assert [int(text) for text in table.locator("tbody tr td:nth-child(2)").all_inner_texts()] == numbers[::-1]
    assert barriers(page) == [] and said == []
