"""Which cure keeps z in use, and what does it cost? Every cure, five seeds, equal and double steps.

All runs start from the finished language model of the course, the strongest decoder there is for this world: nothing
but the cure keeps it from ignoring z. Judged on test sentences that no run has seen.
"""
from functools import cache, lru_cache, partial

import torch

from gensq_course.lessons.language_models.finished import SIZES, shipped_language_model
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib import diagnostics, training
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives
from gensq_lib.models.registry import cured_vae
from gensq_lib.text import batching, corpora

STEPS, BATCH_SIZE, LATENT_DIM, LEARNING_RATE = 500, 64, 8, 2e-3
NUM_TEST = 400
SHORTEST = 10  # words with a gain of their own; later ones are means over few sentences
CURES = ("none", "linear", "cyclical", "small_beta", "free_bits", "group_free_bits", "target_rate", "word_dropout",
         "free_bits+word_dropout", "aggressive", "batch_norm", "committed_rate", "free_bits+autoencoder_first",
         "bag_of_words", "free_bits+bag_of_words", "mmd", "weak_decoder", "free_bits+last_state")
SEEDS = range(5)


@lru_cache(maxsize=1)
def world(seed: int) -> tuple[corpora.Corpus, dict[str, list[list[int]]]]:
    """The corpus and its encoded parts; rows of one seed follow each other, so a process needs one at a time."""
    text = corpora.load("world", seed=seed)
    return text, {part: [text.vocab.encode(s) for s in getattr(text, part)] for part in ("train", "valid", "test")}


def run(*, cure: str, seed: int, steps: int) -> list[Record]:
    """Train one VAE with one cure and read every instrument; nats per sentence unless the name says otherwise."""
    text, encoded = world(seed)
    lm = shipped_language_model()
    torch.manual_seed(seed)
    model = cured_vae(cure, vocab_size=len(text.vocab), latent_dim=LATENT_DIM, **SIZES)
    training.train_vae(model, encoded["train"], encoded["valid"], cure=cure, steps=steps, batch_size=BATCH_SIZE, seed=seed,
                       start=lm, learning_rate=LEARNING_RATE, key={"corpus": text.fingerprint})
    batches = partial(batching.in_order, encoded["test"][:NUM_TEST])
    return readings(model, lm, batches, seed=seed) + knows(model, encoded["test"])


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


def knows(model, encoded: list[list[int]]) -> list[Record]:
    """Information of the posterior means about each attribute, on all test sentences."""
    means = diagnostics.encode(model, batching.in_order(encoded)).mean
    return [record for name, values in true_attributes().items()
            for record in records({"knows": diagnostics.attribute_information(means, values)}, attribute=name)]


@cache
def true_attributes() -> dict[str, list[str]]:
    """What the grammar says of the test sentences, which are the same for all seeds."""
    text, _ = world(0)
    parses = [text.grammar.parse(sentence).attributes for sentence in text.test]
    return {name: [parse[name] for parse in parses] for name in text.grammar.attributes}


def prepare(*, seed: int, **others) -> None:
    """What every row of a seed needs."""
    true_attributes()
    world(seed)


SETTINGS = [{"cure": cure, "seed": seed, "steps": times * STEPS} for times in (1, 2) for seed in SEEDS for cure in CURES]
STUDY = Study("cures", "Which cure keeps z in use, and what does it cost?", SETTINGS, run, prepare)
