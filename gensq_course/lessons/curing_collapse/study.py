"""Which cure keeps z in use, and what does it cost? Every cure as it stands in the table of cures, at equal and double steps.

All runs start from the finished language model of the course, the strongest decoder there is for this world: nothing
but the cure keeps it from ignoring z. Judged on test sentences that no run has seen.
"""
from functools import partial
from typing import Any

import torch

from gensq_course.shipped.language_model import SIZES, shipped_language_model
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.vaes import known, prepare, world
from gensq_lib import diagnostics, training
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives
from gensq_lib.models.text_vae import cured_vae
from gensq_lib.text import batching

STEPS, BATCH_SIZE, LATENT_DIM, LEARNING_RATE = 500, 64, 8, 2e-3
NUM_TEST = 400
SHORTEST = 10  # words with a gain of their own; later ones are means over few sentences
SEEDS = range(5)
CURES = ("none", "linear", "cyclical", "small_beta", "free_bits", "group_free_bits", "target_rate", "word_dropout",
         "free_bits+word_dropout", "aggressive", "batch_norm", "committed_rate", "free_bits+autoencoder_first", "bag_of_words",
         "free_bits+bag_of_words", "mmd", "weak_decoder", "free_bits+last_state")


def trained(cure: str, *, seed: int, steps: int, **options: Any) -> torch.nn.Module:
    """A VAE with a cure of the table of cures; `options` are the network's."""
    text, encoded = world(seed)
    torch.manual_seed(seed)
    model = cured_vae(cure, vocab_size=len(text.vocab), latent_dim=LATENT_DIM, **SIZES, **options)
    training.train_vae(model, encoded["train"], encoded["valid"], cure=cure, steps=steps, batch_size=BATCH_SIZE, seed=seed,
                       start=shipped_language_model(), learning_rate=LEARNING_RATE,
                       key={"corpus": text.fingerprint, "options": options})
    return model


def run(*, cure: str, seed: int, steps: int) -> list[Record]:
    """Train one VAE with one cure and read every instrument; nats per sentence unless the name says otherwise."""
    model, test = trained(cure, seed=seed, steps=steps), world(seed)[1]["test"]
    batches = partial(batching.in_order, test[:NUM_TEST])
    return readings(model, shipped_language_model(), batches, seed=seed) + known(model, test, seed=seed)


def readings(model, lm, batches, *, seed: int) -> list[Record]:
    """Likelihood against the language model's, rate, whether the decoder cares for z and where; and the waterfall."""
    noise = partial(runtime.generator, seed)
    baseline = objectives.evaluate(lm, lm.log_likelihood, batches())
    measured = diagnostics.measure(model, batches, num_samples=50, seed=seed, refine_steps=8, refine_samples=2)
    ledger = diagnostics.nats_ledger(measured, baseline, reference_label="NLL of the LM")
    found = diagnostics.encode(model, batches())
    information = diagnostics.mutual_information(found.mean, found.stddev, generator=noise("information"))
    gain = diagnostics.z_gain(model, batches, generator=noise("gain"))
    nats = {item.label: item.nats.mean for item in ledger.items}
    plain = {"nll": nats["NLL (IWAE)"], "excess_percent": 100 * nats["model gap"] / nats["NLL of the LM"],
             "rate": ledger.rate, "distortion": ledger.distortion,
             "dimensions": int((found.kl.mean(0) > 0.1).sum()),
             "active_units": diagnostics.active_units(found.mean), "mutual_information": information.lower,
             "shuffled_cost": diagnostics.z_controls(model, batches, generator=noise("controls")).shuffled_cost,
             "gain_first_three": (gain[:3].nansum() / gain.nansum()).item()}
    gains = [record for i, value in enumerate(gain[:SHORTEST].tolist(), 1) for record in records({"gain": value}, word=i)]
    return records(plain) + gains + [record for bar, value in nats.items() for record in records({"waterfall": value}, bar=bar)]


SETTINGS = [{"cure": cure, "seed": seed, "steps": times * STEPS} for times in (1, 2) for seed in SEEDS for cure in CURES]
STUDY = Study("cures", "Which cure keeps z in use, and what does it cost?", SETTINGS, run, prepare)
