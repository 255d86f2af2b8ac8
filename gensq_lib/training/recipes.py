"""How models are trained on text, by likelihood or through a VAE's bound: the same lines for sentences and for exchanges.

Exchanges are trained in fp32: with 64 units bf16 took twice the time. And models that answer are trained to convergence,
because an unfinished baseline makes any further training look good.
"""
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gensq_lib import cures
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms, evaluate
from gensq_lib.maths.schedules import Schedule, constant, warmup_cosine
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.parts import Model
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.batching import TrainingBatches, in_order
from gensq_lib.text.pairs import PairBatches, PairIds, pairs_in_order
from gensq_lib.training.checkpoint import Checkpoint, cached, weights_digest
from gensq_lib.training.loop import EarlyStopping, History, fit
from gensq_lib.training.steps import Step, device_of, language_model_step, make_optimizer, vae_step

Encoded = Sequence[Sequence[int]]
RATE_AND_STEPS = ((1.0, 1.0), (0.25, 0.2), (0.05, 0.1))  # of a seq2seq, as shares: search, settle, finish
VALIDATED = 500  # sentences or exchanges


@dataclass(frozen=True)
class Part:
    """One part of a training: it ends after `steps`, or earlier, when `patience` looks from `start` on found nothing better."""

    steps: int
    schedule: Schedule
    patience: int
    start: int = 0


@dataclass(frozen=True)
class Job:
    """What is trained on what. `key` names the corpus in the cache; the model's config is added to it."""

    model: Model
    train: Sequence[Any]
    valid: Sequence[Any]
    batch_size: int
    seed: int
    learning_rate: float
    key: dict[str, Any]
    batches: type[TrainingBatches] = TrainingBatches
    in_order: Callable[..., Iterable[tuple[Any, Any]]] = in_order

    def loss(self, log_prob: Callable[[Any], Tensor]) -> float:
        """Mean negative log-probability of the first validation examples, nats."""
        batches = self.in_order(self.valid[:VALIDATED], device=device_of(self.model))
        return -evaluate(self.model, log_prob, batches).mean().item()

    def stream(self, done: int) -> Callable[[int], Any]:
        """The training batches behind the first `done` ones."""
        batches = self.batches(self.train, batch_size=self.batch_size, seed=self.seed, device=device_of(self.model))
        return lambda i: batches(done + i)


def train_language_model(model: LanguageModel, train: Encoded, valid: Encoded, *, steps: int, batch_size: int, seed: int,
                         key: dict[str, Any], learning_rate: float = 1e-2) -> History:
    """Maximise log p(x); keep the weights with the lowest validation NLL. `key` names the corpus in the cache.

    Taught in lesson 05.
    """
    model.decoder.start_from_frequencies(train)
    return _train(Job(model, train, valid, batch_size, seed, learning_rate, key),
                  lambda optimizer, schedule: language_model_step(model, optimizer, learning_rate=schedule),
                  model.log_likelihood, [_one_part(steps, learning_rate, patience=2)], show="nll", name="language model")


def train_seq2seq(model: Seq2Seq, train: Sequence[PairIds], valid: Sequence[PairIds], *, steps: int, batch_size: int, seed: int,
                  key: dict[str, Any], learning_rate: float = 2e-3) -> History:
    """Maximise log p(reply | prompt, labels) until validation stops falling (at most `steps`), then at two lower rates.

    The weights with the lowest validation NLL are kept after each part. `key` names the corpus in the cache.
    """
    model.start_from_frequencies(reply for _, reply, _ in train)
    parts = [Part(max(round(steps * share), 1), constant(slower * learning_rate), patience=3) for slower, share in RATE_AND_STEPS]
    job = Job(model, train, valid, batch_size, seed, learning_rate, key, PairBatches, pairs_in_order)

    def make_step(optimizer: torch.optim.Optimizer, schedule: Schedule) -> Step:
        return language_model_step(model, optimizer, learning_rate=schedule, clip=1.0, mixed=False)

    return _train(job, make_step, model.log_likelihood, parts, show="nll", name="seq2seq")


