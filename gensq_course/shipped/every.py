"""All models that come with the course, tried one by one: does each load, whole, and for the world it is shipped with?"""
from gensq_course.shipped import language_model, latent_space
from gensq_course.shipped.files import load_model
from gensq_course.shipped.voices import JUDGE, SHIPPED, VOICES, file_of, read_voice
from gensq_course.shipped.world import read_shipped
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import DATA
from gensq_lib.text import grammar
from gensq_lib.text.vocab import Vocab

DIGITS = {name: DATA / f"digits.{name}.safetensors" for name in ("dense", "gan")}  # made by gensq_course/live/digits.py
MASKS = DATA / "village.masks.safetensors"  # made by gensq_course/live/masks.py


def looked_at() -> dict[str, str]:
    """Name of each file -> what is wrong with it: one sentence, or nothing."""
    tries = {module.FILE.name: lambda module=module, name=name: read_shipped(module.FILE, name)
             for name, module in (("language_model", language_model), ("latent_space", latent_space))}
    tries |= {path.name: lambda path=path: load_model(path) for path in (*DIGITS.values(), MASKS)}
    for corpus in SHIPPED:
        vocab = Vocab(grammar.shipped(corpus).terminals)
        tries |= {path.name: lambda path=path, corpus=corpus, vocab=vocab: read_voice(path, corpus, vocab)
                  for path in (file_of(corpus, name) for name in (*VOICES, JUDGE))}
    return {name: complaint(attempt) for name, attempt in tries.items()}


def complaint(attempt) -> str:
    """What is said when it is tried."""
    try:
        attempt()
    except GensqError as error:
        return str(error)
    return ""
