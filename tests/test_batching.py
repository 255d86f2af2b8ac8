"""Batches: nothing lost, nothing twice, little padding, and batch i a function of (seed, i)."""
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gensq_lib.ground.errors import GensqError
from gensq_lib.text.batching import Batch, TrainingBatches, collate, in_order
from gensq_lib.text.pairs import collate_pairs, pairs_in_order
from gensq_lib.text.vocab import Vocab

ENCODED = st.lists(st.lists(st.integers(3, 50), max_size=12), min_size=1, max_size=60)
SIZES = st.integers(1, 17)


def world_like(num, seed=0):
    """Sentences of 3 to 16 words that can be told apart by their first two."""
    rng = np.random.default_rng(seed)
    return [[4 + i // 500, 4 + i % 500, *rng.integers(4, 500, size).tolist()] for i, size in enumerate(rng.integers(1, 15, num))]


def sentences_of(batch):
    return [tuple(row[: n - 1].tolist()) for row, n in zip(batch.targets, batch.lengths.tolist(), strict=True)]


def epoch_of(batches, epoch=0):
    return [batches(epoch * batches.per_epoch + i) for i in range(batches.per_epoch)]


def counted(encoded):
    return Counter(map(tuple, encoded))


# One batch

@given(ENCODED)
def test_a_batch_is_its_sentences(encoded):
    batch = collate(encoded)
    assert sentences_of(batch) == [tuple(ids) for ids in encoded] and len(batch) == len(encoded)
    for i, ids in enumerate(encoded):
        n = len(ids) + 1
        assert batch.lengths[i] == n and batch.mask[i].tolist() == [t < n for t in range(batch.targets.shape[1])]
        assert batch.inputs[i, :n].tolist() == [Vocab.BOS, *ids] and batch.targets[i, :n].tolist() == [*ids, Vocab.EOS]
        assert not batch.inputs[i, n:].any() and not batch.targets[i, n:].any()
    assert batch.inputs.shape == batch.targets.shape == (len(encoded), max(map(len, encoded)) + 1)


@given(ENCODED, st.randoms())
def test_select_and_permute(encoded, rng):
    index = rng.choices(range(len(encoded)), k=5)
    batch = collate(encoded).select(torch.tensor(index))
    assert sentences_of(batch) == [tuple(encoded[i]) for i in index]


def test_with_inputs_leaves_the_targets_alone():
    batch = collate([[4, 5], [6]])
    seen = batch.with_inputs(torch.full_like(batch.inputs, Vocab.UNK))
    assert torch.equal(seen.targets, batch.targets) and (seen.inputs == Vocab.UNK).all() and batch.inputs[0, 0] == 1
    assert isinstance(batch.to("cpu"), Batch)


# Epochs: each guard is seen to refuse a planted mistake below; more of them (8, 24, 25) in traps/batches.py

def covers_every_sentence_once(make, encoded, batch_size):
    """The last partial batch and single sentences, too."""
    batches = make(encoded, batch_size=batch_size, seed=0)
    return all(counted(s for batch in epoch_of(batches, epoch) for s in sentences_of(batch)) == counted(encoded)
               for epoch in range(2))


def is_a_function_of_seed_and_i(make):
    """Batches asked for in any order, twice, or by another copy, are the same; another seed gives others."""
    encoded = world_like(300)
    one, other, stranger = (make(encoded, batch_size=16, seed=seed) for seed in (0, 0, 1))
    wanted = [0, 57, 3, 57, 19, 18, 2, 40]
    in_turn = {i: sentences_of(one(i)) for i in range(60)}
    return ([sentences_of(other(i)) for i in wanted] == [in_turn[i] for i in wanted]
            and [sentences_of(stranger(i)) for i in range(5)] != [in_turn[i] for i in range(5)])


def padding(batches):
    kept, cells = zip(*((int(b.mask.sum()), b.mask.numel()) for b in epoch_of(batches)), strict=True)
    return 1 - sum(kept) / sum(cells)


def pads_little(make):
    return padding(make(world_like(20_000), batch_size=64, seed=0)) < 0.10


GUARDS = {
    "function of (seed, i)": is_a_function_of_seed_and_i,
    "pads little": pads_little,
}


class FromOneStream(TrainingBatches):
    """Planted: the order depends on what was asked before."""

    def _plan_epoch(self, epoch):
        self._rng = getattr(self, "_rng", np.random.default_rng(self.seed))
        return np.array_split(self._rng.permutation(len(self.encoded)), self.per_epoch)


class Naive(TrainingBatches):
    """Planted: no buckets."""

    def _plan_epoch(self, epoch):
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self.encoded))
        return np.array_split(order, self.per_epoch)


