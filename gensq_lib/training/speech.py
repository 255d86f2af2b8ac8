"""Training on pictures of spoken digits: the VAE by its ELBO, the classifier by the likelihood of the digit."""
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import elbo_terms
from gensq_lib.maths.schedules import warmup_cosine
from gensq_lib.models.speech import SpeechClassifier, SpeechVAE, Spoken
from gensq_lib.sounds import BANDS, FRAMES
from gensq_lib.training.checkpoint import Checkpoint, cached
from gensq_lib.training.loop import History, fit
from gensq_lib.training.steps import make_optimizer, set_learning_rate, update

BATCH, SHIFT = 64, 2  # clips of a batch; frames (16 ms each) and bands by which a training picture may be moved
WARMUP = 50  # steps


def train_speech(model: SpeechVAE | SpeechClassifier, train: Spoken, *, steps: int, seed: int, key: dict[str, Any],
                 learning_rate: float = 2e-3, moved: bool = False) -> History:
    """Of a VAE maximise the ELBO, of a classifier log p(y | x). `key` names the pictures in the cache.

    `moved`: every time it is seen a picture lies up to two frames earlier or later and a band higher or lower, so that a
    network meets more voices than there are. Taught in lesson 13.
    """
    generative = isinstance(model, SpeechVAE)
    schedule = warmup_cosine(learning_rate, steps=steps, warmup=min(WARMUP, steps), floor=learning_rate / 50)

    def batch_of(i: int) -> Spoken:
        noise = runtime.generator(seed, "speech", i)
        chosen = train.select(torch.randint(len(train), (BATCH,), generator=noise))
        return shifted(chosen, generator=noise) if moved else chosen

    def objective(batch: Spoken, i: int) -> Tensor:
        if not generative:
            return model.log_likelihood(batch)
        return elbo_terms(model, batch, generator=runtime.generator(seed, "z", i)).elbo

    def train_now(checkpoint: Checkpoint) -> History:
        optimizer = make_optimizer(model, learning_rate=learning_rate)

        def step(next_batch: Callable[[], Spoken], i: int) -> dict[str, float]:
            set_learning_rate(optimizer, schedule, i)
            loss = -objective(next_batch(), i).mean()
            return {"loss": loss.item(), "gradient_norm": update(loss, optimizer, clip=500.0 if generative else 5.0)}

        return fit(step, batch_of, model=model, optimizer=optimizer, steps=steps, seed=seed, checkpoint=checkpoint,
                   name="speech VAE" if generative else "classifier")

    key = {**key, "model": model.config, "steps": steps, "seed": seed, "rate": learning_rate, "moved": moved}
    return History(cached(model, key, train_now))


def shifted(batch: Spoken, *, generator: torch.Generator) -> Spoken:
    """All pictures of a batch moved by the same few frames and at most one band, which costs one copy and no loop."""
    frames, bands = (int(torch.randint(-most, most + 1, (), generator=generator)) for most in (SHIFT, 1))
    return moved_by(batch, frames=frames, bands=bands)


def moved_by(batch: Spoken, *, frames: int = 0, bands: int = 0) -> Spoken:
    """Pictures `frames` later and `bands` higher, each up to `SHIFT` either way. At the edge that is left open the last row
    is repeated: nothing that leaves at the top comes back at the bottom."""
    wide = nn.functional.pad(batch.pictures, 4 * (SHIFT,), mode="replicate")
    rows, columns = (slice(SHIFT - moved, SHIFT - moved + size) for moved, size in ((bands, BANDS), (frames, FRAMES)))
    return Spoken(wide[:, rows, columns], batch.digits)
