"""What does likelihood make of each network: with and without looking back, copying, and a z? Exact, or by many draws of z.

A VAE begins with the weights of a finished model. Rows of the seeds from 100 on ask what the rate does at which it goes on.
"""
from collections.abc import Sequence

from gensq_course.studies.answering import RATE, Bench, obeyed, prepared, quality, rates
from gensq_course.studies.doorstep import MLE_STEPS
from gensq_course.studies.fair import over, seeds_of
from gensq_course.studies.rows import Record, Row, by, records, value
from gensq_course.studies.study import Study
from gensq_course.talk.instruments import all_replies, told_by_z
from gensq_lib.ground import runtime
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.models.seq2seq import Seq2Seq

SEEDS, BY_RATE, VAE_STEPS = range(3), range(100, 102), 600
VAE_RATES = (RATE, 1e-3, 3e-4)  # the first is that of likelihood training
PLAIN = {"copying": {}, "attention alone": {"copy": False}, "neither": {"attention": False, "copy": False}}
CURES = {"plain": "none", "annealing": "linear", "bag of words": "bag_of_words+linear"}


def run(*, seed: int) -> list[Record]:
    """Shares, and nats per reply."""
    bench = prepared(seed)
    if seed in BY_RATE:
        start = bench.seq2seq(steps=MLE_STEPS)
        return [record for rate in VAE_RATES for record in with_z(bench, start, "bag of words", rate)]
    plain = {name: bench.seq2seq(steps=MLE_STEPS, **options) for name, options in PLAIN.items()}
    found = [record for name, model in plain.items() for record in records(quality(model, bench), way=name)]
    return found + [record for name in CURES for record in with_z(bench, plain["copying"], name)]


def with_z(bench: Bench, start: Seq2Seq, name: str, rate: float = RATE) -> list[Record]:
    """A conditional VAE that begins with the weights of a finished model."""
    model = bench.conditional_vae(start, steps=VAE_STEPS, cure=CURES[name], learning_rate=rate).eval()
    spent = rates(model, bench)
    told = told_by_z(model, all_replies(bench.test, bench.text), generator=runtime.generator(bench.seed, "told"))
    more = {"obeyed": obeyed(model, bench), "KL": spent.sum().item(), "dimensions": float((spent > 0.1).sum()), "told": told}
    return records(quality(model, bench) | more, way=f"VAE, {name}", rate=rate)


def means(rows: Sequence[Row]) -> dict[tuple[str, str], Estimate]:
    """Over the seeds, of each network and measure."""
    return by([row for row in rows if row["setting"]["seed"] in SEEDS], "way", "measure")


def of_looking_back(rows: Sequence[Row]) -> str:
    """What attention gives alone, a line each."""
    found = means(rows)
    return "\n".join(f"  {way}: valid {found[way, 'valid'].mean:.3f}, NLL {found[way, 'nll'].mean:.2f}"
                     for way in ("neither", "attention alone", "copying"))


def of_a_z(rows: Sequence[Row]) -> list[str]:
    """What a z that speaks is worth beside the model it began with, and beside one whose z is silent, paired by seed."""
    seeds = seeds_of([row for row in rows if row["setting"]["seed"] in SEEDS])
    ours = "VAE, bag of words"
    gains = {what: estimate([value(found, way=ours, measure=what) - value(found, way="copying", measure=what) for found in seeds])
             for what in ("coverage", "entropy")}
    return [*over(seeds, (ours, "copying"), (ours, "VAE, plain")),
            *(f"{what} of {ours} less that of copying: {gain.mean:+.3f}, 95 % {gain.interval[0]:+.3f} to {gain.interval[1]:+.3f}"
              for what, gain in gains.items())]


def of_rates(rows: Sequence[Row]) -> str:
    """What a VAE becomes when it goes on at another rate, a line each."""
    found = by([row for row in rows if row["setting"]["seed"] in BY_RATE], "rate", "measure")
    return "\n".join(f"  {rate:g}: KL {found[rate, 'KL'].mean:.2f}, z tells {found[rate, 'told'].mean:.2f}, "
                     f"NLL {found[rate, 'nll'].mean:.2f}, JS {found[rate, 'js'].mean:.3f}" for rate in VAE_RATES)


STUDY = Study("dialogue_networks", "What does likelihood make of each network that answers?",
              [{"seed": seed} for seed in (*SEEDS, *BY_RATE)], run)
