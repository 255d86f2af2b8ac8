"""What a clean clone stands on: pins that agree, commands that need nothing but Python, copies that are never eaten."""
import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gensq_course import setup
from gensq_course.setup import commands, copies as lessons, environment
from gensq_lib import __version__
from gensq_lib.ground.errors import GensqError

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


# --- pins

def name_of(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement)[0].lower()


def test_every_requirement_but_torch_is_locked():
    locked = {name for name, _ in environment.locked_versions()}
    assert {name_of(line) for line in environment.requirements()} - locked == {"torch"}


def test_torch_is_pinned_and_only_beside_the_lock():
    assert re.fullmatch(r"torch==\d+\.\d+\.\d+", environment.torch_requirement())
    assert not re.search(r"^(torch|triton|nvidia-|cuda-)", LOCK, flags=re.MULTILINE)


def test_the_lock_has_hashes_and_names_no_place():
    pins = re.findall(r"^[\w.-]+==.*$", LOCK, flags=re.MULTILINE)
    assert len(pins) > 100 and all(line.endswith("\\") for line in pins)
    assert not re.search(r"^-|https?://|file:|/(?:home|root|tmp|opt|work)/", LOCK, flags=re.MULTILINE)


def test_conda_agrees_with_pip():
    text = (ROOT / "environment.yml").read_text()
    assert f"python{PROJECT['requires-python']}" in text.replace(" ", "") and "-r requirements.lock" in text
    assert f"pytorch={environment.torch_requirement().split('==')[1]}" in text
    listed = set(re.findall(r"^  - ([\w-]+)", text, flags=re.MULTILINE))
    assert listed == {"python", "pip", "pytorch"}, "packages belong into pyproject.toml, environment.yml stays thin"


def test_versions_agree():
    assert f"version: {__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert PROJECT["license"] == "MIT" and "MIT License" in (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize(("block", "kept"), [
    ("numpy==2.4.6 \\\n    --hash=sha256:0", True), ("nvidia-cublas==1 \\\n    --hash=sha256:0", False),
    ("cuda-toolkit==1 \\\n    --hash=sha256:0", False), ("triton==3 \\\n    --hash=sha256:0", False),
    ("torch==2 \\\n    --hash=sha256:0", False), ("--find-links /somewhere", False), ("-i https://example.org", False)])
def test_only_what_is_portable_stays_in_the_lock(block, kept):
    assert (block in commands.portable(f"a==1 \\\n    --hash=sha256:1\n{block}\nz==1 \\\n    --hash=sha256:2")) is kept
    assert "z==1" in commands.portable(f"{block}\nz==1")


