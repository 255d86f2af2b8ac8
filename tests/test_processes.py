"""Two processes train as one does: loss, gradients, weights; wrong scalings are seen; killed and resumed the same bits.

Starting processes takes seconds, so two of them do all that is compared; those that are killed and go on are for the slow tests.
"""
import sys

import process_work as work
import pytest
import torch
from own_texts import joined, plain

from gensq_course import cli
from gensq_course.shipped import exported
from gensq_lib.ground.errors import GensqError
from gensq_lib.training import load_state, processes
from gensq_lib.training.processes import in_processes

NEAR = 1e-5


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    """In fp32, with a cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"GENSQ_PRECISION": "fp32", "GENSQ_PROGRESS": "0",
                            "GENSQ_CACHE": str(tmp_path_factory.mktemp("cache"))}.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def found(settled, tmp_path_factory):
    """What one process finds, and what the two of a pair find; they are started once for all of it."""
    one, two = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    in_processes(work.everything, 2, str(two))
    work.everything(str(one))
    return {"one": load_state(one / "0.pt"), "pair": [load_state(two / f"{rank}.pt") for rank in (0, 1)],
            "files": sorted(path.name for path in (two / "runs").iterdir())}


@pytest.fixture(scope="module")
def ended(settled, tmp_path_factory):
    """How a pair ended of which one was killed, and what a pair finds that goes on from there."""
    folder = tmp_path_factory.mktemp("ended")
    with pytest.raises(GensqError) as killed:
        in_processes(work.resumed, 2, str(folder), work.STEPS - 2)
    left = load_state(folder / "resumed" / "run.part")["done"]
    in_processes(work.resumed, 2, str(folder))
    return {"killed": str(killed.value), "left": left,
            "resumed": [load_state(folder / f"resumed {rank}.pt") for rank in (0, 1)]}


def numbers(tree) -> torch.Tensor:
    """All numbers of dicts of tensors, floats and lists, in their order."""
    if isinstance(tree, dict):
        return torch.cat([numbers(tree[name]) for name in sorted(tree)])
    return torch.as_tensor(tree, dtype=torch.float64).flatten()


def gap(one, other) -> float:
    assert numbers(one).isfinite().all()
    return (numbers(one) - numbers(other)).abs().max().item()


@pytest.mark.parametrize("make", ["language_model", "vae"])
@pytest.mark.parametrize("num", [6, 5, 1], ids=["equal parts", "unequal parts", "fewer sentences than processes"])
def test_loss_and_gradients_are_those_of_one_process(found, make, num):
    """Free bits on the batch mean, word dropout, the draws of z and a further task among them."""
    alone, together = (each["steps"][f"{make} of {num}"] for each in (found["one"], found["pair"][0]))
    assert alone["gradients"].keys() == together["gradients"].keys()
    assert gap(alone, together) <= NEAR and numbers(alone["gradients"]).abs().max() > 1e3 * NEAR


@pytest.mark.parametrize("what", ["aggressive", "replies"])
def test_updates_of_the_encoder_alone_and_a_prior_with_weights_are_the_same(found, what):
    assert gap(found["one"][what], found["pair"][0][what]) <= NEAR


@pytest.mark.parametrize("what", ["language_model", "vae", "kept"])
def test_a_whole_training_is_the_same(found, what):
    """Weights, and every logged number: of validation, too, and which weights were the best."""
    alone, together = found["one"][what], found["pair"][0][what]
    assert alone["history"].keys() == together["history"].keys() >= {"validation"}
    assert gap(alone["weights"], together["weights"]) <= NEAR and gap(alone["history"], together["history"]) <= 10 * NEAR


def test_all_processes_hold_the_same_bits(found):
    first, second = ({**each, "refused": 0} for each in found["pair"])
    assert torch.equal(numbers(first), numbers(second))


def test_local_sums_by_the_number_of_all_sentences_are_right(found):
    assert gap(found["pair"][0]["scaled"]["by_sums"], found["one"]["scaled"]["by_sums"]) <= NEAR


@pytest.mark.parametrize("way", ["by_means", "by_tokens"])
def test_a_wrong_scaling_is_seen(found, way):
    """By sums of means, parts of 2 and 3 sentences count alike; by tokens of one term, beta depends on the batch."""
    assert gap(found["pair"][0]["scaled"][way], found["one"]["scaled"]["by_sums"]) > 1e3 * NEAR


def test_in_one_process_a_mean_is_a_mean(found):
    """So nobody sees the mistake there; that of tokens is one even alone."""
    alone = found["one"]["scaled"]
    assert gap(alone["by_means"], alone["by_sums"]) <= NEAR < gap(alone["by_tokens"], alone["by_sums"])


@pytest.mark.slow
def test_one_that_is_killed_ends_all_with_a_sentence(ended):
    assert ended["killed"].startswith("expected 2 processes that train together, got the end of one (")
    assert processes.GONE in ended["killed"] and "\n" not in ended["killed"]


@pytest.mark.slow
def test_killed_and_resumed_gives_the_same_bits(found, ended):
    assert ended["left"] == 10, "the first process has written a checkpoint"
    for resumed in ended["resumed"]:
        assert torch.equal(numbers(resumed), numbers(found["pair"][0]["vae"]))


def test_what_is_kept_is_kept_once(found):
    """Two runs with the recipe, one of them asked for twice: no file of the second process, and no checkpoint is left."""
    assert len(found["files"]) == 2 and all(name.endswith(".pt") for name in found["files"])
    first, second = (found["pair"][0][name] for name in ("dropout", "dropout again"))
    assert torch.equal(numbers(first), numbers(second))


def test_dropout_is_each_process_s_own(found):
    """With the first one's seed, masks of unlike sentences would be alike."""
    assert gap(found["one"]["dropout"]["history"], found["pair"][0]["dropout"]["history"]) > NEAR


