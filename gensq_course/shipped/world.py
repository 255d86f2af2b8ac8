"""The models that come with the course: each belongs to the built-in world, and says what it was made from."""
from pathlib import Path

from gensq_course.shipped import exported
from gensq_course.shipped.files import load_model, saved_facts, vocabulary_digest
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.parts import Model
from gensq_lib.text import grammar
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.vocab import Vocab


MEASURED = {"num_test": 500, "num_samples": 50}


def write_shipped(path: Path, model: Model, text: Corpus, facts: dict[str, int | str]) -> None:
    """A model of the course with its card; the same recipe gives the same bytes, so no day and no commit stand in it."""
    made = {"command": "gensq checkpoint", "commit": "that of the file", **facts}
    exported.export(path, model, text, made=made, measures=exported.measured(model, text, **MEASURED))


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

