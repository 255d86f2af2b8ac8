"""From sentences to padded integer tensors.

Convention everywhere in gensq_lib: batch first, `(batch, time)`. Half of a naive loop's time
goes into padding, so sentences of like length travel together; which ones, and in which
order, is a function of (seed, i) alone: a resumed run sees the same batches.
"""
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from gensq_lib.ground.errors import answered, expect, whole
from gensq_lib.text.large import Large
from gensq_lib.text.vocab import Vocab

BUCKET = 32  # batches per length bucket: enough to mix sentences, few enough to keep lengths alike
AHEAD = 8  # batches of a `Large` that are read together: by turns, reading and computing would push each other out of the caches
SPARE = 1.35  # places of a `Large` for each item: at one in ten there is nothing, and a batch that is not full has its own shape


class Padded:
    """Examples of unlike lengths side by side. The fields of a subclass are tensors with the batch axis first, or `Padded`."""

    targets: Int[Tensor, "batch time"]
    lengths: Int[Tensor, "batch"]

    @property
    def mask(self) -> Bool[Tensor, "batch time"]:
        """True where a target token is real, False on padding."""
        return torch.arange(self.targets.shape[1], device=self.targets.device) < self.lengths[:, None]

    def select(self, index: Tensor | slice) -> "Padded":
        """Some of the examples, in the order of `index`."""
        return _merged([self], lambda tensors: tensors[0][index])

    def to(self, device: str) -> "Padded":
        """On a device."""
        return _merged([self], lambda tensors: tensors[0].to(device))

    def __len__(self) -> int:
        return len(self.lengths)


def joined(batches: Sequence[Padded]) -> Padded:
    """One batch of several, one behind the other: small networks take hardly longer for it than for one of them."""
    def behind(tensors: Sequence[Tensor]) -> Tensor:
        rows = [row for tensor in tensors for row in tensor]
        return pad_sequence(rows, batch_first=True, padding_value=Vocab.PAD) if rows[0].dim() else torch.stack(rows)

    return _merged(batches, behind)


def _merged(batches: Sequence[Padded], merge: Callable[[Sequence[Tensor]], Tensor]) -> Padded:
    """`merge` of the same tensor of each, wherever it stands in them."""
    columns = [[getattr(batch, field.name) for batch in batches] for field in fields(batches[0])]
    return type(batches[0])(*(_merged(column, merge) if isinstance(column[0], Padded) else merge(column) for column in columns))


@dataclass(frozen=True)
class Batch(Padded):
    """Teacher-forcing pair: predict `targets[t]` from `inputs[:t + 1]`."""

    inputs: Int[Tensor, "batch time"]  # <bos> x_1 ... x_{T-1}
    targets: Int[Tensor, "batch time"]  # x_1 ... x_{T-1} <eos>
    lengths: Int[Tensor, "batch"]  # target tokens, <eos> counted, padding not

    def with_inputs(self, inputs: Int[Tensor, "batch time"]) -> "Batch":
        """The same sentences, seen differently by the decoder (word dropout); the encoder reads `targets`."""
        return replace(self, inputs=inputs)


@answered
def collate(encoded: Sequence[Sequence[int]], *, device: str = "cpu") -> Batch:
    """Pad sentences (integers without <bos> and <eos>) into one batch. Taught in lesson 00."""
    expect(len(encoded), "expected at least one sentence for a batch, got none; leave empty batches out")
    lengths = torch.tensor([len(ids) + 1 for ids in encoded])
    table = np.full((len(encoded), int(lengths.max()) + 1), Vocab.PAD, dtype=np.int64)
    for row, ids in zip(table, encoded):
        row[0] = Vocab.BOS
        row[1 : len(ids) + 1] = ids
        row[len(ids) + 1] = Vocab.EOS
    tokens = torch.from_numpy(table)
    inputs = tokens[:, :-1].masked_fill(tokens[:, :-1] == Vocab.EOS, Vocab.PAD)  # <eos> is never an input
    return Batch(inputs, tokens[:, 1:], lengths).to(device)


