"""The doctor, healthy and under every illness that can be faked: one sentence each, on one screen, without a name."""
import getpass
import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gensq_course import cli, doctor
from gensq_course.doctor import finding, machine, probe, project
from gensq_course.doctor.finding import Finding
from gensq_course.setup import environment
from gensq_lib.ground.places import cache_folder, cache_path
from gensq_lib.text import corpora

ROOT = Path(__file__).parents[1]
HEALTHY = {"failure": "", "torch": "2.13.0", "mps": False, "cuda": "", "bytes": 0, "model": ""}


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Nobody's settings, and no torch process: each test plants its own."""
    for name in project.SETTINGS:
        if name != "GENSQ_CACHE":
            monkeypatch.delenv(name, raising=False)
    planted(monkeypatch)


def planted(monkeypatch, **changes):
    found = {key: value for key, value in (HEALTHY | changes).items() if value is not None}
    for module in (machine, project):
        monkeypatch.setattr(module, "probe", lambda: found)


@pytest.mark.parametrize("each", doctor.LOOKS, ids=lambda each: each.__name__)
def test_every_look_is_a_line(each):
    found = each()
    assert found.words and found.name and 1 <= len(found.lines()) <= 2
    assert all(len(line) <= 100 for line in found.lines()) and all(found.cells())


def test_a_healthy_machine_has_no_problem():
    healthy = [each for each in doctor.LOOKS if each not in (project.environment, project.packages, machine.memory)]
    found = doctor.examine(healthy)
    assert [finding.problem for finding in found.values() if finding.problem] == []
    assert doctor.screen(found.values()).endswith("\n\nNo problem found.")


def one_sentence(problem: str) -> bool:
    return problem.startswith("expected ") and "; " in problem and "got" in problem and "\n" not in problem


def no_disk(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5e6))


def old_encoding(m, t):
    m.setattr(machine.locale, "getencoding", lambda: "ANSI_X3.4")
    m.setattr(machine, "utf8_mode", lambda: False)


def read_only(monkeypatch, tmp_path):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr(machine.tempfile, "TemporaryFile", refuse)


def full(monkeypatch, tmp_path):
    class Full(io.BytesIO):
        def flush(self):
            raise OSError(28, "No space left on device")
    monkeypatch.setattr(machine.tempfile, "TemporaryFile", lambda **_: Full())


