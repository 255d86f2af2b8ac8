"""The recorded tables of lesson 17 where lengths change: registers, sentiments, English and Chinese, with a few pairs beside.

Noise, steps and rates were tried on seed 100, which no table has.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from gensq_course.studies import deciphering, manners, rewriting, translating
from gensq_course.studies.manners import Sides
from gensq_course.studies.rewriting import NO_NOISE, PAIRS_ALONE, Dictionary, Noise, network, rewritten_by, train_rewriter
from gensq_course.studies.rows import Record, records
from gensq_course.studies.study import Study
from gensq_lib.text import corpora
from gensq_lib.text.corpora import PairCorpus
from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

SEEDS = {"sentiment": range(5), "register": range(5), "languages": range(5)}
STEPS = {"sentiment": 250, "register": 1_200, "languages": 2_000}  # tried on seed 100: with fewer, pairs teach little, too
PAIRS, MANY = (100, 1_000), 1_000  # pairs that a way may see; those that a dictionary is made from
FULL = "denoising and back-translation"


@dataclass(frozen=True)
class Way:
    """How a rewriter learns."""

    noise: str = "words"  # "words": any; "little": any, but fewer; "style": as few, and mostly those of a style; "none"
    back_from: float = 0.2  # share of the steps before translating back; 1: never
    denoising: float = 1.0
    copy: bool = False
    pairs: int = 0
    dictionary: bool = False  # a word for each word, as somebody with many pairs would write it down


SOME_PAIRS = {f"and {num:,} pairs": Way(pairs=num) for num in PAIRS}
ALONE = {f"{num:,} pairs alone": Way(pairs=num, **PAIRS_ALONE) for num in PAIRS}
WAYS = {"sentiment": {FULL: Way("style"), "noise of any word": Way(), "without back-translation": Way("style", back_from=1),
                      "with a copy gate": Way("style", copy=True)},
        "register": {FULL: Way("style"), "noise of any word": Way(), "and 100 pairs": Way(pairs=100)},
        "zh-en": {FULL: Way(), "and a dictionary": Way(dictionary=True)} | SOME_PAIRS | ALONE,
        "eo-en": {FULL: Way(), "and a dictionary": Way(dictionary=True)} | SOME_PAIRS | ALONE}


def noise_of(way: Way, styled: frozenset[int]) -> Noise:
    """What is done to a sentence."""
    return {"words": Noise(), "little": Noise(0.1, 1), "style": Noise(0.1, 1, styled), "none": NO_NOISE}[way.noise]


def rewritten(data: Sides, way: Way, *, seed: int, steps: int) -> tuple[list[Sentence], float]:
    """What a network says to the test sentences, and how many words of these come back from a round trip."""
    vocab = data.vocab
    sides = [[vocab.encode(words) for words in side] for side in data.sides]
    model = network(vocab, seed=seed, copy=way.copy)
    train_rewriter(model, sides, steps=steps, seed=seed, back_from=way.back_from, denoising=way.denoising,
                   noise=noise_of(way, manners.style_words(data)), pairs=manners.some_pairs(data, way.pairs, seed=seed))
    where = [data.side_of(words) for words in data.test]
    said = rewritten_by(model, data.test, where, vocab)
    back = rewritten_by(model, said, [1 - side for side in where], vocab)
    return said, fmean(first == second for first, second in zip(back, data.test, strict=True))


def styles(*, style: str, seed: int) -> list[Record]:
    """Shares and BLEU; of the perfect player and of those who need no network, too."""
    data = manners.sides(style, seed=seed)
    judge = manners.style_judge(data)
    said = {name: (words, None) for name, words in manners.without_networks(data, judge, seed=seed).items()}
    said |= {name: rewritten(data, way, seed=seed, steps=STEPS[style]) for name, way in WAYS[style].items()}
    found: list[Record] = []
    for name, (words, trip) in said.items():
        measures = manners.measured(words, data, judge) | manners.kept(words, data)
        found += records(measures if trip is None else measures | {"round trip": trip}, by=name)
    return found


# Between two languages

def two_languages(name: str, seed: int, *, num: int = 4_000) -> tuple[PairCorpus, list[list[Sentence]], list[Pair], Vocab]:
    """The crossing; its first pairs, of which a way may see some; two sides that share no pair; one vocabulary."""
    text = corpora.load_pairs(f"crossing:{name}", seed=seed, num_train=2 * num + MANY)
    pairs, rest = text.train[:MANY], text.train[MANY:]
    sides = [[pair.source for pair in rest[:num]], [pair.target for pair in rest[num:]]]
    words = [word for vocab in (text.source_vocab, text.target_vocab) for word in vocab.words[len(Vocab.SPECIALS):]]
    return text, sides, pairs, Vocab(words, closed=True)


def dictionaries(pairs: Sequence[Pair], text: PairCorpus, vocab: Vocab) -> list[Dictionary]:
    """A word for each word, both ways, by IBM's model 1: integers of the one vocabulary. Words of no pair are left out."""
    bags = [deciphering.bags(side, some, len(some)) for side, some in (
        ([pair.source for pair in pairs], text.source_vocab), ([pair.target for pair in pairs], text.target_vocab))]

    def of(first: int, names: Sequence[Vocab]) -> Dictionary:
        counts = deciphering.ibm1(bags[first], bags[1 - first])  # [other side, this side]
        met = (bags[first].sum(0) > 0).nonzero()[:, 0].tolist()
        found = {names[0].words[i]: names[1].words[int(counts[:, i].argmax())] for i in met}
        return {vocab.encode((word,))[0]: vocab.encode((other,)) for word, other in found.items()}

    return [of(0, (text.source_vocab, text.target_vocab)), of(1, (text.target_vocab, text.source_vocab))]


