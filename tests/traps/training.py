"""Traps 11, 12, 13, 14, 18, 23, 33: schedules, optimisers, loops and files."""
import contextlib
import math
import os
import pickle
import tempfile
import time
from pathlib import Path

import torch
from torch import nn

from gensq_lib.cures import Cure
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import evaluate
from gensq_lib.maths.schedules import linear
from gensq_lib.text.batching import in_order
from gensq_lib.training import EarlyStopping, fit, load_state, make_optimizer, save_state, update, vae_step
from traps.trap import ENCODED, Trap, a_batch, tiny_vae

# 11: a warm-up of 0


def reaches_the_end(warm_up):
    """Of 0 steps it is refused or over at once; it never stays at its start."""
    for steps in (0, 1, 10):
        try:
            beta = warm_up(steps)
        except GensqError:
            assert steps == 0
        else:
            assert beta(max(steps, 1)) == 1 and beta(10**6) == 1


def growing_by(rate):
    return lambda step: min(step * rate, 1.0)


# 12: decisions while beta grows


def waits_for_the_warm_up(best_step):
    """The value of step 1, before the KL is paid for, is the lowest of all; from step 2 on, step 3 is."""
    assert best_step({1: 0.0, 2: 9.0, 3: 5.0, 4: 6.0, 5: 7.0, 6: 1.0}, warm_up=2, patience=2) == 3


def looking(values, *, patience, start):
    """What early stopping keeps when it sees these values."""
    stopping = EarlyStopping(lambda: values[step], every=1, patience=patience, start=start)
    for step in values:
        if not stopping.finished:
            stopping.look(nn.Linear(1, 1), step)
    return stopping.best_step


# 13: the optimiser replaced


def keeps_its_optimizer(train):
    """After five updates and a decay: the optimiser we gave, with five updates in its moments and the new rate."""
    model = tiny_vae()
    optimizer = make_optimizer(model, learning_rate=1.0)
    last = train(model, optimizer, linear(1e-2, 1e-3, steps=4), 5)
    assert last is optimizer and math.isclose(last.param_groups[0]["lr"], 1e-3, rel_tol=1e-6)
    assert {int(state["step"]) for state in last.state.values()} == {5}


def fitted(model, optimizer, rate, steps):
    batch = a_batch()
    step = vae_step(model, optimizer, cure=Cure(), seed=0, learning_rate=rate)
    fit(step, lambda i: batch, model=model, optimizer=optimizer, steps=steps, seed=0)
    return optimizer


def replaced_by(kind):
    """A fresh optimiser with the new rate for the last step: its moments are gone."""
    def train(model, optimizer, rate, steps):
        fitted(model, optimizer, rate, steps - 1)
        return fitted(model, kind(model.parameters(), lr=rate(steps - 1)), rate, 1)

    return train


def rate_in_a_variable(model, optimizer, rate, steps):
    """The rate that is printed falls, the one that is used does not."""
    fitted(model, optimizer, None, steps)
    learning_rate = rate(steps - 1)
    return optimizer if learning_rate else None


# 14: clipping


def clips(one_update):
    """A gradient of norm 10 and a clip of 2: plain gradient descent moves by 2."""
    weight = nn.Parameter(torch.zeros(4))
    one_update((weight * 5).sum(), torch.optim.SGD([weight], lr=1.0), clip=2.0)
    assert math.isclose(weight.norm().item(), 2.0, rel_tol=1e-4)


def clipping(*, before=False, after=False):
    """backward and step, with the gradient clipped too early, too late, or never."""
    def one_update(loss, optimizer, *, clip):
        parameters = optimizer.param_groups[0]["params"]
        optimizer.zero_grad()
        if before:
            nn.utils.clip_grad_norm_(parameters, clip)
        loss.backward()
        optimizer.step()
        if after:
            nn.utils.clip_grad_norm_(parameters, clip)

    return one_update


def clips_the_loss(loss, optimizer, *, clip):
    clipping()(loss.clamp(max=clip), optimizer, clip=clip)


# 18: evaluation


