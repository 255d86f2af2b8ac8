"""One run of the clinic: a healthy recipe of which a disease changes one part."""
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_course.clinic import world
from gensq_lib import cures
from gensq_lib.ground import runtime
from gensq_lib.maths.schedules import Schedule, linear, warmup_cosine
from gensq_lib.models.text_vae import BlindVAE
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import TrainingBatches
from gensq_lib.training import fit, make_optimizer, vae_step

NUM_TRAIN, NUM_TEST, BATCH_SIZE, STEPS = 4000, 500, 64, 200
SIZES = {"vocab_size": world.VOCAB_SIZE, "embed_dim": 16, "hidden_dim": 32, "decoder": "gru"}
PEAK = 2e-2  # the learning rate


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that a training run consists of, and what it writes into its log."""

    model: Callable[..., TextVAE] = BlindVAE
    latent_dim: int = 4
    steps: int = STEPS
    beta: Schedule = linear(0.0, 1.0, steps=100)
    price: Callable[[], cures.Cure] = cures.Cure  # of z, before beta weighs it
    aggressive: int = 0  # encoder-only updates before each joint one
    learning_rate: Schedule = warmup_cosine(PEAK, steps=STEPS, warmup=20, floor=PEAK / 50)
    keep: Callable[[list[list[int]]], list[list[int]]] = list  # the sentences that the loader hands out
    reported_kl: Callable[[Float[Tensor, "latent"]], float] = lambda kl: kl.sum().item()  # from the KL of each dimension

    def cure(self) -> cures.Cure:
        priced = cures.Annealing(self.beta, self.price())
        return cures.AggressiveEncoder(self.aggressive, until=self.steps, inner=priced) if self.aggressive else priced


@dataclass(frozen=True)
class Run:
    """What is left of a run: its recipe, its model, and the corpus."""

    recipe: Recipe
    model: TextVAE
    train: world.Sentences
    test: world.Sentences
    seed: int


def train(recipe: Recipe, *, seed: int) -> Run:
    """A few seconds."""
    texts = [world.sentences(num, generator=runtime.generator(seed, "clinic", num)) for num in (NUM_TRAIN, NUM_TEST)]
    torch.manual_seed(seed)
    model = recipe.model(latent_dim=recipe.latent_dim, **SIZES)
    kept = recipe.keep(texts[0].encoded)
    model.count_words(kept)
    optimizer = make_optimizer(model, learning_rate=PEAK)
    step = vae_step(model, optimizer, cure=recipe.cure(), seed=seed, learning_rate=recipe.learning_rate)
    batches = TrainingBatches(kept, batch_size=BATCH_SIZE, seed=seed)
    fit(step, batches, model=model, optimizer=optimizer, steps=recipe.steps, seed=seed, name="a run of the clinic")
    return Run(recipe, model, *texts, seed)
