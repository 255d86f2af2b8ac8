"""An n-gram language model with interpolated Kneser-Ney smoothing: counts and no gradient, the baseline to beat.

It keeps the contracts of the neural models: log-likelihoods per token and per sentence (nats), and a decoder that
samples. Everything is a search in sorted integers, so 200,000 sentences are counted in seconds.
"""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.models.parts import NEVER, WordModel
from gensq_lib.text.batching import Batch
from gensq_lib.text.decoding import State
from gensq_lib.text.vocab import Vocab


@dataclass(frozen=True)
class Level:
    """All m-grams of one length m that were seen: a context, which is a row of the level below, and a word.

    `keys` are context * vocab_size + word, sorted: the words seen after one context are neighbours.
    """

    keys: np.ndarray
    discounted: np.ndarray  # of each m-gram: its count minus the discount, at least 0
    total: np.ndarray  # of each context: the sum of the counts of its m-grams
    left_over: np.ndarray  # of each context: the share of the total that the discount took

    @classmethod
    def counted(cls, keys: np.ndarray, counts: np.ndarray, num_contexts: int, vocab_size: int) -> "Level":
        """From how often each m-gram occurred (or, below the longest, after how many different words)."""
        contexts, discount = keys // vocab_size, discount_of(counts)
        total = np.bincount(contexts, counts, minlength=num_contexts)
        kept = (counts - discount).clip(min=0)
        return cls(keys, kept, total, 1 - np.bincount(contexts, kept, minlength=num_contexts) / total.clip(min=1))

    def rows(self, keys: np.ndarray) -> np.ndarray:
        """Where the keys stand; -1 for an m-gram that was never seen."""
        place = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        return np.where(self.keys[place] == keys, place, -1)


def discount_of(counts: np.ndarray) -> float:
    """n1 / (n1 + 2 n2), from how many counts are 1 and 2 (Chen & Goodman 1999); 1/2 where there are none."""
    ones, twos = (counts == 1).sum(), (counts == 2).sum()
    return float(ones / (ones + 2 * twos)) if ones and twos else 0.5


