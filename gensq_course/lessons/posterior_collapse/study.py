"""Does an encoder that is trained harder keep z in use where its inventors tried it? (He et al. 2019)

On the sequences of `he2019-synthetic`, with all networks from random weights. Nothing of how they were made is known, so
the judges are a language model of the same size and a model that knows the frequencies alone. All rows have about as
many updates: the aggressive encoder, which makes more of them, has fewer joint steps.
"""
from functools import cache, partial

import torch

from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.vaes import Parts, brief, encoded
from gensq_lib import training
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text import batching, corpora

SIZES = {"embed_dim": 64, "hidden_dim": 64, "decoder": "lstm"}
BATCH_SIZE, LATENT_DIM, LEARNING_RATE = 32, 2, 5e-3
STEPS = 1_500
AGGRESSIVE_STEPS = STEPS * 4 // 9  # a quarter of them has 5 encoder updates more: 2.25 updates a step
CURES = ("none", "aggressive", "free_bits")


@cache
def sequences() -> tuple[corpora.Corpus, Parts]:
    """The corpus and its encoded parts, the same for all seeds."""
    text = corpora.load("he2019-synthetic")
    return text, encoded(text)


def run(*, cure: str, seed: int) -> list[Record]:
    """One VAE, judged on the test sequences; nats per sequence."""
    text, parts = sequences()
    common = {"batch_size": BATCH_SIZE, "seed": seed, "learning_rate": LEARNING_RATE, "key": {"corpus": text.fingerprint}}
    torch.manual_seed(seed)
    lm = LanguageModel(vocab_size=len(text.vocab), **SIZES)
    training.train_language_model(lm, parts["train"], parts["valid"], steps=STEPS, **common)
    torch.manual_seed(seed)
    model = TextVAE(vocab_size=len(text.vocab), latent_dim=LATENT_DIM, **SIZES)
    training.train_vae(model, parts["train"], parts["valid"], cure=cure,
                       steps=AGGRESSIVE_STEPS if cure == "aggressive" else STEPS, **common)
    batches = partial(batching.in_order, parts["test"])
    return records(brief(model, lm, batches, num_samples=100, seed=seed) | {"nll_frequencies": frequencies_alone(parts)})


def frequencies_alone(parts: Parts) -> float:
    """Nats per sequence of a model that draws each word by its frequency and knows that there are ten."""
    counts = torch.bincount(torch.tensor([word for ids in parts["train"] for word in ids])).double() + 1
    log_share = (counts / counts.sum()).log()
    return -torch.stack([log_share[torch.tensor(ids)].sum() for ids in parts["test"]]).mean().item()


STUDY = Study("lagging", "Does an encoder that is trained harder keep z in use on the sequences of He et al.?",
              [{"cure": cure, "seed": seed} for seed in range(5) for cure in CURES], run)
