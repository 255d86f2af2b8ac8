"""Corpora from outside: the sentence pairs of Tatoeba, the made-up sequences of He et al.

Rules, the same for all: sentences longer than 60 tokens are left out of all parts (and counted in `notes`); words
that the training part has only once become <unk>; at most 10,000 words are kept.
"""
from dataclasses import replace
from functools import cache

from gensq_lib.text.pairs import Pair
from gensq_lib.text.vocab import Sentence, Vocab

from . import text
from .corpus import MAX_TOKENS, MAX_WORDS, MIN_COUNT, TOO_LONG, Corpus, PairCorpus, left_out
from .files import fetched, lines, remotes_in
from .splits import Parts, components, split, subset

LANGUAGES = ("en", "zh")  # of Tatoeba

(TATOEBA,), (HE2019,) = remotes_in("cmn-eng"), remotes_in("he2019-synthetic")


def tatoeba_pairs(*, seed: int = 0, num_train: int = 0) -> PairCorpus:
    """English and Simplified Chinese. The vocabularies are those of the training part."""
    whole = tatoeba_whole()
    train = subset(whole.train, num_train, seed=seed)
    vocabs = (_vocab([getattr(pair, side) for pair in train]) for side in ("source", "target"))
    return replace(whole, train=train, **dict(zip(("source_vocab", "target_vocab"), vocabs, strict=True))) if num_train else whole


@cache
def tatoeba_whole() -> PairCorpus:
    """All pairs; what is linked by a shared sentence is in one part."""
    rows = [row.split("\t") for row in lines(fetched(TATOEBA)) if row]
    raw = {(text.tokens(english), text.tokens(chinese, "zh")): authors for english, chinese, authors in rows}
    kept = [pair for pair in raw if max(map(len, pair)) <= MAX_TOKENS]
    parts = split(kept, components((text.key(english), text.key(chinese)) for english, chinese in kept))
    scripts = [text.Script.of([pair[side] for pair in parts.train], code) for side, code in enumerate(LANGUAGES)]
    spelled = {pair: Pair(*(script.spell(s) for script, s in zip(scripts, pair, strict=True))) for pair in kept}
    parts = parts.each(lambda part: list(dict.fromkeys(spelled[pair] for pair in part)))
    english, chinese = scripts
    return PairCorpus(
        "tatoeba-en-zh", parts.train, parts.valid, parts.test, _vocab([pair.source for pair in parts.train]),
        _vocab([pair.target for pair in parts.train]), english.show, chinese.show, english.read, chinese.read, grammar=None,
        languages=LANGUAGES, origin="sentences of tatoeba.org", licence=TATOEBA.licence,
        notes=left_out(TOO_LONG, len(raw) - len(kept)), attributions={spelled[pair]: raw[pair] for pair in kept})


def tatoeba(*, language: str, seed: int, num_train: int) -> Corpus:
    """One side of the pairs: each distinct sentence once, in the part of its pairs."""
    pairs = tatoeba_whole()
    side = ("source", "target")[LANGUAGES.index(language)]
    parts = Parts(pairs.train, pairs.valid, pairs.test).each(lambda part: list(dict.fromkeys(getattr(p, side) for p in part)))
    return _corpus(
        parts, name=pairs.name + ("" if side == "source" else ":zh"), language=language,
        show=getattr(pairs, f"show_{side}"), read=getattr(pairs, f"read_{side}"), seed=seed, num_train=num_train,
        origin=pairs.origin, licence=pairs.licence, notes=pairs.notes,
        attributions={getattr(pair, side): authors for pair, authors in pairs.attributions.items()})


def he2019(*, seed: int, num_train: int) -> Corpus:
    """Sequences of numbers in the repository of He et al. (2019): an early version of their synthetic set.

    What is true of it, and tested: 10,000 different sequences of 10 words out of 1,000, nearly equally frequent; a word
    depends on the one before it; no labels, and no record of the process that made them.
    """
    sequences = [tuple(line.split()) for line in lines(fetched(HE2019)) if line.strip()]
    return _corpus(split(sequences, [" ".join(sequence) for sequence in sequences]), name="he2019-synthetic", language="",
                   show=" ".join, read=text.spaced, seed=seed, num_train=num_train,
                   origin="an early version of the synthetic set of He et al. (2019)", licence=HE2019.licence,
                   notes=(), attributions={})


def _corpus(parts: Parts[Sentence], *, seed: int, num_train: int, **facts) -> Corpus:
    """The vocabulary knows the training part alone."""
    train = subset(parts.train, num_train, seed=seed)
    return Corpus(train=train, valid=parts.valid, test=parts.test, vocab=_vocab(train), grammar=None, **facts)


def _vocab(sentences: list[Sentence]) -> Vocab:
    return Vocab.from_sentences(sentences, min_count=MIN_COUNT, max_size=MAX_WORDS)