class NGram(WordModel):
    """p(word | the last `order` - 1 tokens) by interpolated Kneser-Ney (Kneser & Ney 1995; Chen & Goodman 1999).

    A sentence begins with one <bos>: an m-gram that starts there has nothing before it and keeps its plain count.
    <pad> and <bos> are never predicted; a word that was never seen gets its part of the uniform distribution.
    Taught in lesson 05.
    """

    def __init__(self, *, order: int, vocab_size: int):
        super().__init__()
        if order < 2:
            raise GensqError(f"expected an order of at least 2, got {order}; 2 looks back one word, 4 is a usual choice")
        self.order, self.vocab_size = order, vocab_size
        self.levels: list[Level] = []

    def fit(self, encoded: Sequence[Sequence[int]]) -> "NGram":
        """Count the m-grams of sentences (integers without <bos> and <eos>), from single words up to `order`."""
        if not len(encoded):
            raise GensqError("expected at least one sentence to count, got none; check the corpus")
        tokens, place = _in_one_line(encoded)
        expect(tokens.max() < self.vocab_size, f"expected words of a vocabulary of {self.vocab_size:,}, got the number "
                                               f"{tokens.max()}; encode with that vocabulary")
        rows, keys, counts = tokens, np.arange(self.vocab_size), np.zeros(self.vocab_size)
        at_start, below, levels = np.zeros(self.vocab_size, dtype=bool), 1, []
        for length in range(2, min(self.order, int(place.max()) + 1) + 1):  # no longer than the longest sentence
            ends = np.flatnonzero(place >= length - 1)
            longer, first, inverse, plain = np.unique(
                rows[ends - 1] * self.vocab_size + tokens[ends], return_index=True, return_inverse=True, return_counts=True)
            after = np.bincount(rows[ends[first]], minlength=len(keys))  # how many different words it was seen after
            levels.append((keys, np.where(at_start, counts, after), below))
            below, keys, counts, at_start = len(keys), longer, plain, place[ends[first]] == length - 1
            rows = np.full(len(tokens), -1)
            rows[ends] = inverse
        self.levels = [Level.counted(*each, self.vocab_size) for each in (*levels, (keys, counts, below))]
        return self

    def token_log_likelihood(self, batch: Batch) -> Float[Tensor, "batch time"]:
        """log p(x_t | x_<t), 0 on padding; all words of the batch at once, unlike `step` without those that do not come."""
        padded = np.pad(batch.inputs.cpu().numpy(), ((0, 0), (self.order - 2, 0)), constant_values=Vocab.PAD)
        contexts = np.lib.stride_tricks.sliding_window_view(padded, self.order - 1, axis=1)[batch.mask.cpu().numpy()]
        found = np.log(self._probability(contexts, batch.targets[batch.mask].cpu().numpy()).clip(min=NEVER))
        result = torch.zeros(batch.targets.shape, device=batch.targets.device)
        return result.masked_scatter(batch.mask, torch.from_numpy(found).float().to(result))

    def start(self, z: None, num: int) -> State:
        """The last order - 1 tokens. Before <bos> stands padding, which no m-gram contains."""
        return (torch.full((num, self.order - 1), Vocab.PAD),)

    def step(self, tokens: Int[Tensor, "batch"], state: State) -> tuple[Float[Tensor, "batch vocab"], State]:
        """log p(next word | context), and the context after `tokens`."""
        context = torch.cat([state[0], tokens[:, None].to(state[0].device)], 1)[:, 1:]  # counts live on the CPU
        log_p = np.log(self._probability(context.cpu().numpy()).clip(min=NEVER))
        return torch.from_numpy(log_p).float().to(tokens.device), (context,)

    def _probability(self, contexts: np.ndarray, words: np.ndarray | None = None) -> np.ndarray:
        """p(. | context), a row for each context, or p(word | context): each longer context corrects the one below."""
        if not self.levels:
            raise GensqError("expected a fitted n-gram model, got one without counts; call fit(sentences) first")
        result = np.full((len(contexts), *(() if words is not None else (self.vocab_size,))), 1 / (self.vocab_size - 2))
        if words is None:
            result[:, [Vocab.PAD, Vocab.BOS]] = 0
        for length, level in enumerate(self.levels):
            context = self._rows(contexts[:, self.order - 1 - length :])
            some = np.flatnonzero((context >= 0) & (level.total[context] > 0))  # where it was seen
            context = context[some]
            left_over, total = level.left_over[context], level.total[context]
            if words is not None:
                row = level.rows(context * self.vocab_size + words[some])
                result[some] = left_over * result[some] + np.where(row >= 0, level.discounted[row], 0) / total
                continue
            result[some] *= left_over[:, None]
            begin, end = (np.searchsorted(level.keys, (context + i) * self.vocab_size) for i in (0, 1))
            which = np.repeat(np.arange(len(some)), end - begin)
            row = np.arange(len(which)) + (begin - np.cumsum(end - begin) + (end - begin))[which]
            result[some[which], level.keys[row] % self.vocab_size] += level.discounted[row] / total[which]
        return result

    def _rows(self, grams: np.ndarray) -> np.ndarray:
        """Where each m-gram stands among those of its length; -1 if it was never seen."""
        row = np.zeros(len(grams), dtype=np.int64)
        for level, word in zip(self.levels, grams.T, strict=False):
            row = np.where(row >= 0, level.rows(row * self.vocab_size + word), -1)
        return row


def _in_one_line(encoded: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """All sentences in one line, <bos> and <eos> around each, and the place of each token in its sentence."""
    tokens = np.array([token for ids in encoded for token in (Vocab.BOS, *ids, Vocab.EOS)], dtype=np.int64)
    starts = np.flatnonzero(tokens == Vocab.BOS)
    return tokens, np.arange(len(tokens)) - np.repeat(starts, np.diff([*starts, len(tokens)]))