def test_code_is_tidy():
    command = [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


# --- the set-up

@pytest.mark.parametrize("path", [*(ROOT / "gensq_course/setup").glob("*.py"), ROOT / "gensq_course/__main__.py",
                                  ROOT / "gensq_lib/__init__.py", ROOT / "gensq_lib/ground/errors.py",
                                  ROOT / "gensq_lib/ground/places.py"], ids=lambda path: path.stem)
def test_the_set_up_needs_nothing_but_python(path):
    tree = ast.parse(path.read_text())
    roots = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    roots |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert roots <= sys.stdlib_module_names | {"gensq_lib", "gensq_course"}


def test_help_runs_in_a_bare_python(tmp_path):
    code = (f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv = ['x', 'help']; "
            "import runpy; runpy.run_module('gensq_course', run_name='__main__')")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr
    for name in (*commands.COMMANDS, *commands.FORWARDED):
        assert re.search(rf"^  {name} +\w", done.stdout, flags=re.MULTILINE)


def test_other_pythons_are_told_in_a_sentence():
    code = "import sys; sys.version_info = (3, 10, 0); import runpy; runpy.run_module('gensq_course', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("gensq: expected Python 3.11, 3.12 or 3.13, got 3.10;")


def test_make_calls_the_same_commands():
    text = (ROOT / "Makefile").read_text()
    targets = re.search(r"^COMMANDS := (.+)$", text, flags=re.MULTILINE)[1].split()
    assert set(targets) == {*commands.COMMANDS, *commands.FORWARDED, "help"} - {"list", "corpus"}
    assert "-m gensq_course $@" in text


def test_ci_runs_make_test():
    text = (ROOT / ".ci/run").read_text()
    assert "set -euo pipefail" in text and text.rstrip().endswith("make test") and "CI=true" in text
    assert os.name == "nt" or os.access(ROOT / ".ci/run", os.X_OK)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An environment that counts as installed with no choice of torch."""
    monkeypatch.delenv("TORCH_INDEX", raising=False)
    python = environment.python_of(tmp_path)
    python.parent.mkdir(parents=True)
    python.write_text("")
    return tmp_path


def test_the_stamp_follows_the_lock_and_the_choice_of_torch(folder, monkeypatch):
    assert environment.stamp(folder) == ""
    (folder / "gensq-stamp").write_text(environment.wanted_stamp(folder))
    assert environment.stamp(folder) == environment.wanted_stamp(folder)
    monkeypatch.setenv("TORCH_INDEX", "https://torch.example/cpu")
    assert environment.stamp(folder) != environment.wanted_stamp(folder)
    (folder / "gensq-stamp").write_text(environment.wanted_stamp(folder))
    monkeypatch.delenv("TORCH_INDEX")
    assert environment.stamp(folder) == environment.wanted_stamp(folder), "an earlier choice stays"
    monkeypatch.setenv("TORCH_INDEX", "")
    assert environment.torch_index(folder) == "", "an empty one takes it back"
    monkeypatch.delenv("TORCH_INDEX")
    (folder / "other.lock").write_text(LOCK + "# changed\n")
    monkeypatch.setattr(environment, "LOCK", folder / "other.lock")
    assert environment.stamp(folder) != environment.wanted_stamp(folder)


@pytest.mark.parametrize("index", ["cpu", "cuda12", "https://", "https://torch.example/cpu --pre", "torch.example/cpu"])
def test_a_wrong_choice_of_torch_is_refused(folder, monkeypatch, index):
    monkeypatch.setenv("TORCH_INDEX", index)
    with pytest.raises(GensqError, match="expected TORCH_INDEX to be the address"):
        environment.torch_index(folder)


@pytest.mark.parametrize(("before", "index", "wanted"), [
    (None, None, []), (None, "", []), (None, "https://torch.example/cpu", ["--index-url", "https://torch.example/cpu"]),
    ("", "https://torch.example/cpu", ["--index-url", "https://torch.example/cpu", "--force-reinstall"]),
    ("https://torch.example/cpu", None, ["--index-url", "https://torch.example/cpu"]),
    ("https://torch.example/cpu", "", ["--force-reinstall"])])
def test_only_torch_comes_from_elsewhere(folder, monkeypatch, before, index, wanted):
    """What pip is told: torch from the chosen place, newly if that changed, and all the rest as ever."""
    calls = []
    monkeypatch.setattr(environment, "create", lambda folder: ["pip"])
    monkeypatch.setattr(environment, "step", lambda pip, title, *arguments: calls.append(list(arguments)))
    if before is not None:
        (folder / "gensq-stamp").write_text(f"an-older-lock {before}")
    if index is not None:
        monkeypatch.setenv("TORCH_INDEX", index)
    environment.install(folder)
    assert calls[0] == [environment.torch_requirement(), *wanted]
    assert not any("torch.example" in str(argument) for call in calls[1:] for argument in call)
    assert environment.stamp(folder) == environment.wanted_stamp(folder)


SET_UP = ["README.md", "Makefile", "pyproject.toml", "environment.yml", "requirements.lock", ".ci/run",
          ".github/workflows/test.yml", "gensq_course/setup/commands.py", "gensq_course/setup/environment.py"]


@pytest.mark.parametrize("name", SET_UP)
def test_the_set_up_names_no_place(name):
    """Where packages come from is pip's and the reader's business: nothing here holds the address of an index."""
    assert not re.search(r"\w://\w|\.(?:org|io|com)/", (ROOT / name).read_text(encoding="utf-8"))


def test_this_environment_lacks_nothing():
    assert environment.missing_packages(environment.Environment(Path(sys.executable))) == []


def test_a_failing_pip_is_one_sentence(monkeypatch, capfd):
    with pytest.raises(GensqError, match="pip failed"):
        environment.step([sys.executable, "-c", "raise SystemExit(1)"], "1/3 torch")


@pytest.mark.parametrize(("codes", "code", "words"), [
    ((0, 0), 0, "All passed"), ((1, 0), 1, "FAILED"), ((0, 2), 1, "FAILED"), ((1, 1), 1, "one and two")])
def test_the_last_line_cannot_be_misread(capsys, codes, code, words):
    one, two = codes
    assert commands.report_outcome({"one": lambda: one, "two": lambda: two}) == code
    assert words in capsys.readouterr().out.splitlines()[-1]


def test_unknown_commands_reach_gensq(monkeypatch):
    seen = []
    monkeypatch.setattr(setup, "ready_environment", lambda: "environment")
    monkeypatch.setattr(setup, "forward", lambda environment, arguments: seen.append(arguments) or 5)
    assert setup.main(["report", "-p", "seed=1"]) == 5 and seen == [["report", "-p", "seed=1"]]


# --- my_lessons

@pytest.fixture
def two(tmp_path):
    """Lessons as given, and the reader's folder."""
    given, mine = tmp_path / "notebooks", tmp_path / "my_lessons"
    given.mkdir()
    (given / "01_a.ipynb").write_text("first")
    lessons.copy_lessons(given, mine)
    return given, mine


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.ipynb")}


def test_untouched_copies_follow_updates(two):
    given, mine = two
    assert contents(mine) == {"01_a.ipynb": "first"} and lessons.copy_lessons(given, mine) == []
    (given / "01_a.ipynb").write_text("second")
    assert lessons.copy_lessons(given, mine) == ["01_a.ipynb: updated."]
    assert contents(mine) == {"01_a.ipynb": "second"}


def test_a_changed_lesson_is_never_overwritten(two):
    given, mine = two
    (mine / "01_a.ipynb").write_text("my work")
    assert lessons.copy_lessons(given, mine) == []
    (given / "01_a.ipynb").write_text("second")
    assert "you changed it" in lessons.copy_lessons(given, mine)[0]
    assert contents(mine) == {"01_a.ipynb": "my work", "01_a.2.ipynb": "second"}
    assert lessons.copy_lessons(given, mine) == [], "said once, not at every start"
    (mine / "01_a.2.ipynb").write_text("more work")
    (given / "01_a.ipynb").write_text("third")
    lessons.copy_lessons(given, mine)
    assert contents(mine) == {"01_a.ipynb": "my work", "01_a.2.ipynb": "more work", "01_a.3.ipynb": "third"}


def as_run(path: Path, number: int) -> None:
    """A lesson as it is committed: run, with a widget's state in its metadata; `number` tells its versions apart."""
    cells = [new_markdown_cell(f"Version {number}", id="a"), new_code_cell("1 + 1", id="b", execution_count=7, outputs=[
        new_output("stream", text="no guess; it is -1.003")], metadata={"tags": ["x"]})]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "widgets": {"state": {"value": "-1.003"}}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)


