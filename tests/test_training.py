import math
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from gensq_lib.cures import Cure, FreeBits, WordDropout
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import cache_folder
from gensq_lib.maths.schedules import linear
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.training import (
    Checkpoint,
    EarlyStopping,
    TrainingStopped,
    cached,
    checkpoint,
    fit,
    language_model_step,
    load_state,
    make_optimizer,
    save_state,
    update,
    vae_step,
)

ENCODED = [[4 + (i * j) % 9 for j in range(1, 2 + i % 5)] for i in range(23)]
STEPS = 24


class Killed(Exception):
    """Stands for SIGKILL: nothing of ours catches it."""


def train(checkpoint=None, *, die_at=None, steps=STEPS, stopping=False):
    """A run with everything that could differ after a resume: dropout, word dropout, a schedule, early stopping."""
    torch.manual_seed(5)
    model = TextVAE(vocab_size=13, embed_dim=6, hidden_dim=8, latent_dim=2, dropout=0.2)
    optimizer = make_optimizer(model, learning_rate=1e-2)
    step = vae_step(model, optimizer, cure=WordDropout(0.3, FreeBits(0.2)), seed=1,
                    learning_rate=linear(1e-2, 1e-3, steps=STEPS))

    def dying(next_batch, i):
        if i == die_at:
            next_batch()
            raise Killed
        return step(next_batch, i)

    look = EarlyStopping(lambda: float(sum(p.detach().abs().sum() for p in model.parameters())), every=4, patience=99)
    history = fit(dying, TrainingBatches(ENCODED, batch_size=4, seed=2), model=model, optimizer=optimizer, steps=steps,
                  seed=3, stopping=look if stopping else None, checkpoint=checkpoint)
    return model, history