def edited_world(monkeypatch, tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data" / "world.valid.tsv").write_text("edited")
    (tmp_path / "data" / "world.grammar").unlink()
    monkeypatch.setattr(project, "PROJECT", tmp_path)


def fake_packages(monkeypatch, **versions):
    installed = {name: next(iter(found)) for name, found in project.pins().items()} | versions
    monkeypatch.setattr(project.importlib.metadata, "distributions", lambda: [
        SimpleNamespace(name=name, version=version) for name, version in installed.items() if version])


ILLNESSES = {
    "old Python": (machine.system, lambda m, t: m.setattr(sys, "version_info", (3, 9, 2, "final", 0)), "3.11, 3.12 or 3.13"),
    "no torch": (machine.device, lambda m, t: planted(m, torch=None, failure="No module"), "to load, got: No module; run"),
    "no such device": (machine.device, lambda m, t: m.setenv("GENSQ_DEVICE", "cuda"), 'got "cuda"; unset it'),
    "too many threads": (machine.threads, lambda m, t: m.setenv("OMP_NUM_THREADS", "999"), "got 999"),
    "threads in words": (machine.threads, lambda m, t: m.setenv("GENSQ_THREADS", "two"), 'got "two"'),
    "no memory": (machine.memory, lambda m, t: m.setattr(machine, "_memory", lambda: (8e9, 3e8)), "got 300 MB; close"),
    "old encoding": (machine.encoding, old_encoding, "PYTHONUTF8"),
    "little disk": (machine.cache, no_disk, "got 5 MB; free some"),
    "cache read-only": (machine.cache, read_only, "Permission denied; set GENSQ_CACHE"),
    "reports read-only": (machine.reports, read_only, "choose another with -o"),
    "lessons on a full disk": (machine.lessons, full, "No space left on device; put the project"),
    "edited world": (project.world, edited_world, "world.grammar and world.valid.tsv in data/"),
    "no world": (project.world, lambda m, t: m.setattr(project, "PROJECT", t), "no such file; get the file again"),
    "another checkpoint": (project.checkpoint, lambda m, t: planted(m, model="expected A, got B; run: C"), "got B"),
    "a checkpoint that crashes": (project.checkpoint, lambda m, t: planted(m, model=None, failure="exit code -11"), "code -11"),
    "missing package": (project.packages, lambda m, t: fake_packages(m, numpy=""), "got no numpy; run `make lab`"),
    "another version": (project.packages, lambda m, t: fake_packages(m, numpy="1.0", torch="1.9+cpu"), "numpy 1.0, torch 1.9"),
    "the system's Python": (project.environment, lambda m, t: (m.setattr(sys, "prefix", "/usr"), m.delenv("CONDA_PREFIX", False),
                                                               m.setattr(sys, "base_prefix", "/usr")), "virtual environment"),
    "an old environment": (project.environment, lambda m, t: (m.setattr(sys, "prefix", str(ROOT / ".venv")),
                                                              m.setattr(project, "stamp", lambda _: "old")), "an older one"),
    "wrong data folder": (project.real_corpora, lambda m, t: m.setenv("GENSQ_DATA", "/nowhere"), "got /nowhere"),
    "no lessons": (project.books, lambda m, t: m.setattr(project, "PROJECT", t), "got none"),
    "wrong budget": (project.settings, lambda m, t: m.setenv("GENSQ_BUDGET", "tiny"), 'got "tiny"'),
    "no port": (machine.port, lambda m, t: m.setattr(machine, "_is_free", lambda number: False), "end other notebook servers"),
    "a look that fails": (lambda: {}["x"], lambda m, t: None, "please report this"),
}


@pytest.mark.parametrize("illness", ILLNESSES)
def test_an_illness_is_one_sentence_with_a_remedy(monkeypatch, tmp_path, illness):
    look, fall_ill, words = ILLNESSES[illness]
    fall_ill(monkeypatch, tmp_path)
    found = doctor.look(look)
    assert words in found.problem and one_sentence(found.problem), found


def test_a_missing_checkpoint_is_no_illness(monkeypatch, tmp_path):
    monkeypatch.setattr(project, "PROJECT", tmp_path)
    assert project.checkpoint().problem == ""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "language_model.safetensors").write_bytes(b"weights")
    assert hashlib.sha256(b"weights").hexdigest()[:16] in project.checkpoint().words


FETCHED = {name: [file.path for file in files] for name, files in corpora.remotes().items()}


def test_corpora_that_are_here_are_named(monkeypatch, tmp_path):
    planted(monkeypatch, corpora=FETCHED)
    (tmp_path / "cmn-eng").mkdir()
    (tmp_path / "cmn-eng" / "cmn.txt").touch()
    (tmp_path / FETCHED["sgd"][0]).parent.mkdir(parents=True)
    (tmp_path / FETCHED["sgd"][0]).touch()  # one of eight files
    assert "here: none" in project.real_corpora().words
    monkeypatch.setenv("GENSQ_DATA", str(tmp_path))
    fetched = "he2019-synthetic, sgd, topical-chat, goemotions, scitldr, fsdd"
    assert f"here: tatoeba-en-zh; fetched on first use: {fetched}" in project.real_corpora().words
    planted(monkeypatch)
    assert project.real_corpora().words == "not looked for", "without torch"


def test_the_doctor_knows_every_corpus_that_is_fetched():
    """Asked of the library in the process that tries torch."""
    assert probe.probe()["corpora"] == FETCHED
    assert {name for name, line in corpora.names().items() if "(fetched" in line} == set(FETCHED)
    assert cache_path() == cache_folder()


