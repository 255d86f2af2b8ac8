"""How lesson 06 trains its VAE, and every row of its recorded table: one recipe, from which parts can be left out."""
from collections.abc import Sequence
from typing import Any

from gensq_lib import cures
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms, evaluate
from gensq_lib.maths.schedules import linear, warmup_cosine
from gensq_lib.models.text_vae import BagOfWordsVAE
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.batching import TrainingBatches, in_order
from gensq_lib.training.checkpoint import Checkpoint, cached, weights_digest
from gensq_lib.training.loop import EarlyStopping, History, fit
from gensq_lib.training.steps import device_of, make_optimizer, vae_step

FREE_BITS, BAG = 0.67, 1.0  # nats per dimension; weight of the task at the beginning


def train_live(model: BagOfWordsVAE, train: Sequence, valid: Sequence, *, steps: int, batch_size: int, seed: int,
               key: dict[str, Any], free_bits: float = FREE_BITS, bag: float = BAG, start: LanguageModel | None = None,
               learning_rate: float = 6e-3) -> History:
    """Maximise reconstruction - sum_j max(free_bits, KL_j) - bag * (naming the words from z alone).

    The weight `bag` falls to a tenth over three quarters of the steps. `start` lends the decoder its weights, and the encoder
    its words where they are shared. Of the looks from the middle on, the best unweighted validation ELBO is kept.
    """
    model.count_words(train)
    if start is not None:
        model.decoder.start_from(start.decoder)
    cure = cures.BagOfWords(linear(bag, bag / 10, steps=max(steps * 3 // 4, 1)), cures.FreeBits(free_bits))

    def nats() -> float:
        noise = runtime.generator(seed, "validation")
        found = evaluate(model, lambda batch: elbo_terms(model, batch, generator=noise).elbo,
                         in_order(valid[:500], device=device_of(model)))
        return -found.mean().item()

    def now(checkpoint: Checkpoint) -> History:
        optimizer = make_optimizer(model, learning_rate=learning_rate)
        rate = warmup_cosine(learning_rate, steps=steps, warmup=min(100, steps), floor=learning_rate / 50)
        return fit(vae_step(model, optimizer, cure=cure, seed=seed, learning_rate=rate),
                   TrainingBatches(train, batch_size=batch_size, seed=seed, device=device_of(model)), model=model,
                   optimizer=optimizer, steps=steps, seed=seed, show="elbo", name="text VAE", checkpoint=checkpoint,
                   stopping=EarlyStopping(nats, every=max(steps // 10, 1), patience=2, start=steps // 2))

    whole = {**key, "model": model.config, "kind": "live", "steps": steps, "batch_size": batch_size, "seed": seed, "bag": bag,
             "free_bits": free_bits, "learning_rate": learning_rate, "device": device_of(model),
             "start": "" if start is None else weights_digest(start)}
    return History(cached(model, whole, now))
