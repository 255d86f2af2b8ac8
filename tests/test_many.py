"""One engine for many things: every point once, and what goes wrong costs one point."""
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import many_work
import pytest

from gensq_course.many import engine, processes, run_many
from gensq_lib.ground.errors import GensqError

TESTS = Path(__file__).parent


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").exists() else True


def gone(pids, seconds=10) -> bool:
    """Whether all of them end within so many seconds."""
    until = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(map(alive, pids))


def test_every_point_once_on_one_thread_in_as_many_processes_as_asked():
    found = list(run_many(many_work.square, range(7), jobs=2))
    assert sorted((done.point, done.value[0]) for done in found) == [(n, n**2) for n in range(7)]
    pids, threads = {done.value[1] for done in found}, {done.value[2] for done in found}
    assert 1 <= len(pids) <= 2 and os.getpid() not in pids and threads == {"1"} and gone(pids)


def test_what_goes_wrong_is_said_and_costs_one_point():
    found = {done.point: done for done in run_many(many_work.sometimes, range(11), jobs=2)}
    assert [done.value for n, done in sorted(found.items()) if n % 2 == 0] == [0, 2, 4, 6, 8, 10]
    assert found[1].error == "ValueError: one is odd" and "Traceback" in found[1].trace
    assert (found[3].error, found[3].trace) == ("expected an even number, got 3; take 4", "")
    assert "got SIGKILL: it was killed, perhaps for want of memory" in found[5].error
    assert "got its end with exit code 3" in found[7].error and "cannot be sent" in found[9].error
    assert set(found) == set(range(11))


def test_here_nothing_is_caught():
    points = run_many(many_work.sometimes, [0, 1, 2], jobs=None)
    assert next(points) == engine.Done(0, 0)
    with pytest.raises(ValueError, match="one\nis odd"):
        next(points)


def test_stopping_ends_what_runs(tmp_path):
    points = run_many(partial(many_work.linger, tmp_path), [0, 1, 2], jobs=2)
    assert next(points).value == 0
    until = time.monotonic() + 20
    while len(list(tmp_path.iterdir())) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    points.close()
    assert gone([int(path.read_text()) for path in tmp_path.iterdir()])


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_processes_end_with_a_command_that_was_killed(tmp_path):
    """They cannot be told; they see it, or the command that goes on would work beside them."""
    command = subprocess.Popen([sys.executable, str(TESTS / "many_work.py"), str(tmp_path)],
                               env=os.environ | {"PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"})
    until = time.monotonic() + 30
    while len(list(tmp_path.glob("*.pid"))) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    command.send_signal(signal.SIGKILL)
    command.wait()
    pids = [int(path.read_text()) for path in tmp_path.iterdir()]
    assert len(pids) == 2 and gone(pids)


def test_an_end_without_a_signal_is_told_by_its_code():
    assert "exit code 0" in processes.ending(0) and "SIGTERM" in processes.ending(-15)


def test_the_bar_says_how_much_time_is_left(capsys):
    list(run_many(len, ["a", "b"], jobs=None, name="letters"))
    assert "letters: 100%" in capsys.readouterr().err
    list(run_many(len, ["a", "b"], jobs=None))
    assert capsys.readouterr().err == ""


def test_no_points_need_no_process(monkeypatch):
    monkeypatch.setattr(processes.Worker, "__init__", lambda self: pytest.fail("a process was started"))
    assert list(run_many(many_work.square, [], jobs=2)) == []


@pytest.mark.parametrize("error", [GensqError("expected a, got b; do c"), MemoryError("much")])
def test_errors_become_sentences(error):
    def work(point):
        raise error

    done = engine.attempt(work, 1)
    assert str(error) in done.error and "\n" not in done.error and bool(done.trace) == (not isinstance(error, GensqError))