def bits(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same_bits(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("stopping", [False, True])
@pytest.mark.parametrize("die_at", [1, 5, 6, 13, 23])
def test_a_killed_and_resumed_run_is_the_same_run(tmp_path, die_at, stopping):
    whole, history = train(stopping=stopping)
    checkpoint = Checkpoint(tmp_path / "run.pt", every=3)
    with pytest.raises(Killed):
        train(checkpoint, die_at=die_at, stopping=stopping)
    resumed, again = train(checkpoint, stopping=stopping)
    assert same_bits(bits(resumed), bits(whole))
    assert again == history


KILLABLE = """
import sys; sys.path.insert(0, sys.argv[2])
import test_training as t
t.train(t.Checkpoint(sys.argv[1], every=1), steps=4000)
"""


@pytest.mark.slow
def test_sigkill_leaves_a_whole_checkpoint(tmp_path):
    """A real kill at an arbitrary moment: the file is either the old checkpoint or the new one."""
    path = tmp_path / "run.pt"
    root = Path(__file__).parents[1]
    process = subprocess.Popen([sys.executable, "-c", KILLABLE, str(path), str(Path(__file__).parent)], cwd=root,
                               env=os.environ | {"PYTHONPATH": str(root), "GENSQ_PROGRESS": "0"})
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = load_state(path)["done"]
    assert 0 < done < 4000
    resumed, _ = train(Checkpoint(path, every=1000), steps=done + 3)
    whole, _ = train(steps=done + 3)
    assert same_bits(bits(resumed), bits(whole))


def test_seeds_matter():
    torch.manual_seed(5)
    model, _ = train()
    other = TextVAE(vocab_size=13, embed_dim=6, hidden_dim=8, latent_dim=2, dropout=0.2)
    assert not same_bits(bits(model), bits(other))


def test_a_language_model_learns(language_model, batch):
    optimizer = make_optimizer(language_model, learning_rate=1e-2)
    history = fit(language_model_step(language_model, optimizer), lambda i: batch, model=language_model,
                  optimizer=optimizer, steps=60, seed=0, show="nll")
    assert history.mean("nll", last=5) < history["nll"][0] - 3
    assert not language_model.training


def of_an_epoch(make, step_of, batches) -> torch.Tensor:
    """The mean over the batches of an epoch of the gradient that a step finds; nothing moves."""
    found = []
    for i in range(batches.per_epoch):
        torch.manual_seed(5)
        model = make()
        step_of(model, make_optimizer(model, learning_rate=0.0))(lambda i=i: batches(i), 0)
        found.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
    return torch.stack(found).mean(0)


@pytest.mark.parametrize("kind", ["language model", "VAE"])
def test_by_tokens_every_sentence_of_an_epoch_counts_alike(kind):
    """Only if the step is told the usual number: else one of a small batch counts more than one of a large batch."""
    sizes = {"vocab_size": 13, "embed_dim": 6, "hidden_dim": 8}
    settled = {"clip": 1e9, "mixed": False}
    if kind == "VAE":  # a posterior without noise, so that no draw depends on the batch
        def make():
            model = TextVAE(**sizes, latent_dim=2)
            torch.nn.init.zeros_(model.to_log_var.weight)
            torch.nn.init.constant_(model.to_log_var.bias, -1e3)
            return model

        def step_of(usual):
            return lambda model, optimizer: vae_step(model, optimizer, cure=Cure(), seed=1, usual=usual, **settled)
    else:
        def make():
            return LanguageModel(**sizes)

        def step_of(usual):
            return lambda model, optimizer: language_model_step(model, optimizer, usual=usual, **settled)
    whole = TrainingBatches(ENCODED, batch_size=len(ENCODED), seed=0)
    few = TrainingBatches(ENCODED, tokens=12, seed=0)
    assert len({len(few(i)) for i in range(few.per_epoch)}) > 2 and whole.usual == len(ENCODED)
    right = of_an_epoch(make, step_of(None), whole)
    near = 1e-4 if kind == "language model" else 0.05  # the narrowest posterior is e^-4 wide
    for usual, apart in ((few.usual, False), (None, True)):
        distance = ((of_an_epoch(make, step_of(usual), few) - right).norm() / right.norm()).item()
        assert distance > 0.1 if apart else distance < near, (usual, distance)


@pytest.mark.parametrize("poison", [float("nan"), float("inf")])
def test_nan_stops_with_step_rate_and_checkpoint(tmp_path, vae, batch, poison):
    optimizer = make_optimizer(vae, learning_rate=2e-3)
    inner = vae_step(vae, optimizer, cure=FreeBits(0.1), seed=0)

    def step(next_batch, i):
        if i == 7:
            with torch.no_grad():
                vae.to_mean.bias.fill_(poison)
        return inner(next_batch, i)

    with pytest.raises(TrainingStopped, match=r"at step 7 \(learning rate 0.002\).*run.pt, after 6 steps"):
        fit(step, lambda i: batch, model=vae, optimizer=optimizer, steps=20, seed=0,
            checkpoint=Checkpoint(tmp_path / "run.pt", every=3))
    saved = load_state(tmp_path / "run.pt")
    assert saved["done"] == 6 and all(torch.isfinite(t).all() for t in saved["model"].values())


def test_an_infinite_gradient_moves_nothing():
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    with pytest.raises(ArithmeticError, match="gradient norm"):
        update(weight.sqrt().sum(), optimizer, clip=1.0)
    assert weight.item() == 0


def test_clipping_is_applied():
    """Trap 14: with a gradient of norm 10 and clip 2, plain gradient descent moves by 2."""
    weight = torch.nn.Parameter(torch.zeros(4))
    norm = update((weight * 5).sum(), torch.optim.SGD([weight], lr=1.0), clip=2.0)
    assert norm == pytest.approx(10.0) and weight.norm().item() == pytest.approx(2.0)


def test_parameters_left_out_do_not_move_by_momentum():
    moving, still = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.Adam([moving, still], lr=0.1)
    update((moving * still).sum(), optimizer, clip=9.0)
    before = still.detach().clone()
    update((moving * still).sum(), optimizer, clip=9.0, parameters=[moving])
    assert torch.equal(still, before)


def test_early_stopping_keeps_the_best_weights_and_ignores_the_warm_up():
    """Trap 12: what happens before `start` counts neither for the best value nor for patience."""
    model = torch.nn.Linear(1, 1, bias=False)
    values = {1: 0.0, 2: 9.0, 3: 5.0, 4: 6.0, 5: 7.0, 6: 1.0}
    stopping = EarlyStopping(lambda: values[int(model.weight.item())], every=1, patience=2, start=2)

    def step(next_batch, i):
        with torch.no_grad():
            model.weight.fill_(i + 1)
        return {"loss": 0.0}

    history = fit(step, lambda i: None, model=model, optimizer=torch.optim.SGD(model.parameters(), lr=1.0), steps=6,
                  seed=0, stopping=stopping)
    assert model.weight.item() == 3.0 and stopping.best_step == 3
    assert history["validation"] == [9.0, 5.0, 6.0, 7.0]


def test_what_is_logged_is_what_its_name_says(vae, batch):
    """Trap 4: beta or free bits change the loss, never the numbers called elbo and kl."""
    step = vae_step(vae, make_optimizer(vae, learning_rate=0.0), cure=FreeBits(9.0), seed=0)
    metrics = step(lambda: batch, 0)
    assert metrics["elbo"] == pytest.approx(metrics["reconstruction"] - metrics["kl"], abs=1e-4)
    assert metrics["loss"] == pytest.approx(27.0 - metrics["reconstruction"], abs=1e-3)


class Bomb:
    def __reduce__(self):
        return (os.mkdir, (str(cache_folder() / "exploded"),))


BAD_FILES = {
    "empty": b"",
    "text": b"not a checkpoint",
    "a pickle that runs code": pickle.dumps(Bomb(), protocol=2),
    "half a file": None,
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_bad_checkpoints_are_refused_and_run_nothing(tmp_path, content):
    """Trap 23."""
    path = tmp_path / "bad.pt"
    if content is None:
        save_state(path, {"x": torch.zeros(1000)})
        content = path.read_bytes()[:500]
    path.write_bytes(content)
    with pytest.raises(GensqError, match="expected a checkpoint written by gensq"):
        load_state(path)
    assert not (cache_folder() / "exploded").exists()


def test_a_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(GensqError, match="got no file"):
        load_state(tmp_path / "none.pt")


def test_a_failed_save_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "kept.pt"
    save_state(path, {"value": 1})
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(GensqError, match="No space left on device; free some space"):
        save_state(path, {"value": 2})
    assert load_state(path) == {"value": 1} and os.listdir(tmp_path) == ["kept.pt"]


def test_cached_runs_train_once_and_follow_their_key():
    calls = []

    def run(**key):
        torch.manual_seed(key["seed"])
        model = LanguageModel(vocab_size=13, embed_dim=4, hidden_dim=4)

        def go(checkpoint):
            calls.append(key)
            optimizer = make_optimizer(model, learning_rate=1e-2)
            return fit(language_model_step(model, optimizer), TrainingBatches(ENCODED, batch_size=4, seed=0),
                       model=model, optimizer=optimizer, steps=3, seed=0, show="nll", checkpoint=checkpoint)

        return model, cached(model, key, go)

    first, history = run(seed=1)
    second, again = run(seed=1)
    run(seed=2)
    assert len(calls) == 2 and same_bits(bits(first), bits(second)) and dict(history) == dict(again)
    assert not first.training and not second.training
    assert not list((cache_folder() / "runs").glob("*.part"))


@pytest.mark.parametrize("edited, other", [
    ("library/maths/loss.py", True), ("lesson.py", True), ("library/plots/bars.py", False)])
def test_a_cached_run_depends_on_the_library_and_on_its_own_module(monkeypatch, tmp_path, edited, other):
    for name in ("library/maths/loss.py", "library/plots/bars.py", "lesson.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("BETA = 1\n")
    monkeypatch.setattr(checkpoint, "LIBRARY", tmp_path / "library")
    monkeypatch.setitem(sys.modules, "lesson", SimpleNamespace(__file__=str(tmp_path / "lesson.py")))
    before = checkpoint.code_digest.__wrapped__("lesson", "__main__")
    (tmp_path / edited).write_text("BETA = 2\n")
    assert (checkpoint.code_digest.__wrapped__("lesson", "__main__") != before) == other


def test_history_means():
    from gensq_lib.training import History

    history = History()
    for value in (9.0, 1.0, 2.0, 3.0):
        history.log(kl=value)
    assert history.mean("kl", last=3) == 2.0 and math.isclose(history.mean("kl", last=99), 3.75)
