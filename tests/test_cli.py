"""The gensq command: what it prints, its exit codes, and that it starts fast."""
import os
import subprocess
import sys

import pytest
from lesson_maker import make_lesson

from gensq_course import cli
from gensq_course.setup import COMMANDS
from gensq_lib.ground.errors import GensqError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path / "lessons"))
    monkeypatch.setattr("sys.stdout.reconfigure", lambda **_: None, raising=False)
    make_lesson(tmp_path / "lessons", 'report.claim("small", 0.25 if seed < 2 else 0.75)')
    return tmp_path / "lessons"


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """The command as a reader types it."""
    return subprocess.run([sys.executable, "-m", "gensq_course.cli", *arguments], env=os.environ | variables,
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=120)


def test_list_shows_title_time_and_parameters(folder, capsys):
    assert cli.main(["list"]) == 0
    out = capsys.readouterr().out
    assert "09_tiny  A tiny lesson  (two minutes.)" in out and "steps: int = 0  # 0: as the budget says" in out


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["report", "--help"], ["--version"]])
def test_light_commands_import_no_torch(folder, arguments):
    call = f"from gensq_course import cli\ntry: cli.main({arguments})\nexcept SystemExit: pass"
    code = f"import sys\n{call}\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip().endswith("False"), done.stderr


@pytest.mark.parametrize(("arguments", "words"), [
    (["report", "08"], "expected a lesson"), (["report", "09", "-p", "stps=1"], 'did you mean "steps"'),
    (["report", "09", "-p", "steps=many"], "a whole number"), (["report", "09", "-p", "budget=tiny"], "budget"),
    (["claims", "nowhere"], "expected a lesson")])
def test_mistakes_are_one_sentence_and_code_2(folder, capsys, arguments, words):
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("gensq: ") and words in error and error.count("\n") == 1


NUMBERS = [(["report", "09", "--seeds"], "0,2147483648"), (["report", "09", "--seeds"], "0,x"),
           (["claims", "--seeds"], "-1"), (["corpus", "sample"], "1_0"), (["corpus", "sample"], "\u0663"),
           (["corpus", "sample", "--seed"], "2147483648"), (["clinic", "--student"], "\u00b2"),
           (["study", "gan", "--jobs"], "1.5"),
           (["voila", "--port"], "70000"), (["voila", "--port"], "-1"), (["report", "09", "-p"], "steps=1_0"),
           (["report", "09", "-p"], "seed=\u0663"), (["report", "09", "-p"], "rate=0_1.0"),
           (["report", "09", "-p"], "rate=\u0663")]


@pytest.mark.parametrize(("arguments", "number"), NUMBERS)
def test_a_wrong_number_is_refused_before_anything_runs(folder, monkeypatch, capsys, arguments, number):
    monkeypatch.setattr("gensq_course.execute.running.run", lambda *_, **__: pytest.fail("ran"))
    monkeypatch.setattr("gensq_course.execute.voila.serve", lambda *_, **__: pytest.fail("served"))
    assert cli.main([*arguments, number]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gensq: expected a ") and number.partition("=")[2] in error and error.count("\n") == 1


@pytest.mark.parametrize("port", [0, 65535])
def test_ports_at_the_border_are_taken(monkeypatch, port):
    taken = []
    monkeypatch.setattr("gensq_course.execute.voila.serve", lambda lesson, *, port, options, values: taken.append(port) or 0)
    assert cli.main(["voila", "--port", str(port)]) == 0 and taken == [port]


@pytest.mark.parametrize(("arguments", "words"), [
    (["reprot"], "Did you mean one of: 'export', 'report'"),
    (["lap"], "Did you mean 'lab'"), (["report", "--seed", "1"], "Did you mean '--seeds'"),
    (["report", "--colour"], "gensq report --help"), (["corpus", "sample", "-3"], "gensq corpus sample --help"),
    (["corpus"], "Missing command"), (["corpus", "score"], "SENTENCE"), (["checkpoint", "x"], "latent_space")])
def test_what_click_refuses_is_one_sentence_and_code_2(capsys, arguments, words):
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("gensq: expected what `gensq") and words in error and error.count("\n") == 1


def test_every_command_has_a_line_of_help(capsys):
    assert cli.main([]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2].splitlines()
    assert {line.split()[0] for line in listed if line} == set(cli.gensq.commands) > set(COMMANDS)
    assert all(len(line.split()) > 2 and "..." not in line for line in listed if line)


def test_a_folder_of_lessons_that_is_none_is_refused(monkeypatch, capsys):
    monkeypatch.setenv("GENSQ_NOTEBOOKS", "/nowhere")
    assert cli.main(["list"]) == 2
    assert "GENSQ_NOTEBOOKS to name a folder, got /nowhere; mend or unset it" in capsys.readouterr().err


def test_no_traceback_from_the_shell(folder):
    done = run("report", "09", "-p", "steps=1000")
    assert done.returncode == 2 and done.stdout == b"" and done.stderr.count(b"\n") == 1


@pytest.mark.slow
def test_seeds_give_a_table_and_the_worst_exit_code(folder, tmp_path, capsys):
    assert cli.main(["report", "09", "--seeds", "1,2", "-o", str(tmp_path / "out")]) == 1
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines() if line.startswith("09_tiny.small")]
    assert rows == [["09_tiny.small", "1", "0.25", "<=", "0.5", "0.25", "pass"],
                    ["09_tiny.small", "2", "0.75", "<=", "0.5", "-0.25", "MISSED"]]
    assert (tmp_path / "out/seed_1/09_tiny.html").exists() and (tmp_path / "out/seed_2/09_tiny.metrics.json").exists()


