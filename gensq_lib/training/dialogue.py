"""How models that answer are trained: to convergence, because an unfinished baseline makes any further training look good.

In fp32: with 64 units bf16 took twice the time.
"""
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn

from gensq_lib import cures
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms, evaluate
from gensq_lib.maths.schedules import constant, warmup_cosine
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.pairs import Pair, PairBatch, PairBatches, pairs_in_order
from gensq_lib.training.checkpoint import Checkpoint, cached, weights_digest
from gensq_lib.training.loop import EarlyStopping, History, fit
from gensq_lib.training.steps import device_of, language_model_step, make_optimizer, vae_step

PARTS = ((1.0, 1.0), (0.25, 0.2), (0.05, 0.1))  # shares of the learning rate and of the steps: search, settle, finish
VALIDATED = 500  # exchanges


def train_seq2seq(model: nn.Module, train: Sequence[Pair], valid: Sequence[Pair], *, steps: int, batch_size: int, seed: int,
                  key: dict[str, Any], learning_rate: float = 2e-3) -> History:
    """Maximise log p(reply | prompt, labels) until validation stops falling (at most `steps`), then at two lower rates.

    The weights with the lowest validation NLL are kept after each part. `key` names model and corpus in the cache.
    """
    model.start_from_frequencies(reply for _, reply, _ in train)

    def train_now(checkpoint: Checkpoint) -> dict[str, list[float]]:
        optimizer, history, done = make_optimizer(model, learning_rate=learning_rate), History(), 0
        for part, (slower, share) in enumerate(PARTS):
            rate, number = slower * learning_rate, max(round(steps * share), 1)
            step = language_model_step(model, optimizer, learning_rate=constant(rate), clip=1.0, mixed=False)
            stopping = EarlyStopping(_validation(model, valid, model.log_likelihood), every=max(number // 10, 1), patience=3)
            found = fit(step, _from(done, train, batch_size, seed, model), model=model, optimizer=optimizer, steps=number,
                        seed=seed + part, show="nll", stopping=stopping, checkpoint=_of_part(checkpoint, part),
                        name=f"seq2seq, {rate:g}")
            _append(history, found, done)
            done += number
        for part in range(len(PARTS)):
            _of_part(checkpoint, part).path.unlink(missing_ok=True)
        return history

    return _kept(model, train_now, {**key, "learning_rate": learning_rate}, steps=steps, batch_size=batch_size, seed=seed,
                 kind="seq2seq")


def train_conditional_vae(model: nn.Module, train: Sequence[Pair], valid: Sequence[Pair], *, cure: str, steps: int,
                          batch_size: int, seed: int, key: dict[str, Any], start: Seq2Seq | None = None,
                          learning_rate: float = 2e-3) -> History:
    """Maximise what the cure makes of the ELBO; keep the weights with the best *unweighted* validation ELBO.

    `start` is a finished model without z whose weights the decoder begins with, so that z has to earn its own.
    """
    model.count_words(train)
    if start is not None:
        model.decoder.start_from(start)
        key = {**key, "start": weights_digest(start)}

    def elbo(batch: PairBatch) -> Tensor:
        return elbo_terms(model, batch, generator=runtime.generator(seed, "validation", len(batch))).elbo

    def train_now(checkpoint: Checkpoint) -> dict[str, list[float]]:
        optimizer = make_optimizer(model, learning_rate=learning_rate)
        schedule = warmup_cosine(learning_rate, steps=steps, warmup=min(100, steps), floor=learning_rate / 50)
        step = vae_step(model, optimizer, cure=cures.named(cure, steps=steps), seed=seed, learning_rate=schedule, mixed=False)
        stopping = EarlyStopping(_validation(model, valid, elbo), every=max(steps // 10, 1), patience=4, start=steps // 2)
        return fit(step, _from(0, train, batch_size, seed, model), model=model, optimizer=optimizer, steps=steps, seed=seed,
                   show="elbo", stopping=stopping, checkpoint=checkpoint, name="conditional VAE")

    return _kept(model, train_now, {**key, "cure": cure, "learning_rate": learning_rate}, steps=steps, batch_size=batch_size,
                 seed=seed, kind="conditional VAE")


def _kept(model: nn.Module, train: Callable[[Checkpoint], dict[str, list[float]]], key: dict[str, Any], **more: Any) -> History:
    """Train, or load the run with the same key."""
    return History(cached(model, {**key, **more, "device": device_of(model)}, train))


def _from(done: int, train: Sequence[Pair], batch_size: int, seed: int, model: nn.Module) -> Callable[[int], PairBatch]:
    """The stream of batches behind the first `done` ones."""
    batches = PairBatches(train, batch_size=batch_size, seed=seed, device=device_of(model))
    return lambda i: batches(done + i)


def _validation(model: nn.Module, valid: Sequence[Pair], log_prob: Callable[[PairBatch], Tensor]) -> Callable[[], float]:
    """Mean loss on the first exchanges of the validation part, nats per reply."""
    def validate() -> float:
        found = evaluate(model, log_prob, pairs_in_order(valid[:VALIDATED], device=device_of(model)))
        return -found.mean().item()

    return validate


def _of_part(checkpoint: Checkpoint, part: int) -> Checkpoint:
    return Checkpoint(checkpoint.path.with_suffix(f".part{part}"), every=checkpoint.every)


def _append(history: History, found: History, done: int) -> None:
    """The columns of one part behind those of the others; steps go on counting."""
    for name, values in found.items():
        shift = done if name in ("step", "validation_step") else 0
        history.setdefault(name, []).extend(value + shift for value in values)
