"""The training loop. It knows nothing about VAEs or GANs: a `step` does.

Everything random in step i is a function of (seed, i), and everything that changes has a
`state_dict`: a run that is killed at any step and resumed ends with the same bits (on a CPU).
"""
import os
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from tqdm.auto import tqdm

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.training import processes
from gensq_lib.training.checkpoint import Checkpoint
from gensq_lib.training.steps import NonFinite, Step


class TrainingStopped(GensqError):
    """NaN or infinity: the message names the step, the learning rate and the last good checkpoint."""


class History(dict):
    """Columns of numbers: `history["kl"]` is a list with one entry per step."""

    def log(self, **metrics: float) -> None:
        """One more entry for each of these columns."""
        for name, value in metrics.items():
            self.setdefault(name, []).append(float(value))

    def mean(self, name: str, *, last: int) -> float:
        """The mean of the last entries of a column; single batches are noisy."""
        tail = self[name][-last:]
        return sum(tail) / len(tail)


class EarlyStopping:
    """Keep the weights with the lowest validation value; stop after `patience` looks without a better one.

    `start` is the first step that counts: while beta still grows, an early low value means nothing.
    """

    share, cuts = 1.0, 0  # of the learning rate that its schedule says, and how often it may still be cut

    def __init__(self, validate: Callable[[], float], *, every: int, patience: int, start: int = 0):
        self.validate, self.every, self.patience, self.start = validate, every, patience, start
        self.best_value, self.best_step, self.looks_since = float("inf"), -1, 0
        self.best_weights: dict[str, torch.Tensor] = {}

    def look(self, model: nn.Module, step: int) -> float | None:
        """The validation value after `step` updates, when it is time to look; else None."""
        if step % self.every or step < self.start:
            return None
        value = processes.by_first(self.validate)
        self.looks_since += 1
        if value < self.best_value:
            self.best_value, self.best_step, self.looks_since = value, step, 0
            self.best_weights = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
        return value

    @property
    def finished(self) -> bool:
        """Whether the last `patience` looks found nothing better."""
        return self.looks_since >= self.patience

    def restore(self, model: nn.Module) -> None:
        """Put the best weights back."""
        if self.best_weights:
            model.load_state_dict(self.best_weights)

    def state_dict(self) -> dict[str, Any]:
        """All that changes, for a checkpoint."""
        return {name: getattr(self, name) for name in "best_value best_step looks_since best_weights share cuts patience".split()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        vars(self).update(state)


class Settling(EarlyStopping):
    """Before it stops it goes back to the best weights and on at a quarter of the learning rate, twice, with a patience of 1.

    For a text that is soon learnt by heart: a schedule in steps would be cut off while the rate is high.
    """

    cuts = 2

    def look(self, model: nn.Module, step: int) -> float | None:
        """The validation value, if it is time; where patience is at an end, the best weights are put back first."""
        value = super().look(model, step)
        if self.finished and self.cuts:
            self.restore(model)
            self.cuts, self.share, self.patience, self.looks_since = self.cuts - 1, self.share / 4, 1, 0
        return value


class Stream:
    """Hands out batch 0, 1, 2, ... and remembers how many it gave. Taught in lesson 15."""

    def __init__(self, batches: Callable[[int], Any]):
        self.batches, self.given = batches, 0

    def __call__(self) -> Any:
        batch = self.batches(self.given)
        self.given += 1
        return batch


def fit(step: Step, batches: Callable[[int], Any], *, model: nn.Module, optimizer: torch.optim.Optimizer, steps: int,
        seed: int, show: str = "loss", stopping: EarlyStopping | None = None, checkpoint: Checkpoint | None = None,
        name: str = "training") -> History:
    """Call `step(next_batch, i)` for i in 0..steps-1, from the last checkpoint on if there is one.

    `show` is the metric on the progress bar. With a `stopping` the best weights are put back at the end.

    >>> optimizer = make_optimizer(model, learning_rate=1e-3)
    >>> step = language_model_step(model, optimizer)
    >>> history = fit(step, batches, model=model, optimizer=optimizer, steps=1000, seed=0, show="nll")

    Taught in lesson 06.
    """
    history, stream, first = History(), Stream(batches), 0
    if checkpoint and (saved := checkpoint.read()):
        first = _restore(saved, model=model, optimizer=optimizer, stopping=stopping, history=history, stream=stream)
    model.train()
    bar = tqdm(range(first, steps), initial=first, total=steps, desc=name, leave=False, mininterval=0.5,
               disable=os.environ.get("GENSQ_PROGRESS") == "0")
    for i in bar:
        if stopping and stopping.finished:
            break
        torch.manual_seed(noise_of_step(seed, i).initial_seed())
        try:
            metrics = step(stream, i)
        except NonFinite as error:
            raise TrainingStopped(_what_happened(error, i, optimizer, checkpoint)) from None
        history.log(step=i, **metrics)
        if stopping and (value := stopping.look(model, i + 1)) is not None:
            model.train()
            history.log(validation_step=i + 1, validation=value)
        if i % 20 == 0:
            bar.set_postfix_str(f"{show} {metrics[show]:.2f}")
        if checkpoint and checkpoint.due(i + 1):
            checkpoint.write(_state(model, optimizer, stopping, history, stream, i + 1))
    if stopping:
        stopping.restore(model)
    model.eval()
    return history


def noise_of_step(seed: int, i: int) -> torch.Generator:
    """Dropout, too, is a function of (seed, i); in several processes each has its own, for its rows are others."""
    return runtime.generator(seed, "step", i, *([processes.rank()] if processes.rank() else []))


def _state(model, optimizer, stopping, history, stream, done: int) -> dict[str, Any]:
    """All that changes during training."""
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "history": dict(history),
            "stopping": stopping.state_dict() if stopping else {}, "given": stream.given, "done": done}


def _restore(saved: dict[str, Any], *, model, optimizer, stopping, history, stream) -> int:
    """Undo `_state`; the number of steps already done."""
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    if stopping:
        stopping.load_state_dict(saved["stopping"])
    history.update(saved["history"])
    stream.given = saved["given"]
    return saved["done"]


def _what_happened(error: NonFinite, i: int, optimizer, checkpoint: Checkpoint | None) -> str:
    kept = checkpoint.describe() if checkpoint else "none was kept"
    rate = optimizer.param_groups[0]["lr"]
    return (f"expected finite numbers in training, but at step {i} (learning rate {rate:g}) {error}; "
            f"lower the learning rate or the clipping norm (last good checkpoint: {kept})")
