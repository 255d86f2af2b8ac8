"""The recorded tables of lesson 17's cipher: tables that climb a bound, networks that translate back, each part left out in turn.

Rates, steps and weights were tried on seed 100, which no table has.
"""
from gensq_course.studies.deciphering import Bench, by_frequency, by_swaps, prepared
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.unpaired import (
    FULL, JUDGE, OBJECTIVES, certain, divergence, network_measures, per_word, start_key, table_measures, trained_network,
    trained_tables)

SEEDS, STARTS = range(5), ("nothing", "frequency", "assignment")
NUM_PLAIN, NUM_SECRET = 20_000, 8_000  # sentences
NETWORKS = [*((FULL, start) for start in STARTS),
            *((recipe, "frequency") for recipe in ("without noise", "without denoising", "with an adversary")),
            *((recipe, "nothing") for recipe in (
                "denoising alone", "with an adversary", "adversary, without back-translation", "adversary, sign turned"))]


def village(seed: int) -> Bench:
    """More secret text than the tables of section 1 have: what learns by gradients is to want for nothing."""
    return prepared(seed, num_plain=NUM_PLAIN, num_secret=NUM_SECRET)


def of_keys(bench: Bench) -> list[Record]:
    """The starting keys themselves, and the truth: types, tokens, nats per word, and what a judge of neighbours sees of them."""
    keys = {name: start_key(bench, name) for name in STARTS[1:]} | {
        "frequency, then swaps": by_swaps(by_frequency(bench), bench), "the truth": bench.sides.truth}
    found: list[Record] = []
    for name, key in keys.items():
        marks = bench.measured(key)
        found += records({"types": marks["types"], "tokens": marks["tokens"], "key": per_word(bench, key),
                          "divergence": divergence(certain(key), bench)}, by="key", start=name)
    return found


def tables(*, seed: int) -> list[Record]:
    """Shares of types and tokens; nats per word."""
    bench = village(seed)
    found = of_keys(bench)
    for objective in (*OBJECTIVES, JUDGE):
        for start in STARTS:
            model = trained_tables(bench, objective, start)
            found += records(table_measures(model, objective, bench), by=objective, start=start)
    return found


def networks(*, seed: int) -> list[Record]:
    """Shares of types and tokens, words that come back, losses in nats per word."""
    bench = village(seed)
    found: list[Record] = []
    for recipe, start in NETWORKS:
        model, losses = trained_network(bench, recipe, start)
        found += records(network_measures(model, bench) | losses, by=recipe, start=start)
    return found


SETTINGS = [{"seed": seed} for seed in SEEDS]
TABLES = Study("unpaired_tables", "Which term of the bound finds the key of a cipher, and from where?", SETTINGS, tables)
TRANSDUCERS = Study("unpaired_networks", "Which step of denoising and back-translation finds the key of a cipher, from where?",
                    SETTINGS, networks)
