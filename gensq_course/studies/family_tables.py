"""The recorded tables of lesson 19: all families at a seed, and what more data, noise and size do to each.

A row is a whole table, so that all its families are held against one truth.
"""
from collections.abc import Iterable
from typing import Any

from gensq_course.studies.families import NUM_VALID, TRAINED, Place, exact, fitted
from gensq_course.studies.family_measures import both_ways, controlled, cooled, likelihood, measured, samples
from gensq_course.studies.players import Player
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.ground import runtime
from gensq_lib.text.noise import KINDS

SEEDS, FEW, TUNED_ON = range(5), range(3), 100  # seeds of table and data, of the other curves, of the search
ALWAYS, EVERYBODY = (*TRAINED, "replay"), (*TRAINED, "replay", "world", "random words")
IN_NOISE = tuple(family for family in ALWAYS if family != "Transformer")  # for want of time
AMOUNTS, SHARES = (500, 50_000), (0.1, 0.3)  # beside what the table has: 5,000 sentences without noise
TRIALS: dict[str, tuple[dict[str, Any], ...]] = {  # as many for each family
    "n-gram": tuple({"size": f"order {order}"} for order in range(2, 8)),
    "LSTM": tuple({"size": size, "rate": rate} for size in ("medium", "large") for rate in (3e-3, 1e-2, 2e-2)),
    "Transformer": tuple({"size": size, "rate": rate} for size in ("medium", "large") for rate in (3e-3, 6e-3, 1.2e-2)),
    "VAE": tuple({"begun": begun, "rate": rate} for begun in (0.0, 0.5) for rate in (6e-3, 1.2e-2, 2.4e-2)),
    "GAN": tuple({"begun": begun, "rate": rate} for begun in (0.5, 0.75) for rate in (1e-5, 1e-4, 1e-3))}


def of_families(families: Iterable[str], place: Place, *, control: bool = False, **settings: Any) -> list[Record]:
    """Everything that is measured of each family; with `control` also cooler samples and orders."""
    found = []
    for family in families:
        player = fitted(family, place, **(settings if family in TRAINED else {}))
        mine = measured(player, place)
        if control:
            mine += controlled(player, place) + (cooled(player, place) if family in TRAINED else [])
        found += [{"family": family, **record} for record in mine]
    return found


def table(*, seed: int) -> list[Record]:
    """Everything that is measured, of everybody."""
    return of_families(EVERYBODY, Place(seed), control=True)


def amount(*, seed: int, num_train: int) -> list[Record]:
    """Fewer or more training sentences; the grammar beside them, for what is new depends on what was read."""
    return of_families((*ALWAYS, "world"), Place(seed, num_train))


def noise(*, seed: int, kind: str, share: float) -> list[Record]:
    """Training and validation are spoilt, and held against the clean world."""
    return of_families(IN_NOISE, Place(seed, noise=kind, share=share))


def size(*, seed: int, size: str) -> list[Record]:
    """A smaller or a larger network within the same budget, so with more or fewer steps."""
    return of_families(TRAINED, Place(seed), size=size)


def search(*, seed: int, family: str) -> list[Record]:
    """Every trial of a family, held against validation sentences and as many said."""
    place = Place(seed)
    return [record for number, trial in enumerate(TRIALS[family])
            for record in records(tried(fitted(family, place, **trial), place), trial=in_words(trial), number=number)]


def tried(player: Player, place: Place) -> dict[str, float]:
    """By JS a trial is chosen, which prices nonsense and monotony alike; of a VAE, whose JS is an estimate, by the bound."""
    said = player.say(4 * NUM_VALID, generator=runtime.generator(place.seed, "tried"))
    there = place.text.valid
    p_there, p_here, q_there = exact(place, there), exact(place, said), player.log_q(there)
    return likelihood(p_there, q_there) | samples(said, p_here, place) | both_ways(p_there, q_there, p_here, player.log_q(said))


def in_words(trial: dict[str, Any]) -> str:
    """Of a trial: "rate 0.01, size large"; of an n-gram model its order."""
    return ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}".removeprefix("size order").strip()
                     for name, value in sorted(trial.items()))


TABLE = Study("families", "What does each family of the series reach on one corpus and one budget?",
              [{"seed": seed} for seed in SEEDS], table)
AMOUNT = Study("families_data", "What do fewer and more training sentences do to each family?",
               [{"seed": seed, "num_train": num} for num in AMOUNTS for seed in SEEDS], amount)
NOISE = Study("families_noise", "What does noise of three kinds do to each family?",
              [{"seed": seed, "kind": kind, "share": share} for kind in KINDS for share in SHARES for seed in FEW], noise)
SIZE = Study("families_size", "What does size do to each family within one budget?",
             [{"seed": seed, "size": name} for name in ("small", "large") for seed in FEW], size)
SEARCH = Study("families_search", "Which settings are best for each family, by as many trials?",
               [{"seed": TUNED_ON, "family": family} for family in TRAINED], search)
