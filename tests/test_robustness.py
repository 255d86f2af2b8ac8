"""Kills, full disks, folders that cannot be written, old locales, odd paths: nothing half written, one sentence each."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lesson_maker import make_lesson

from gensq_course import checks, widgets
from gensq_course.checks.boxes import Box
from gensq_course.report import lessons, parameters
from gensq_course.setup.endings import exit_code
from gensq_course.setup.workplace import jupyter_folders
from gensq_lib.ground import places
from gensq_lib.ground.errors import GensqError

ROOT = Path(__file__).parents[1]
POSIX = pytest.mark.skipif(os.name != "posix", reason="forks, /dev/full and locales like these are of Unix")
OLD_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}


# --- kills

def kills(*wishes: str) -> list[dict]:
    command = [sys.executable, str(ROOT / "tests/kills.py"), "0", *wishes]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@POSIX
@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_nothing_half_and_changes_nothing():
    rows = kills("training=12", "report=3", "cache=2", "data=3", "lessons=2")
    assert len(rows) == 22 and {row["work"] for row in rows} == {"training", "report", "cache", "data", "lessons"}
    assert [row for row in rows if row["half written"] or not row["same bits"]] == []
    assert len({row["left"] for row in rows if row["work"] == "training"}) > 4, "kills at different stages"


@POSIX
@pytest.mark.slow
def test_a_careless_writer_is_found():
    assert any(row["half written"] for row in kills("careless=5"))


def test_what_a_killed_writer_left_is_taken_away(tmp_path):
    old, young, other = (tmp_path / f".{name}.part" for name in ("x[1].txt.17", "x[1].txt.18", "y.txt.17"))
    for path in (old, young, other):
        path.write_text("half")
    os.utime(old, (time.time() - places.STALE - 60,) * 2)
    os.utime(other, (time.time() - places.STALE - 60,) * 2)
    with places.atomic_write(tmp_path / "x[1].txt") as temporary:
        temporary.write_text("whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [young.name, other.name, "x[1].txt"]


# --- full disks, folders that cannot be written, broken pipes

def gensq(*arguments: str, **options) -> subprocess.CompletedProcess:
    """The command as a reader types it."""
    variables = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    return subprocess.run([sys.executable, "-m", "gensq_course.cli", *arguments], stderr=subprocess.PIPE, text=True,
                          encoding="utf-8", env=variables, timeout=300, **options)


def one_sentence(done: subprocess.CompletedProcess) -> bool:
    return (done.returncode == 2 and done.stderr.startswith("gensq: expected ") and done.stderr.count("\n") == 1
            and "; " in done.stderr)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
def test_a_full_disk_behind_what_is_printed():
    with open("/dev/full", "w") as full:
        done = gensq("list", stdout=full)
    assert one_sentence(done) and "No space left on device" in done.stderr, done.stderr


@POSIX
@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [2, 200])
def test_a_disk_that_is_full_before_or_after_the_run(tmp_path, kilobytes):
    """No file may grow: first the running notebook cannot be written, then only the page."""
    import resource

    path = make_lesson(tmp_path / "lessons", "# A formula\n\n$\\log p$", 'report.claim("small", 0.25)')  # needs 2 MB of MathJax
    limit = (kilobytes * 1024,) * 2
    done = gensq("report", str(path), "-o", str(tmp_path / "out"), stdout=subprocess.PIPE,
                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    assert one_sentence(done) and "File too large" in done.stderr, done.stderr
    assert not list((tmp_path / "out").glob("*.html")) and not list((tmp_path / "out").glob("*.running.ipynb"))


def read_only(tmp_path: Path) -> Path:
    """A folder that is there and cannot be written, not even by root (who may write wherever permissions forbid it)."""
    if os.name == "posix" and os.geteuid() == 0:
        if not os.path.isdir("/sys/kernel"):
            pytest.skip("root can write everywhere here")
        return Path("/sys/kernel")
    (tmp_path / "locked").mkdir(mode=0o500)
    if os.access(tmp_path / "locked", os.W_OK):
        pytest.skip("permissions of folders do not hold here")
    return tmp_path / "locked"


def test_a_report_into_a_read_only_folder_is_refused_before_it_runs(tmp_path):
    from gensq_course.execute.running import run

    with pytest.raises(GensqError, match="expected a folder to write to, got .*; choose another with -o"):
        run(str(make_lesson(tmp_path / "lessons")), output=read_only(tmp_path))


def test_a_read_only_cache_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("GENSQ_CACHE", str(read_only(tmp_path) / "cache"))
    with pytest.raises(GensqError, match="cache folder that can be written.*; set GENSQ_CACHE"):
        places.cache_folder()
    with pytest.raises(GensqError, match="; free some space or choose a folder"), places.atomic_write(read_only(tmp_path) / "x"):
        pass


ENDINGS = {
    "fine": (lambda: 0, 0, ""), "failed": (lambda: 1, 1, ""),
    "reader's mistake": (GensqError("expected a, got b; do c"), 2, "gensq: expected a, got b; do c\n"),
    "full": (OSError(28, "No space left on device"), 2, "No space left on device; free some"),
    "gone": (FileNotFoundError(2, "No such file or directory", "x y"), 2, "No such file or directory (x y); "),
    "nobody reads": (BrokenPipeError(), 0, ""), "stopped": (KeyboardInterrupt(), 130, "gensq: stopped.\n"),
}


@pytest.mark.parametrize("case", ENDINGS)
def test_every_ending_has_its_code(case, capsys):
    ending, code, said = ENDINGS[case]

    def command():
        if isinstance(ending, BaseException):
            raise ending
        return ending()

    assert exit_code(command) == code
    assert said in (error := capsys.readouterr().err) and error.count("\n") == bool(said)


def test_a_bug_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        exit_code(lambda: 1 // 0)


# --- no home, old locales, odd paths

def no_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "nowhere"))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("GENSQ_CACHE", "XDG_CACHE_HOME", "JUPYTER_DATA_DIR", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    places.temporary_home.cache_clear()


@pytest.fixture(autouse=True)
def nothing_remembered():
    yield
    places.temporary_home.cache_clear()


def test_without_a_home_there_is_a_temporary_one(monkeypatch, tmp_path):
    no_home(monkeypatch, tmp_path)
    monkeypatch.setenv("MPLCONFIGDIR", "as it is")
    assert places.home() is None and places.cache_folder().parent == tmp_path
    told = jupyter_folders()
    assert "JUPYTER_RUNTIME_DIR" in told and "MPLCONFIGDIR" not in told
    assert all(Path(folder).parent == places.temporary_home() for folder in told.values())


def test_a_home_is_used(monkeypatch, tmp_path):
    no_home(monkeypatch, tmp_path)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert jupyter_folders() == {} and places.cache_path() == tmp_path / ".cache" / "gensq"


@POSIX
def test_a_temporary_home_of_somebody_else_is_not_taken(monkeypatch, tmp_path):
    no_home(monkeypatch, tmp_path)
    first = places.temporary_home()
    places.temporary_home.cache_clear()
    monkeypatch.setattr(os, "getuid", lambda: first.stat().st_uid + 1)
    assert places.temporary_home() != first
    assert places.temporary_home() == places.temporary_home(), "one for the whole run"


@POSIX
@pytest.mark.slow
def test_an_old_locale_prints_chinese_and_reads_odd_names(tmp_path):
    odd = tmp_path / "données étudiants"
    odd.mkdir()
    (odd / "mein Übungstext.grammar").write_text(
        "languages: fr\nstart: <phrase>\n<phrase>\n  fr: le café est fermé .\n", encoding="utf-8")
    done = gensq("corpus", "sample", "1", "--corpus", f"grammar:{odd}/mein Übungstext.grammar", env=OLD_LOCALE,
                 stdout=subprocess.PIPE, cwd=odd)
    assert done.returncode == 0 and done.stdout == "Le café est fermé.\n", done.stderr
    done = gensq("corpus", "sample", "2", "--corpus", f"file:{odd}/näe.txt", env=OLD_LOCALE, stdout=subprocess.PIPE)
    assert one_sentence(done) and "näe.txt" in done.stderr, done.stderr


@pytest.fixture
def odd_clone(tmp_path):
    """The project in a folder with a space and accents, as a clone has it."""
    clone = tmp_path / "données étudiants"
    for name in ("gensq_lib", "gensq_course", "data"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, clone / name)
    return clone


@POSIX
@pytest.mark.slow
def test_a_clone_in_an_odd_folder_without_home_or_locale_works(odd_clone, tmp_path):
    """`make lab` and a run, by the commands behind the make targets. Nothing is installed: the environment is active."""
    make_lesson(odd_clone / "notebooks", "# \u6625", 'print("\u6625 caf\u00e9")', 'report.claim("small", 0.25)')
    variables = {name: os.environ[name] for name in ("PATH", "TMPDIR", "CI") if name in os.environ} | OLD_LOCALE
    variables |= {"VIRTUAL_ENV": sys.prefix, "HOME": str(tmp_path / "nowhere"), "OMP_NUM_THREADS": "1"}

    def run(*arguments):
        done = subprocess.run([sys.executable, "-m", "gensq_course", *arguments], cwd=odd_clone, env=variables, timeout=300,
                              capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    assert "09_tiny.ipynb: copied" in run("lab", "--version").stdout
    assert (odd_clone / "my_lessons" / "09_tiny.ipynb").exists()
    assert run("smoke").stderr == ""
    written = odd_clone / "reports/smoke/09_tiny"
    assert "\u6625 caf\u00e9" in (written / "09_tiny.html").read_text(encoding="utf-8")
    assert json.loads((written / "09_tiny.metrics.json").read_text(encoding="utf-8"))["status"] == "passed"


# --- whatever one types

@given(st.one_of(st.text(), st.lists(st.sampled_from("a : int = 1 # x \n float nan True ' \\ \t (".split(" "))).map(" ".join)))
def test_any_text_is_a_parameters_cell_or_a_sentence(code):
    try:
        found = list(lessons.read_parameters(code, "x"))
    except GensqError as error:
        assert "parameters cell of x" in str(error) and "mend the cell" in str(error)
    else:
        assert all(type(parameter.default) is parameter.type for parameter in found)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return lessons.read_lesson(make_lesson(tmp_path_factory.mktemp("any") / "lessons"))


NAMES = ("steps", "rate", "cure", "loud", "seed", "budget", "device", "stps", "")
VALUES = st.one_of(st.text(), st.floats().map(str), st.integers().map(str), st.sampled_from(["true", "nan", "1e400", "\u0663"]))


@given(st.one_of(st.text(), st.tuples(st.sampled_from(NAMES), VALUES).map("=".join)))
def test_any_assignment_is_a_value_or_a_sentence(lesson, assignment):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENSQ_NOTEBOOKS", str(lesson.path.parent))
        try:
            found = parameters.read_assignments(lesson, [assignment])
        except GensqError as error:
            assert "expected" in str(error)
        else:
            assert all(type(value) is lesson.parameters[name].type for name, value in found.items())


def skeleton(html: str) -> list[str]:
    """The tags and attributes of a piece of HTML, without its texts, as a browser's parser reads them."""
    from html.parser import HTMLParser

    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.append(tag + "".join(f" {name}={value}" for name, value in attributes))

        def handle_endtag(self, tag):
            found.append("/" + tag)

        def handle_comment(self, data):
            found.append("comment")

        handle_decl = handle_pi = unknown_decl = handle_comment

    reader = Reader(convert_charrefs=True)
    reader.feed(html)
    reader.close()
    return found


