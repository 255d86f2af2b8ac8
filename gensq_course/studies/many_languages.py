"""One model for several target languages: a word in front of the source says which one (Johnson et al. 2017).

It is trained from and into English alone, and then asked for Chinese into Esperanto, which it has never seen. Beside it stand the
way through English, in two steps, by the one model and by two that have a direction each, and a model of that direction alone,
whose pairs the others never had.
"""
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

from gensq_course.studies.answering import Bench
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_course.studies.translating import HIDDEN, MLE_STEPS, fresh_test, likeliest, meanings, verdicts
from gensq_lib.text import corpora
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

SEEDS, LANGUAGES = range(3), ("zh", "en", "eo")
TRAINED, UNSEEN = ("zh-en", "en-zh", "en-eo", "eo-en"), "zh-eo"
NUM_TRAIN, NUM_VALID, NUM_TEST, STEPS = 1_000, 100, 100, 800  # pairs of each direction; steps of the one model


def crossing_pairs(name: str, seed: int) -> PairCorpus:
    """The crossing from one language into another."""
    return corpora.load_pairs(f"crossing:{name}", seed=seed, num_train=NUM_TRAIN)


def tag(language: str) -> str:
    """The word in front of a source that says into which language."""
    return f"<to {language}>"


def tagged(pairs: Sequence[Pair], language: str) -> list[Pair]:
    """With that word."""
    return [replace(pair, source=(tag(language), *pair.source)) for pair in pairs]


def together(texts: Sequence[PairCorpus]) -> PairCorpus:
    """Several directions as one corpus with one vocabulary, tags among its words. No source has a known set of targets here."""
    both = [vocab for text in texts for vocab in (text.source_vocab, text.target_vocab)]
    words = [word for vocab in both for word in vocab.words[len(Vocab.SPECIALS):]]
    vocab = Vocab([*map(tag, LANGUAGES), *words], closed=True)
    train, valid = ([pair for text in texts for pair in tagged(getattr(text, part)[:num], text.languages[1])]
                    for part, num in (("train", NUM_TRAIN), ("valid", NUM_VALID)))
    return replace(texts[0], name="crossing, many directions", train=train, valid=valid, test=[], source_vocab=vocab,
                   target_vocab=vocab, grammar=None, languages=("", ""))


def in_english(sentences: Sequence[Sentence], test: Sequence[Pair], seed: int) -> dict[str, float]:
    """How far English was said, whatever was asked for: words that only English has, sentences, right translations; shares."""
    english, other = (crossing_pairs(name, seed) for name in ("zh-en", UNSEEN))
    own = {*english.target_vocab.words} - {*other.target_vocab.words}
    right = [words in english.targets(pair) for words, pair in zip(sentences, test, strict=True)]
    return {"English words": fmean(word in own for words in sentences for word in words),
            "an English sentence": fmean(bool(meanings(english.grammar, words, "en")) for words in sentences),
            "right in English": fmean(right)}


def of_many(seed: int) -> Callable[[str, Sequence[Pair]], list[Sentence]]:
    """The one model: into which language, and what."""
    bench = Bench(together([crossing_pairs(name, seed) for name in TRAINED]), (), seed, hidden_dim=HIDDEN)
    model = bench.seq2seq(steps=STEPS, copy=False).eval()  # words of one language are hardly ever those of another
    return lambda language, pairs: likeliest(model, tagged(pairs, language), bench)


def alone(name: str, seed: int) -> Callable[[Sequence[Pair]], list[Sentence]]:
    """A model of one direction."""
    text = crossing_pairs(name, seed)
    bench = Bench(replace(text, valid=text.valid[:NUM_VALID]), (), seed, hidden_dim=HIDDEN)
    model = bench.seq2seq(steps=MLE_STEPS).eval()
    return lambda pairs: likeliest(model, pairs, bench)


def sources(sentences: Sequence[Sentence]) -> list[Pair]:
    """Without their targets, which are of another language; an empty one as a full stop."""
    return [Pair(words or (".",), ()) for words in sentences]


def two_steps(seed: int) -> list[Record]:
    """Through English, by a model of each step."""
    text = crossing_pairs(UNSEEN, seed)
    test = fresh_test(text, NUM_TEST, seed=seed)
    first, second = (alone(step, seed) for step in ("zh-en", "en-eo"))
    english = first(sources([pair.source for pair in test]))
    return graded(second(sources(english)), test, text, way="two models, through English")


def graded(said: Sequence[Sentence], test: Sequence[Pair], text: PairCorpus, *, way: str) -> list[Record]:
    """Shares that are right, a sentence of the language that was asked for, in its words."""
    own = fmean(bool(words) and set(words) <= set(text.target_vocab.words) for words in said)
    return records(verdicts(said, test, text) | {"its language": own}, direction="-".join(text.languages), way=way)


def unseen(seed: int) -> list[Record]:
    """What the one model says in the direction that it never saw."""
    text = crossing_pairs(UNSEEN, seed)
    test = fresh_test(text, NUM_TEST, seed=seed)
    return records(in_english(of_many(seed)(text.languages[1], test), test, seed), direction=UNSEEN, way="one model")


def many(seed: int) -> list[Record]:
    """Every direction, and the ways into the one that was never seen."""
    into, found = of_many(seed), []
    for name in (*TRAINED, UNSEEN):
        text = crossing_pairs(name, seed)
        test = fresh_test(text, NUM_TEST, seed=seed)
        said = {"one model": into(text.languages[1], test)}
        if name == UNSEEN:
            said["one model, through English"] = into(text.languages[1], sources(into("en", test)))
            said["a model of this direction"] = alone(name, seed)(test)
        for way, sentences in said.items():
            found += graded(sentences, test, text, way=way)
    return found


PARTS: dict[str, Callable[[int], list[Record]]] = {"many": many, "unseen": unseen, "two steps": two_steps}


def run(*, seed: int, part: str = "many") -> list[Record]:
    """Shares of the likeliest words."""
    return PARTS[part](seed)


SETTINGS = [*({"seed": seed} for seed in SEEDS),
            *({"part": part, "seed": seed} for part in ("unseen", "two steps") for seed in SEEDS)]
STUDY = Study("translation_many", "What does one model know of a direction that it never saw?", SETTINGS, run)
