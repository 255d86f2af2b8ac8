"""The recorded tables of lesson 17's cipher: tables that climb a bound, networks that translate back, each part left out in turn.

Rates, steps and weights were tried on seed 100, which no table has.
"""
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.unpaired import (
    FULL, JUDGE, OBJECTIVES, Village, network_measures, table_measures, trained_network, trained_tables)

SEEDS, STARTS = range(5), ("nothing", "frequency", "assignment")
NETWORKS = [*((FULL, start) for start in STARTS),
            *((recipe, "frequency") for recipe in ("without noise", "without denoising", "without back-translation")),
            *((recipe, "nothing") for recipe in ("with an adversary", "adversary, sign turned"))]


def of_keys(bench: Village) -> list[Record]:
    """The starting keys themselves, and the truth: types, tokens, nats per word."""
    keys = {"frequency": bench.by_frequency, "assignment": bench.by_assignment, "the truth": bench.data.truth}
    marks = {name: bench.data.right(bench.data.as_key(key.tolist())) for name, key in keys.items()}
    return [record for name, key in keys.items() for record in records(
        {"types": marks[name].types, "tokens": marks[name].tokens, "key": bench.log_likelihood(key)}, by="key", start=name)]


def tables(*, seed: int) -> list[Record]:
    """Shares of types and tokens; nats per word."""
    bench = Village(seed)
    found = of_keys(bench)
    for objective in (*OBJECTIVES, JUDGE):
        for start in STARTS:
            model = trained_tables(bench, objective, start)
            found += records(table_measures(model, objective, bench), by=objective, start=start)
    return found


def networks(*, seed: int) -> list[Record]:
    """Shares of types and tokens, words that come back, losses in nats per word."""
    bench = Village(seed)
    found: list[Record] = []
    for recipe, start in NETWORKS:
        model, losses = trained_network(bench, recipe, start)
        found += records(network_measures(model, bench) | losses, by=recipe, start=start)
    return found


SETTINGS = [{"seed": seed} for seed in SEEDS]
TABLES = Study("unpaired_tables", "Which term of the bound finds the key of a cipher, and from where?", SETTINGS, tables)
TRANSDUCERS = Study("unpaired_networks", "Which step of denoising and back-translation finds the key of a cipher, from where?",
                    SETTINGS, networks)
