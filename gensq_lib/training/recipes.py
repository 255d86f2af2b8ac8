"""How the lessons train: Adam, a learning rate that rises and falls, early stopping on validation, one cached run."""
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from gensq_lib import cures
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms, evaluate
from gensq_lib.maths.schedules import Schedule, warmup_cosine
from gensq_lib.text.batching import Batch, TrainingBatches, in_order
from gensq_lib.training.checkpoint import Checkpoint, cached, weights_digest
from gensq_lib.training.loop import EarlyStopping, History, fit
from gensq_lib.training.steps import Step, device_of, language_model_step, make_optimizer, vae_step

Encoded = Sequence[Sequence[int]]
MakeStep = Callable[[torch.optim.Optimizer, Schedule], Step]


def train_language_model(model: nn.Module, train: Encoded, valid: Encoded, *, steps: int, batch_size: int, seed: int,
                         key: dict[str, Any], learning_rate: float = 1e-2) -> History:
    """Maximise log p(x); keep the weights with the lowest validation NLL. `key` names model and corpus in the cache."""
    model.decoder.start_from_frequencies(train)

    def make_step(optimizer, schedule):
        return language_model_step(model, optimizer, learning_rate=schedule)

    return _train(model, train, valid, make_step, model.log_likelihood, steps=steps, batch_size=batch_size, seed=seed,
                  learning_rate=learning_rate, show="nll", name="language model", key=key)


def train_vae(model: nn.Module, train: Encoded, valid: Encoded, *, cure: str, steps: int, batch_size: int, seed: int,
              key: dict[str, Any], start: nn.Module | None = None, learning_rate: float = 5e-3) -> History:
    """Maximise what the cure makes of the ELBO; keep the weights with the best *unweighted* validation ELBO.

    `start` is a language model whose weights the decoder begins with; then its training counts as the decoder's.
    """
    model.count_words(train)
    if start is not None:
        model.decoder.start_from(start.decoder)
        key = {**key, "start": weights_digest(start)}

    def make_step(optimizer, schedule):
        made = cures.named(cure, steps=steps, decoder_start=start.decoder if start is not None else None)
        return vae_step(model, optimizer, cure=made, seed=seed, learning_rate=schedule)

    def elbo(batch: Batch):
        return elbo_terms(model, batch, generator=runtime.generator(seed, "validation", len(batch))).elbo

    return _train(model, train, valid, make_step, elbo, steps=steps, batch_size=batch_size, seed=seed,
                  learning_rate=learning_rate, show="elbo", name="text VAE", key={**key, "cure": cure})


def _train(model: nn.Module, train: Encoded, valid: Encoded, make_step: MakeStep, log_prob: Callable[[Batch], Any], *,
           steps: int, batch_size: int, seed: int, learning_rate: float, show: str, name: str, key: dict) -> History:
    """Train, or load the run with the same key."""
    device = device_of(model)

    def validate() -> float:
        return -evaluate(model, log_prob, in_order(valid[:500], device=device)).mean().item()

    def train_now(checkpoint: Checkpoint) -> History:
        optimizer = make_optimizer(model, learning_rate=learning_rate)
        schedule = warmup_cosine(learning_rate, steps=steps, warmup=min(100, steps), floor=learning_rate / 50)
        stopping = EarlyStopping(validate, every=max(steps // 10, 1), patience=2, start=steps // 2)
        batches = TrainingBatches(train, batch_size=batch_size, seed=seed, device=device)
        return fit(make_step(optimizer, schedule), batches, model=model, optimizer=optimizer, steps=steps, seed=seed,
                   show=show, stopping=stopping, checkpoint=checkpoint, name=name)

    everything = {**key, "steps": steps, "batch_size": batch_size, "seed": seed, "learning_rate": learning_rate,
                  "device": device, "kind": name}
    return History(cached(model, everything, train_now))
