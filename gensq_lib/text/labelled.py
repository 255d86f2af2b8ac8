"""Sentences with a label each, from integers to padded tensors: a `LabelledBatch` looks like the batch of its sentences."""
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from jaxtyping import Int
from torch import Tensor

from gensq_lib.ground.errors import answered, expect
from gensq_lib.text.batching import Batch, Padded, TrainingBatches, collate, in_order

LabelledIds = tuple[Sequence[int], int]  # a sentence without <bos> and <eos>, the place of its label among the classes


@dataclass(frozen=True)
class LabelledBatch(Padded):
    """Sentences, and the label of each. Taught in lesson 10."""

    text: Batch
    labels: Int[Tensor, "batch"]

    inputs = property(lambda self: self.text.inputs)
    targets = property(lambda self: self.text.targets)
    lengths = property(lambda self: self.text.lengths)

    def with_inputs(self, inputs: Int[Tensor, "batch time"]) -> "LabelledBatch":
        """The same examples, seen differently by the decoder (word dropout)."""
        return replace(self, text=self.text.with_inputs(inputs))


@answered
def collate_labelled(examples: Sequence[LabelledIds], *, device: str = "cpu") -> LabelledBatch:
    """Pad labelled sentences into one batch."""
    expect(len(examples), "expected at least one labelled sentence for a batch, got none; leave empty batches out")
    encoded, labels = zip(*examples, strict=True)
    return LabelledBatch(collate(encoded, device=device), torch.tensor(labels, device=device))


def with_every_label(batch: Batch, num_classes: int) -> LabelledBatch:
    """Each sentence with each label: all of them with the first label, then all with the second, and so on.

    Taught in lesson 10.
    """
    copies = batch.select(torch.arange(len(batch), device=batch.lengths.device).repeat(num_classes))
    return LabelledBatch(copies, torch.arange(num_classes, device=batch.lengths.device).repeat_interleave(len(batch)))


OF_LABELLED = {"length": lambda example: len(example[0]), "collate": collate_labelled}
LabelledBatches = partial(TrainingBatches, **OF_LABELLED)
labelled_in_order = partial(in_order, **OF_LABELLED)
