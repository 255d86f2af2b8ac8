"""Two sentences that belong together, and the way from them to padded integer tensors.

In tensors the source is called a prompt, with its labels, and the target a reply, an ordinary `Batch`. A `PairBatch`
looks like the batch of its replies (`inputs`, `targets`, `mask`), so that losses, cures and evaluations that know nothing
of prompts work on it.
"""
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from gensq_lib.ground.errors import GensqError
from gensq_lib.text.batching import Batch, TrainingBatches, collate, in_order
from gensq_lib.text.vocab import Sentence, Vocab

PairIds = tuple[Sequence[int], Sequence[int], Sequence[int]]  # source and target without <bos> and <eos>, labels


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation, a prompt and a reply: a target for a source, under labels.

    There is one label for each condition of the corpus, in its order. Turns inside a prompt are separated by `TURN`.

        Pair(("hello", "there"), ("good", "day"), labels=("formal",))

    Taught in lesson 16.
    """

    source: Sentence
    target: Sentence
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prompts:
    """What is to be answered, and under which labels."""

    tokens: Int[Tensor, "batch time"]  # padded at the end; no <bos>, no <eos>
    lengths: Int[Tensor, "batch"]
    labels: Int[Tensor, "batch _"]  # one column for each condition

    @property
    def mask(self) -> Bool[Tensor, "batch time"]:
        """True where a token is real."""
        return torch.arange(self.tokens.shape[1], device=self.tokens.device) < self.lengths[:, None]

    def select(self, index: Tensor | slice) -> "Prompts":
        """Some of the prompts, in the order of `index`."""
        return Prompts(self.tokens[index], self.lengths[index], self.labels[index])

    def repeated(self, num: int) -> "Prompts":
        """Each prompt `num` times, its copies behind each other."""
        return self.select(torch.arange(len(self), device=self.lengths.device).repeat_interleave(num))

    def to(self, device: str) -> "Prompts":
        return Prompts(self.tokens.to(device), self.lengths.to(device), self.labels.to(device))

    def __len__(self) -> int:
        return len(self.lengths)


@dataclass(frozen=True)
class PairBatch:
    """Prompts, and the reply to each."""

    prompts: Prompts
    reply: Batch

    @property
    def inputs(self) -> Int[Tensor, "batch time"]:
        """Of the replies, as are all other tensors here."""
        return self.reply.inputs

    @property
    def targets(self) -> Int[Tensor, "batch time"]:
        return self.reply.targets

    @property
    def lengths(self) -> Int[Tensor, "batch"]:
        return self.reply.lengths

    @property
    def mask(self) -> Bool[Tensor, "batch time"]:
        return self.reply.mask

    @property
    def in_prompt(self) -> Bool[Tensor, "batch time"]:
        """True where a word of the reply also stands in its prompt."""
        same = self.reply.targets[:, :, None] == self.prompts.tokens[:, None]
        return (same & self.prompts.mask[:, None]).any(-1) & self.mask

    def with_inputs(self, inputs: Int[Tensor, "batch time"]) -> "PairBatch":
        """The same exchanges, the reply seen differently by the decoder (word dropout)."""
        return replace(self, reply=self.reply.with_inputs(inputs))

    def select(self, index: Tensor | slice) -> "PairBatch":
        return PairBatch(self.prompts.select(index), self.reply.select(index))

    def to(self, device: str) -> "PairBatch":
        return PairBatch(self.prompts.to(device), self.reply.to(device))

    def __len__(self) -> int:
        return len(self.reply)


def collate_prompts(prompts: Sequence[Sequence[int]], labels: Sequence[Sequence[int]], *, device: str = "cpu") -> Prompts:
    """Pad prompts (integers) and put their labels beside them."""
    if not all(prompts):
        raise GensqError("expected prompts of at least one word, got an empty one; leave it out")
    tokens = pad_sequence([torch.tensor(ids) for ids in prompts], batch_first=True, padding_value=Vocab.PAD)
    columns = torch.tensor([list(row) for row in labels], dtype=torch.long).view(len(prompts), -1)
    return Prompts(tokens, torch.tensor([len(ids) for ids in prompts]), columns).to(device)


def collate_pairs(pairs: Sequence[PairIds], *, device: str = "cpu") -> PairBatch:
    """Pad pairs into one batch. Taught in lesson 16."""
    if not len(pairs):
        raise GensqError("expected at least one pair for a batch, got none; leave empty batches out")
    prompts, replies, labels = zip(*pairs, strict=True)
    return PairBatch(collate_prompts(prompts, labels, device=device), collate(replies, device=device))


def joined(batches: Sequence[PairBatch]) -> PairBatch:
    """One batch of several, one behind the other: small networks take hardly longer for it than for one of them."""
    def side_by_side(tensors: Sequence[Tensor]) -> Tensor:
        return pad_sequence([row for tensor in tensors for row in tensor], batch_first=True, padding_value=Vocab.PAD)

    prompts, replies = [batch.prompts for batch in batches], [batch.reply for batch in batches]
    lengths, labels = (torch.cat([getattr(p, name) for p in prompts]) for name in ("lengths", "labels"))
    inputs, targets = (side_by_side([getattr(r, name) for r in replies]) for name in ("inputs", "targets"))
    return PairBatch(Prompts(side_by_side([p.tokens for p in prompts]), lengths, labels),
                     Batch(inputs, targets, torch.cat([r.lengths for r in replies])))


class PairBatches(TrainingBatches):
    """`batches(i)` is batch number i of an endless stream, as in `TrainingBatches`; replies of like length together."""

    def __init__(self, pairs: Sequence[PairIds], *, batch_size: int, seed: int, device: str = "cpu"):
        super().__init__([reply for _, reply, _ in pairs], batch_size=batch_size, seed=seed, device=device)
        self.pairs = pairs

    def __call__(self, i: int) -> PairBatch:
        return collate_pairs([self.pairs[j] for j in self.places(i)], device=self.device)


class PromptBatches:
    """`batches(i)` is batch number i of prompts without replies, drawn anew for every i, each under labels of the pool."""

    def __init__(self, prompts: Sequence[Sequence[int]], *, labels: Sequence[Sequence[int]], batch_size: int, seed: int,
                 device: str = "cpu"):
        if not prompts or not labels:
            raise GensqError(f"expected prompts and labels, got {len(prompts)} and {len(labels)}; take those of the corpus")
        self.prompts, self.labels, self.batch_size, self.seed, self.device = prompts, labels, batch_size, seed, device

    def __call__(self, i: int) -> Prompts:
        rng = np.random.default_rng((self.seed, i))
        which, under = rng.integers(len(self.prompts), size=self.batch_size), rng.integers(len(self.labels), size=self.batch_size)
        return collate_prompts([self.prompts[j] for j in which], [self.labels[j] for j in under], device=self.device)


def pairs_in_order(pairs: Sequence[PairIds], *, batch_size: int = 256, device: str = "cpu"
                   ) -> Iterator[tuple[np.ndarray, PairBatch]]:
    """Every exchange once, for evaluation, as (positions in `pairs`, batch); replies of like length together."""
    return in_order(pairs, batch_size=batch_size, device=device, length=lambda pair: len(pair[1]), collate=collate_pairs)
