"""What does a small model make of abstracts of papers? No fact is known: ROUGE beside baselines, and ten summaries to be read.

The abstracts themselves are not recorded; a summary is known by the number of its test document.
"""
from collections.abc import Iterator

from gensq_course.studies import summarising, translating
from gensq_course.studies.answering import Bench, quality
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.ground import runtime
from gensq_lib.maths.stats import estimate

OURS = "copying, likeliest"  # against whom everybody is held, abstract by abstract
AHEAD = ("ROUGE-1 less the model's", "at least", "at most")  # mean and 95 % interval over test abstracts
CORPUS, HIDDEN, STEPS, NUM_TEST, SHOWN, SEEDS = "scitldr", 96, 250, 300, 10, range(3)


def run(*, seed: int) -> list[Record]:
    """Nats per summary, ROUGE from 0 to 100, words; and texts."""
    return list(found(summarising.prepared(seed, name=CORPUS, num_train=0, num_test=NUM_TEST, hidden_dim=HIDDEN)))


def found(bench: Bench) -> Iterator[Record]:
    """Of one seed."""
    model = bench.seq2seq(steps=STEPS).eval()
    yield from records(quality(model, bench))
    said = summarising.without_models(bench, generator=runtime.generator(bench.seed, "people"))
    said[OURS] = translating.likeliest(model, bench.test, bench, width=summarising.WIDTH)
    said["copying, as long as the reference"] = summarising.of_length(
        model, bench.test, summarising.lengths_of(bench.test), bench)
    for name, summaries in said.items():
        random = summarising.floor(summaries, bench.test, bench.text, generator=runtime.generator(bench.seed, "floor"))
        yield from records(summarising.measured(summaries, bench.test, bench.text), said_by=name)
        yield from records({f"{kind}, random": score for kind, score in random.items()}, said_by=name)
    for name in (name for name in said if name != OURS):
        gain = estimate(summarising.trial(said[name], said[OURS], bench.test, bench.text).rouge)
        yield from records(dict(zip(AHEAD, (gain.mean, *gain.interval), strict=True)), said_by=name)
    for number, summary in enumerate(said[OURS][:SHOWN]):
        yield {"document": number, "measure": "summary", "value": bench.text.show_target(summary)}


STUDY = Study("summarisation_people", "What does a small model make of abstracts of papers?",
              [{"seed": seed} for seed in SEEDS], run)
