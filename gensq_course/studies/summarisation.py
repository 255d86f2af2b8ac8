"""The recorded table of lesson 12: everybody who summarises reports, at equal compression, and over lengths.

Sizes, steps and rates were tried on seeds from 100 on; no table has these.
"""
from collections.abc import Iterator

from gensq_course.studies import compressing, summarising, translating
from gensq_course.studies.answering import Bench, quality, rates
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.summarising import (
    CURE, MLE_STEPS, VAE_STEPS, WIDTH, lengths_of, measured, of_length, prepared)
from gensq_course.talk.instruments import all_replies, told_by_z
from gensq_lib.ground import runtime
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.vocab import Sentence

SEEDS, LENGTHS = range(5), (3, 5, 7, 9, 11, 13)
COMPRESSOR_STEPS = 150  # of p(document | compression), and of REINFORCE
SHORT = 6  # headlines of at most so many words are asked for as short ones


def run(*, seed: int) -> list[Record]:
    """Shares, ROUGE from 0 to 100, words, nats per headline."""
    return list(found(prepared(seed)))


def found(bench: Bench) -> Iterator[Record]:
    """Of one seed."""
    start = bench.seq2seq(steps=MLE_STEPS).eval()
    plain = bench.seq2seq(steps=MLE_STEPS, copy=False).eval()
    vae = bench.conditional_vae(start, steps=VAE_STEPS, cure=CURE).eval()
    for name, model in {"copying": start, "without copying": plain, "VAE": vae}.items():
        yield from records(quality(model, bench), model=name)
    everything, noise = all_replies(bench.test, bench.text), runtime.generator(bench.seed, "told")
    yield from records({"KL": rates(vae, bench).sum().item(), "told": told_by_z(vae, everything, generator=noise)}, model="VAE")
    said = summarising.without_models(bench, generator=runtime.generator(bench.seed, "systems"))
    said |= of_models({"copying": start, "without copying": plain, "VAE": vae}, bench) | unsupervised(bench)
    for name, summaries in said.items():
        random = summarising.floor(summaries, bench.test, bench.text, generator=runtime.generator(bench.seed, "floor"))
        yield from records(measured(summaries, bench.test, bench.text), said_by=name)
        yield from records({f"{kind}, random": score for kind, score in random.items()}, said_by=name)
    yield from over_lengths(bench, start)


def of_models(models: dict[str, Seq2Seq], bench: Bench) -> dict[str, list[Sentence]]:
    """What a beam finds, and one sample of each."""
    said = {}
    for name, model in models.items():
        said[name] = translating.likeliest(model, bench.test, bench, width=WIDTH)
        said[f"{name}, a sample"] = [some[0] for some in translating.drawn_lists(model, bench.test, bench, num=1)]
    return said


def unsupervised(bench: Bench) -> dict[str, list[Sentence]]:
    """Compressors that have seen no summary of a report, with and without a language model of headlines."""
    back = compressing.reconstructor(bench, steps=COMPRESSOR_STEPS)
    return {f"compressor, {name}": compressing.compressed(
        compressing.trained_compressor(bench, back, steps=COMPRESSOR_STEPS, prior_weight=weight),
        bench.test, lengths_of(bench.test), bench) for name, weight in (("with prior", 1.0), ("without prior", 0.0))}


def over_lengths(bench: Bench, start: Seq2Seq) -> Iterator[Record]:
    """The same number of words from everybody."""
    score, test = summarising.tagger(bench), bench.test
    for length in LENGTHS:
        lengths, noise = [length] * len(test), runtime.generator(bench.seed, "lengths", length)
        asked = summarising.under("short" if length <= SHORT else "long", test)
        said = {"random words": summarising.extracts(summarising.by_chance(noise), test, lengths),
                "lead words": summarising.extracts(summarising.early, test, lengths),
                "tagger": summarising.extracts(score, asked, lengths),
                "oracle extract": summarising.extracts(summarising.oracle, test, lengths),
                "copying": of_length(start, asked, lengths, bench)}
        for name, summaries in said.items():
            found = measured(summaries, test, bench.text) | {"repeats": summarising.repeats(summaries)}
            yield from records(found, said_by=name, length=length)


STUDY = Study("summarisation", "Who summarises best at equal compression, and which measure says so?",
              [{"seed": seed} for seed in SEEDS], run)
