"""What `gensq export 09` puts into a file: the VAE whose z knows much, trained as the notebook does it."""
from collections.abc import Mapping
from typing import Any

from gensq_course.report.session import Here
from gensq_course.shipped.language_model import SIZES, finished_language_model
from gensq_course.shipped.latent_space import finished_latent_space
from gensq_lib.models.text_vae import BagOfWordsVAE
from gensq_lib.text.corpora import Corpus


def latent_space(text: Corpus, here: Here, asked: Mapping[str, Any]) -> BagOfWordsVAE:
    """Of the world the one that comes with the course, unless sizes or steps were `asked` for."""
    steps = here.choose(smoke=20, standard=1500, full=8000)
    start = finished_language_model(text, steps=steps, batch_size=64, seed=here.seed, device=here.device, **SIZES)
    own = any(asked.get(name) for name in ("latent_dim", "steps", "batch_size")) or here.budget == "full"
    return finished_latent_space(text, start.model, allow_shipped=not own, latent_dim=here.latent_dim, steps=here.steps,
                                 batch_size=here.batch_size, seed=here.seed, device=here.device).model


MODELS = {"latent_space": latent_space}
