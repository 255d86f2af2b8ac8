"""A reader's file that is too large to be held: the same corpora, but a line of training is read when a batch asks for it.

What part a line belongs to is what its words say (`part_by`), as of any file. To ask all of a million lines takes half a minute
before the first batch, and gigabytes if they are kept; so lines are drawn by chance, once and for all, and the first `LOOKED_AT`
(of a large vocabulary more) are read whole. They give vocabulary and spelling, and those of validation and test among them are
these parts. Any other line is asked when it is read for training, and left out there if it is held out, empty or too long: no
sentence of validation or test is ever trained on, and each one of training comes at most once in an epoch.
"""
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from gensq_lib.text.large import LOOKED_AT, Large, mapped
from gensq_lib.text.pairs import Pair

from . import labelled, own, text
from .chats import spelled
from .corpus import MAX_WORDS, Corpus, LabelledCorpus, PairCorpus
from .lines import Lines
from .splits import Parts, alone, part_by

AT_ONCE = 20_000_000  # bytes of a file that is read as a whole: some 400,000 sentences, about a gigabyte as tokens
PER_WORD = 2  # lines that are looked at for each word of the vocabulary, at least
LONGEST_BYTES = 4 * own.LONGEST_LINE  # in UTF-8 a character has at most four
KINDS = ("sentences", "labelled", "translations", "dialogues")  # as which a file is read line by line
Keep = Callable[[str], Any]  # a line of training, or None


def is_large(path: Path) -> bool:
    """Whether a file is read line by line."""
    return path.is_file() and path.stat().st_size > AT_ONCE


class Drawn:
    """The lines of a large file in an order of chance that depends on their number alone; the `first` ones are read."""

    def __init__(self, path: Path, *, cells: int = 1, max_words: int = MAX_WORDS, **facts: object):
        self.lines = Lines(path, cells=cells)
        self.order = np.arange(len(self.lines), dtype=np.int32)
        np.random.default_rng(0).shuffle(self.order)
        self.first = self.lines.some(self.order[: max(LOOKED_AT, PER_WORD * max_words)])

    def wrong_tabs(self, *right: int) -> list[tuple[int, int]]:
        """Numbers of lines with words and other than so many tabs, and how many they have."""
        wrong = np.flatnonzero(~np.isin(self.lines.tabs, right) & self.lines.sizes.any(1))
        return [(int(i) + 1, int(self.lines.tabs[i])) for i in wrong]

    def training(self, corpus: Corpus | PairCorpus, keep: Keep, *, sides: int = 1, seed: int = 0, num_train: int = 0,
                 **facts: object) -> list | Large:
        """What `keep` keeps of all lines, or of `num_train` of them; what was looked at is enough for few."""
        if 0 < num_train <= len(corpus.train):
            return corpus.train
        lines = self.lines
        places = self.order[(lines.sizes.any(1) & (lines.num_bytes <= LONGEST_BYTES))[self.order]]
        if num_train:
            places = np.random.default_rng((seed, 1)).permutation(places)[:num_train]
        return Large(lambda index: [keep(own.CODES.sub("", line)) for line in lines.some(index)], places,
                     lines.sizes[places, :sides], source=lines.digest)

    @property
    def note(self) -> str:
        """What of the file was looked at."""
        return (f"read line by line: of {len(self.lines):,} lines {len(self.first):,}, drawn by chance, gave the vocabulary, "
                "validation, test and what is counted here; what is held out of the others is left out when it is read")


def lines_of_text(path: Path, *, column: str = "", **facts) -> Corpus:
    """`own.own_sentences`."""
    if column or not is_large(path):
        return own.own_sentences(path, column=column, **facts)
    drawn = Drawn(path, **facts)
    corpus, script = own.sentences_of(drawn.first, path, **facts)
    tokens = partial(text.tokens, language=script.language)

    def keep(line: str) -> Any:
        sentence, reason = own.read_line(line, tokens)
        return None if reason or part_by(text.key(sentence)) != "train" else script.spell(sentence)

    return replace(corpus, train=drawn.training(corpus, keep, **facts), notes=(drawn.note, *corpus.notes))


def lines_with_labels(path: Path, **facts) -> LabelledCorpus:
    """`labelled.own_labelled`. A line with a label that those looked at lack is left out."""
    if not is_large(path):
        return labelled.own_labelled(path, **facts)
    drawn = Drawn(path, cells=2, **facts)
    own.refuse_labelled(path, drawn.wrong_tabs(1))
    corpus, script = labelled.examples_labelled(drawn.first, path, **facts)
    classes, example_in = set(corpus.classes), partial(own.example_in, tokens=partial(text.tokens, language=script.language))

    def keep(line: str) -> Any:
        example, reason = own.read_line(line, example_in)
        if reason or example.target[0] not in classes or part_by(text.key(example.source)) != "train":
            return None
        return script.spell(example.source), example.target[0]

    train = drawn.training(corpus.text, keep, **facts)
    if not isinstance(train, Large):
        return corpus
    train.made = lru_cache(maxsize=1)(train.made)  # sentences and their labels are read together
    said = replace(corpus.text, train=mapped(lambda each: each[0], train), notes=(drawn.note, *corpus.text.notes))
    return replace(corpus, text=said, labels=Parts(mapped(lambda each: each[1], train), corpus.labels.valid, corpus.labels.test))


def lines_of_pairs(path: Path, **facts) -> PairCorpus:
    """`own.own_pairs`."""
    if not is_large(path):
        return own.own_pairs(path, **facts)
    drawn = Drawn(path, cells=2, **facts)
    own.refuse_pairs(path, drawn.wrong_tabs(*own.TABS_OF_PAIRS))
    corpus, script = own.pairs_of(drawn.first, path, **facts)
    pair_in = partial(own.pair_in, tokens=partial(text.tokens, language=script.language))

    def keep(line: str) -> Any:
        pair, reason = own.read_line(line, pair_in)
        return None if reason or part_by(text.key(pair.source)) != "train" else spelled(pair, script)

    return replace(corpus, train=drawn.training(corpus, keep, sides=2, **facts), notes=(drawn.note, *corpus.notes))


def lines_of_translations(path: Path, **facts) -> PairCorpus:
    """`own.own_translations`, but what is linked by shared sentences is not followed: a pair goes where its source goes.

    So that no sentence of validation or test is met in training, in either language, pairs that share one are left out there.
    """
    if not is_large(path):
        return own.own_translations(path, **facts)
    drawn = Drawn(path, cells=2, **facts)
    own.refuse_pairs(path, drawn.wrong_tabs(*own.TABS_OF_PAIRS))
    corpus, (source, target) = own.translations_of(drawn.first, path, linked=False, **facts)
    held_out = {text.key(pair.target) for part in (corpus.valid, corpus.test) for pair in part}
    translated = partial(own.translated, languages=corpus.languages)

    def keep(line: str) -> Any:
        pair, reason = own.read_line(line, translated)
        if reason or part_by(alone(text.key(pair.source))) != "train" or text.key(pair.target) in held_out:
            return None
        return Pair(source.spell(pair.source), target.spell(pair.target))

    return replace(corpus, train=drawn.training(corpus, keep, sides=2, **facts), notes=(drawn.note, *corpus.notes))