class TrainingBatches:
    """`batches(i)` is batch number i of an endless stream: every epoch holds every sentence once, newly mixed.

    A batch has `batch_size` sentences. Or it has at most so many `tokens`, padding and the end of each sentence counted: short
    ones come in large batches, and memory is bounded by `tokens`, or by the longest sentence, which comes alone. A step takes the
    mean over a batch: told the `usual` number of sentences it lets one of a small batch count no more than others. Of a `Large` a
    sentence comes at most once in an epoch: its batches are cut to one size, or torch would keep buffers for each size that it
    meets; those by tokens are a little smaller. `collate` makes a batch of some of them; what are no sentences (pairs, for
    example) need their own, and their `length`, of each side where there are several: the first one is what they are sorted by.
    Taught in lesson 06.

    >>> batches = TrainingBatches(encoded, tokens=2048, seed=0)
    """

    def __init__(self, encoded: Sequence, *, seed: int, batch_size: int | None = None, tokens: int | None = None,
                 device: str = "cpu", length: Callable[..., int | tuple[int, ...]] = len, collate: Callable = collate):
        expect(encoded, "expected at least one sentence to train on, got none; check the corpus")
        expect(batch_size is None or tokens is None, f"expected a batch_size or a number of tokens, got {batch_size!r} and "
               f"{tokens!r}; leave one out")
        if tokens is None:
            expect(whole(batch_size, 1), f"expected a batch_size of at least 1, got {batch_size!r}; try 32")
        else:
            expect(whole(tokens, 1), f"expected at least 1 token in a batch, got {tokens!r}; try 2048")
            expect(length is not any_length, "expected lengths to count tokens by, got any_length; give a batch_size")
        expect(whole(seed), f"expected a seed of 0 or more, got {seed!r}; choose a whole number such as 0")
        self.encoded, self.batch_size, self.tokens, self.seed, self.device = encoded, batch_size, tokens, seed, device
        self.collate, self._sizes = collate, _sizes_of(encoded, length)
        self.lengths = self._sizes[:, 0]
        self._width = math.ceil(SPARE * batch_size) if batch_size and isinstance(encoded, Large) else batch_size
        self._cuts = [] if tokens is None else _cuts(self._sizes + 1, tokens)
        self._epoch, self._plan, self._ahead = -1, [], {}

    @property
    def per_epoch(self) -> int:
        """Batches in one epoch, the last partial one included."""
        return -(-len(self.encoded) // self._width) if self.tokens is None else len(self._cuts) + 1

    @property
    def usual(self) -> float:
        """Sentences of a batch, on average: what a step divides by where batches are by tokens."""
        return len(self.encoded) / self.per_epoch

    def __call__(self, i: int) -> Any:
        epoch, within = divmod(i, self.per_epoch)
        if epoch != self._epoch:
            self._epoch, self._plan, self._ahead = epoch, self._plan_epoch(epoch), {}
        while not (items := self._items(within)):
            within = (within + 1) % self.per_epoch  # of a small batch all lines may be held out: the next one comes in its place
        return self.collate(items, device=self.device)

    def _plan_epoch(self, epoch: int) -> list[np.ndarray]:
        """Shuffle; sort by length, inside each bucket or, by tokens, everything; cut into batches; shuffle the batches."""
        rng = np.random.default_rng((self.seed, epoch))
        order = np.arange(len(self.encoded), dtype=np.int32)
        rng.shuffle(order)
        if self.tokens is None:
            for start in range(0, len(order), BUCKET * self._width):
                part = order[start : start + BUCKET * self._width]  # a view: a million of them are sorted in place
                part[:] = part[np.argsort(self.lengths[part], kind="stable")]
            plan = [order[a : a + self._width] for a in range(0, len(order), self._width)]
        else:
            plan = np.split(order[np.lexsort(self._sizes[order].T[::-1])], self._cuts)
        return [plan[k] for k in rng.permutation(len(plan))]

    def _items(self, turn: int) -> list:
        """The sentences of a batch; of what is too large to be held as many as there are and as fit."""
        if not isinstance(self.encoded, Large):
            return [self.encoded[j] for j in self._plan[turn]]
        if turn not in self._ahead:
            turns = range(turn, min(turn + AHEAD, len(self._plan)))
            self._ahead = {each: self.encoded.some(self._plan[each], most=self.batch_size) for each in turns}
        return self._ahead[turn]


def _sizes_of(encoded: Sequence, length: Callable[..., int | tuple[int, ...]]) -> Int[np.ndarray, "sentence side"]:
    """The lengths of each. What is too large to be held knows them, and is not read for them."""
    if isinstance(encoded, Large) and length is not any_length:
        return encoded.sizes
    found = np.array([length(each) for each in encoded], dtype=np.int64)
    return found if found.ndim == 2 else found[:, None]


def _cuts(sizes: Int[np.ndarray, "sentence side"], tokens: int) -> list[int]:
    """Where to cut sorted sizes so that number times longest is at most `tokens`: the same places in every epoch.

    Equal sizes are counted, not walked through: of a million sentences there are some hundred different ones.
    """
    cuts, inside, done, longest = [], 0, 0, np.zeros(sizes.shape[1], dtype=np.int64)
    for row, num in zip(*np.unique(sizes, axis=0, return_counts=True), strict=True):
        while num:
            wide = np.maximum(longest, row)
            fitting = min(tokens // int(wide.sum()) - inside, int(num))
            if fitting <= 0 and inside:
                cuts.append(done)
                inside, longest = 0, np.zeros_like(longest)
                continue
            fitting = max(fitting, 1)  # what is longer than a batch comes alone
            inside, done, num, longest = inside + fitting, done + fitting, num - fitting, wide
    return cuts


def any_length(example: Sequence) -> int:
    """A `length` for batches of all lengths: beside what a player said, like lengths would give away to a judge what is real.

    Taught in lesson 15.
    """
    return 0


def in_order(encoded: Sequence, *, batch_size: int = 256, device: str = "cpu",
             length: Callable[..., int | tuple[int, ...]] = len, collate: Callable = collate) -> Iterator[tuple[np.ndarray, Any]]:
    """Every sentence once, for evaluation, as (positions in `encoded`, batch); like lengths together.

    `length` and `collate` as of `TrainingBatches`. Taught in lesson 00.
    """
    right = whole(batch_size, 1) and hasattr(encoded, "__len__")
    expect(right, f"expected sentences, in batches of 1 or more, got {batch_size!r} a batch; try 256")
    order = np.argsort(_sizes_of(encoded, length)[:, 0], kind="stable")
    for start in range(0, len(order), batch_size):
        index = order[start : start + batch_size]
        yield index, collate([encoded[j] for j in index], device=device)
