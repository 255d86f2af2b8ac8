"""A text as lesson 21 takes it: a reader's own as it is, sentences of a grammar as though they were a reader's file."""
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gensq_course.lessons.your_own_text.parting import SHORT, parted
from gensq_course.lessons.your_own_text.units import best_ngram
from gensq_course.report import gate
from gensq_lib.diagnostics import leaks
from gensq_lib.diagnostics.juries import log_p
from gensq_lib.ground.errors import expect
from gensq_lib.maths.stats import Estimate, Share, estimate
from gensq_lib.text import corpora
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.corpora.corpus import MAX_TOKENS, MAX_WORDS, MIN_COUNT
from gensq_lib.text.large import looked_at
from gensq_lib.text.vocab import Sentence, Vocab

HELD_OUT = 500  # validation and test sentences of a grammar, each
MOST = {"smoke": 400, "standard": 10_000, "full": 100_000}  # training sentences of a reader's text: more take many minutes


def opened(name: str, *, seed: int, num_train: int, most: int, groups: str = "") -> tuple[Corpus, Corpus]:
    """The corpus, its vocabulary from its training part, of which a reader's text keeps at most `most`; and with all of it.

    `groups` says what stays in one part (`parting`). The order of a reader's text is the seed's: lines that come again do not
    stand side by side. Of a large file some sentences are there, by chance. Of a grammar there are `num_train` sentences; it
    stays beside them for the envelopes alone.
    """
    it = corpora.found(name)
    if it.entry.grammar:
        expect(not groups, f"expected no groups with {name}, whose sentences are drawn one by one, got {groups}; leave it empty")
        text = corpora.load(name, seed=seed, num_train=num_train)
        text = replace(_as_file(text, text.train), valid=text.valid[:HELD_OUT], test=text.test[:HELD_OUT])
        return text, text
    text = corpora.load(name, seed=seed)
    text = replace(text, train=list(looked_at(text.train)))  # of a file that is read line by line those that stand for all
    short = sum(map(len, (text.train, text.valid, text.test))) < SHORT and not (it.path and it.path.is_dir())
    text = parted(name, text, groups) if groups or short else text
    noise = np.random.default_rng((seed, 23))
    text = replace(text, **{part: [inside[i] for i in noise.permutation(len(inside))] for part, inside in (
        ("train", text.train), ("valid", text.valid), ("test", text.test))})
    return _as_file(text, text.train[:most]), _as_file(text, text.train)


def grown(name: str, text: Corpus, *, seed: int, num: int) -> Corpus:
    """The same with so many training sentences of its grammar; its vocabulary stays."""
    return replace(text, train=corpora.load(name, seed=seed, num_train=num).train)


def warnings(name: str, text: Corpus) -> tuple[str, ...]:
    """What the table on top says is poor about a reader's text; where it is split otherwise here, only about its lines."""
    if not corpora.found(name).path:
        return ()
    look, sizes = gate.look(name), tuple(map(len, (text.train, text.valid, text.test)))
    return look.warnings[: None if look.sizes == sizes else look.of_lines]


def left_out(text: Corpus) -> float:
    """The share of a file's tokens that are in lines too long to be read, at least: each of these has more than `MAX_TOKENS`."""
    lost = (MAX_TOKENS + 1) * text.account.get("too long", 0)
    kept = sum(len(sentence) for part in (text.train, text.valid, text.test) for sentence in part)
    return lost / (lost + kept)


def _as_file(text: Corpus, train: list[Sentence]) -> Corpus:
    vocab = Vocab.from_sentences(train, min_count=MIN_COUNT, max_size=MAX_WORDS)
    return replace(text, train=train, vocab=vocab)


def echoed(sentences: Sequence[Sentence], *, share: float, seed: int, most: int = 3
           ) -> tuple[list[Sentence], dict[tuple[int, int], int]]:
    """The sentences in a line, some with an echo behind them that has up to `most` words of other sentences.

    Also which places say the same twice, and in how many words they differ: what a search for leaks should find.
    """
    noise, result, planted = np.random.default_rng((seed, 3)), [], {}
    for sentence in sentences:
        result.append(sentence)
        if noise.random() < share:
            echo = list(sentence)
            for place in noise.permutation(len(echo))[:noise.integers(most + 1)]:
                other = sentences[noise.integers(len(sentences))]
                echo[place] = other[noise.integers(len(other))]
            result.append(tuple(echo))
            planted[len(result) - 2, len(result) - 1] = sum(a != b for a, b in zip(sentence, echo, strict=True))
    return result, planted


@dataclass(frozen=True)
class Flattered:
    """Of a split: how many test lines have a near copy in training, and what these cost beside the others (counts, nats).

    None where there is no such line; where everything hangs together there is nothing to split, and no test line.
    """

    share: Share
    seen: Estimate | None = None
    without: Estimate | None = None  # the same lines, when their near copies are taken out of training
    unseen: Estimate | None = None

    @property
    def gain(self) -> float:
        """By how many nats its near copies in training make a line cheaper; 0 where there is no such line."""
        return self.without.mean - self.seen.mean if self.seen and self.without else 0.0


def flattered(lines: Sequence[Sentence], keys: Sequence[int], text: Corpus, *, seed: int) -> Flattered:
    """Draw a tenth of the keys for the test, all lines of a key together; read the others and see."""
    of_test = np.random.default_rng((seed, 4)).random(len(lines))[list(keys)] < 0.1
    test, train = ([line for line, held in zip(lines, of_test, strict=True) if held == wanted] for wanted in (True, False))
    if not test or not train:
        return Flattered(Share(0, 0))
    copies = leaks.copied(train, test)
    twins = leaks.copied([test[i] for i in copies], train) if copies else set()
    clean = [line for i, line in enumerate(train) if i not in twins]

    def nats(read: list[Sentence], wanted: bool) -> Estimate | None:
        said = [line for i, line in enumerate(test) if (i in copies) == wanted]
        if not said or not read:
            return None
        ids = [list(map(text.vocab.encode, part)) for part in (read, text.valid, said)]
        return estimate(-log_p(best_ngram(ids[0], ids[1], len(text.vocab)), ids[2]))

    return Flattered(Share(len(copies), len(test)), nats(train, True), nats(clean, True), nats(train, False))
