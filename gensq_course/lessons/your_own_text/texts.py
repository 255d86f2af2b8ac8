"""A text as lesson 21 takes it: a reader's own as it is, sentences of a grammar as though they were a reader's file."""
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gensq_lib.text import corpora
from gensq_lib.text.corpora import Corpus
from gensq_lib.text.corpora.corpus import MAX_WORDS, MIN_COUNT
from gensq_lib.text.vocab import Sentence, Vocab

MOST = 20_000  # training sentences of a reader's text: more take minutes and say no more
HELD_OUT = 500  # validation and test sentences of a grammar, each


def opened(name: str, *, seed: int, num_train: int) -> Corpus:
    """The corpus with a vocabulary of its training part. Of a grammar there are `num_train` sentences, of a text at most so many.

    The sentences of a grammar keep it beside them, for the last page: nothing before looks there.
    """
    text = corpora.load(name, seed=seed, num_train=num_train if corpora.found(name).entry.grammar else 0)
    train = text.train[: num_train or MOST]
    vocab = text.vocab if len(train) == len(text.train) and not text.vocab.closed else Vocab.from_sentences(
        train, min_count=MIN_COUNT, max_size=MAX_WORDS)
    held_out = {part: getattr(text, part)[:HELD_OUT] for part in ("valid", "test") if text.grammar}
    return replace(text, train=train, vocab=vocab, **held_out)


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
