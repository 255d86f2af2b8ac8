"""All models that come with the course, tried one by one: does each load, whole, and for the world it is shipped with?"""
from gensq_course.shipped import language_model, latent_space
from gensq_course.shipped.files import load_model, saved_facts
from gensq_course.shipped.voices import JUDGE, SHIPPED, VOICES, file_of
from gensq_course.shipped.world import read_shipped, vocabulary_digest
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import grammar
from gensq_lib.text.vocab import Vocab


def looked_at() -> dict[str, str]:
    """Name of each file -> what is wrong with it: one sentence, or nothing."""
    tries = {module.FILE.name: lambda module=module, name=name: read_shipped(module.FILE, name)
             for name, module in (("language_model", language_model), ("latent_space", latent_space))}
    tries |= {file_of(corpus, name).name: lambda corpus=corpus, name=name: try_voice(corpus, name)
              for corpus in SHIPPED for name in (*VOICES, JUDGE)}
    return {name: complaint(attempt) for name, attempt in tries.items()}


def try_voice(corpus: str, name: str) -> None:
    """Refuses a voice that is damaged, or knows the words of another grammar."""
    path = file_of(corpus, name)
    words = vocabulary_digest(Vocab(grammar.shipped(corpus).terminals))
    try:
        load_model(path)
        if saved_facts(path).get("vocabulary") == words:
            return
    except GensqError as error:
        raise GensqError(f"expected a voice of the course, but {error}; fetch the file again, or run: gensq checkpoint "
                         f"{corpus}") from None
    raise GensqError(f"expected {path.name} to know the words of data/{corpus}.grammar, got a model of another world; run: "
                     f"gensq checkpoint {corpus}")


def complaint(attempt) -> str:
    """What is said when it is tried."""
    try:
        attempt()
    except GensqError as error:
        return str(error)
    return ""
