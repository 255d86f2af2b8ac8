"""Two sentences that belong together, and the way from them to padded integer tensors.

In tensors the source is called a prompt, with its labels, and the target a reply, an ordinary `Batch`. A `PairBatch`
looks like the batch of its replies (`inputs`, `targets`, `mask`), so that losses, cures and evaluations that know nothing
of prompts work on it.
"""
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from gensq_lib.ground.errors import answered, expect
from gensq_lib.text.batching import Batch, Padded, TrainingBatches, collate, in_order
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
class Prompts(Padded):
    """What is to be answered, and under which labels."""

    tokens: Int[Tensor, "batch time"]  # padded at the end; no <bos>, no <eos>
    lengths: Int[Tensor, "batch"]
    labels: Int[Tensor, "batch _"]  # one column for each condition

    @property
    def targets(self) -> Int[Tensor, "batch time"]:
        """Of these rows; the mask is theirs."""
        return self.tokens

    def repeated(self, num: int) -> "Prompts":
        """Each prompt `num` times, its copies behind each other."""
        return self.select(torch.arange(len(self), device=self.lengths.device).repeat_interleave(num))


@dataclass(frozen=True)
class PairBatch(Padded):
    """Prompts, and the reply to each."""

    prompts: Prompts
    reply: Batch

    inputs = property(lambda self: self.reply.inputs)  # of the replies, as are all other tensors here
    targets = property(lambda self: self.reply.targets)
    lengths = property(lambda self: self.reply.lengths)

    @property
    def in_prompt(self) -> Bool[Tensor, "batch time"]:
        """True where a word of the reply also stands in its prompt."""
        same = self.reply.targets[:, :, None] == self.prompts.tokens[:, None]
        return (same & self.prompts.mask[:, None]).any(-1) & self.mask

    def with_inputs(self, inputs: Int[Tensor, "batch time"]) -> "PairBatch":
        """The same exchanges, the reply seen differently by the decoder (word dropout)."""
        return replace(self, reply=self.reply.with_inputs(inputs))


def collate_prompts(prompts: Sequence[Sequence[int]], labels: Sequence[Sequence[int]], *, device: str = "cpu") -> Prompts:
    """Pad prompts (integers) and put their labels beside them."""
    expect(all(prompts), "expected prompts of at least one word, got an empty one; leave it out")
    tokens = pad_sequence([torch.tensor(ids) for ids in prompts], batch_first=True, padding_value=Vocab.PAD)
    columns = torch.tensor([list(row) for row in labels], dtype=torch.long).view(len(prompts), -1)
    return Prompts(tokens, torch.tensor([len(ids) for ids in prompts]), columns).to(device)


@answered
def collate_pairs(pairs: Sequence[PairIds], *, device: str = "cpu") -> PairBatch:
    """Pad pairs into one batch. Taught in lesson 16."""
    expect(len(pairs), "expected at least one pair for a batch, got none; leave empty batches out")
    prompts, replies, labels = zip(*pairs, strict=True)
    return PairBatch(collate_prompts(prompts, labels, device=device), collate(replies, device=device))


OF_PAIRS = {"length": lambda pair: (len(pair[0]), len(pair[1])),  # like prompts together: they are read both ways
            "collate": collate_pairs}
PairBatches = partial(TrainingBatches, **OF_PAIRS)
pairs_in_order = partial(in_order, **OF_PAIRS)
