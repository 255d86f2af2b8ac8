"""The language model that comes with the course: trained once on the built-in world and committed.

Lessons that need a finished language model load it in a moment, so that their two minutes go into what they teach.
The file holds numbers only (safetensors): nothing in it can run. `gensq checkpoint` makes it anew.
"""
from dataclasses import dataclass, field
from pathlib import Path

import torch

from gensq_course.report.reading import told
from gensq_course.shipped.world import read_shipped, write_shipped
from gensq_lib.ground.places import DATA
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text import corpora
from gensq_lib.text.corpora import Corpus
from gensq_lib.training.loop import History
from gensq_lib.training.recipes import train_language_model
from gensq_lib.training.sizing import PLENTY, ReadingPlan, plan_for

READS = ("language_model.safetensors",)
FILE = DATA / "language_model.safetensors"
SIZES = {"embed_dim": 128, "hidden_dim": 192, "decoder": "lstm"}
STEPS, BATCH_SIZE, SEED = 8_000, 128, 0
NUM_TRAIN = 1_000_000  # fresh sentences: about one epoch, so there is nothing to overfit


@dataclass(frozen=True)
class Finished:
    """A trained language model, how many sentences its training has read, by which plan, in at most how many steps, and what
    is to be said of it; `history` is empty where it was loaded.
    """

    model: LanguageModel
    sentences: int
    shipped: bool
    plan: ReadingPlan = PLENTY
    most: int = STEPS
    history: History = field(default_factory=History, repr=False)
    told: str = ""

    @property
    def story(self) -> str:
        """What it has read, for the reader: how a sentence ends that names it."""
        ended = f" in {len(self.history['step']):,} steps of at most {self.most:,}" if self.plan.small else ""
        return f"has read {self.sentences:,} sentences{ended}. {self.told}".strip()

    @property
    def aside(self) -> str:
        """The same behind a sentence of something else, where a small text was read again and again; else nothing."""
        return f". The language model {self.story}".removesuffix(".") if self.plan.small else ""


def shipped_language_model(*, device: str = "cpu") -> LanguageModel:
    """The committed model of the English world, ready to use."""
    return read_shipped(FILE, "language_model").to(device)


def finished_language_model(text: Corpus, *, shipped: bool = True, steps: int, batch_size: int, seed: int,
                            device: str = "cpu", **sizes) -> Finished:
    """The shipped one where corpus and sizes are its own; else trained here, and cached.

    In at most so many steps; of a small text, which validation ends, in more. `shipped=False`: as a reader has set them.
    """
    if shipped and text.name == "world" and sizes == SIZES:
        return Finished(shipped_language_model(device=device), STEPS * BATCH_SIZE, shipped=True)
    train, valid = text.encoded("train"), text.encoded("valid")
    plan = plan_for(train, text.vocab)
    most = plan.at_most(steps) if shipped else steps
    torch.manual_seed(seed)
    model = LanguageModel(vocab_size=len(text.vocab), **sizes, **plan.options).to(device)
    history = train_language_model(model, train, valid, steps=most, batch_size=batch_size, seed=seed, plan=plan,
                                   key={"corpus": text.fingerprint})
    return Finished(model, len(history["step"]) * batch_size, False, plan, most, history,
                    told(history, len(train), batch_size=batch_size, parameter="lm_steps"))


def write_shipped_language_model(path: Path = FILE) -> LanguageModel:
    """Train it and write the file."""
    text = corpora.load("world", seed=SEED, num_train=NUM_TRAIN)
    model = finished_language_model(text, shipped=False, steps=STEPS, batch_size=BATCH_SIZE, seed=SEED, **SIZES).model
    write_shipped(path, model, text, {"steps": STEPS, "batch_size": BATCH_SIZE, "seed": SEED})
    return model
