"""Two tables beside those of lesson 19: noise counted against clean and spoilt sentences, and how loose a VAE's bound is."""
from functools import partial

from gensq_course.studies.families import NUM_TEST, Place, exact, fitted
from gensq_course.studies.family_measures import samples
from gensq_course.studies.family_tables import FEW, IN_NOISE, NOISE
from gensq_course.studies.players import NUM_IMPORTANCE, wide_bound
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.ground import runtime
from gensq_lib.maths.objectives import evaluate
from gensq_lib.text.batching import in_order

DRAWS_OF_Z, BOUNDED = (NUM_IMPORTANCE, 10 * NUM_IMPORTANCE, 100 * NUM_IMPORTANCE), 200  # and sentences that are bounded


def counted_in_noise(*, seed: int, kind: str, share: float) -> list[Record]:
    """What is said after spoilt training, and the grammar's own: `samples` alone, where nothing is new whose clean or spoilt
    form was read.
    """
    place, found = Place(seed, noise=kind, share=share), []
    for family in (*IN_NOISE, "world"):
        said = fitted(family, place).say(NUM_TEST, generator=runtime.generator(seed, "said"))
        found += records(samples(said, exact(place, said), place), family=family)
    return found


def bounds(*, seed: int) -> list[Record]:
    """Nats above the truth on the same test sentences, by the bound with more and more draws of z."""
    place = Place(seed)
    player, there = fitted("VAE", place), place.text.test[:BOUNDED]
    encoded, log_p = list(map(place.vocab.encode, there)), exact(place, there)
    found = []
    for draws in DRAWS_OF_Z:
        bound = partial(wide_bound, player.model, num_samples=draws, generator=runtime.generator(seed, "importance"))
        log_q = evaluate(player.model, bound, in_order(encoded, batch_size=64)).double()
        found += records({"gap": (log_p - log_q).mean().item()}, family="VAE", draws=draws)
    return found


COUNTED = Study("families_noise_counts", "What is new after noise, where clean and spoilt training sentences both count as read?",
                NOISE.settings, counted_in_noise)
BOUND = Study("families_bound", "How loose is the bound of the VAE?", [{"seed": seed} for seed in FEW], bounds)
