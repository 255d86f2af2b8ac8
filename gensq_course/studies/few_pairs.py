"""Few pairs: how good a translator they make, what sentences without a translation add (Sennrich et al. 2016), unseen topics.

Every model has equally many steps at most and stops where 100 validation pairs stop falling: with so few pairs nobody has more.
"""
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from gensq_course.studies.answering import Bench, quality
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.translating import fresh_test, likeliest, measured, prepared
from gensq_course.studies.translation import monolingual
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.corpora.translations import drawn_pairs
from gensq_lib.text.grammar import Derivation
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence

SEEDS, SIZES, STEPS, NUM_VALID = range(3), (100, 500, 2_000), 300, 100
BACK, EMPTY = "back-translation", "the same English, empty source"
TOPICS, NUM_EXTRA = ("ferry", "market", "school", "workshop"), 100  # that are trained on; pairs of the two others that are added


def few(bench: Bench, train: Sequence[Pair]) -> Bench:
    """The same test pairs, these training pairs, few for validation."""
    return replace(bench, text=replace(bench.text, train=list(train), valid=bench.text.valid[:NUM_VALID]))


def graded(bench: Bench, **keys: str | float) -> list[Record]:
    """What a model of this bench gives to right translations, and what its likeliest words are worth."""
    model = bench.seq2seq(steps=STEPS).eval()
    said = likeliest(model, bench.test, bench)
    return (records(quality(model, bench), **keys) + records(measured(said, bench.test, bench.text), said_by="greedy", **keys))


def little(seed: int) -> Iterator[Record]:
    """A model of so many pairs; one of the same with English sentences translated back."""
    whole = prepared(seed)
    alone = [pair.target for pair in monolingual(whole)]
    for num in SIZES:
        bench = few(whole, whole.text.train[:num])
        yield from graded(bench, pairs=num, more="nothing")
        turned = replace(bench, text=bench.text.turned, test=())
        made = back_translated(turned.seq2seq(steps=STEPS).eval(), turned, alone)
        yield from graded(few(whole, [*bench.text.train, *made]), pairs=num, more=BACK)


def back_translated(reverse: Seq2Seq, bench: Bench, sentences: Sequence[Sentence]) -> list[Pair]:
    """Pairs of a source that a reverse model has drawn for a sentence, and the true sentence; `bench` is that of the reverse."""
    answered = bench.answered(reverse, [Pair(sentence, ()) for sentence in sentences])
    return [Pair(pair.target, pair.source) for pair in answered if pair.target]


def empty(seed: int) -> Iterator[Record]:
    """The control of both: the same sentences behind a source that says nothing."""
    whole = prepared(seed)
    alone = [pair.target for pair in monolingual(whole)]
    for num in SIZES:
        yield from graded(few(whole, [*whole.text.train[:num], *sourceless(alone)]), pairs=num, more=EMPTY)


def sourceless(sentences: Sequence[Sentence]) -> list[Pair]:
    """Sentences behind a source that says nothing, a full stop: the control of Sennrich et al., who learn the language alone."""
    return [Pair(("。",), sentence) for sentence in sentences]


def topics(seed: int) -> Iterator[Record]:
    """Of equally many pairs: from four topics, or from all six; tested on both kinds. And four with a few pairs of the others."""
    whole = prepared(seed)
    draw = partial(drawn_pairs, whole.text.grammar, whole.text.languages, "train", seed=seed)
    four = draw(len(whole.text.train), keep=seen_topic)
    trained = {"four topics": four, "four, and a few pairs of the others": four[NUM_EXTRA:] + draw(NUM_EXTRA, keep=unseen_topic),
               "six topics": whole.text.train}
    for name, train in trained.items():
        bench = few(whole, train)
        model = bench.seq2seq(steps=STEPS).eval()
        for kind, keep in {"trained": seen_topic, "others": unseen_topic}.items():
            test = fresh_test(whole.text, len(whole.test) // 2, seed=seed, keep=keep)
            said = likeliest(model, test, bench)
            yield from records(measured(said, test, bench.text) | {"nll": quality(model, replace(bench, test=test))["nll"]},
                               trained=name, topics=kind)


def seen_topic(derivation: Derivation) -> bool:
    """Whether it is about one of the four."""
    return derivation.attributes["topic"] in TOPICS


def unseen_topic(derivation: Derivation) -> bool:
    """Whether it is about one of the two others."""
    return not seen_topic(derivation)


PARTS: dict[str, Callable[[int], Iterator[Record]]] = {"little": little, "empty": empty, "topics": topics}
TABLES = {"little": ("What do few pairs give, and what do sentences without a translation add?", ("little", "empty")),
          "topics": ("Does a translator of four topics know two others?", ("topics",))}  # question, parts


def run(*, part: str, seed: int) -> list[Record]:
    """Shares, nats per translation, and scores from 0 to 100."""
    return list(PARTS[part](seed))


def study(name: str) -> Study:
    """A recorded table."""
    question, parts = TABLES[name]
    return Study(f"translation_{name}", question, [{"part": part, "seed": seed} for part in parts for seed in SEEDS], run)
