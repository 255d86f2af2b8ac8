"""The text VAE of lesson 09, which knows what its sentences are about; the finished one comes with the course.

It buys a high rate: free bits for every dimension, and a bag-of-words loss so that the nats go into what the sentence says and
not into how it begins. It starts from the finished language model, so that its decoder can write from the first step on.
`gensq checkpoint latent_space` makes the file anew.
"""
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from gensq_course.report.reading import told
from gensq_course.shipped import language_model as shipped
from gensq_course.shipped.world import read_shipped, write_shipped
from gensq_lib.ground import runtime
from gensq_lib.models.text_vae import BagOfWordsVAE
from gensq_lib.text import corpora
from gensq_lib.text.corpora import Corpus
from gensq_lib.training.loop import History
from gensq_lib.training.recipes import train_vae
from gensq_lib.training.sizing import plan_for

READS = ("latent_space.safetensors",)
FILE = shipped.FILE.with_name("latent_space.safetensors")
CURE, LEARNING_RATE = "high_rate", 5e-3
LATENT_DIM, STEPS, BATCH_SIZE, SEED = 16, 2000, 64, 0
NUM_TRAIN = 0  # all of the training sentences of the lessons


@dataclass(frozen=True)
class FinishedSpace:
    """A trained VAE; `history` is empty, and nothing is `told` of it, where it was loaded."""

    model: BagOfWordsVAE
    history: History
    shipped: bool
    told: str = ""
    batch_size: int = BATCH_SIZE

    @property
    def sentences(self) -> int:
        """How many its training has read; the language model before it has read others."""
        return (STEPS if self.shipped else len(self.history["step"])) * self.batch_size

    @property
    def story(self) -> str:
        """Where it comes from, for the reader."""
        if self.shipped:
            return f"loaded from data/{FILE.name}: trained once by the same call, {STEPS:,} steps of {BATCH_SIZE} sentences"
        said = f"trained here, {len(self.history['step']):,} steps, or loaded from the cache of such a run. {self.told}"
        return said.strip().removesuffix(".")


def finished_latent_space(text: Corpus, language_model: nn.Module, *, allow_shipped: bool = True, latent_dim: int = LATENT_DIM,
                          steps: int = STEPS, batch_size: int = BATCH_SIZE, seed: int = SEED, device: str = "cpu"
                          ) -> FinishedSpace:
    """The shipped one for the built-in world and its seed, where that is allowed; else trained here, and cached."""
    if allow_shipped and text.name == "world" and seed == SEED:
        return FinishedSpace(shipped_latent_space(device=device), History(), shipped=True)
    train, valid = text.encoded("train"), text.encoded("valid")
    plan = plan_for(train, text.vocab)
    torch.manual_seed(seed)
    model = BagOfWordsVAE(vocab_size=len(text.vocab), latent_dim=latent_dim, **shipped.SIZES, **plan.options).to(device)
    history = train_vae(model, train, valid, cure=CURE, start=language_model, steps=steps, batch_size=batch_size, seed=seed,
                        learning_rate=LEARNING_RATE, plan=plan, key={"corpus": text.fingerprint})
    return FinishedSpace(model, history, False, told(history, len(train), batch_size=batch_size), batch_size)


def shipped_latent_space(*, device: str = "cpu") -> BagOfWordsVAE:
    """The committed model, ready to use."""
    return read_shipped(FILE, "latent_space").to(device)


def write_shipped_latent_space(path: Path = FILE) -> BagOfWordsVAE:
    """Train it and write the file; with one thread, so that it is the same on machines that have more."""
    runtime.use_threads(1)
    text = corpora.load("world", seed=SEED, num_train=NUM_TRAIN)
    options = {"latent_dim": LATENT_DIM, "steps": STEPS, "batch_size": BATCH_SIZE, "seed": SEED}
    model = finished_latent_space(text, shipped.shipped_language_model(), allow_shipped=False, **options).model
    write_shipped(path, model, text, {"cure": CURE, **options})
    return model
