"""The same sweep on a Dask cluster: a real scheduler and two workers, started by the commands of docs/cluster.md."""
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import many_work
import pytest
from test_sweep import command, killed_after, lesson, written  # noqa: F401 (a fixture)

from gensq_course import cli
from gensq_course.many import cluster, run_many
from gensq_course.report.lessons import find_lesson
from gensq_course.sweeps import grid
from gensq_lib.ground.errors import GensqError

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/cluster.md").read_text("utf-8")
COMMANDS = re.findall(r"^dask (?:scheduler|worker) .*127\.0\.0\.1.*$", TEXT, flags=re.MULTILINE)
TWELVE = ["free_bits=0.3,0.5,0.67", "steps=1000,2000"], None, (0, 1)
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Of a scheduler with two workers; they end with the tests."""
    place, port = tmp_path_factory.mktemp("dask"), free_port()
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    variables = os.environ | {"PYTHONPATH": paths, "DASK_TEMPORARY_DIRECTORY": str(place)}
    started = []
    for line in COMMANDS:
        program, *arguments = shlex.split(line.replace("8786", str(port)))
        with open(place / f"{len(started)}.log", "w") as log:
            started.append(subprocess.Popen([Path(sys.executable).with_name(program), *arguments], cwd=place, env=variables,
                                            stdout=log, stderr=log))
    until = time.monotonic() + 120
    while (place / "1.log").read_text().count("Starting established connection") < 2 and time.monotonic() < until:
        time.sleep(0.1)
    yield f"tcp://127.0.0.1:{port}"
    for process in reversed(started):
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def test_the_commands_are_in_the_text():
    assert [line.split()[1] for line in COMMANDS] == ["scheduler", "worker"] and "--nworkers 2" in COMMANDS[1]


def test_sweeps_in_the_text_are_right():
    calls = re.findall(r"^gensq sweep (.+)$", TEXT, flags=re.MULTILINE)
    for call in calls:
        options = cli.gensq.commands["sweep"].make_context("sweep", shlex.split(call)).params
        axes = grid.read_grid(find_lesson(options["notebook"]), options["assignments"], None, options["seeds"])
        assert grid.num_points(axes) > 1
    assert len(calls) >= 2 and grid.num_points(grid.read_grid(find_lesson("06"), *TWELVE)) == 12


def test_the_grid_in_the_text_is_right(tmp_path):
    (block,) = [text for text in re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL) if "steps" in text]
    (tmp_path / "grid.yaml").write_text(block)
    assert grid.num_points(grid.read_grid(find_lesson("06"), [], tmp_path / "grid.yaml", None)) == 4


def test_points_go_to_the_workers_and_fail_alone(address):
    found = {done.point: done for done in run_many(many_work.sometimes, [0, 1, 2, 3], scheduler=address)}
    assert (found[0].value, found[2].value) == (0, 2) and len(found) == 4
    assert found[1].error == "ValueError: one is odd" and found[3].error == "expected an even number, got 3; take 4"
    pids = {done.value[1] for done in run_many(many_work.square, range(8), scheduler=address)}
    assert 1 <= len(pids) <= 2 and os.getpid() not in pids


def test_killed_in_the_middle_on_a_cluster_nothing_is_lost_or_repeated(address, lesson, tmp_path):  # noqa: F811
    out, arguments = tmp_path / "out", ["-p", "rate=0.1,0.2,0.3", "--seeds", "0,1", "--scheduler", address, "-o", "out"]
    kept = killed_after(1, arguments, out)
    assert 1 <= len(kept) < 6
    second = command(*arguments)
    told, _ = second.communicate(timeout=120)
    assert second.returncode == 0 and "6 of 6 points finished, 0 failed. See out/index.html" in told, told
    found = written(out)
    assert len(found) == 6 and kept.items() <= found.items()
    ran = (tmp_path / "ran").read_text().splitlines()
    assert len(ran) == len(set(ran)) == 6, "points that were being run when the command was killed came to their end, once"


def test_other_versions_are_refused(address, monkeypatch):
    ours = cluster.versions()
    for what in ours:
        monkeypatch.setattr(cluster, "versions", lambda what=what: ours | {what: "9.9"})
        monkeypatch.setattr(cluster, "everywhere_in", lambda client, asked: {"tcp://127.0.0.1:1": ours})
        with pytest.raises(GensqError, match=f"every worker to run {what} 9.9 as this machine .* got {re.escape(ours[what])}"):
            list(run_many(many_work.square, [1], scheduler=address))


def test_workers_without_the_project_are_refused(address):
    with cluster.connected(address) as client, pytest.raises(GensqError, match="expected workers that can import gensq_course"):
        cluster.everywhere_in(client, partial(__import__, "no_such_module_anywhere"))


def test_a_folder_that_workers_do_not_see_is_refused(address, tmp_path, monkeypatch):
    cluster.check_shared(address, tmp_path)
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"
    monkeypatch.setattr(cluster.os.path, "exists", lambda path: False)
    ask = cluster.everywhere_in
    monkeypatch.setattr(cluster, "everywhere_in", lambda client, asked: (
        ask(client, asked) if asked is cluster.versions else {"tcp://there:1": False}))
    with pytest.raises(GensqError, match="expected every worker to see .*, got 1 that do not .tcp://there:1.; choose a folder"):
        cluster.check_shared(address, tmp_path)


class Client:
    """Stands for a cluster of another kind."""

    def __init__(self, threads=1, workers=1):
        self.threads, self.workers = threads, workers

    def wait_for_workers(self, num, timeout):
        if self.workers < num:
            raise TimeoutError

    def nthreads(self):
        return {"a": 1, "b": self.threads}


@pytest.mark.parametrize(("client", "words"), [(Client(threads=4), "got one with 4"),
                                               (Client(workers=0), "got none within 30 s")])
def test_workers_that_will_not_do_are_refused(client, words):
    check = getattr(cluster.check, "__wrapped__", cluster.check)  # without the hook that checks annotations
    with pytest.raises(GensqError, match=words) as error:
        check(client)
    assert "dask worker" in str(error.value) or "--nthreads 1" in str(error.value)


def test_a_scheduler_that_is_not_there_is_refused(monkeypatch, capsys, lesson):  # noqa: F811
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    assert cli.main(["sweep", "09", "-p", "steps=1,2", "--scheduler", f"tcp://127.0.0.1:{free_port()}"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("gensq: expected a Dask scheduler at tcp://127.0.0.1:") and "`dask scheduler`" in error


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1",
                                     "tcp://a b:1", "tcp://:1"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(GensqError, match="expected the address of a Dask scheduler such as tcp://127.0.0.1:8786"):
        next(run_many(many_work.square, [1], scheduler=address))


def test_without_the_package_its_command_is_told(monkeypatch):
    code = ("import sys; sys.modules['distributed'] = None\nfrom gensq_course.many import run_many\n"
            "try: next(run_many(len, ['a'], scheduler='tcp://127.0.0.1:1'))\nexcept ValueError as error: print(error)")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.startswith("expected the package distributed for --scheduler, got none") and "[cluster]" in done.stdout
    assert done.stderr == ""


def test_a_study_runs_there_too(address, monkeypatch, tmp_path):
    from gensq_course import studies
    from gensq_course.studies import study

    monkeypatch.setattr(study, "place", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "cache"))
    toy = studies.Study("toy", "How much is twice?", [{"number": n} for n in range(3)], many_work.double)
    rows = json.loads(studies.perform(toy, scheduler=address).read_text("utf-8"))["rows"]
    assert [studies.value(row["found"]) for row in rows] == [0, 2, 4]