def evaluates(run):
    """No graph, no dropout, and afterwards the model trains on."""
    model, seen = tiny_vae(dropout=0.5).train(), []

    def spy(batch):
        seen.append((torch.is_grad_enabled(), model.training))
        return model.posterior(batch).mean

    found = run(model, spy, in_order(ENCODED, batch_size=2))
    assert set(seen) == {(False, False)} and model.training and not found.requires_grad


def plain_loop(model, function, batches):
    return torch.cat([function(batch) for _, batch in batches])


def dropout_left_on(model, function, batches):
    with torch.no_grad():
        return plain_loop(model, function, batches)


def never_trains_again(model, function, batches):
    model.eval()
    return dropout_left_on(model, function, batches)


def graph_left_on(model, function, batches):
    model.eval()
    found = plain_loop(model, function, batches)
    model.train()
    return found.detach()


# 23: files that run code


class Bomb:
    """Unpickled, it makes a folder."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def runs_no_code(read):
    with tempfile.TemporaryDirectory() as folder:
        exploded, file = Path(folder, "exploded"), Path(folder, "file.pt")
        for write in (torch.save, lambda bomb, path: path.write_bytes(pickle.dumps(bomb, protocol=2))):
            write(Bomb(exploded), file)
            with contextlib.suppress(Exception):
                read(file)
            assert not exploded.exists()
        save_state(file, {"model": {"weight": torch.ones(2)}, "done": 3, "history": {"kl": [1.0]}})
        assert read(file)["history"] == {"kl": [1.0]} and torch.equal(read(file)["model"]["weight"], torch.ones(2))


def unpickle(path):
    return pickle.loads(path.read_bytes())


# 33: steps counted in seconds


def takes_as_many_steps_on_any_machine(run):
    for seconds in (0.0, 0.01):
        calls = []

        def step(next_batch, i):
            time.sleep(seconds)  # noqa: B023
            calls.append(i)  # noqa: B023
            return {"loss": 0.0}

        run(step, 12)
        assert calls == list(range(12))


def counted(step, steps):
    model = nn.Linear(1, 1)
    fit(step, lambda i: None, model=model, optimizer=torch.optim.SGD(model.parameters(), lr=1.0), steps=steps, seed=0)


def for_a_while(step, steps):
    """As many steps as fit into the time that twelve of them took here."""
    end, i = time.monotonic() + 0.05, 0
    while time.monotonic() < end:
        step(None, i)
        i += 1


TRAPS = [
    Trap(11, "a warm-up of 0", reaches_the_end, lambda steps: linear(0.0, 1.0, steps=steps), {
        "stays at its start": lambda steps: growing_by(1 / steps if steps else 0.0),
        "never quite there": lambda steps: lambda step: 1 - math.exp(-step / max(steps, 1)),
    }),
    Trap(12, "decisions while beta grows", waits_for_the_warm_up,
         lambda values, warm_up, patience: looking(values, patience=patience, start=warm_up), {
             "the warm-up counts": lambda values, warm_up, patience: looking(values, patience=patience, start=0),
             "its value counts, its patience does not":
                 lambda values, warm_up, patience: looking(values, patience=patience + warm_up, start=0),
         }),
    Trap(13, "the optimiser replaced", keeps_its_optimizer, fitted, {
        "by another kind": replaced_by(torch.optim.SGD),
        "by a fresh one": replaced_by(torch.optim.Adam),
        "the rate falls in a variable": rate_in_a_variable,
    }),
    Trap(14, "gradient clipping", clips, update, {
        "configured, never applied": clipping(),
        "before the gradient is there": clipping(before=True),
        "after the step": clipping(after=True),
        "of the loss": clips_the_loss,
    }),
    Trap(18, "autograd left on at evaluation", evaluates, evaluate, {
        "neither no_grad nor eval": plain_loop,
        "eval alone": graph_left_on,
        "dropout left on": dropout_left_on,
        "eval for ever": never_trains_again,
    }),
    Trap(23, "checkpoints that run code", runs_no_code, load_state, {
        "torch.load with pickles": lambda path: torch.load(path, weights_only=False),
        "pickle": unpickle,
    }),
    Trap(33, "steps counted in seconds", takes_as_many_steps_on_any_machine, counted, {"for a while": for_a_while}),
]
