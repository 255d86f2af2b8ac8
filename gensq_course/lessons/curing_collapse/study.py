"""Which cure keeps z in use, and what does it cost? Every cure at three strengths, three seeds, equal and double steps.

All runs start from the finished language model of the course, the strongest decoder there is for this world: nothing
but the cure keeps it from ignoring z. Judged on test sentences that no run has seen. Each cure has one knob and as many
positions of it as any other; all of them are judged on all seeds, so nothing is chosen by its result.
"""
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any

import torch
from torch.distributions import Normal

from gensq_course.lessons.language_models.finished import SIZES, shipped_language_model
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib import cures, diagnostics, training
from gensq_lib.cures.registry import CURES, CureEntry, Training
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives
from gensq_lib.maths.divergences import reparameterize
from gensq_lib.maths.schedules import cyclical, linear
from gensq_lib.models.text_vae import cured_vae
from gensq_lib.text import batching, corpora

STEPS, BATCH_SIZE, LATENT_DIM, LEARNING_RATE = 500, 64, 8, 2e-3
NUM_TEST = 400
SHORTEST = 10  # words with a gain of their own; later ones are means over few sentences
SEEDS = range(3)


@dataclass(frozen=True)
class Knob:
    """What is turned to get more or less of a cure; every cure has three positions."""

    positions: tuple[float, float, float]
    make: Callable[[float, Training], cures.Cure] | None = None  # the cure at a position; None: the network alone changes
    option: str = ""  # of the network


def ramp(first: float, last: float, training: Training) -> Any:
    """From one weight to another over three quarters of the training."""
    return linear(first, last, steps=training.share(3 / 4))


FLOORS, RATES = (0.15, 0.3, 0.45), (1.2, 2.4, 3.6)  # nats per dimension, and the same nats for all eight
KNOBS = {
    "linear": Knob((0.5, 0.75, 1.0), lambda s, t: cures.Annealing(linear(0.0, 1.0, steps=t.share(s)))),
    "cyclical": Knob((0.25, 0.5, 1.0), lambda s, t: cures.Annealing(cyclical(0.0, 1.0, period=t.share(s)))),
    "small_beta": Knob((0.4, 0.6, 0.8), lambda s, t: cures.Annealing(s)),
    "free_bits": Knob(FLOORS, lambda s, t: cures.FreeBits(s)),
    "group_free_bits": Knob(RATES, lambda s, t: cures.GroupFreeBits(s)),
    "target_rate": Knob(RATES, lambda s, t: cures.TargetRate(s)),
    "word_dropout": Knob((0.5, 0.7, 0.9), lambda s, t: cures.WordDropout(ramp(s, 0.0, t))),
    "free_bits+word_dropout": Knob(FLOORS, lambda s, t: cures.WordDropout(ramp(0.5, 0.0, t), cures.FreeBits(s))),
    "aggressive": Knob((2, 5, 10), lambda s, t: cures.AggressiveEncoder(int(s), until=t.share(1 / 4))),
    "batch_norm": Knob((0.5, 0.7, 0.9), option="gamma"),
    "committed_rate": Knob((0.75, 0.6, 0.45), option="widest"),
    "free_bits+autoencoder_first": Knob(FLOORS, lambda s, t: cures.AutoencoderFirst(
        t.share(1 / 4), cures.FreeBits(s), decoder_start=t.decoder_start)),
    "bag_of_words": Knob((1.0, 2.0, 4.0), lambda s, t: cures.BagOfWords(ramp(5.0, s, t))),
    "free_bits+bag_of_words": Knob(FLOORS, lambda s, t: cures.BagOfWords(ramp(5.0, 1.0, t), cures.FreeBits(s))),
    "mmd": Knob((0.1, 0.2, 0.3), lambda s, t: cures.MMD(20.0, kl_weight=s)),
    "free_bits+last_state": Knob(FLOORS, lambda s, t: cures.FreeBits(s)),
}
FIXED = ("none", "weak_decoder")  # without a knob


@lru_cache(maxsize=1)
def world(seed: int) -> tuple[corpora.Corpus, dict[str, list[list[int]]]]:
    """The corpus and its encoded parts; rows of one seed follow each other, so a process needs one at a time."""
    text = corpora.load("world", seed=seed)
    return text, {part: [text.vocab.encode(s) for s in getattr(text, part)] for part in ("train", "valid", "test")}


def named(cure: str, strength: float | None) -> str:
    """The name of a cure at a strength, in the table of cures from now on; without a strength the cure as it stands there."""
    knob = KNOBS.get(cure)
    if strength is None or knob is None or knob.make is None:
        return cure
    name = f"{cure} at {strength:g}".replace("+", " and ")
    CURES[name] = CureEntry(lambda training, inner: knob.make(strength, training), sets_price=True, network=cures.network(cure))
    return name


def run(*, cure: str, seed: int, steps: int, strength: float | None = None) -> list[Record]:
    """Train one VAE with one cure and read every instrument; nats per sentence unless the name says otherwise."""
    text, encoded = world(seed)
    lm, name = shipped_language_model(), named(cure, strength)
    options = {KNOBS[cure].option: strength} if strength is not None and KNOBS[cure].option else {}
    torch.manual_seed(seed)
    model = cured_vae(name, vocab_size=len(text.vocab), latent_dim=LATENT_DIM, **SIZES, **options)
    training.train_vae(model, encoded["train"], encoded["valid"], cure=name, steps=steps, batch_size=BATCH_SIZE, seed=seed,
                       start=lm, learning_rate=LEARNING_RATE, key={"corpus": text.fingerprint, "strength": strength})
    batches = partial(batching.in_order, encoded["test"][:NUM_TEST])
    return readings(model, lm, batches, seed=seed) + known(model, encoded["test"], seed=seed)


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


def known(model, encoded: list[list[int]], *, seed: int) -> list[Record]:
    """Information of a draw of z about each attribute, on all test sentences."""
    q = diagnostics.encode(model, batching.in_order(encoded))
    z = reparameterize(Normal(q.mean, q.stddev), generator=runtime.generator(seed, "known"))[0]
    return [record for name, values in true_attributes().items()
            for record in records({"known": diagnostics.attribute_information(z, values)}, attribute=name)]


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


POSITIONS = [*({"cure": cure, "strength": strength} for cure, knob in KNOBS.items() for strength in knob.positions),
             *({"cure": cure} for cure in FIXED)]
SETTINGS = [{**position, "seed": seed, "steps": times * STEPS}
            for times in (1, 2) for seed in SEEDS for position in POSITIONS]
STUDY = Study("cures", "Which cure keeps z in use, and what does it cost?", SETTINGS, run, prepare)