EVIL = st.one_of(st.text(st.characters(exclude_characters="\n", exclude_categories=("Cs",))),
                 st.lists(st.sampled_from(list("<>&\"'/!-=") + ["script", "img onerror=x", "</td>", "&lt;", "<!--", "]]>", " "])
                          ).map("".join))


@given(EVIL, EVIL, EVIL)
def test_no_text_changes_a_table(cell, column, caption):
    plain = widgets.table([["x", 1]], ["x", "n"], "x")._repr_html_()
    assert skeleton(widgets.table([[cell, 1]], [column, "n"], caption or "x")._repr_html_()) == skeleton(plain)


@given(EVIL)
def test_no_text_changes_a_page_of_the_stepper(text):
    _, pages = widgets.stepper([text], "x").children
    assert skeleton(pages.children[0].value) == skeleton(widgets.text_html("x"))


@given(EVIL)
def test_no_text_changes_the_view_of_an_explorer(text):
    def fail(word):
        raise ValueError(word)

    assert skeleton(widgets.answer(fail, {"word": text})) == skeleton(widgets.answer(fail, {"word": "x"}))
    assert skeleton(widgets.answer(str, {"object": text})) == skeleton(widgets.text_html("x"))


@given(EVIL, EVIL, EVIL)
def test_no_text_changes_a_box(title, line, banner):
    box, plain = (Box("wrong", *texts) for texts in ((title, (line, f"x\n{line}"), banner or "x"), ("x", ("x", "x\nx"), "x")))
    assert skeleton(box.html()) == skeleton(plain.html())


@given(EVIL)
def test_no_text_changes_a_question(text):
    from types import SimpleNamespace

    def shown(word):
        option = SimpleNamespace(text=word, why=word, right=True)
        asked = SimpleNamespace(questions=[SimpleNamespace(ask=word, options=[option])])
        title, _, why = widgets.quiz(asked).children[1].children
        return skeleton(title.value) + skeleton(why.children[0].value)

    assert shown(text) == shown("x")


def test_the_skeleton_sees_a_text_that_is_a_tag():
    assert skeleton("<p>a</p>") != skeleton("<p><b>a</p>") and skeleton("<p>a &lt;b&gt;</p>") == skeleton("<p>x</p>")
    assert checks.quiz("06_text_vae").questions