def test_copies_are_handed_out_as_if_nobody_had_run_them(tmp_path):
    """What stood in the outputs is nowhere in the copy, the rest is; untouched, it follows updates; written in, it stays."""
    given, mine = tmp_path / "notebooks", tmp_path / "my_lessons"
    given.mkdir()
    as_run(given / "01_a.ipynb", 1)
    assert lessons.copy_lessons(given, mine) == ["01_a.ipynb: copied."] and lessons.copy_lessons(given, mine) == []
    text = (mine / "01_a.ipynb").read_text(encoding="utf-8")
    copy = nbformat.reads(text, as_version=4)
    nbformat.validate(copy)
    assert "1.003" not in text and copy.cells[1].execution_count is None and copy.cells[1].metadata.tags == ["x"]
    assert [cell.source for cell in copy.cells] == ["Version 1", "1 + 1"] and set(copy.metadata) == {"kernelspec"}
    as_run(given / "01_a.ipynb", 2)
    assert lessons.copy_lessons(given, mine) == ["01_a.ipynb: updated."]
    copy.cells[1].source = "2 + 2"
    nbformat.write(copy, mine / "01_a.ipynb")
    as_run(given / "01_a.ipynb", 3)
    assert "you changed it" in lessons.copy_lessons(given, mine)[0]
    assert nbformat.read(mine / "01_a.ipynb", as_version=4).cells[1].source == "2 + 2"
    assert "Version 3" in (mine / "01_a.2.ipynb").read_text() and "1.003" not in (mine / "01_a.2.ipynb").read_text()


def test_a_copy_that_an_older_version_handed_out_with_outputs_follows_updates(tmp_path):
    given, mine = tmp_path / "notebooks", tmp_path / "my_lessons"
    given.mkdir()
    mine.mkdir()
    for folder in (given, mine):
        as_run(folder / "01_a.ipynb", 1)
    old = lessons.digest((mine / "01_a.ipynb").read_bytes())
    (mine / lessons.MANIFEST).write_text(json.dumps({"01_a.ipynb": [old]}))
    assert lessons.copy_lessons(given, mine) == ["01_a.ipynb: updated."]
    assert "1.003" not in (mine / "01_a.ipynb").read_text()


def test_a_newer_lesson_that_differs_in_its_outputs_alone_is_no_newer_version(tmp_path):
    given, mine = tmp_path / "notebooks", tmp_path / "my_lessons"
    given.mkdir()
    as_run(given / "01_a.ipynb", 1)
    lessons.copy_lessons(given, mine)
    (given / "01_a.ipynb").write_text((given / "01_a.ipynb").read_text().replace("-1.003", "-1.004"))
    (mine / "01_a.ipynb").write_text("my work")
    assert lessons.copy_lessons(given, mine) == []


