"""From scratch or from a language model, with the plain price, with free bits, with free bits and a bag of words.

Every row takes as many steps on the same sentences; judged on test sentences that no run has seen.
"""
from functools import cache, partial

import torch
from torch import Tensor

from gensq_course.shipped.language_model import SIZES, shipped_language_model
from gensq_course.lessons.text_vae.recipe import BAG, train_live
from gensq_course.lessons.text_vae.reading import drawn, kept, reconstructions
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.vaes import world
from gensq_lib import diagnostics
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives
from gensq_lib.models.text_vae import BagOfWordsVAE
from gensq_lib.text import batching
from gensq_lib.training.sizing import FREE_BITS

STEPS, BATCH_SIZE, LATENT_DIM = 600, 64, 8
RATES = {"scratch": 1e-2, "language model": 4e-3}  # faster, and the decoder that can write forgets
PRICES = {"KL": (0.0, 0.0), "free bits": (FREE_BITS, 0.0), "free bits + bag": (FREE_BITS, BAG)}
NUM_TEST, NUM_SAMPLES, NUM_IMPORTANCE = 400, 1000, 30


@cache
def exact() -> Tensor:
    """log p of the test sentences, which are the same for all seeds, nats."""
    text, _ = world(0)
    return torch.tensor([text.grammar.log_prob(sentence) for sentence in text.test[:NUM_TEST]])


def run(*, start: str, price: str, seed: int, steps: int = STEPS) -> list[Record]:
    """Train one VAE and read it; nats per sentence, shares from 0 to 1."""
    text, encoded = world(seed)
    torch.manual_seed(seed)
    model = BagOfWordsVAE(vocab_size=len(text.vocab), latent_dim=LATENT_DIM, share_embedding=True, **SIZES)
    free_bits, bag = PRICES[price]
    train_live(model, encoded["train"], encoded["valid"], steps=steps, batch_size=BATCH_SIZE, seed=seed, free_bits=free_bits,
               bag=bag, start=shipped_language_model() if start == "language model" else None, learning_rate=RATES[start],
               key={"corpus": text.fingerprint})
    noise = partial(runtime.generator, seed)
    found = diagnostics.encode(model, batching.in_order(encoded["test"]))
    bound = objectives.evaluate(
        model, lambda batch: objectives.iwae(model, batch, num_samples=NUM_IMPORTANCE, generator=noise("iwae")),
        batching.in_order(encoded["test"][:NUM_TEST], batch_size=64))
    samples = drawn(model, text, num=NUM_SAMPLES, temperature=1.0, seed=seed)
    plain = {
        "kl": found.kl.sum(-1).mean().item(), "nll": -bound.mean().item(),
        "mutual_information": diagnostics.mutual_information(found.mean, found.stddev, generator=noise("information")).lower,
        "excess_percent": 100 * ((exact() - bound).mean() / -exact().mean()).item(),
        "valid": diagnostics.valid_share(samples, text.grammar).mean}
    shares = kept(text, reconstructions(model, text, found.mean[:NUM_TEST]))
    return records(plain) + [record for name, share in shares.items() for record in records({"kept": share.mean}, attribute=name)]


SETTINGS = [{"start": start, "price": price, "seed": seed} for seed in range(3) for start in RATES for price in PRICES]
STUDY = Study("live_z", "What keeps z alive, and what does z hold then?", SETTINGS, run)
