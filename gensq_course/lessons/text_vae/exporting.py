"""What `gensq export 06` puts into a file: the VAE of the lesson, or the language model that it starts from."""
from collections.abc import Mapping
from typing import Any

import torch

from gensq_course.lessons.text_vae.recipe import train_live
from gensq_course.report.session import Here
from gensq_course.shipped.language_model import Finished, finished_language_model
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import BagOfWordsVAE, cured_vae
from gensq_lib.text.corpora import Corpus


def sizes(here: Here) -> dict[str, Any]:
    """Of both models."""
    return {"embed_dim": here.embed_dim, "hidden_dim": here.hidden_dim, "decoder": here.decoder}


def start(text: Corpus, here: Here, asked: Mapping[str, Any]) -> Finished:
    """The finished language model, and the plan by which this text is read."""
    return finished_language_model(text, shipped=not asked.get("lm_steps"), steps=here.lm_steps, seed=here.seed,
                                   batch_size=here.choose(smoke=32, standard=64, full=128), device=here.device, **sizes(here))


def language_model(text: Corpus, here: Here, asked: Mapping[str, Any]) -> LanguageModel:
    """The one that the VAE starts from."""
    return start(text, here, asked).model


def text_vae(text: Corpus, here: Here, asked: Mapping[str, Any]) -> BagOfWordsVAE:
    """Trained as the notebook does it, by the same key: right after a report of the same parameters it is there."""
    train, valid = text.encoded("train"), text.encoded("valid")
    begun = start(text, here, asked)
    torch.manual_seed(here.seed)
    model = cured_vae("bag_of_words", vocab_size=len(text.vocab), share_embedding=True, latent_dim=here.latent_dim,
                      **sizes(here), **begun.plan.options).to(here.device)
    longer = here.choose(smoke=1, standard=2, full=1) if begun.plan.small and not asked.get("steps") else 1
    floor = begun.plan.free_bits if here.free_bits < 0 else here.free_bits
    train_live(model, train, valid, free_bits=floor, bag=here.bag, steps=longer * here.steps, batch_size=here.batch_size,
               seed=here.seed, start=begun.model, plan=begun.plan, key={"corpus": text.fingerprint})
    return model


MODELS = {"text_vae": text_vae, "language_model": language_model}
