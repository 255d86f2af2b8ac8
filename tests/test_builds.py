"""Versions for a class: no solution left in the student's, nothing missing in the instructor's, and one zip that works."""
import ast
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from lesson_maker import make_lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from gensq_course.execute import running
from gensq_course.execute import builds
from gensq_course.report.lessons import read_cells, source, tags
from gensq_course.setup import copies
from gensq_lib.ground.errors import GensqError

LESSONS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
SHORTEST = 24  # letters of a body that can be told from chance


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """All versions, made once."""
    output = tmp_path_factory.mktemp("dist")
    for make in builds.BUILDS.values():
        make(output)
    return output


def squeezed(text: str) -> str:
    """Without spaces and quotes' kinds, so that another layout does not hide a solution."""
    return re.sub(r"\s+", "", text).replace('"', "'")


def solution_bodies(cells: list[dict]) -> list[str]:
    """The text of every function in a solution cell, without its first line and its docstring."""
    trees = [ast.parse(source(cell)) for cell in cells if "solution" in tags(cell)]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    bodies = [node.body[ast.get_docstring(node) is not None:] for node in functions]
    return [squeezed("".join(map(ast.unparse, body))) for body in bodies]


def leaks(bodies: list[str], text: str) -> list[str]:
    return [body for body in bodies if len(body) >= SHORTEST and body in squeezed(text)]


ALL_BODIES = [body for path in LESSONS for body in solution_bodies(read_cells(path))]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_solution_is_left_for_students(built, path):
    cells = read_cells(built / "student" / path.name)
    text = "\n".join(map(source, cells))
    assert solution_bodies(read_cells(path)), "a lesson has solutions, or this test looks for nothing"
    assert not re.search(r"_solution\b", text) and leaks(ALL_BODIES, text) == []
    assert not any({"solution", "instructor"} & set(tags(cell)) for cell in cells)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)


def test_a_leak_would_be_seen():
    cells = [new_code_cell("def f_solution(x):\n    'Words.'\n    y = x + 1\n    return y.logsumexp(0) - 3",
                           metadata={"tags": ["solution"]})]
    bodies = solution_bodies(cells)
    assert leaks(bodies, "def g(x):\n    y = x+1\n\n    return y.logsumexp( 0 ) - 3") == bodies
    assert leaks(bodies, "def g(x):\n    return x.logsumexp(0)") == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_instructors_see_everything(built, path):
    ours, theirs = read_cells(path), read_cells(built / "instructor" / path.name)
    assert [source(cell) for cell in ours] == [source(cell) for cell in theirs]
    assert [cell.get("outputs") for cell in ours] == [cell.get("outputs") for cell in theirs]
    assert not any(cell["metadata"].get("jupyter") for cell in theirs if "solution" in tags(cell))
    assert any("instructor" in tags(cell) for cell in theirs)


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_student_version_runs_top_to_bottom(built, tmp_path, path):
    """Every stub is untouched, so every reference stands in; the smallest budget."""
    outcome = running.run(str(built / "student" / path.name), parameters={"budget": "smoke"}, output=tmp_path)
    assert outcome.status == "passed", outcome.message
    checks = outcome.metrics["checks"]
    assert len(checks) >= 3 and {check["verdict"] for check in checks.values()} == {"not attempted"}


# --- the zip

