"""What does likelihood make of each network: with and without looking back, copying, and a z? Every measure exact or a bound."""
from gensq_course.studies.answering import Bench, obeyed, prepared, quality, rates
from gensq_course.studies.doorstep import MLE_STEPS
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.models.seq2seq import Seq2Seq

SEEDS, VAE_STEPS = range(3), 600
PLAIN = {"copying": {}, "attention alone": {"copy": False}, "neither": {"attention": False, "copy": False}}
CURES = {"plain": "none", "bag of words": "bag_of_words+linear"}


def run(*, seed: int) -> list[Record]:
    """Shares, and nats per reply."""
    bench = prepared(seed)
    plain = {name: bench.seq2seq(steps=MLE_STEPS, **options) for name, options in PLAIN.items()}
    found = [record for name, model in plain.items() for record in records(quality(model, bench), way=name)]
    return found + [record for name, cure in CURES.items() for record in with_z(bench, plain["copying"], name, cure)]


def with_z(bench: Bench, start: Seq2Seq, name: str, cure: str) -> list[Record]:
    """A conditional VAE that begins with the weights of a finished model."""
    model = bench.conditional_vae(start, steps=VAE_STEPS, cure=cure)
    rate = rates(model, bench)
    more = {"obeyed": obeyed(model, bench), "KL": rate.sum().item(), "dimensions": float((rate > 0.1).sum())}
    return records(quality(model, bench) | more, way=f"VAE, {name}")


STUDY = Study("dialogue_networks", "What does likelihood make of each network that answers?",
              [{"seed": seed} for seed in SEEDS], run)
