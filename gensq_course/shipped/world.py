"""The models that come with the course: each belongs to the built-in world, and says what it was made from."""
import hashlib
from pathlib import Path

import torch

from gensq_course.shipped.files import load_model, save_model, saved_facts
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.parts import Model
from gensq_lib.text import grammar
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Vocab


def write_shipped(path: Path, model: Model, text: Corpus, facts: dict[str, int | str]) -> None:
    """A model of the course, and what it was made from."""
    save_model(path, model, facts={"vocabulary": vocabulary_digest(text.vocab), "corpus": text.fingerprint,
                                   "torch": torch.__version__, **{name: str(value) for name, value in facts.items()}})


def read_shipped(path: Path, name: str) -> Model:
    """A model of the course, if it belongs to this world. `name` is what remakes it."""
    try:
        facts, vocab = saved_facts(path), Vocab(grammar.load().terminals("en"))
        if facts.get("vocabulary") == vocabulary_digest(vocab):
            return load_model(path)
    except GensqError as error:
        raise GensqError(f"expected the {name.replace('_', ' ')} of the course in {path}, but {error}; "
                         f"fetch the file again, or run: gensq checkpoint {name}") from None
    raise GensqError(f"expected {path.name} to know the words of data/world.grammar, got a model of another world; "
                     f"run: gensq checkpoint {name}")


def vocabulary_digest(vocab: Vocab) -> str:
    """A hash of the words in their order: weights mean nothing without it."""
    return hashlib.sha256("\n".join(vocab.words).encode()).hexdigest()[:16]
