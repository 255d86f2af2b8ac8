"""What `gensq export 21` puts into a file: the language model of the lesson, or its VAE, trained as the notebook does it."""
from collections.abc import Mapping
from typing import Any

from gensq_course.lessons.your_own_text import judging, texts
from gensq_course.report.session import Here
from gensq_course.shipped.language_model import Finished
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import BagOfWordsVAE
from gensq_lib.text.corpora import Corpus


def text(here: Here, asked: Mapping[str, Any]) -> Corpus:
    """What the models of the lesson read: all but what is put aside for the jury."""
    opened, _ = texts.opened(here.corpus, seed=here.seed, num_train=here.num_train, groups=here.groups,
                             most=asked.get("num_train") or texts.MOST[here.budget])
    return judging.Divided.of(opened).models


def start(text: Corpus, here: Here) -> Finished:
    """With the key of the notebook's own run, so it is there already behind a report."""
    return judging.language_model(text, steps=here.steps, seed=here.seed, device=here.device)


def language_model(text: Corpus, here: Here, asked: Mapping[str, Any]) -> LanguageModel:
    """By the parameters of the lesson."""
    return start(text, here).model


def latent_model(text: Corpus, here: Here, asked: Mapping[str, Any]) -> BagOfWordsVAE:
    """The VAE, from that start."""
    return judging.latent_model(text, start(text, here), steps=here.vae_steps, seed=here.seed, device=here.device)


MODELS = {"language_model": language_model, "vae": latent_model}
