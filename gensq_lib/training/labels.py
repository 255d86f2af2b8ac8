"""How classifiers of sentences and M2 are trained: the weights are kept that are best on a few labelled sentences put aside."""
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import border
from gensq_lib.maths.schedules import Schedule
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.m2 import M2, SentenceClassifier
from gensq_lib.text.labelled import OF_LABELLED, LabelledBatch, LabelledBatches, LabelledIds
from gensq_lib.training.checkpoint import weights_digest
from gensq_lib.training.loop import History
from gensq_lib.training.recipes import Job, trained
from gensq_lib.training.steps import Step, device_of, set_learning_rate, update

ALPHA = 50.0  # nats of the bound that a nat of log q(y | x) is worth; of 5, 20, 50 and 200 tried at seeds 100 to 102


def log_label(model: M2 | SentenceClassifier, batch: LabelledBatch) -> Tensor:
    """log q(y | x) of the true label of each sentence, nats."""
    return model.label_posterior(batch).log_prob(batch.labels)


def train_classifier(model: SentenceClassifier, train: Sequence[LabelledIds], dev: Sequence[LabelledIds], *, steps: int,
                     batch_size: int, seed: int, key: dict[str, Any], learning_rate: float = 5e-3) -> History:
    """Maximise log q(y | x) of labelled sentences; `dev` chooses the weights. `key` names the corpus in the cache.

    Taught in lesson 10.
    """
    def make_step(optimizer: torch.optim.Optimizer, schedule: Schedule) -> Step:
        def step(next_batch: Callable[[], LabelledBatch], i: int) -> dict[str, float]:
            set_learning_rate(optimizer, schedule, i)
            loss = -log_label(model, next_batch()).mean()
            return {"loss": loss.item(), "gradient_norm": update(loss, optimizer, clip=5.0)}

        return step

    job = Job(model, train, dev, min(batch_size, len(train)), seed, learning_rate, key, OF_LABELLED)
    return trained(job, make_step, lambda: job.loss(lambda batch: log_label(model, batch)), steps=steps, patience=3, show="loss",
                   name="classifier")


def train_m2(model: M2, train: Sequence[LabelledIds], unlabelled: Sequence[Sequence[int]], dev: Sequence[LabelledIds], *,
             steps: int, batch_size: int, seed: int, key: dict[str, Any], start: LanguageModel | None = None,
             alpha: float = ALPHA, learning_rate: float = 3e-3, labels_alone: bool = False) -> History:
    """Maximise the bounds of all sentences, with a label or without, and alpha log q(y | x) of those that have one.

    Without the last term nothing would train q(y | x) on the labels. A batch of each kind in every step; the bound of
    labelled sentences counts as often as there are such sentences, or a handful of them would teach the decoder to speak.
    `start` is a finished language model for the decoder, so that y and z only have to say what it does not know.
    `labels_alone` is the control that leaves out the bound of unlabelled sentences, and nothing else.

    Taught in lesson 10.
    """
    few = LabelledBatches(train, batch_size=min(batch_size, len(train)), seed=seed, device=device_of(model))
    share = len(train) / (len(train) + len(unlabelled))
    model.count_words(unlabelled)
    if start is not None:
        model.decoder.start_from(start.decoder)

    def make_step(optimizer: torch.optim.Optimizer, schedule: Schedule) -> Step:
        def step(next_batch: Callable[[], Any], i: int) -> dict[str, float]:
            set_learning_rate(optimizer, schedule, i)
            noise, labelled = runtime.generator(seed, "m2", i), few(i)
            unheard = 0.0 if labels_alone else model.unlabelled_bound(next_batch(), generator=noise).mean()
            bound = (1 - share) * unheard + share * model.labelled_bound(labelled, generator=noise).mean()
            known = log_label(model, labelled).mean()
            norm = update(-bound - alpha * known, optimizer, clip=5.0)
            return {"bound": bound.item(), "log_label": known.item(), "gradient_norm": norm}

        return step

    job = Job(model, unlabelled, dev, batch_size, seed, learning_rate, key | {
        "alpha": alpha, "labelled": [list(map(int, ids)) + [label] for ids, label in train[:3]], "num": len(train),
        "start": start and weights_digest(start), "labels_alone": labels_alone})
    judge = Job(model, train, dev, batch_size, seed, learning_rate, key, OF_LABELLED)
    return trained(job, make_step, lambda: judge.loss(lambda batch: log_label(model, batch)), steps=steps, patience=5,
                   show="bound", name="M2")


border(globals())