def test_a_taken_port_is_passed_over(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(machine, "FIRST_PORT", taken.getsockname()[1])
        assert "is taken" in machine.port().words and machine.port().problem == ""


def test_the_screen_is_one_screen_however_ill():
    long = "word " * 100
    for number in (0, 1, 30):
        findings = [Finding(f"look{i}", long, f"expected {i}, got {long}; mend it" if i < number else "") for i in range(18)]
        lines = doctor.screen(findings).splitlines()
        assert len(lines) <= 40 and max(map(len, lines)) <= 100


def test_no_name_of_a_user(monkeypatch):
    monkeypatch.setenv("HOME", "/home/jane")
    monkeypatch.setattr(getpass, "getuser", lambda: "jane")
    assert finding.nameless("/home/jane/gensq /mnt/jane/data /janet /a/jane") == "~/gensq /mnt/USER/data /janet /a/USER"
    found = Finding("x", "/home/jane/a\tb", "expected /home/jane, got x; y")
    assert found.cells() == ["~/a", "b"] and "jane" not in doctor.screen([found])


def test_a_class_line_names_no_host_and_no_folder(capsys, monkeypatch):
    assert cli.main(["doctor", "--class"]) in (0, 1)
    line = capsys.readouterr().out
    assert line.count("\n") == 1 and line.count("\t") >= len(doctor.IN_CLASS)
    assert socket.gethostname() not in line and str(ROOT) not in line and "~" not in line
    sick = doctor.class_line({name: Finding(name, "words", "expected a, got b; c") for name in doctor.IN_CLASS})
    assert sick.split("\t")[len(doctor.IN_CLASS):] == [f"problems: {len(doctor.IN_CLASS)}", " ".join(doctor.IN_CLASS)]


def test_exit_codes(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "LOOKS", ())
    monkeypatch.setattr(doctor, "examine", lambda: {"x": Finding("x", "fine")})
    assert cli.main(["doctor"]) == 0
    monkeypatch.setattr(doctor, "examine", lambda: {"x": Finding("x", "ill", "expected a, got b; c")})
    assert cli.main(["doctor"]) == 1
    assert "Problems: 1\n- expected a, got b; c" in capsys.readouterr().out


@pytest.mark.parametrize(("code", "found"), [
    ("import sys; sys.exit('broken')", {"failure": "broken"}), ("import os; os.abort()", {"failure": "exit code -6"}),
    (f"print({json.dumps({'torch': '2'})!r}); raise SystemExit(3)", {"torch": "2", "failure": "exit code 3"}),
    ("import time; time.sleep(9)", {"failure": "no answer in 2 seconds"}),
    (f"print({json.dumps({'torch': '2'})!r}, flush=True); import time; time.sleep(9)",
     {"torch": "2", "failure": "no answer in 2 seconds"})])
def test_a_torch_that_crashes_or_hangs_is_survived(monkeypatch, code, found):
    monkeypatch.setattr(probe, "QUESTIONS", code)
    monkeypatch.setattr(probe, "PATIENCE", 2)
    assert probe.probe.__wrapped__() == found


def test_torch_is_asked():
    found = probe.probe.__wrapped__()
    assert found["torch"].startswith(environment.torch_requirement().split("==")[1]) and found["failure"] == ""


def test_it_needs_nothing_but_python():
    code = ("import sys; sys.path.insert(0, sys.argv[1]); from gensq_course import doctor; "
            "code = doctor.main(); assert 'torch' not in sys.modules; sys.exit(code)")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT)], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": ""})
    assert done.returncode == 1 and done.stderr == "", done.stderr
    assert "got no torch, no numpy" in done.stdout


def test_it_makes_no_environment(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "active_folder", lambda: None)
    monkeypatch.setattr(environment, "PROJECT", tmp_path)
    assert environment.found_environment().python == Path(sys.executable)
    python = environment.python_of(tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()
    assert environment.found_environment().python == python
