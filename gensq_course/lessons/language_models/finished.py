"""The language model that comes with the course: trained once on the built-in world and committed.

Lessons that need a finished language model load it in a moment, so that their two minutes go into what they teach.
The file holds numbers only (safetensors): nothing in it can run. `gensq checkpoint` makes it anew.
"""
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import DATA
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text import corpora, grammar
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Vocab
from gensq_lib.training.recipes import train_language_model

READS = ("language_model.safetensors",)
FILE = DATA / "language_model.safetensors"
SIZES = {"embed_dim": 128, "hidden_dim": 192, "cell": "lstm"}
STEPS, BATCH_SIZE, SEED = 8_000, 128, 0
NUM_TRAIN = 1_000_000  # fresh sentences: about one epoch, so there is nothing to overfit
FACTS = "facts"  # the file's one entry of metadata: what the weights were made from, as JSON
TIED = "decoder.to_vocab.weight"  # the embedding again; stored once


@dataclass(frozen=True)
class Finished:
    """A trained language model, and how many sentences its training has read."""

    model: LanguageModel
    sentences: int
    shipped: bool


def shipped_language_model(*, device: str = "cpu") -> LanguageModel:
    """The committed model of the English world, ready to use."""
    vocab, weights = read_weights(FILE, "language_model")
    model = LanguageModel(vocab_size=len(vocab), **SIZES)
    model.load_state_dict(weights)
    return model.to(device).eval()


def finished_language_model(text: Corpus, *, shipped: bool = True, steps: int, batch_size: int, seed: int,
                            device: str = "cpu", **sizes) -> Finished:
    """The shipped one where corpus and sizes are its own; else trained here, and cached."""
    if shipped and text.name == "world" and sizes == SIZES:
        return Finished(shipped_language_model(device=device), STEPS * BATCH_SIZE, shipped=True)
    torch.manual_seed(seed)
    model = LanguageModel(vocab_size=len(text.vocab), **sizes).to(device)
    train, valid = ([text.vocab.encode(sentence) for sentence in part] for part in (text.train, text.valid))
    history = train_language_model(model, train, valid, steps=steps, batch_size=batch_size, seed=seed,
                                   key={"corpus": text.fingerprint, **sizes})
    return Finished(model, len(history["step"]) * batch_size, shipped=False)


def write_shipped_language_model(path: Path = FILE) -> LanguageModel:
    """Train it and write the file."""
    text = corpora.load("world", seed=SEED, num_train=NUM_TRAIN)
    model = finished_language_model(text, shipped=False, steps=STEPS, batch_size=BATCH_SIZE, seed=SEED, **SIZES).model
    write_weights(path, model, text, {"steps": STEPS, "batch_size": BATCH_SIZE, "seed": SEED})
    return model


def write_weights(path: Path, model: nn.Module, text: Corpus, facts: dict[str, int | str]) -> None:
    """The weights, each once, and what they were made from."""
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items() if name != TIED}
    made_from = {"vocabulary": vocabulary_digest(text.vocab), "corpus": text.fingerprint, "torch": torch.__version__,
                 **{name: str(value) for name, value in facts.items()}}
    with runtime.atomic_write(path) as temporary:
        save_file(weights, temporary, metadata={FACTS: json.dumps(made_from, sort_keys=True)})  # one entry: the same bytes


def read_weights(path: Path, name: str) -> tuple[Vocab, dict[str, torch.Tensor]]:
    """The words of the world and the weights of a shipped file, if they belong together. `name` is what remakes it."""
    weights, facts = _read(path, name)
    vocab = Vocab(grammar.load().terminals("en"))
    if facts.get("vocabulary") != vocabulary_digest(vocab):
        raise GensqError(f"expected {path.name} to know the words of data/world.grammar, got a model of another world; "
                         f"run: gensq checkpoint {name}")
    return vocab, weights | {TIED: weights["decoder.embed.weight"]}


def vocabulary_digest(vocab: Vocab) -> str:
    """A hash of the words in their order: weights mean nothing without it."""
    return hashlib.sha256("\n".join(vocab.words).encode()).hexdigest()[:16]


def _read(path: Path, name: str) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Weights and facts of a safetensors file."""
    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads((file.metadata() or {}).get(FACTS, "{}"))
            return {name: file.get_tensor(name) for name in file.keys()}, facts
    except (OSError, ValueError, SafetensorError) as error:
        raise GensqError(f"expected the {name.replace('_', ' ')} of the course in {path}, got: {error}; "
                         f"fetch the file again, or run: gensq checkpoint {name}") from None
