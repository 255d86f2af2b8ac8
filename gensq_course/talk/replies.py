"""Models of replies: how one is trained by likelihood, and the game that it plays with a judge."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import evaluating
from gensq_lib.maths.schedules import constant
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.decoding import sample
from gensq_lib.text.pairs import OF_PAIRS, PairBatch, PairIds, Prompts, collate_prompts
from gensq_lib.training.checkpoint import Checkpoint
from gensq_lib.training.games.saying import Fakes, Game, Kinds
from gensq_lib.training.loop import EarlyStopping, History, fit
from gensq_lib.training.recipes import Job
from gensq_lib.training.sizing import PLENTY, ReadingPlan
from gensq_lib.training.steps import language_model_step, make_optimizer

RATE_AND_STEPS = ((1.0, 1.0), (0.25, 0.2), (0.05, 0.1))  # as shares: search, settle, finish


def train_seq2seq(model: Seq2Seq, train: Sequence[PairIds], valid: Sequence[PairIds], *, steps: int, batch_size: int, seed: int,
                  key: dict[str, Any], learning_rate: float = 2e-3, plan: ReadingPlan = PLENTY) -> History:
    """Maximise log p(reply | prompt, labels) until validation stops falling (at most `steps`), then at two lower rates.

    The weights with the lowest validation NLL are kept after each part. To convergence, because an unfinished baseline makes
    any further training look good. `key` names the corpus in the cache; by the `plan` of a small one validation looks at least
    once a reading.
    """
    model.start_from_frequencies(reply for _, reply, _ in train)
    job = Job(model, train, valid, batch_size, seed, learning_rate, key, OF_PAIRS, plan)

    def train_now(checkpoint: Checkpoint) -> History:
        optimizer, history, done = make_optimizer(model, learning_rate=learning_rate), History(), 0
        places = [Checkpoint(checkpoint.path.with_suffix(f".{i}.part"), every=checkpoint.every, mine=checkpoint.mine)
                  for i in range(len(RATE_AND_STEPS))]
        for number, (slower, share) in enumerate(RATE_AND_STEPS):
            part = max(round(steps * share), 1)
            step = language_model_step(model, optimizer, learning_rate=constant(slower * learning_rate), clip=1.0, mixed=False)
            every = max(part // 10, 1)
            stopping = EarlyStopping(lambda: job.loss(model.log_likelihood), patience=plan.patience,
                                     every=min(every, job.reading(part)) if plan.small else every)
            found = fit(step, job.stream(done), model=model, optimizer=optimizer, steps=part, seed=seed + number, show="nll",
                        stopping=stopping, checkpoint=places[number], name="seq2seq")
            append(history, found, len(history.get("nll", ())))  # a part that was stopped has fewer steps
            done += part
        for place in places:
            place.path.unlink(missing_ok=True)
        return history

    return job.kept(train_now, kind="seq2seq", steps=steps)


def append(history: History, found: History, done: int) -> None:
    """The columns of one part behind those of the others; steps go on counting."""
    for name, values in found.items():
        shift = done if name in ("step", "validation_step") else 0
        history.setdefault(name, []).extend(value + shift for value in values)


class PromptBatches:
    """`batches(i)` is batch number i of prompts without replies, drawn anew for every i, each under labels of the pool."""

    def __init__(self, prompts: Sequence[Sequence[int]], *, labels: Sequence[Sequence[int]], batch_size: int, seed: int,
                 device: str = "cpu"):
        if not prompts or not labels:
            raise GensqError(f"expected prompts and labels, got {len(prompts)} and {len(labels)}; take those of the corpus")
        self.prompts, self.labels, self.batch_size, self.seed, self.device = prompts, labels, batch_size, seed, device

    def __call__(self, i: int) -> Prompts:
        rng = np.random.default_rng((self.seed, i))
        which, under = rng.integers(len(self.prompts), size=self.batch_size), rng.integers(len(self.labels), size=self.batch_size)
        return collate_prompts([self.prompts[j] for j in which], [self.labels[j] for j in under], device=self.device)


@dataclass(frozen=True, kw_only=True)
class Replies(Game):
    """A model answers `prompts(i)`, which have no reply, and those of real exchanges beside people (Li et al. 2017).

    Some of what the judge refuses are real replies to other prompts: it must read the prompt. With such negatives the reward
    is a shaped one and no estimate of log p_data / p_model.
    """

    prompts: Callable[[int], Prompts]
    pool: int = 40  # batches, whose replies come back again and again
    others: float = 0.2  # of what is refused: real replies to other prompts. With half of them a judge learns little else
    name = "replies"

    def draw(self, player: Seq2Seq, asked: Prompts, generator: torch.Generator) -> PairBatch:
        with evaluating(player):
            drawn = sample(player.answering(asked), num=len(asked), max_length=self.max_length, generator=generator)
        return PairBatch(asked, drawn.batch())

    def asked(self, i: int, *, of: int = 0) -> Prompts:
        return self.prompts(i).repeated(of or 1)

    def best(self, scores: Float[Tensor, "batch"], *, of: int) -> Int[Tensor, "chosen"]:
        return torch.arange(0, len(scores), of, device=scores.device) + scores.view(-1, of).argmax(1)

    def fakes(self, player: Seq2Seq, real: PairBatch, i: int) -> PairBatch:
        return self.draw(player, real.prompts, runtime.generator(self.seed, "fakes", i))

    def pooled(self, player: Seq2Seq) -> Fakes:
        pool: list[PairBatch] = []

        def fakes(real: PairBatch, i: int) -> PairBatch:
            if len(pool) < self.pool:
                pool.append(self.fakes(player, real, i))
            return pool[i % len(pool)]

        return fakes

    def kinds(self, real: PairBatch, fake: PairBatch) -> Kinds:
        return [(1 - self.others, fake), (self.others, mismatched(real))]


def game_of(text: PairCorpus, *, seed: int, batch_size: int = 48) -> Replies:
    """Prompts that have no reply, under the labels of those that have one; replies a little longer than anybody needs."""
    alone = [text.source_vocab.encode(prompt) for prompt in text.sources or [e.source for e in text.train]]
    labels, longest = [text.label_ids(e.labels) for e in text.train], max(len(e.target) for e in text.train)
    prompts = PromptBatches(alone, batch_size=batch_size, labels=labels, seed=seed)
    return Replies(seed=seed, max_length=longest + 6, prompts=prompts, pool=120)


def mismatched(batch: PairBatch) -> PairBatch:
    """Each reply beside its neighbour's prompt and labels."""
    return PairBatch(batch.prompts.select(torch.arange(len(batch), device=batch.lengths.device).roll(1)), batch.reply)
