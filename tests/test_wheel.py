"""A wheel that is complete: it brings lessons, data and models, and works from an empty folder, far from the repository."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from gensq_course import cli
from gensq_course.setup import environment, workplace
from gensq_course.setup.copies import handed_out
from gensq_lib.ground import places

ROOT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "LICENSE-text", "gensq_lib", "gensq_course", "notebooks", "data",
           "docs")
SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"
WHERE = ("import gensq_lib, gensq_course; from gensq_lib.ground import places; "
         "print(gensq_lib.__file__, gensq_course.__file__, places.PROJECT, sep='\\n')")
PATIENCE = 90  # seconds until JupyterLab answers


# --- without a wheel: what a package does that finds no repository around itself

@pytest.fixture
def installed(monkeypatch, tmp_path):
    """As if there were no repository; the current folder is empty."""
    monkeypatch.setattr(places, "CHECKOUT", None)
    monkeypatch.setattr(environment, "CHECKOUT", None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", [
    "test", "quick", "bench", "lock", "execute 01", "study gan", "checkpoint", "claims --record", "classroom", "clinic --remake"])
def test_commands_for_the_repository_say_so(installed, capsys, command):
    assert cli.main(command.split()) == 2
    error, name = capsys.readouterr().err, command.split()[0]
    assert error.startswith(f"gensq: expected a copy of the repository for `gensq {name}") and error.count("\n") == 1


def test_a_reader_works_in_the_current_folder(installed):
    assert workplace.my_lessons() == installed / "my_lessons"
    assert environment.ready_environment().python == Path(sys.executable)
    assert cli.main(["copy"]) == 0 and (installed / "my_lessons" / "00_start_here.ipynb").exists()


def test_the_repository_is_found_from_its_own_files():
    assert places.CHECKOUT == places.PROJECT == workplace.workplace() == ROOT
    assert workplace.python_path().split(os.pathsep)[0] == str(ROOT)


# --- with one

@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy to build from, so that the repository stays as it is."""
    source = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    return source


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    """The wheel; what an earlier build has left does not get into it."""
    target = tmp_path_factory.mktemp("dist")
    (source / "build/lib/gensq_lib").mkdir(parents=True)
    (source / "build/lib/gensq_lib/gone.py").write_text("left by an earlier build")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", target, source],
                   check=True, capture_output=True)
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """A Python of its own with the wheel in it; it sees the packages of this environment, but not this checkout."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    own = environment.python_of(folder)
    subprocess.run([sys.executable, "-m", "pip", "--python", own, "install", "--quiet", "--no-deps", wheel], check=True,
                   capture_output=True)
    site = Path(subprocess.run([own, "-c", SITE], capture_output=True, text=True).stdout.strip())
    (site / "others.pth").write_text(sysconfig.get_path("purelib"))  # the .pth files there are not read
    return own


@pytest.fixture(scope="module")
def variables(tmp_path_factory):
    """No word of the checkout; Jupyter's files are those of this environment, where its packages put them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GENSQ_", "PYTHON", "PYTEST"))}
    share = Path(sys.prefix, "share", "jupyter")
    return kept | {"GENSQ_CACHE": str(tmp_path_factory.mktemp("cache")), "JUPYTER_PATH": str(share),
                   "JUPYTERLAB_DIR": str(share / "lab"), "JUPYTER_RUNTIME_DIR": str(tmp_path_factory.mktemp("runtime"))}


@pytest.mark.slow
def test_the_wheel_holds_what_the_repository_holds(wheel):
    held = {name: zipfile.ZipFile(wheel).read(name) for name in zipfile.ZipFile(wheel).namelist()}
    packages = [path for name in ("gensq_lib", "gensq_course") for path in (ROOT / name).rglob("*") if path.is_file()]
    files = [path for name in ("notebooks", "data", "docs/results") for path in (ROOT / name).glob("[!.]*") if path.is_file()]
    wanted = {path.relative_to(ROOT).as_posix(): path for path in packages if "__pycache__" not in path.parts}
    wanted |= {f"gensq_lib/_files/{path.relative_to(ROOT).as_posix()}": path for path in [*files, ROOT / "docs/references.bib"]}
    assert {name: held.get(name) for name in wanted} == {name: path.read_bytes() for name, path in wanted.items()}
    assert all(name in wanted or ".dist-info/" in name for name in held)


