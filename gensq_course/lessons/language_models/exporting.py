"""What `gensq export 05` puts into a file: the finished language model of the lesson, trained as its notebook does it."""
from collections.abc import Mapping
from typing import Any

from gensq_course.report.session import Here
from gensq_course.shipped.language_model import SIZES, finished_language_model
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.corpora import Corpus


def language_model(text: Corpus, here: Here, asked: Mapping[str, Any]) -> LanguageModel:
    """By the parameters of the lesson; of the world the one that comes with the course, unless `asked` for steps."""
    return finished_language_model(text, shipped=not asked.get("lm_steps"), steps=here.lm_steps, batch_size=here.batch_size,
                                   seed=here.seed, device=here.device, **SIZES).model


MODELS = {"language_model": language_model}
