"""How models are trained on text, by likelihood or through a VAE's bound: the same lines for sentences and for exchanges.

Exchanges are trained in fp32: with 64 units bf16 took twice the time.
"""
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor

from gensq_lib import cures
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import ElboTerms, elbo_terms, evaluate
from gensq_lib.maths.schedules import Schedule, warmup_cosine
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.masked_diffusion import MaskedDenoiser, canvas
from gensq_lib.models.parts import LatentModel, Model
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.batching import TrainingBatches, in_order
from gensq_lib.text.pairs import OF_PAIRS
from gensq_lib.training.checkpoint import Checkpoint, cached, weights_digest
from gensq_lib.training.loop import EarlyStopping, History, Settling, fit
from gensq_lib.training.sizing import FEW, PLENTY, ReadingPlan
from gensq_lib.training.steps import Step, denoiser_step, device_of, language_model_step, make_optimizer, vae_step

Encoded = Sequence[Sequence[int]]
VALIDATED = 500  # sentences or exchanges
WARMUP = 100  # steps


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
    of: dict[str, Callable] = field(default_factory=dict)  # `OF_PAIRS` for exchanges: how they are put together
    plan: ReadingPlan = PLENTY

    def loss(self, log_prob: Callable[[Any], Tensor]) -> float:
        """Mean negative log-probability of the first validation examples, nats."""
        batches = in_order(self.valid[:VALIDATED], device=device_of(self.model), **self.of)
        return -evaluate(self.model, log_prob, batches).mean().item()

    def stream(self, done: int = 0) -> Callable[[int], Any]:
        """The training batches behind the first `done` ones."""
        batches = TrainingBatches(self.train, batch_size=self.batch_size, seed=self.seed, device=device_of(self.model), **self.of)
        return lambda i: batches(done + i)

    def reading(self, steps: int) -> int:
        """Steps after which a small text is looked at: once a reading, but of very few examples once in `FEW` steps."""
        return min(max(-(-len(self.train) // self.batch_size), FEW), steps)

    def kept(self, train: Callable[[Checkpoint], History], *, kind: str, steps: int) -> History:
        """`train(checkpoint)`, or the run with the same key out of the cache."""
        key = {**self.key, "model": self.model.config, "kind": kind, "steps": steps, "batch_size": self.batch_size,
               "seed": self.seed, "learning_rate": self.learning_rate, "device": device_of(self.model),
               "plan": asdict(self.plan)}
        return History(cached(self.model, key, train))


def train_language_model(model: LanguageModel, train: Encoded, valid: Encoded, *, steps: int, batch_size: int, seed: int,
                         key: dict[str, Any], learning_rate: float = 1e-2, plan: ReadingPlan = PLENTY) -> History:
    """Maximise log p(x); keep the weights with the lowest validation NLL. `key` names the corpus in the cache, `plan` is its own.

    Taught in lesson 05.
    """
    model.decoder.start_from_frequencies(train)
    job = Job(model, train, valid, batch_size, seed, learning_rate, key, plan=plan)
    return trained(job, lambda optimizer, schedule: language_model_step(model, optimizer, learning_rate=schedule),
                   lambda: job.loss(model.log_likelihood), steps=steps, patience=2, show="nll", name="language model")


def train_denoiser(model: MaskedDenoiser, train: Encoded, valid: Encoded, *, steps: int, batch_size: int, seed: int,
                   key: dict[str, Any], learning_rate: float = 5e-3, plan: ReadingPlan = PLENTY) -> History:
    """Maximise the any-order bound; keep the weights with the best validation bound, four draws of what is hidden a sentence."""
    model.start_from_frequencies(train)

    def worth(batch: Any) -> Tensor:
        draws = [runtime.generator(seed, "validation", len(batch), draw) for draw in range(4)]
        return torch.stack([model.elbo(batch, generator=draw) for draw in draws]).mean(0)

    job = Job(model, train, valid, batch_size, seed, learning_rate, key, {"collate": canvas}, plan)
    return trained(job, lambda optimizer, schedule: denoiser_step(model, optimizer, learning_rate=schedule),
                   lambda: job.loss(worth), steps=steps, patience=2, show="elbo", name="masked denoiser")


def train_vae(model: LatentModel, train: Sequence, valid: Sequence, *, cure: str, steps: int, batch_size: int, seed: int,
              key: dict[str, Any], start: LanguageModel | Seq2Seq | None = None, learning_rate: float = 5e-3,
              plan: ReadingPlan = PLENTY) -> History:
    """Maximise what the cure makes of the ELBO; keep the weights with the best *unweighted* validation ELBO.

    Of sentences, or of exchanges where the model is a `ConditionalVAE`. `start` is a finished model without z whose weights the
    decoder begins with, so that z has to earn its own; then its training counts as the decoder's. By the `plan` of a small text
    z has its price in validation, too: from the first reading on the ELBO itself is best where z is empty.

    >>> vae = cured_vae("free_bits", vocab_size=len(vocab))
    >>> train_vae(vae, train, valid, cure="free_bits", steps=4000, batch_size=64, seed=0, key={"corpus": "en"})

    Taught in lesson 07.
    """
    pairs, begun = isinstance(model, ConditionalVAE), getattr(start, "decoder", start)
    model.count_words(train)
    if begun is not None:
        model.decoder.start_from(begun, hold=plan.hold)

    made = cures.cure(cure, steps=steps, decoder_start=begun)
    a_nat = ElboTerms(torch.zeros(2), torch.ones(2, model.latent_dim), torch.zeros(1, 2, model.latent_dim))
    moving = made.penalty(a_nat, 0) != made.penalty(a_nat, steps - 1)

    def make_step(optimizer: torch.optim.Optimizer, schedule: Schedule) -> Step:
        return vae_step(model, optimizer, cure=made, seed=seed, learning_rate=schedule, mixed=not pairs)

    def worth(batch: Any) -> Tensor:
        terms = elbo_terms(model, batch, generator=runtime.generator(seed, "validation", len(batch)))
        return terms.reconstruction - made.penalty(terms, steps - 1) if plan.small else terms.elbo

    key = key | {"cure": cure, "start": begun and weights_digest(begun)}
    job = Job(model, train, valid, batch_size, seed, learning_rate, key, OF_PAIRS if pairs else {}, plan)
    return trained(job, make_step, lambda: job.loss(worth), steps=steps, patience=4 if pairs else 2, show="elbo",
                   name="conditional VAE" if pairs else "text VAE", waits=steps // 2 if moving else min(WARMUP, steps // 2))


def trained(job: Job, make_step: Callable[[torch.optim.Optimizer, Schedule], Step], validate: Callable[[], float], *,
            steps: int, patience: int, show: str, name: str, waits: int = 0) -> History:
    """Warm up, then fall along a cosine; from the middle on it ends when `patience` looks found nothing better.

    Of a small text from the first reading on, or after `waits` steps: before the warm-up is over no z is worth its price.
    """
    def train_now(checkpoint: Checkpoint) -> History:
        rate, optimizer = job.learning_rate, make_optimizer(job.model, learning_rate=job.learning_rate)
        falling = warmup_cosine(rate, steps=steps, warmup=min(WARMUP, steps), floor=rate / 50)
        stopping = EarlyStopping(validate, every=max(steps // 10, 1), patience=patience, start=steps // 2)
        if job.plan.small:
            stopping = Settling(validate, every=job.reading(steps), patience=job.plan.patience, start=waits)
        step = make_step(optimizer, lambda i: stopping.share * falling(i))
        return fit(step, job.stream(), model=job.model, optimizer=optimizer, steps=steps, seed=job.seed, show=show,
                   stopping=stopping, checkpoint=checkpoint, name=name)

    return job.kept(train_now, kind=name, steps=steps)