@pytest.mark.slow
def test_pip_learns_what_is_needed(wheel):
    archive = zipfile.ZipFile(wheel)
    text = archive.read(next(name for name in archive.namelist() if name.endswith("METADATA"))).decode()
    needed = re.findall(r"^Requires-Dist: ([^;\n]+)$", text, flags=re.MULTILINE)
    assert sorted(needed) == sorted(environment.project()["dependencies"]) and environment.torch_requirement() in needed


@pytest.mark.slow
def test_it_works_in_an_empty_folder(python, variables, tmp_path):
    def call(*arguments: str) -> str:
        done = subprocess.run([python, *arguments], cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=300,
                              stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    gensq = ("-m", "gensq_course.cli")
    assert all(Path(python).parents[1] in Path(name).parents for name in call("-c", WHERE).split())
    assert all(path.stem in call(*gensq, "list") for path in (ROOT / "notebooks").glob("*.ipynb"))
    call(*gensq, "copy")
    assert (tmp_path / "my_lessons/01_elbo.ipynb").read_bytes() == handed_out(ROOT / "notebooks/01_elbo.ipynb")
    assert "01_elbo: passed" in call(*gensq, "report", "01_elbo", "-p", "budget=smoke")
    assert (tmp_path / "reports/01_elbo/01_elbo.html").exists()
    assert "valid            yes" in call(*gensq, "corpus", "score", "The cook ate a pizza.")
    loaded = "from gensq_course.shipped.language_model import shipped_language_model as m; print(type(m()).__name__)"
    assert call("-c", loaded).strip() == "LanguageModel"
    call(*gensq, "student")
    assert (tmp_path / "dist/student/01_elbo.ipynb").exists()


@pytest.mark.slow
def test_a_lesson_runs_alone_as_a_hosted_notebook_does(python, variables, tmp_path):
    """Colab, or any place that opens one file: nothing of the repository is beside it, the wheel is all that was installed."""
    shutil.copy(ROOT / "notebooks/02_kl.ipynb", tmp_path)
    command = [python, "-m", "nbconvert", "--execute", "--to", "notebook", "--output", "run.ipynb", "02_kl.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, env=variables | {"GENSQ_BUDGET": "smoke"}, capture_output=True, text=True,
                          timeout=300, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    cells = json.loads((tmp_path / "run.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code) and not any(
        output["output_type"] == "error" for cell in code for output in cell["outputs"])


@pytest.mark.slow
def test_an_editable_install_is_the_repository(source, variables, tmp_path):
    venv.create(tmp_path / "environment", with_pip=False, symlinks=os.name != "nt")
    own = environment.python_of(tmp_path / "environment")
    site = Path(subprocess.run([own, "-c", SITE], capture_output=True, text=True).stdout.strip())
    (site / "others.pth").write_text(sysconfig.get_path("purelib"))
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", site,
                    "-e", source], check=True, capture_output=True)
    done = subprocess.run([own, "-c", WHERE], cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == str(source) and not (source / "gensq_lib/_files").exists(), done.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the processes are ended as a session of their own")
def test_lab_opens_copies_in_the_current_folder(python, variables, tmp_path):
    with open(tmp_path / "lab.log", "w") as log:
        lab = subprocess.Popen([python, "-m", "gensq_course.cli", "lab", "--no-browser", "--port=0"], cwd=tmp_path, env=variables,
                               stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        assert b"JupyterLab" in page_at(address_in(tmp_path / "lab.log", lab), lab)
    finally:
        os.killpg(lab.pid, signal.SIGTERM)  # JupyterLab is a child in the session that began above
        lab.wait(timeout=PATIENCE)
    assert len(list((tmp_path / "my_lessons").glob("*.ipynb"))) == len(list((ROOT / "notebooks").glob("*.ipynb")))


def page_at(address: str, process: subprocess.Popen) -> bytes:
    """What it serves there; on a busy machine it may print its address a moment before it listens."""
    for _ in range(10 * PATIENCE):
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                return answer.read()
        except urllib.error.URLError:
            assert process.poll() is None, "it ended"
            time.sleep(0.1)
    pytest.fail(f"nobody answers at {address}")


def address_in(log: Path, process: subprocess.Popen) -> str:
    """What JupyterLab prints once it listens: on this machine, on the first lesson, with its token."""
    for _ in range(10 * PATIENCE):
        found = re.search(r"http://127\.0\.0\.1:\d+/lab/tree/00_start_here\.ipynb\?token=\w+", log.read_text())
        if found:
            return found[0]
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    pytest.fail(f"no address after {PATIENCE} s: {log.read_text()}")