@pytest.mark.parametrize("manifest", [None, "", "not json", "[1]"])
def test_without_a_manifest_nothing_is_lost(two, manifest):
    given, mine = two
    (mine / lessons.MANIFEST).unlink() if manifest is None else (mine / lessons.MANIFEST).write_text(manifest)
    (mine / "01_a.ipynb").write_text("my work")
    lessons.copy_lessons(given, mine)
    assert contents(mine) == {"01_a.ipynb": "my work", "01_a.2.ipynb": "first"}


def test_a_deleted_copy_comes_back(two):
    given, mine = two
    (mine / "01_a.ipynb").unlink()
    lessons.copy_lessons(given, mine)
    assert contents(mine) == {"01_a.ipynb": "first"}


def test_a_stop_between_copy_and_manifest_makes_no_second_copy(two):
    given, mine = two
    remembered = (mine / lessons.MANIFEST).read_bytes()
    (mine / "01_a.ipynb").write_text("my work")
    (given / "01_a.ipynb").write_text("second")
    lessons.copy_lessons(given, mine)
    (mine / lessons.MANIFEST).write_bytes(remembered)
    assert "the new version is 01_a.2.ipynb" in lessons.copy_lessons(given, mine)[0]
    assert contents(mine) == {"01_a.ipynb": "my work", "01_a.2.ipynb": "second"}


def test_a_stop_in_the_middle_keeps_what_was_given(two, monkeypatch):
    """The second lesson cannot be written: the first is there whole, and counts as given."""
    given, mine = two
    (given / "01_a.ipynb").write_text("second")
    (given / "02_b.ipynb").write_text("b")
    write = lessons.write

    def full_disk(path, content):
        if path.name == "02_b.ipynb":
            raise GensqError("expected to write")
        write(path, content)

    monkeypatch.setattr(lessons, "write", full_disk)
    with pytest.raises(GensqError):
        lessons.copy_lessons(given, mine)
    assert contents(mine) == {"01_a.ipynb": "second"}
    monkeypatch.setattr(lessons, "write", write)
    assert lessons.copy_lessons(given, mine) == ["02_b.ipynb: copied."]


def test_an_update_names_each_lesson_with_a_newer_version(two):
    given, mine = two
    (given / "02_b.ipynb").write_text("b")
    lessons.copy_lessons(given, mine)
    (mine / "02_b.ipynb").write_text("my work")
    for path in given.iterdir():
        path.write_text("newer")
    said = lessons.copy_lessons(given, mine)
    assert said == ["01_a.ipynb: updated.", "02_b.ipynb: you changed it, so it stays as it is; the new version is 02_b.2.ipynb."]
    assert contents(mine) == {"01_a.ipynb": "newer", "02_b.ipynb": "my work", "02_b.2.ipynb": "newer"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_sentence(two):
    given, mine = two
    (given / "01_a.ipynb").write_text("second")
    mine.chmod(0o500)
    try:
        with pytest.raises(GensqError, match="choose a folder"):
            lessons.copy_lessons(given, mine)
    finally:
        mine.chmod(0o700)


@pytest.mark.parametrize("versions", [["second"], ["second", "third"], ["second", "first"]])
def test_a_stop_between_manifest_and_copy_makes_no_copy_the_readers_own(two, monkeypatch, versions):
    given, mine = two
    (given / "01_a.ipynb").write_text(versions[0])
    whole = lessons.write

    def stopped(path, content):
        if path.suffix == ".ipynb":
            raise KeyboardInterrupt
        whole(path, content)

    monkeypatch.setattr(lessons, "write", stopped)
    with pytest.raises(KeyboardInterrupt):
        lessons.copy_lessons(given, mine)
    monkeypatch.setattr(lessons, "write", whole)
    for version in versions:
        (given / "01_a.ipynb").write_text(version)
        assert not any("you changed it" in sentence for sentence in lessons.copy_lessons(given, mine))
        assert contents(mine) == {"01_a.ipynb": version}


def test_a_manifest_of_an_earlier_version_is_read(two):
    given, mine = two
    (mine / lessons.MANIFEST).write_text(f'{{"01_a.ipynb": "{lessons.digest((mine / "01_a.ipynb").read_bytes())}"}}')
    (given / "01_a.ipynb").write_text("second")
    assert lessons.copy_lessons(given, mine) == ["01_a.ipynb: updated."]
