"""A text as lesson 21 takes it: a reader's own as it is, sentences of a grammar as though they were a reader's file."""
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gensq_course.lessons.your_own_text.units import best_ngram
from gensq_lib.diagnostics import leaks
from gensq_lib.diagnostics.juries import log_p
from gensq_lib.ground.errors import expect
from gensq_lib.maths.stats import Estimate, Share, estimate
from gensq_lib.text import corpora
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.corpora.corpus import MAX_TOKENS, MAX_WORDS, MIN_COUNT
from gensq_lib.text.vocab import Sentence, Vocab

HELD_OUT = 500  # validation and test sentences of a grammar, each
MOST = {"smoke": 400, "standard": 10_000, "full": 100_000}  # training sentences of a reader's text: more take many minutes
FEWEST = 5  # of a reader's text: with fewer nothing can be tested


def opened(name: str, *, seed: int, num_train: int, most: int) -> Corpus:
    """The corpus, its vocabulary from its training part. Of a grammar `num_train` sentences, of a reader's text at most `most`.

    The sentences of a grammar keep it beside them, for the last page: nothing before looks there.
    """
    if not corpora.found(name).entry.grammar:
        text = corpora.load(name, seed=seed)
        fewest = min(len(text.valid), len(text.test))
        expect(fewest >= FEWEST, f"expected at least {FEWEST} sentences each for validation and test in {name}, got {fewest}; "
                                 "bring some 300 lines")
        return text if len(text.train) <= most else _as_file(text, text.train[:most])
    text = corpora.load(name, seed=seed, num_train=num_train)
    return replace(_as_file(text, text.train), valid=text.valid[:HELD_OUT], test=text.test[:HELD_OUT])


def whole(name: str, text: Corpus, *, seed: int) -> Corpus:
    """The reader's text with all of its training part, of which `text` may have a cut; of a grammar there is no more."""
    return text if text.grammar else corpora.load(name, seed=seed)


def left_out(text: Corpus) -> float:
    """The share of a file's tokens that are in lines too long to be read, at least: each of these has more than `MAX_TOKENS`."""
    lost = (MAX_TOKENS + 1) * text.account.get("too long", 0)
    kept = sum(len(sentence) for part in (text.train, text.valid, text.test) for sentence in part)
    return lost / (lost + kept)


def _as_file(text: Corpus, train: list[Sentence]) -> Corpus:
    vocab = Vocab.from_sentences(train, min_count=MIN_COUNT, max_size=MAX_WORDS)
    return replace(text, train=train, vocab=vocab)


def echoed(sentences: Sequence[Sentence], *, share: float, seed: int) -> tuple[list[Sentence], list[tuple[int, int]]]:
    """The sentences in a line, some with an echo behind them: half of these the same, half with one word of another sentence.

    Also which places say the same twice: what a search for leaks must find.
    """
    noise, result, pairs = np.random.default_rng((seed, 3)), [], []
    for sentence in sentences:
        result.append(sentence)
        if noise.random() < share:
            echo = list(sentence)
            if noise.random() < 0.5:
                place = noise.integers(len(echo))
                other = sentences[noise.integers(len(sentences))]
                echo[place] = other[noise.integers(len(other))]
            result.append(tuple(echo))
            pairs.append((len(result) - 2, len(result) - 1))
    return result, pairs


@dataclass(frozen=True)
class Flattered:
    """Of a split: how many test lines have a near copy in training, and what these cost beside the others (counts, nats).

    None where there is no such line; where everything hangs together there is nothing to split, and no test line.
    """

    share: Share
    seen: Estimate | None = None
    unseen: Estimate | None = None

    @property
    def gain(self) -> float:
        """By how many nats a near copy in training makes a line cheaper; 0 where that cannot be said."""
        return self.unseen.mean - self.seen.mean if self.seen and self.unseen else 0.0


def flattered(lines: Sequence[Sentence], keys: Sequence[int], text: Corpus, *, seed: int) -> Flattered:
    """Draw a tenth of the keys for the test, all lines of a key together; read the others and see."""
    of_test = np.random.default_rng((seed, 4)).random(len(lines))[list(keys)] < 0.1
    test, train = ([line for line, held in zip(lines, of_test, strict=True) if held == wanted] for wanted in (True, False))
    if not test or not train:
        return Flattered(Share(0, 0))
    copies = leaks.copied(train, test)
    ids = [list(map(text.vocab.encode, part)) for part in (train, text.valid, test)]
    nats = (-log_p(best_ngram(ids[0], ids[1], len(text.vocab)), ids[2])).tolist()
    parted = ([each for i, each in enumerate(nats) if (i in copies) == wanted] for wanted in (True, False))
    return Flattered(Share(len(copies), len(test)), *(estimate(part) if part else None for part in parted))
