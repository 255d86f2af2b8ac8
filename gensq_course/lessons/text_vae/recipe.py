"""How lesson 06 trains its VAE, and every row of its recorded table: one recipe, from which parts can be left out."""
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gensq_lib import cures
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms
from gensq_lib.maths.schedules import Schedule, linear
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import BagOfWordsVAE
from gensq_lib.text.batching import Batch
from gensq_lib.training.checkpoint import weights_digest
from gensq_lib.training.loop import History
from gensq_lib.training.recipes import WARMUP, Job, trained
from gensq_lib.training.sizing import FREE_BITS, PLENTY, ReadingPlan
from gensq_lib.training.steps import Step, vae_step

BAG = 1.0  # weight of the task at the beginning


def train_live(model: BagOfWordsVAE, train: Sequence, valid: Sequence, *, steps: int, batch_size: int, seed: int,
               key: dict[str, Any], free_bits: float = FREE_BITS, bag: float = BAG, start: LanguageModel | None = None,
               learning_rate: float = 6e-3, plan: ReadingPlan = PLENTY) -> History:
    """Maximise reconstruction - sum_j max(free_bits, KL_j) - bag * (naming the words from z alone).

    The weight `bag` falls to a tenth over three quarters of the steps. `start` lends the decoder its weights, and the encoder
    its words where they are shared. Of the looks from the middle on, the best unweighted validation ELBO is kept; of a small
    text, whose `plan` looks from the warm-up on, the best reconstruction - sum_j max(free_bits, KL_j).
    """
    model.count_words(train)
    if start is not None:
        model.decoder.start_from(start.decoder, hold=plan.hold)
    price = cures.FreeBits(free_bits)
    cure = cures.BagOfWords(linear(bag, bag / 10, steps=max(steps * 3 // 4, 1)), price)

    def worth(batch: Batch, noise: torch.Generator) -> Tensor:
        terms = elbo_terms(model, batch, generator=noise)
        return terms.reconstruction - price.penalty(terms, steps) if plan.small else terms.elbo

    def nats() -> float:
        noise = runtime.generator(seed, "validation")
        return job.loss(lambda batch: worth(batch, noise))

    def make_step(optimizer: torch.optim.Optimizer, schedule: Schedule) -> Step:
        return vae_step(model, optimizer, cure=cure, seed=seed, learning_rate=schedule)

    key = key | {"recipe": "live", "bag": bag, "free_bits": free_bits, "start": "" if start is None else weights_digest(start)}
    job = Job(model, train, valid, batch_size, seed, learning_rate, key, plan=plan)
    return trained(job, make_step, nats, steps=steps, patience=2, show="elbo", name="text VAE",
                   waits=min(WARMUP, steps // 2))
