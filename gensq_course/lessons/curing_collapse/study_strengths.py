"""What does a cure buy at equal rate, when all are tuned with equal care? Two strengths of each, the same for all seeds.

One strength each would compare cures at different rates; here each is set to buy a little and to buy much, before any run,
and every run is judged, so nothing is chosen by its result. Only cures that set a rate; as many steps as the short runs of the
study of all cures.
"""
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from gensq_course.lessons.curing_collapse.study import NUM_TEST, SEEDS, STEPS, trained
from gensq_course.shipped.language_model import shipped_language_model
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.vaes import brief, known, prepare, world
from gensq_lib import cures
from gensq_lib.cures.registry import CURES, CureEntry, Training
from gensq_lib.ground import runtime
from gensq_lib.maths import objectives
from gensq_lib.maths.schedules import linear
from gensq_lib.text import batching

NUM_SAMPLES = 20
RATES = (1.6, 3.6)  # nats per sentence
FLOORS = (0.2, 0.45)  # nats per dimension: the same for all eight
KNOBS: dict[str, tuple[tuple[float, float], str | Callable[[float, Training], cures.Cure]]] = {  # an option, or the cure
    "small_beta": ((0.4, 0.2), lambda s, t: cures.Annealing(s)),
    "free_bits": (FLOORS, lambda s, t: cures.FreeBits(s)),
    "group_free_bits": (RATES, lambda s, t: cures.GroupFreeBits(s)),
    "target_rate": (RATES, lambda s, t: cures.TargetRate(s)),
    "batch_norm": ((0.6, 0.9), "gamma"),  # at least 1.4 and 3.2 nats
    "committed_rate": ((0.65, 0.45), "widest"),  # at least 1.1 and 3.2 nats
    "bag_of_words": ((1.0, 3.0), lambda s, t: cures.BagOfWords(linear(5.0, s, steps=t.share(3 / 4)))),
}


@contextmanager
def at_strength(cure: str, strength: float | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """For a while the table of cures has the cure at this strength, too: its name there, and the options of its network."""
    knob = KNOBS[cure][1] if strength is not None else None
    if knob is None or isinstance(knob, str):
        yield cure, {} if knob is None else {knob: strength}
        return
    name = f"{cure} at {strength:g}"
    CURES[name] = CureEntry(lambda training, inner: knob(strength, training), sets_price=True, network=cures.network(cure))
    yield name, {}
    del CURES[name]


def run(*, cure: str, seed: int, strength: float | None = None) -> list[Record]:
    """One VAE with one cure at one strength; nats per sentence."""
    with at_strength(cure, strength) as (name, options):
        model, test = trained(name, seed=seed, steps=STEPS, **options), world(seed)[1]["test"]
    batches = partial(batching.in_order, test[:NUM_TEST])
    noise = runtime.generator(seed, "distortion")
    heard = objectives.evaluate(
        model, lambda b: objectives.elbo_terms(model, b, num_samples=10, generator=noise).reconstruction, batches())
    found = brief(model, shipped_language_model(), batches, num_samples=NUM_SAMPLES, seed=seed)
    return records(found | {"distortion": -heard.mean().item()}) + known(model, test, seed=seed)


POSITIONS = [{"cure": "none"}, *({"cure": cure, "strength": strength} for cure in KNOBS for strength in KNOBS[cure][0])]
STUDY = Study("cures_strengths", "What does each cure buy at equal rate, at two strengths of each?",
              [{**position, "seed": seed} for seed in SEEDS for position in POSITIONS], run, prepare)