@pytest.mark.slow
def test_smoke_asserts_no_claim(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    make_lesson(folder, 'report.claim("small", 0.75)')
    assert cli.main(["smoke"]) == 0
    assert (tmp_path / "reports/smoke/09_tiny/09_tiny.metrics.json").exists()


def test_project_commands_go_to_the_bootstrap(monkeypatch):
    called = []
    monkeypatch.setattr("gensq_course.setup.main", lambda arguments: called.append(arguments) or 0)
    for name in COMMANDS:
        assert cli.main([name, "x"]) == 0
    assert called == [[name, "x"] for name in COMMANDS]


def test_a_run_that_failed_or_stopped_has_a_row():
    run = {"lesson": "x", "status": "failed", "parameters": {"seed": 1}, "claims": {}}
    assert cli.lessons.claims_table([run])[-1].split() == ["x", "1", "FAILED"]


# --- the corpus

def test_sample_is_the_same_for_a_seed(capsys):
    assert cli.main(["corpus", "sample", "5"]) == 0
    first = capsys.readouterr().out
    assert len(first.splitlines()) == 5 and "\t" not in first
    cli.main(["corpus", "sample", "5", "--both"])
    both = capsys.readouterr().out
    assert [line.split("\t")[0] for line in both.splitlines()] == first.splitlines()
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in line.split("\t")[1]) for line in both.splitlines())
    cli.main(["corpus", "sample", "5", "--seed", "1"])
    assert capsys.readouterr().out != first


@pytest.mark.parametrize("column", [0, 1])
def test_sampled_sentences_score_as_valid(capsys, column):
    cli.main(["corpus", "sample", "1", "--both"])
    sentence = capsys.readouterr().out.strip("\n").split("\t")[column]
    assert cli.main(["corpus", "score", sentence]) == 0
    out = capsys.readouterr().out
    assert "valid            yes" in out and "nats" in out and "tense" in out


@pytest.mark.parametrize(("sentence", "words"), [("The xyzzy sleeps.", '"xyzzy"'), ("The", "ends too early"),
                                                 ("", "ends too early")])
def test_a_wrong_sentence_names_its_first_mistake(capsys, sentence, words):
    assert cli.main(["corpus", "score", sentence]) == 0
    out = capsys.readouterr().out
    assert "-inf" in out and "valid            no" in out and words in out


@pytest.mark.parametrize("variables", [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}, {"PYTHONIOENCODING": "ascii"}])
@pytest.mark.slow
def test_chinese_prints_under_any_locale(variables):
    done = run("corpus", "sample", "2", "--both", **variables)
    assert done.returncode == 0, done.stderr
    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.stdout.decode("utf-8"))


def test_unknown_corpus_is_a_sentence(capsys):
    assert cli.main(["corpus", "sample", "5", "--corpus", "wrld"]) == 2
    assert capsys.readouterr().err.startswith("gensq: ")


@pytest.mark.parametrize(("words", "index", "said"), [
    (("a", "b"), 1, 'word 2, "b"'), (("a",), 1, "the sentence ends too early"), ((), None, "the sentence ends too early")])
def test_first_mistake(words, index, said):
    assert cli.corpus.first_mistake(words, index) == said


def test_errors_of_the_library_become_sentences(monkeypatch, capsys):
    def refuse():
        raise GensqError("expected this, got that; do so")
    monkeypatch.setattr("gensq_course.report.lessons.readable_lessons", refuse)
    assert cli.main(["list"]) == 2
    assert capsys.readouterr().err == "gensq: expected this, got that; do so\n"


@pytest.mark.parametrize("second, recorded", [("passed", True), ("claims missed", True), ("failed", False), ("stopped", False)])
def test_only_runs_that_ended_are_recorded(tmp_path, monkeypatch, second, recorded):
    """What is recorded comes from these runs, never from files of an earlier one."""
    from gensq_course.cli.lessons import record_claims
    from gensq_course.execute.running import Outcome

    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path / "notebooks"))
    (tmp_path / "notebooks").mkdir()
    metrics = [{"parameters": {"seed": seed}, "seconds": 1.0, "recorded": {"nll": seed}, "claims": {},
                "versions": {"torch": "2"}} for seed in (0, 1)]
    outcomes = [Outcome(lesson="09_tiny", status=status, message="", metrics=found, folder=tmp_path)
                for status, found in zip(("passed", second), metrics)]
    record_claims(outcomes, (0, 1))
    assert (tmp_path / "docs" / "results" / "09_tiny.json").exists() == recorded
