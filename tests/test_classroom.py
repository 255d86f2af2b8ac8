"""A class: courses for nbgrader from release to table, feedback without it, and what strangers hand in."""
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from answers import elbo_kl, same_as_reference, text_vae
from gensq_course import cli
from gensq_course.checks import registry
from gensq_course.classroom import assignment, examined, feedback, graded, limits, submissions, variants
from gensq_course.lessons import load_all
from gensq_course.report.lessons import all_lessons, read_notebook, source
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import CHECKOUT

load_all()
KL = "02_kl"
HALF = "def kl_between(q_mean, q_std, p_mean, p_std):\n    r = q_std / p_std\n" \
       "    return r**2 + ((q_mean - p_mean) / p_std)**2 - 1 - r.log()"
SAME = "def kl_between(q_mean, q_std, p_mean, p_std):\n    r = q_std / p_std\n" \
       "    return (r**2 + ((q_mean - p_mean) / p_std)**2 - 1) / 2 - r.log()"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with two assignments."""
    folder = tmp_path_factory.mktemp("classroom") / "course"
    assert len(list(assignment.write([KL, "06"], folder))) == 3
    return folder


def of(notebook, grade_id):
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def answered(notebook, **answers):
    """A copy in which these exercises have these answers."""
    made = json.loads(json.dumps(notebook))
    for name, text in answers.items():
        of(made, f"answer_{name}")["source"] = text
    return made


def hand_in(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


# The assignment.


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_every_exercise_of_every_lesson_is_graded(lesson):
    made = assignment.notebook(lesson, "secret")
    names = assignment.graded_in(made)
    assert names == submissions.asked_of(lesson.name) and len(names) >= 3
    for name in names:
        assert f"{name}_solution" in source(of(made, f"answer_{name}"))
    assert assignment.most_points(made) == graded.MOST * len(names) + graded.WRITTEN
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])
    shown = variants.task_of(lesson.name)["yours"].format(**variants.own_numbers(lesson.name, "anna"))
    assert "{" not in shown and "MARK SCHEME" in source(of(made, "written"))


def test_an_assignment_is_never_overwritten(course):
    before = (course / "secret.txt").read_text()
    with pytest.raises(GensqError, match="expected no assignment 02_kl in .*, got one"):
        list(assignment.write([KL], course))
    assert len(list(assignment.write(["00"], course))) == 2 and (course / "secret.txt").read_text() == before
    assert os.name == "nt" or (course / "secret.txt").stat().st_mode & 0o077 == 0


def test_each_assignment_has_a_secret_of_its_own(course):
    secrets = {variants.secret_of(course, name) for name in (KL, "06_text_vae")}
    assert len(secrets) == 2 and variants.secret_of(None, KL) == ""
    assert not any((course / "secret.txt").read_text().strip() in path.read_text() for path in course.rglob("*.ipynb"))


# Inputs of one's own.


@pytest.mark.parametrize("seed", range(5))
def test_the_reference_is_right_on_anybodys_inputs(seed):
    for name, exercise in registry.EXERCISES.items():
        asked = variants.with_own_inputs(exercise, variants.number_of(f"student {seed}"))
        if asked is not exercise:
            assert registry.judged(asked, same_as_reference(name))[0] == "right", name


@pytest.mark.parametrize("module", (elbo_kl, text_vae))
def test_right_answers_however_written_are_right_on_ones_own_inputs(module):
    for name, answer in module.RIGHT:
        asked = variants.with_own_inputs(registry.exercise(name), variants.number_of("anna"))
        assert registry.judged(asked, answer)[0] == "right", (name, answer)


def test_inputs_that_drown_in_rounding_are_not_used():
    """Costs of -400 in single precision, of which differences of 3 are asked: other draws are a matter of luck."""
    asked = registry.exercise("worth_of_z")
    assert not any(variants.fair(asked, variants.drawn_anew(asked.cases, number)) for number in range(5))
    own = variants.with_own_inputs(asked, 1).cases()
    assert all(torch.equal(mine[0], visible[0]) for mine, visible in zip(own, asked.cases(), strict=True))


def test_inputs_differ_from_student_to_student_and_stay():
    asked = registry.exercise("kl_between")

    def last(student):
        return variants.with_own_inputs(asked, variants.number_of(student, "s")).cases()[-1][0]

    assert torch.equal(last("anna"), last("anna")) and not torch.equal(last("anna"), last("bert"))
    assert not torch.equal(last("anna"), asked.cases()[-1][0]) and torch.Generator.__name__ == "Generator"
    assert variants.own_numbers(KL, "anna") != variants.own_numbers(KL, "bert")


def test_an_answer_that_knows_the_visible_inputs_is_seen_through():
    asked = registry.exercise("kl_between")
    known = asked.cases()

    def parrot(*inputs):
        found = [case for case in known if all(a.shape == b.shape and torch.equal(a, b) for a, b in zip(case, inputs))]
        return (asked.reference(*inputs) if found else 3 * asked.reference(*inputs))

    found, _ = graded.judged("kl_between", parrot, 7)
    assert found.verdict == "wrong" and found.hidden


@pytest.mark.parametrize("answer, share", [(SAME, 1.0), (HALF, 0.5), (HALF.replace("return r", "return -r"), 0.0),
                                           ("def kl_between(*a): return a[0] * 17.5", 0.0), ("kl_between = None", 0.0)])
def test_points(answer, share, capsys):
    names = {}
    exec(answer, names)
    assert graded.points("kl_between", names["kl_between"], most=4) == 4 * share
    assert graded.judged("kl_between", names["kl_between"], 3)[0].share == share


def test_a_wrong_choice_among_six_has_a_name():
    asked = registry.exercise("name_the_bugs")
    assert graded.share(asked, "wrong", ("A: half",)) == 0.5 and graded.share(asked, "wrong", ("A: unknown",)) == 0.0
    assert graded.share(asked, "wrong", ("A: half", "B: bits")) == 0.0


# With nbgrader.


def nbgrader(course, *words):
    """A command of nbgrader, as an instructor types it."""
    bin = Path(sys.executable).parent
    variables = os.environ | {"PATH": f"{bin}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(CHECKOUT), "SECRET_TOKEN": "x"}
    done = subprocess.run([sys.executable, "-m", "nbgrader", *words], cwd=course, capture_output=True, text=True, env=variables)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.skipif(os.name == "nt", reason="nbgrader's kernel has no limits on Windows")
def test_from_release_to_table(course):
    """Four submissions: right, with a named mistake, one that does not run, one whose checks were tampered with."""
    if not os.environ.get("CI"):
        pytest.importorskip("nbgrader", reason='needs nbgrader: pip install "gensq_lib[classroom]"')
    nbgrader(course, "generate_assignment", KL)
    release = read_notebook(course / "release" / KL / f"{KL}.ipynb")
    text = "".join(map(source, release["cells"]))
    assert "_solution" not in text and "secret" not in text and "1 point:" not in text and "checks.kl_between(handed_in)" in text
    written = read_notebook(course / "source" / KL / f"{KL}.ipynb")
    names = assignment.graded_in(written)
    right = answered(release, **{name: source(of(written, f"answer_{name}")) for name in names})
    tampered = answered(right, kl_between="def kl_between(*a): return a[0] * 0")
    of(tampered, "check_kl_between")["source"] = "2.0"
    tampered["cells"].remove(of(tampered, "check_mean_field"))
    token = "\nimport os\nassert 'SECRET_TOKEN' not in os.environ"
    works = {"anna": answered(right, kl_between=SAME + token), "bert": answered(right, kl_between=HALF),
             "cleo": answered(right, kl_between="def kl_between(q_mean"), "dora": tampered}
    for student, work in works.items():
        hand_in(work, course / "submitted" / student / KL / f"{KL}.ipynb")
    log = nbgrader(course, "autograde", KL)
    assert "checksum" not in log
    nbgrader(course, "generate_feedback", KL)
    nbgrader(course, "export")
    rows = csv.DictReader(io.StringIO((course / "grades.csv").read_text()))
    assert {row["student_id"]: float(row["score"]) for row in rows} == {"anna": 14.0, "bert": 13.0, "cleo": 12.0, "dora": 12.0}
    told = {student: (course / "feedback" / student / KL / f"{KL}.html").read_text() for student in works}
    assert "The factor 1/2 is missing" in told["bert"] and "SyntaxError" in told["cleo"] and "AssertionError" not in told["anna"]
    assert {student for student in works if "restored before grading" in told[student]} == {"dora"}
    assert "check_kl_between" in told["dora"] and "check_mean_field (taken out)" in told["dora"]
    assert "The numbers of anna" in told["anna"]


# Without nbgrader.


@pytest.fixture(scope="module")
def release(course):
    """What is handed out, made without nbgrader: stubs and visible checks."""
    made = json.loads(json.dumps(read_notebook(course / "source" / KL / f"{KL}.ipynb")))
    for cell in made["cells"]:
        text = source(cell)
        for mark in ("SOLUTION", "HIDDEN TESTS"):
            if f"### BEGIN {mark}" in text:
                text = text[:text.index(f"### BEGIN {mark}")]
        cell["source"] = text
    return made


def graded_class(folder, output):
    said = list(feedback.write(folder, output))
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO((output / "grades.csv").read_text("utf-8")))}
    return said, rows


ESCAPE = "import subprocess, sys\ndef kl_between(*a):\n    command = [sys.executable, '-c', 'import time; time.sleep(4242)']\n" \
         "    subprocess.Popen(command, start_new_session=True)\n    return a[0]"
EATER = "def kl_between(*a):\n    import torch\n    return torch.ones(10**11)"
SPY = "def kl_between(*a):\n    import os\n    raise ValueError(os.environ.get('SECRET_TOKEN', 'nothing') + '<script>alert(1)')"
EXIT = "def kl_between(*a):\n    import os\n    os._exit(0)"
LOOP = "class Loop:\n    while True:\n        pass\n\n\ndef kl_between(*a):\n    return Loop"
RATIO = "def nats_per_token(kl, lengths):\n    return kl.sum() / lengths.sum()"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux, and some names of folders are refused elsewhere")
def test_a_class_with_strangers_in_it(release, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    folder, output = tmp_path / "handed_in", tmp_path / "feedback"
    for student, answer in {"anna": SAME, "=bert()": HALF, "eater": EATER, "<b>spy": SPY, "exit": EXIT, "escape": ESCAPE,
                            "loop": LOOP}.items():
        hand_in(answered(release, kl_between=answer, nats_per_token=RATIO), folder / student / f"{KL}.ipynb")
    for name, content in {"none/02_kl.ipynb": b"hello", "latin/02_kl.ipynb": "é".encode("latin-1"),
                          "deep/02_kl.ipynb": b"[" * 10**5, "essay/essay.pdf": b"%PDF"}.items():
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(content)
    (folder / "huge").mkdir()
    with open(folder / "huge" / f"{KL}.ipynb", "wb") as file:
        file.truncate(submissions.LARGEST + 1)
    hand_in(answered(release), folder / f"Anna_{KL}.ipynb")
    os.utime(folder / f"Anna_{KL}.ipynb", (1, 1))
    said, rows = graded_class(folder, output)
    assert {name: row["points"] for name, row in rows.items()} == {
        "anna": "2", "'=bert()": "1.5", "eater": "1", "<b>spy": "1", "exit": "1", "escape": "1", "loop": "1"}
    sentences = "\n".join(said)
    for words in ("none/02_kl.ipynb: expected a notebook", "latin/02_kl.ipynb: expected a notebook in UTF-8",
                  "deep/02_kl.ipynb: expected a notebook", "essay/essay.pdf: expected a notebook (.ipynb), got .pdf",
                  "huge/02_kl.ipynb: expected a notebook of at most",
                  "expected one 02_kl of anna, got two; the newer one was graded, anna/02_kl.ipynb",
                  "exit, 02_kl: kl_between: expected answers"):
        assert words in sentences
    assert rows["'=bert()"]["mistakes"] == "kl_between: half"
    pages = "\n".join(path.read_text("utf-8") for path in output.glob("*.html"))
    assert "hunter2" not in pages and "ValueError: nothing" in pages
    assert "<script>alert" not in pages and "<b>spy" not in pages and "&lt;b&gt;spy" in pages
    assert "The factor 1/2 is missing" in pages and "_solution" not in pages
    assert len(list(output.glob("student_*.html"))) == len(rows)
    if limits.alone():
        assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"time.sleep(4242)" in path.read_bytes()]


def test_tampering_is_named_without_nbgrader(release, tmp_path):
    made = answered(release, kl_between="import gensq_course.checks.registry\n" + SAME)
    made["cells"].remove(of(made, "check_mean_field"))
    hand_in(made, tmp_path / "in" / "dora" / f"{KL}.ipynb")
    said, rows = graded_class(tmp_path / "in", tmp_path / "out")
    assert any("the check of mean_field was changed or taken out" in sentence for sentence in said)
    assert "reaches for the checks themselves" in rows["dora"]["note"] and rows["dora"]["points"] == "1"


@pytest.mark.parametrize("borrowed", [
    "from gensq_course.lessons.kl.between import kl_between", "import gensq_course.lessons.kl.between as answers",
    "answers = __import__('importlib').import_module('gensq_course.lessons.kl.between')"])
def test_an_answer_that_is_borrowed_from_the_course_is_told(release, borrowed):
    cells = tuple(source(cell) for cell in answered(release)["cells"])
    assert submissions.tampered(KL, cells) == ()
    [told] = submissions.tampered(KL, (*cells, borrowed))
    assert "reaches for the checks themselves (gensq_course.lessons)" in told


def test_the_lesson_itself_can_be_handed_in():
    """The check cells of a lesson are not those of an assignment, and neither is called tampered."""
    cells = tuple(source(cell) for cell in read_notebook(Path(CHECKOUT) / "notebooks" / f"{KL}.ipynb")["cells"])
    assert submissions.tampered(KL, cells) == ()


@pytest.mark.parametrize("path, student", [
    ("anna/02_kl.ipynb", "anna"), ("anna/02_kl/02_kl.ipynb", "anna"), ("anna_02_kl.ipynb", "anna"),
    ("Anna Li_123_assignsubmission_file_/02_kl.ipynb", "Anna Li")])
def test_whose_it_is(tmp_path, path, student):
    assert submissions.student_of(tmp_path, tmp_path / path, KL) == student


def test_a_notebook_without_a_student_is_refused(tmp_path):
    with pytest.raises(GensqError, match="STUDENT_02_kl.ipynb"):
        submissions.student_of(tmp_path, tmp_path / "02_kl.ipynb", KL)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", " =1"])
def test_no_cell_of_the_table_is_a_formula(text):
    assert feedback.cell(text)[0] == "'"


@pytest.mark.parametrize("line", [
    "", "[]", "nonsense", '{"name": "x"}', '{"name": "x", "verdict": "best", "mistakes": [], "says": []}',
    '{"name": "x", "verdict": "right", "mistakes": 3, "says": []}', "[" * 10**5])
def test_a_line_that_no_worker_of_ours_writes_counts_for_nothing(line):
    assert examined.read(line) is None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limits")
def test_a_process_has_limits():
    code = "import os, resource; print(resource.getrlimit(resource.RLIMIT_AS)[0], os.environ.get('SECRET_TOKEN'))"
    done = subprocess.run([sys.executable, "-m", "gensq_course.classroom.limits", sys.executable, "-c", code], text=True,
                          capture_output=True, env=os.environ | {"SECRET_TOKEN": "x", "PYTHONPATH": str(CHECKOUT)})
    assert done.stdout.split() == [str(limits.MEMORY), "None"]


@pytest.mark.parametrize("words, sentence", [
    (["feedback", "nowhere"], "expected a folder of submissions, got nowhere"),
    (["assignment", "02_lk"], 'did you mean "02_kl"')])
def test_commands_refuse_in_a_sentence(words, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 2 and sentence in capsys.readouterr().err


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(GensqError, match="got an empty folder"):
        list(feedback.write(tmp_path, tmp_path / "out"))
