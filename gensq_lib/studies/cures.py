"""Which cure keeps z in use, and what does it cost? Every cure, five seeds, equal and double steps.

All runs start from the finished language model of the course, the strongest decoder there is for this world: nothing
but the cure keeps it from ignoring z. Judged on test sentences that no run has seen.
"""
from functools import partial

import torch

from gensq_lib import batching, corpora, diagnostics, objectives, runtime, training
from gensq_lib.models.cured_vae import cured_vae
from gensq_lib.studies.study import Study
from gensq_lib.training.shipped import SIZES

STEPS, BATCH_SIZE, LATENT_DIM, LEARNING_RATE = 500, 64, 8, 2e-3
NUM_TEST = 400
CURES = ("none", "linear", "cyclical", "small_beta", "free_bits", "group_free_bits", "target_rate", "word_dropout",
         "free_bits+word_dropout", "aggressive", "batch_norm", "committed_rate", "free_bits+autoencoder_first",
         "bag_of_words", "free_bits+bag_of_words", "mmd")
SEEDS = range(5)


def run(*, cure: str, seed: int, steps: int) -> dict[str, float]:
    """Train one VAE with one cure and read every instrument; nats per sentence unless the name says otherwise."""
    text = corpora.load("world", seed=seed)
    train, valid, test = ([text.vocab.encode(s) for s in part] for part in (text.train, text.valid, text.test[:NUM_TEST]))
    lm = training.shipped_language_model()
    torch.manual_seed(seed)
    model = cured_vae(cure, vocab_size=len(text.vocab), latent_dim=LATENT_DIM, **SIZES)
    training.train_vae(model, train, valid, cure=cure, steps=steps, batch_size=BATCH_SIZE, seed=seed, start=lm,
                       learning_rate=LEARNING_RATE, key={"corpus": text.fingerprint, "latent_dim": LATENT_DIM, **SIZES})
    batches = partial(batching.in_order, test)
    return readings(model, lm, batches, seed=seed) | knows(model, text, seed=seed)


def readings(model, lm, batches, *, seed: int) -> dict[str, float]:
    """Likelihood against the language model's, rate, and whether the decoder cares for z."""
    noise = partial(runtime.generator, seed)
    bound = objectives.evaluate(model, lambda b: objectives.iwae(model, b, num_samples=50, generator=noise("iwae")), batches())
    terms = objectives.evaluate(model, lambda b: objectives.elbo_terms(model, b, num_samples=5, generator=noise("elbo")).elbo,
                                batches())
    baseline = objectives.evaluate(lm, lm.log_likelihood, batches())
    found = diagnostics.encode(model, batches())
    information = diagnostics.mutual_information(found.mean, found.stddev, generator=noise("information"))
    gain = diagnostics.gain_by_position(model, batches, generator=noise("gain"))
    rate = found.kl.sum(-1).mean().item()
    excess = ((baseline - bound).mean() / -baseline.mean()).item()
    return {"nll": -bound.mean().item(), "nll_lm": -baseline.mean().item(), "excess_percent": 100 * excess,
            "minus_elbo": -terms.mean().item(), "rate": rate, "distortion": -terms.mean().item() - rate,
            "dimensions": int((found.kl.mean(0) > 0.1).sum()),
            "active_units": diagnostics.active_units(found.mean), "mutual_information": information.lower,
            "shuffled_cost": diagnostics.z_controls(model, batches, generator=noise("controls")).shuffled_cost,
            "gain_first_three": (gain[:3].nansum() / gain.nansum()).item()}


def knows(model, text, *, seed: int) -> dict[str, float]:
    """Information of the posterior means about each attribute, on all 2,000 test sentences."""
    encoded = [text.vocab.encode(sentence) for sentence in text.test]
    means = diagnostics.encode(model, batching.in_order(encoded)).mean
    parses = [text.grammar.parse(sentence).attributes for sentence in text.test]
    return {f"knows {name}": diagnostics.attribute_information(means, [parse[name] for parse in parses])
            for name in text.grammar.attributes}


STUDY = Study("cures", "Which cure keeps z in use, and what does it cost?",
              [{"cure": cure, "seed": seed, "steps": times * STEPS} for times in (1, 2) for seed in SEEDS for cure in CURES], run)