PLANTED = [(FromOneStream, "function of (seed, i)"), (Naive, "pads little")]


@pytest.mark.parametrize("guard", GUARDS)
def test_training_batches_pass(guard):
    assert GUARDS[guard](TrainingBatches)


@pytest.mark.parametrize("mistake, guard", PLANTED)
def test_planted_mistakes_are_refused(mistake, guard):
    assert not GUARDS[guard](mistake)


@given(ENCODED, SIZES)
def test_every_epoch_holds_every_sentence_once(encoded, batch_size):
    assert covers_every_sentence_once(TrainingBatches, encoded, batch_size)


@given(ENCODED, SIZES)
def test_no_batch_is_empty_or_too_large(encoded, batch_size):
    batches = TrainingBatches(encoded, batch_size=batch_size, seed=0)
    sizes = [len(batch) for batch in epoch_of(batches)]
    assert max(sizes) <= batch_size and sum(size < batch_size for size in sizes) <= 1 and min(sizes) >= 1


def test_nothing_to_train_on_is_refused():
    with pytest.raises(GensqError, match="at least one sentence"):
        TrainingBatches([], batch_size=4, seed=0)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_batches_of_nothing_are_refused(batch_size):
    with pytest.raises(GensqError, match=f"batch_size of at least 1, got {batch_size}; try"):
        TrainingBatches([[4]], batch_size=batch_size, seed=0)


# Evaluation

def restores_order(batches, encoded):
    """Every sentence once, each under its own position."""
    found = {}
    for index, batch in batches:
        for i, sentence in zip(index.tolist(), sentences_of(batch), strict=True):
            if i in found:
                return False
            found[i] = sentence
    return [found.get(i) for i in range(len(encoded))] == [tuple(ids) for ids in encoded]


def in_sorted_order(encoded, *, batch_size):
    """Planted: results come back in order of length, with positions that do not know it."""
    ordered = sorted(encoded, key=len)
    for a in range(0, len(ordered), batch_size):
        yield np.arange(a, min(a + batch_size, len(ordered))), collate(ordered[a : a + batch_size])


@given(ENCODED, SIZES)
def test_in_order_has_every_sentence_under_its_position(encoded, batch_size):
    assert restores_order(in_order(encoded, batch_size=batch_size), encoded)


def test_planted_sorted_order_is_refused():
    assert not restores_order(in_sorted_order(world_like(50), batch_size=8), world_like(50))


def test_in_order_pads_little():
    batches = [batch for _, batch in in_order(world_like(5000), batch_size=64)]
    assert sum(int(b.mask.sum()) for b in batches) > 0.97 * sum(b.mask.numel() for b in batches)


def test_in_order_of_nothing_is_nothing():
    assert list(in_order([], batch_size=4)) == []


@pytest.mark.parametrize("put_together, what", [(collate, "sentence"), (collate_pairs, "pair")])
def test_an_empty_batch_is_refused(put_together, what):
    with pytest.raises(GensqError, match=f"expected at least one {what} for a batch, got none"):
        put_together([])


@given(ENCODED, SIZES)
def test_pairs_in_order_are_the_sentences_in_order(encoded, size):
    """Their sources are; the targets go with them."""
    pairs = [([4 + i, *ids], [4 + i], (i,)) for i, ids in enumerate(encoded)]
    found, wanted = pairs_in_order(pairs, batch_size=size), in_order(encoded, batch_size=size)
    for (index, batch), (same, alone) in zip(found, wanted, strict=True):
        assert index.tolist() == same.tolist() == batch.prompts.labels[:, 0].tolist() == (batch.prompts.tokens[:, 0] - 4).tolist()
        assert torch.equal(batch.prompts.lengths, alone.lengths) and (batch.targets[:, 0] - 4).tolist() == index.tolist()