def test_statistics_of_a_batch_are_refused(found):
    assert "got one with BatchNorm1d" in found["pair"][0]["refused"] and found["one"]["refused"] == ""


def test_a_sentence_comes_through_as_it_is():
    with pytest.raises(GensqError, match=r"^expected finite numbers in training, but at step 0 .*the loss is nan; lower"):
        in_processes(work.no_number, 1)


@pytest.mark.parametrize("num, device, sentence", [
    (0, "cpu", "expected from 1 to 64 processes on cpu, got 0; one for each core"), (65, "cpu", "got 65"),
    (2, "mps", 'expected the device "cpu" or "cuda"')])
def test_what_cannot_be_started_is_said(num, device, sentence):
    with pytest.raises(GensqError, match=sentence):
        in_processes(work.no_number, num, device=device)


def test_a_number_other_than_torchrun_s_is_said(monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "x")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    with pytest.raises(GensqError, match="as many processes a machine as torchrun has started, 4, got 3"):
        in_processes(work.no_number, 3)


def test_a_missing_package_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    with pytest.raises(GensqError, match=r"expected the package lightning-fabric.*gensq-lib\[processes\]"):
        in_processes(work.no_number, 2)


@pytest.mark.slow
def test_the_command(tmp_path, monkeypatch, capfd):
    """A file as of one process, and one that speaks."""
    own = tmp_path / "own.txt"
    own.write_bytes(joined(plain(400)))
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    asked = ["export", "05", "-p", "budget=smoke", "-p", f"corpus=file:{own}", "-p", "lm_steps=6", "-o", "x.safetensors"]
    assert cli.main([*asked, "--processes", "2"]) == 0, capfd.readouterr().err
    said = capfd.readouterr()
    assert said.out.count("Written: x.safetensors") == said.out.count("budget smoke") == 1 and "distributed" not in said.err
    made = exported.load(tmp_path / "x.safetensors").card.made
    assert made["processes"] == 2 and made["parameters"]["lm_steps"] == 6


@pytest.mark.parametrize("number", ["0", "two", "65"])
def test_the_command_refuses_a_wrong_number(number, capsys):
    assert cli.main(["export", "05", "--processes", number]) == 2
    assert capsys.readouterr().err.startswith("gensq: expected")