def train_vae(model: Model, train: Encoded, valid: Encoded, *, cure: str, steps: int, batch_size: int, seed: int,
              key: dict[str, Any], start: LanguageModel | None = None, learning_rate: float = 5e-3) -> History:
    """Maximise what the cure makes of the ELBO; keep the weights with the best *unweighted* validation ELBO.

    `start` is a language model whose weights the decoder begins with; then its training counts as the decoder's.

    >>> vae = cured_vae("free_bits", vocab_size=len(vocab))
    >>> train_vae(vae, train, valid, cure="free_bits", steps=4000, batch_size=64, seed=0, key={"corpus": "en"})

    Taught in lesson 07.
    """
    job = Job(model, train, valid, batch_size, seed, learning_rate, key)
    return _train_latent(job, start.decoder if start is not None else None, cure=cure, steps=steps, patience=2, mixed=True,
                         name="text VAE")


def train_conditional_vae(model: Model, train: Sequence[PairIds], valid: Sequence[PairIds], *, cure: str, steps: int,
                          batch_size: int, seed: int, key: dict[str, Any], start: Seq2Seq | None = None,
                          learning_rate: float = 2e-3) -> History:
    """The same for a model of replies.

    `start` is a finished model without z whose weights the decoder begins with, so that z has to earn its own.
    """
    job = Job(model, train, valid, batch_size, seed, learning_rate, key, PairBatches, pairs_in_order)
    return _train_latent(job, start, cure=cure, steps=steps, patience=4, mixed=False, name="conditional VAE")


def _train_latent(job: Job, start: nn.Module | None, *, cure: str, steps: int, patience: int, mixed: bool, name: str) -> History:
    job.model.count_words(job.train)
    key = {"cure": cure}
    if start is not None:
        job.model.decoder.start_from(start)
        key["start"] = weights_digest(start)

    def make_step(optimizer: torch.optim.Optimizer, schedule: Schedule) -> Step:
        made = cures.cure(cure, steps=steps, decoder_start=start)
        return vae_step(job.model, optimizer, cure=made, seed=job.seed, learning_rate=schedule, mixed=mixed)

    def elbo(batch: Any) -> Tensor:
        return elbo_terms(job.model, batch, generator=runtime.generator(job.seed, "validation", len(batch))).elbo

    return _train(job, make_step, elbo, [_one_part(steps, job.learning_rate, patience=patience)], show="elbo", name=name, **key)


def _one_part(steps: int, learning_rate: float, *, patience: int) -> Part:
    """Warm up, then fall along a cosine; from the middle on it may stop early."""
    schedule = warmup_cosine(learning_rate, steps=steps, warmup=min(100, steps), floor=learning_rate / 50)
    return Part(steps, schedule, patience, start=steps // 2)


def _train(job: Job, make_step: Callable[[torch.optim.Optimizer, Schedule], Step], log_prob: Callable[[Any], Tensor],
           parts: Sequence[Part], *, show: str, name: str, **more: Any) -> History:
    """Train in parts, or load the run with the same key."""
    model = job.model

    def train_now(checkpoint: Checkpoint) -> History:
        optimizer, history, done = make_optimizer(model, learning_rate=job.learning_rate), History(), 0
        places = [Checkpoint(checkpoint.path.with_suffix(f".{number}.part"), every=checkpoint.every)
                  for number in range(len(parts))]
        for number, (part, place) in enumerate(zip(parts, places, strict=True)):
            stopping = EarlyStopping(lambda: job.loss(log_prob), every=max(part.steps // 10, 1), patience=part.patience,
                                     start=part.start)
            found = fit(make_step(optimizer, part.schedule), job.stream(done), model=model, optimizer=optimizer,
                        steps=part.steps, seed=job.seed + number, show=show, stopping=stopping, checkpoint=place, name=name)
            _append(history, found, done)
            done += part.steps
        for place in places:
            place.path.unlink(missing_ok=True)
        return history

    key = {**job.key, **more, "model": model.config, "kind": name, "steps": parts[0].steps, "batch_size": job.batch_size,
           "seed": job.seed, "learning_rate": job.learning_rate, "device": device_of(model)}
    return History(cached(model, key, train_now))


def _append(history: History, found: History, done: int) -> None:
    """The columns of one part behind those of the others; steps go on counting."""
    for name, values in found.items():
        shift = done if name in ("step", "validation_step") else 0
        history.setdefault(name, []).extend(value + shift for value in values)
