"""The text of lesson 22: many words, lengths as in the Penn Treebank, and a true probability for every sentence.

Words are numbers. Each is of one of a few kinds; a kind is followed by the next one as a rule, and within a kind words are
chosen by Zipf's law. So there is something to learn, and what cannot be learnt is known: -log p(x) of every sentence.
"""
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc

from gensq_lib.ground.errors import expect
from gensq_lib.text.vocab import Vocab

KINDS, NEXT = 20, 0.8  # kinds of words; how often the next kind follows, else any of them
SHAPE, SCALE, LONGEST = 4.41, 4.76, 80  # of a gamma distribution with mean 21 and standard deviation 10


@dataclass(frozen=True)
class ZipfText:
    """A source of sentences over `num_words` words; ids begin behind the special tokens, frequent words first."""

    num_words: int

    def __post_init__(self):
        right = self.num_words >= 2 * KINDS and self.num_words % KINDS == 0
        expect(right, f"expected a multiple of {KINDS} words, at least {2 * KINDS}, got {self.num_words}; try 10000")

    @property
    def vocab_size(self) -> int:
        """With the special tokens."""
        return self.num_words + len(Vocab.SPECIALS)

    @property
    def within(self) -> np.ndarray:
        """Probability of each place within a kind: 1 / place, as a share of all."""
        weights = 1 / np.arange(1, self.num_words // KINDS + 1)
        return weights / weights.sum()

    @property
    def lengths(self) -> np.ndarray:
        """Probability of 1, 2, ... words."""
        below = gammainc(SHAPE, (np.arange(LONGEST + 1) + 0.5) / SCALE)
        return np.diff(below) / np.diff(below).sum()

    def sentences(self, num: int, *, seed: int) -> list[list[int]]:
        """Independent sentences, encoded, without <bos> and <eos>."""
        rng = np.random.default_rng((seed, 22))
        counts = rng.choice(np.arange(1, LONGEST + 1), num, p=self.lengths)
        total = int(counts.sum())
        steps = np.where(rng.random(total) < NEXT, 1, rng.integers(KINDS, size=total))
        firsts = np.append(0, counts.cumsum()[:-1])
        steps[firsts] = rng.integers(KINDS, size=num)
        walked = steps.cumsum()
        kinds = (walked - np.repeat(walked[firsts] - steps[firsts], counts)) % KINDS
        places = rng.choice(len(self.within), total, p=self.within)
        ids = len(Vocab.SPECIALS) + places * KINDS + kinds
        return [sentence.tolist() for sentence in np.split(ids, firsts[1:])]

    def log_prob(self, encoded: list[int]) -> float:
        """log p of a sentence, nats, its end included."""
        words = np.array(encoded) - len(Vocab.SPECIALS)
        kinds, places = words % KINDS, words // KINDS
        follows = (np.diff(kinds) - 1) % KINDS == 0
        log_kind = np.log((1 - NEXT) / KINDS + NEXT * follows)
        return float(np.log(self.lengths[len(words) - 1]) - np.log(KINDS) + log_kind.sum() + np.log(self.within[places]).sum())