@pytest.fixture(scope="module")
def unpacked(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("class room")
    zipfile.ZipFile(built / "classroom.zip").extractall(folder)
    return folder / "gensq"


def test_the_zip_holds_what_a_class_needs(built, unpacked):
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert {"README.md", "Makefile", "requirements.lock", "pyproject.toml", "LICENSE", "data/world.grammar",
            "data/world.test.tsv", "gensq_course/cli/__init__.py", "notebooks/claims.toml"} <= names
    assert {f"notebooks/{path.name}" for path in LESSONS} <= names
    assert not [name for name in names if re.search(r"__pycache__|\.pyc$|egg-info|checkpoint[s]?/|^tests/|\.part$", name)]
    for path in LESSONS:
        assert (unpacked / "notebooks" / path.name).read_bytes() == (built / "student" / path.name).read_bytes()
    texts = [path.read_text(encoding="utf-8") for path in unpacked.rglob("*") if path.suffix in (".md", ".toml", ".ipynb")]
    assert leaks(ALL_BODIES, "\n".join(texts)) == []


def test_the_zip_works_by_itself(unpacked):
    variables = {key: value for key, value in os.environ.items() if not key.startswith("GENSQ_N")} | {"PYTHONPATH": str(unpacked)}
    done = subprocess.run([sys.executable, "-m", "gensq_course.cli", "list"], cwd=unpacked, env=variables, capture_output=True,
                          text=True)
    assert done.returncode == 0 and all(path.stem in done.stdout for path in LESSONS), done.stderr


# --- a lesson of our own

@pytest.fixture
def small(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(folder))
    make_lesson(folder, new_code_cell("x = 1", execution_count=3, outputs=[new_output("stream", text="1")]),
                new_code_cell("def f_solution(): ...", metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}}),
                new_markdown_cell("Minute plan", metadata={"tags": ["instructor"]}))
    return folder


def test_builds_replace_their_own_files_and_nothing_else(small, tmp_path):
    builds.write_student(tmp_path)
    (tmp_path / "student" / "notes.txt").write_text("mine")
    (tmp_path / "student" / "99_gone.ipynb").write_text("{}")
    said = builds.write_student(tmp_path)
    assert said.startswith("1 lessons in ") and (tmp_path / "student" / "notes.txt").exists()
    assert [path.name for path in (tmp_path / "student").glob("*.ipynb")] == ["09_tiny.ipynb"]
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_hidden_or_half_written_stays_out(small, tmp_path):
    (small / ".ipynb_checkpoints").mkdir()
    (small / ".ipynb_checkpoints" / "09_tiny-checkpoint.ipynb").write_text("{}")
    (small / ".hidden.toml").write_text("")
    assert {name for name, _ in builds.versions(builds.student, [])} == {"09_tiny.ipynb", "claims.toml", "parameters.toml"}


def test_the_source_is_not_touched(small, tmp_path):
    before = (small / "09_tiny.ipynb").read_bytes()
    for make in builds.BUILDS.values():
        make(tmp_path / "dist")
    assert (small / "09_tiny.ipynb").read_bytes() == before


def test_the_same_files_give_the_same_zip(small, tmp_path):
    (tmp_path / "README.md").write_text("Read me.")
    builds.write_classroom(tmp_path / "one")
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (1, 1))
    (small / "09_tiny.ipynb").chmod(0o600)
    builds.write_classroom(tmp_path / "two")
    assert digest(tmp_path / "one" / "classroom.zip") == digest(tmp_path / "two" / "classroom.zip")
    with zipfile.ZipFile(tmp_path / "two" / "classroom.zip") as archive:
        assert archive.testzip() is None and {entry.date_time for entry in archive.infolist()} == {builds.EPOCH}
        assert archive.namelist() == ["gensq/README.md", "gensq/notebooks/09_tiny.ipynb", "gensq/notebooks/claims.toml",
                                      "gensq/notebooks/parameters.toml"]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("content", "words"), [(None, "expected lessons"), ("{", "expected a notebook")])
def test_faults_are_sentences(small, tmp_path, content, words):
    (small / "09_tiny.ipynb").unlink() if content is None else (small / "09_tiny.ipynb").write_text(content)
    with pytest.raises(GensqError, match=words):
        builds.write_student(tmp_path)


def test_a_student_s_notebook_is_valid_and_keeps_its_language(small, tmp_path):
    import nbformat

    builds.write_student(tmp_path)
    text = (tmp_path / "student" / "09_tiny.ipynb").read_text(encoding="utf-8")
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert set(json.loads(text)["metadata"]) <= copies.KEPT
