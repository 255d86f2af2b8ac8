"""What `gensq export 21` puts into a file: the language model of the lesson, or its VAE, trained as the notebook does it."""
from collections.abc import Mapping
from typing import Any

from gensq_course.lessons.your_own_text import judging
from gensq_course.report.session import Here
from gensq_course.shipped.language_model import Finished
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import BagOfWordsVAE
from gensq_lib.text.corpora import Corpus


def start(text: Corpus, here: Here) -> Finished:
    """On all training sentences: no jury is needed any more."""
    return judging.language_model(text, steps=here.steps, seed=here.seed, device=here.device)


def language_model(text: Corpus, here: Here, asked: Mapping[str, Any]) -> LanguageModel:
    """By the parameters of the lesson."""
    return start(text, here).model


def latent_model(text: Corpus, here: Here, asked: Mapping[str, Any]) -> BagOfWordsVAE:
    """The VAE, from that start."""
    return judging.latent_model(text, start(text, here), steps=here.vae_steps, seed=here.seed, device=here.device)


MODELS = {"language_model": language_model, "vae": latent_model}