def languages(*, languages: str, seed: int, steps: int = STEPS["languages"]) -> list[Record]:
    """Into English: shares that are right, that keep kind, tense and topic, that are a sentence; BLEU and chrF.

    "any sentence": English ones that have nothing to do with the sources, what chance gives.
    """
    text, sides, pairs, vocab = two_languages(languages, seed)
    test = translating.fresh_test(text, 200, seed=seed)
    sources, found = [pair.source for pair in test], []
    encoded = [[vocab.encode(words) for words in side] for side in sides]
    words = dictionaries(pairs, text, vocab)
    plainly = rewriting.word_for_word([vocab.encode(source) for source in sources], words[0], np.random.default_rng(seed))
    found += records(translating.measured([tuple(vocab.words[i] for i in ids) for ids in plainly], test, text),
                     by="the dictionary, word by word")
    for name, way in WAYS[languages].items():
        model = network(vocab, seed=seed, copy=way.copy)
        train_rewriter(model, encoded, steps=steps, seed=seed, back_from=way.back_from, denoising=way.denoising,
                       pairs=[(vocab.encode(pair.source), vocab.encode(pair.target)) for pair in pairs[: way.pairs]],
                       dictionaries=words if way.dictionary else ())
        said = rewritten_by(model, sources, [0] * len(test), vocab)
        back = rewritten_by(model, said, [1] * len(test), vocab)
        trip = fmean(first == second for first, second in zip(back, sources, strict=True))
        found += records(translating.measured(said, test, text) | {"round trip": trip}, by=name)
    return found + records(translating.measured(sides[1][: len(test)], test, text), by="any sentence")


STYLES = Study("unpaired_styles", "Who changes a register or a sentiment and keeps what is said?",
               [{"style": style, "seed": seed} for style in ("sentiment", "register") for seed in SEEDS[style]], styles)
LANGUAGES = Study("unpaired_languages", "Can a language be translated into English without a pair, and what are pairs worth?",
                  [{"languages": name, "seed": seed} for name in ("zh-en", "eo-en") for seed in SEEDS["languages"]], languages)
