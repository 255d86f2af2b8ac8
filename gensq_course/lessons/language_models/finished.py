"""The language model that comes with the course: trained once on the built-in world and committed.

Lessons that need a finished language model load it in a moment, so that their two minutes go into what they teach.
The file holds numbers only (safetensors): nothing in it can run. `gensq checkpoint` makes it anew.
"""
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import DATA
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.parts import Model
from gensq_lib.models.registry import load_model, save_model, saved_facts
from gensq_lib.text import corpora, grammar
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Vocab
from gensq_lib.training.recipes import train_language_model

READS = ("language_model.safetensors",)
FILE = DATA / "language_model.safetensors"
SIZES = {"embed_dim": 128, "hidden_dim": 192, "decoder": "lstm"}
STEPS, BATCH_SIZE, SEED = 8_000, 128, 0
NUM_TRAIN = 1_000_000  # fresh sentences: about one epoch, so there is nothing to overfit


@dataclass(frozen=True)
class Finished:
    """A trained language model, and how many sentences its training has read."""

    model: LanguageModel
    sentences: int
    shipped: bool


def shipped_language_model(*, device: str = "cpu") -> LanguageModel:
    """The committed model of the English world, ready to use."""
    return read_shipped(FILE, "language_model", config={"class": "LanguageModel", **SIZES}).to(device)


def finished_language_model(text: Corpus, *, shipped: bool = True, steps: int, batch_size: int, seed: int,
                            device: str = "cpu", **sizes) -> Finished:
    """The shipped one where corpus and sizes are its own; else trained here, and cached."""
    if shipped and text.name == "world" and sizes == SIZES:
        return Finished(shipped_language_model(device=device), STEPS * BATCH_SIZE, shipped=True)
    torch.manual_seed(seed)
    model = LanguageModel(vocab_size=len(text.vocab), **sizes).to(device)
    train, valid = ([text.vocab.encode(sentence) for sentence in part] for part in (text.train, text.valid))
    history = train_language_model(model, train, valid, steps=steps, batch_size=batch_size, seed=seed,
                                   key={"corpus": text.fingerprint})
    return Finished(model, len(history["step"]) * batch_size, shipped=False)


def write_shipped_language_model(path: Path = FILE) -> LanguageModel:
    """Train it and write the file."""
    text = corpora.load("world", seed=SEED, num_train=NUM_TRAIN)
    model = finished_language_model(text, shipped=False, steps=STEPS, batch_size=BATCH_SIZE, seed=SEED, **SIZES).model
    write_shipped(path, model, text, {"steps": STEPS, "batch_size": BATCH_SIZE, "seed": SEED})
    return model


def write_shipped(path: Path, model: Model, text: Corpus, facts: dict[str, int | str]) -> None:
    """A model of the course, and what it was made from."""
    save_model(path, model, facts={"vocabulary": vocabulary_digest(text.vocab), "corpus": text.fingerprint,
                                   "torch": torch.__version__, **{name: str(value) for name, value in facts.items()}})


def read_shipped(path: Path, name: str, *, config: dict[str, Any], renamed: dict[str, str] | None = None) -> Model:
    """A model of the course, if it belongs to this world. `name` is what remakes it.

    Files from before models knew their sizes do not say how theirs is made: `config`, `vocab_size` left out, does.
    """
    try:
        facts, vocab = saved_facts(path), Vocab(grammar.load().terminals("en"))
        if facts.get("vocabulary") == vocabulary_digest(vocab):
            return load_model(path, config={**config, "vocab_size": len(vocab)}, renamed=renamed)
    except GensqError as error:
        raise GensqError(f"expected the {name.replace('_', ' ')} of the course in {path}, but {error}; "
                         f"fetch the file again, or run: gensq checkpoint {name}") from None
    raise GensqError(f"expected {path.name} to know the words of data/world.grammar, got a model of another world; "
                     f"run: gensq checkpoint {name}")


def vocabulary_digest(vocab: Vocab) -> str:
    """A hash of the words in their order: weights mean nothing without it."""
    return hashlib.sha256("\n".join(vocab.words).encode()).hexdigest()[:16]
