"""Tables and pictures of lesson 11: where a model looks, what beams find over their width, translations to play with."""
from collections.abc import Callable, Sequence
from typing import Any

import torch

from gensq_course import widgets
from gensq_course.lessons.dialogue_gan.pictures import Picture
from gensq_course.studies import translating
from gensq_course.studies.answering import Bench
from gensq_course.studies.rows import Row, by, value, values
from gensq_course.studies.translation import FEW, NUM_TRAIN, WIDTHS
from gensq_lib import plots
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import evaluating
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.decoding import greedy
from gensq_lib.text.pairs import Pair, collate_pairs
from gensq_lib.text.vocab import Sentence

SHOWN, TRIES = 14, 5  # words of a side; readings that are drawn


def where_it_looks(model: Seq2Seq, pair: Pair, text: PairCorpus) -> widgets.Table:
    """Before each word of the translation, the weight of each word of the source (Chinese stands in tables, never in figures)."""
    with evaluating(model):
        weights = model.looks(collate_pairs(text.encoded([pair])))[0].tolist()
    words, read = (*pair.target, "<eos>")[:SHOWN], pair.source[:SHOWN]
    rows = [[word, *(f"{weight:.2f}" if weight >= 0.05 else "" for weight in row[:SHOWN])]
            for word, row in zip(words, weights, strict=False)]
    return widgets.table(rows, ["before", *read], "Where it looks before each word of a translation (weights below .05 left out)")


def over_widths(rows: Sequence[Row], measure: str, **words: str) -> Picture:
    """A measure of what a beam finds, over its width, for a model of many pairs and one of few."""
    found = by(rows, "pairs", "said_by", measure=measure)
    curves = {f"{num:,} pairs": [found[num, f"beam of {width}"].mean for width in WIDTHS] for num in (NUM_TRAIN, FEW)}
    axes = plots.curves_over(list(range(len(WIDTHS))), curves, xlabel="width of the beam", ylabel=measure, **words)
    axes.set_xticks(range(len(WIDTHS)), [str(width) for width in WIDTHS])
    return axes, f"{measure} over beams of {', '.join(map(str, WIDTHS))}: " + "; ".join(
        f"{name} {', '.join(f'{y:.3f}' for y in ys)}" for name, ys in curves.items()) + "."


def heard(rows: Sequence[Row]) -> dict[tuple[str, str], Estimate]:
    """By how much a z that has seen the answer costs less than one of the prior, nats per translation, paired by seed; of each
    corpus and way that was scored by both.
    """
    honest, wrong = "nll", "nll, posterior"
    cheats = dict.fromkeys((r["corpus"], r["way"]) for row in rows for r in row["found"] if r["measure"] == wrong)
    return {(corpus, way): estimate([value(row["found"], corpus=corpus, way=way, measure=honest) - cost for row in rows
                                     for cost in values(row["found"], corpus=corpus, way=way, measure=wrong)])
            for corpus, way in cheats}


def readings(vae: ConditionalVAE, pair: Pair, bench: Bench, *, num: int = TRIES, seed: int = 0) -> list[Sentence]:
    """Several translations: each the likeliest words under another z from the prior."""
    prompts = translating.prompts_of([pair], bench.text).repeated(num)
    with evaluating(vae):
        prior = vae.prior(prompts)
        noise = torch.randn(prior.mean.shape, generator=runtime.generator(seed, "readings"))
        found = greedy(vae.answering(prompts), num=num, z=prior.mean + prior.stddev * noise, max_length=bench.game.max_length,
                       avoid=translating.AVOID)
    return found.sentences(bench.text.target_vocab)


def reader(bench: Bench, start: Seq2Seq, vae: ConditionalVAE) -> Callable[..., Any]:
    """For an explorer: type a source, see what the model says, what several z say, each marked, and where the model looks."""
    text = bench.text

    def show(source: str, draw: int) -> widgets.Picture:
        words = text.read_source(source)
        if unknown := [word for word in words if text.source_vocab.closed and word not in text.source_vocab] or not words:
            raise GensqError(f"expected words of this world, got {unknown if words else 'nothing'}; choose one of the examples")
        pair = Pair(words, ())
        right = text.targets(pair) if text.grammar else {}
        said = {"no z": translating.likeliest(start, [pair], bench)[0]}
        said |= {f"z {i + 1}": s for i, s in enumerate(readings(vae, pair, bench, seed=draw))}
        rows = [[name, text.show_target(s), verdict(s, right, known=text.grammar is not None)] for name, s in said.items()]
        return widgets.together(widgets.table(rows, ["", "translation", "right?"], text.show_source(words)),
                                where_it_looks(start, Pair(words, said["no z"]), text))
    return show


def verdict(said: Sentence, right: dict[Sentence, float], *, known: bool) -> str:
    """In words."""
    if not known:
        return "nobody knows"
    if not right:
        return "the source is no sentence of this world"
    return f"right, p = {right[said]:.2f}" if said in right else "wrong"
