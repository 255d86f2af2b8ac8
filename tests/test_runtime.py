import os
import subprocess
import sys

import pytest
import torch

from gensq_course.report import budget
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import atomic_write, cache_folder, data_folder


def test_setup_prints_one_line(capsys):
    found = budget.setup(budget="smoke", device="cpu", seed=3, threads=1)
    assert (found.budget, found.device, found.seed, found.threads) == ("smoke", "cpu", 3, 1)
    assert capsys.readouterr().out.count("\n") == 1


def test_empty_means_as_the_environment_says(monkeypatch):
    monkeypatch.setenv("GENSQ_BUDGET", "full")
    monkeypatch.setenv("GENSQ_DEVICE", "cpu")
    assert budget.setup(threads=1).budget == "full"
    assert budget.setup(budget="smoke", threads=1).budget == "smoke"
    monkeypatch.delenv("GENSQ_BUDGET")
    assert budget.setup(threads=1).budget == "standard"


@pytest.mark.parametrize("wrong, message", [
    (dict(budget="smok"), 'expected a budget out of "smoke", "standard" or "full", got "smok"; did you mean "smoke"'),
    (dict(device="gpu"), 'expected a device out of "auto", "cpu", "cuda" or "mps", got "gpu"'),
    (dict(seed=-1), "expected a seed from 0"),
    (dict(seed=True), "expected a seed"),
])
def test_wrong_values_are_refused_with_the_right_ones(wrong, message):
    with pytest.raises(GensqError, match=message):
        budget.setup(**wrong)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_cuda_without_a_gpu_is_a_sentence():
    with pytest.raises(GensqError, match='got none on this machine; choose device "auto" or "cpu"'):
        budget.setup(device="cuda")


def test_wrong_threads_in_the_environment(monkeypatch):
    monkeypatch.setenv("GENSQ_THREADS", "many")
    with pytest.raises(GensqError, match="mend GENSQ_THREADS"):
        budget.setup()


def test_choose_follows_the_budget():
    assert budget.setup(budget="full", threads=1).choose(smoke=1, standard=2, full=3) == 3


def draw(*key):
    return torch.rand(3, generator=runtime.generator(*key)).tolist()


def test_generators_are_functions_of_their_key():
    assert draw(0, "noise", 7) == draw(0, "noise", 7)
    keys = [(0, "noise", 7), (0, "noise", 8), (1, "noise", 7), (0, "step", 7), (0,), (7, 0)]
    assert len({tuple(draw(*key)) for key in keys}) == len(keys)


def test_waiting_threads_are_passive_before_torch_works():
    names = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    code = f"import os; from gensq_lib.ground import runtime; print(*[os.environ[name] for name in {names}])"
    clean = {k: v for k, v in os.environ.items() if k not in names}
    assert subprocess.run([sys.executable, "-c", code], env=clean, capture_output=True, text=True).stdout == "PASSIVE 2000\n"


def test_atomic_write_leaves_the_old_file_when_the_writer_fails(tmp_path):
    path = tmp_path / "deep" / "file.txt"
    with atomic_write(path) as temporary:
        temporary.write_text("old")
    with pytest.raises(RuntimeError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old" and [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(GensqError, match="free some space or choose a folder"), atomic_write(tmp_path / "file" / "x"):
        pass
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(GensqError, match="set GENSQ_CACHE"):
        cache_folder()


def test_a_data_folder_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("GENSQ_DATA", str(tmp_path / "none"))
    with pytest.raises(GensqError, match="expected GENSQ_DATA to name a folder"):
        data_folder()
    monkeypatch.setenv("GENSQ_DATA", str(tmp_path))
    assert data_folder() == tmp_path
