"""What does a small model make of real sentences, in both directions? No truth is known: likelihood, metrics, and reading.

What is typed was written for this course before the model was trained; the translations are recorded as they come.
"""
from collections.abc import Iterator

from gensq_course.studies import translating
from gensq_course.studies.answering import Bench, quality
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.ground.errors import GensqError
from gensq_lib.text.consensus import least_risk
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.pairs import Pair

CORPUS, HIDDEN, STEPS, NUM_TEST, SAMPLES = "tatoeba-en-zh", 128, 1_200, 300, 16
TYPED = {  # by the language that they are to be translated into
    "zh": ("I am tired today.", "Where is the station?", "She likes to read books.", "We have no time.", "Can you help me?",
           "My brother lives in Beijing.", "The dog is sleeping under the table.", "It will rain tomorrow.", "What did you eat?",
           "He bought a new car last week."),
    "en": ("我今天很累。", "车站在哪里？", "她喜欢看书。", "我们没有时间。", "你能帮我吗？", "我哥哥住在北京。",
           "狗在桌子下面睡觉。", "明天会下雨。", "你吃了什么？", "他上个星期买了一辆新车。")}


def direction(into: str) -> PairCorpus:
    """The pairs from one side to the other."""
    if into not in TYPED:
        raise GensqError(f'expected a language out of {", ".join(TYPED)}, got "{into}"; choose one of these')
    return translating.direction(CORPUS, turned=into == "en")


def run(*, into: str) -> list[Record]:
    """Nats per token, scores from 0 to 100; and texts."""
    text = direction(into)
    bench = Bench(text, text.test[:NUM_TEST], 0, hidden_dim=HIDDEN)
    return list(found(bench))


def found(bench: Bench) -> Iterator[Record]:
    """Of one direction."""
    model = bench.seq2seq(steps=STEPS).eval()
    yield from records(quality(model, bench))
    draws = translating.drawn_lists(model, bench.test, bench, num=SAMPLES)
    said = {f"beam of {width}": translating.likeliest(model, bench.test, bench, width=width) for width in (1, 4, 16)}
    said |= {"a sample": [some[0] for some in draws], f"least risk of {SAMPLES} samples": [least_risk(some) for some in draws],
             "the source, copied": [pair.source for pair in bench.test]}
    for name, sentences in said.items():
        yield from records(translating.metrics_of(sentences, bench.test, bench.text), said_by=name)
    typed = [Pair(bench.text.read_source(written), ()) for written in TYPED[bench.text.languages[1]]]
    for pair, words in zip(typed, translating.likeliest(model, typed, bench, width=4), strict=True):
        yield {"said": bench.text.show_source(pair.source), "measure": "translation", "value": bench.text.show_target(words)}


STUDY = Study("translation_people", "What does a small model make of real sentences?", [{"into": into} for into in TYPED], run)
