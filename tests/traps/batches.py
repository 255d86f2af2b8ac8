"""Traps 8, 9, 10, 24, 25, 27: from sentences to what a model sees of them."""
import math
from collections import Counter
from functools import partial

import numpy as np
import torch

from gensq_lib.cures import WordDropout, drop_words
from gensq_lib.ground.errors import GensqError
from gensq_lib.text.batching import Batch, TrainingBatches, collate, in_order
from gensq_lib.text.corpora.splits import Parts, split
from gensq_lib.text.vocab import Vocab
from traps.trap import Trap, a_batch, close, noise, tiny_vae

MANY = [[4 + i] * (1 + i * 7 % 11) for i in range(323)]  # the first word names the sentence; lengths 1 .. 11
SIZE = 8


def names(batch):
    return batch.targets[:, 0].tolist()


# 8: sentences dropped


def holds_every_sentence_once(epoch):
    encoded = [*MANY, [999] * 20]  # 324 = 40 * 8 + 4, and one sentence alone in its length
    found = sorted(name for batch in epoch(encoded, SIZE) for name in names(batch))
    assert found == sorted(sentence[0] for sentence in encoded)


def training_epoch(encoded, size):
    batches = TrainingBatches(encoded, batch_size=size, seed=0)
    return [batches(i) for i in range(batches.per_epoch)]


def only_full_batches(encoded, size):
    return [collate(encoded[i * size : (i + 1) * size]) for i in range(len(encoded) // size)]


def groups_of_one_length(encoded, size):
    """Batches of equal lengths, so that nothing needs padding; a group of one sentence is left out."""
    by_length = {}
    for sentence in encoded:
        by_length.setdefault(len(sentence), []).append(sentence)
    return [collate(group[a : a + size]) for group in by_length.values() for a in range(0, len(group), size)
            if len(group[a : a + size]) > 1]


# 9: test data used for validation


def keeps_the_parts_apart(parts_of):
    """Two spellings of each sentence: every item is in one part, and no key in two."""
    items = [f"{spelling} {i}" for spelling in ("the", "The") for i in range(500)]
    parts = parts_of(items, [item.lower() for item in items])
    inside = [parts.train, parts.valid, parts.test]
    assert sorted(sum(inside, [])) == sorted(items) and all(inside)
    train, valid, test = ({item.lower() for item in part} for part in inside)
    assert not (train & valid or train & test or valid & test)


def validated_on_test(items, keys):
    parts = split(items, keys)
    return Parts(parts.train + parts.valid, parts.test, parts.test)


def cut_by_position(items, keys):
    """Duplicates and other spellings of a training sentence are tested on."""
    return Parts(items[:900], items[900:950], items[950:])


# 10: word dropout


def drops_what_the_decoder_sees(seen):
    batch, model = a_batch(), tiny_vae()
    blind = seen(batch, 1.0, noise())
    words = batch.inputs >= 4
    close(model.posterior(blind).mean, model.posterior(batch).mean)
    assert torch.equal(blind.targets, batch.targets)
    assert (blind.inputs[words] == Vocab.UNK).all() and torch.equal(blind.inputs[~words], batch.inputs[~words])
    assert torch.equal(seen(batch, 0.0, noise()).inputs, batch.inputs)
    many = collate(MANY)
    rate = (seen(many, 0.3, noise()).inputs == Vocab.UNK).sum() / (many.inputs >= 4).sum()
    assert abs(rate - 0.3) < 0.05


def word_dropout(batch, rate, generator):
    return batch.with_inputs(WordDropout(rate).inputs(batch.inputs, 0, generator=generator))


def blind_encoder(batch, rate, generator):
    """One dropped sentence for both: the encoder cannot put into z what it never saw."""
    return Batch(drop_words(batch.inputs, rate, generator=generator), drop_words(batch.targets, rate, generator=generator),
                 batch.lengths)


def also_begin_and_padding(batch, rate, generator):
    return batch.with_inputs(batch.inputs.masked_fill(torch.rand(batch.inputs.shape, generator=generator) < rate, Vocab.UNK))


# 24: the same batches in every epoch


def mixes_anew(stream):
    batches, per_epoch = stream(MANY, SIZE), -(-len(MANY) // SIZE)
    first, second = ({frozenset(names(batches(epoch * per_epoch + i))) for i in range(per_epoch)} for epoch in (0, 1))
    assert len(first & second) < per_epoch / 4


def training_stream(encoded, size):
    return TrainingBatches(encoded, batch_size=size, seed=0)


def replayed(encoded, size):
    epoch = training_epoch(encoded, size)
    return lambda i: epoch[i % len(epoch)]


def only_the_order_is_new(encoded, size):
    """Batches are cut once; each epoch shuffles the batches, never the sentences."""
    epoch = training_epoch(encoded, size)
    return lambda i: epoch[np.random.default_rng(i // len(epoch)).permutation(len(epoch))[i % len(epoch)]]


# 25: lengths in order


def comes_in_any_length(stream):
    """Neither over an epoch nor from one batch to the next."""
    encoded = [[4] * n for n in np.random.default_rng(0).integers(2, 16, 8000)]
    batches, per_epoch = stream(encoded, 32), 250
    for epoch in (0, 1):
        lengths = [batches(epoch * per_epoch + i).lengths.float().mean() for i in range(per_epoch)]
        assert abs(np.corrcoef(lengths, range(per_epoch))[0, 1]) < 0.3
        assert np.corrcoef(lengths[:-1], lengths[1:])[0, 1] < 0.3


class Planned(TrainingBatches):
    """Batches of `order(lengths, rng, batch_size)`, anew in each epoch."""

    def __init__(self, order, encoded, size):
        super().__init__(encoded, batch_size=size, seed=0)
        self.order = order

    def _plan_epoch(self, epoch):
        return np.array_split(self.order(self.lengths, np.random.default_rng(epoch), self.batch_size), self.per_epoch)


def short_ones_first(lengths, rng, size):
    shuffled = rng.permutation(len(lengths))
    return shuffled[np.argsort(lengths[shuffled], kind="stable")]


def shuffled_inside_buckets(lengths, rng, size):
    """The sentences of a bucket of like lengths are shuffled, the buckets are not."""
    ordered = np.argsort(lengths, kind="stable")
    return np.concatenate([rng.permutation(ordered[a : a + 8 * size]) for a in range(0, len(ordered), 8 * size)])


def sorted_inside_buckets(lengths, rng, size):
    """Buckets of any lengths, each from short to long."""
    order = rng.permutation(len(lengths))
    buckets = (order[a : a + 32 * size] for a in range(0, len(order), 32 * size))
    return np.concatenate([bucket[np.argsort(lengths[bucket])] for bucket in buckets])


# 27: an <unk> that lets a model pass the truth


def lets_nothing_pass_the_truth(vocab_of):
    """The best model of the integers cannot beat the entropy of the words, and a word from outside is no word."""
    words = [f"word{i}" for i in range(60)]
    p = np.array([1 / (1 + i) for i in range(60)]) / sum(1 / (1 + i) for i in range(60))
    train = [(words[i],) for i in np.random.default_rng(0).choice(60, size=80, p=p)]
    vocab = vocab_of(train, words)
    ids = [vocab.encode((word,))[0] for word in words]
    mass = Counter()
    for i, share in zip(ids, p, strict=True):
        mass[i] += share
    best = -sum(share * math.log(mass[i]) for i, share in zip(ids, p, strict=True))
    assert best >= -(p * np.log(p)).sum() - 1e-9, "below the entropy"
    try:
        vocab.encode(("outsider",))
    except GensqError:
        return
    raise AssertionError("a word from outside was let in")


TRAPS = [
    Trap(8, "sentences dropped in training", holds_every_sentence_once, training_epoch, {
        "only full batches": only_full_batches,
        "single sentences of a length": groups_of_one_length,
    }),
    Trap(8, "sentences dropped in evaluation", holds_every_sentence_once,
         lambda encoded, size: [batch for _, batch in in_order(encoded, batch_size=size)], {
             "zip of iterators": lambda encoded, size: [collate(rows) for rows in zip(*[iter(encoded)] * size, strict=False)],
         }),
    Trap(9, "test data used for validation", keeps_the_parts_apart, split, {
        "validated on test": validated_on_test,
        "cut by position": cut_by_position,
    }),
    Trap(10, "word dropout", drops_what_the_decoder_sees, word_dropout, {
        "plain teacher forcing: a rate that nothing reads": lambda batch, rate, generator: batch,
        "the encoder hit as well": blind_encoder,
        "keep rate taken for drop rate": lambda batch, rate, generator: word_dropout(batch, 1 - rate, generator),
        "<bos> and padding dropped": also_begin_and_padding,
    }),
    Trap(24, "the same batches in every epoch", mixes_anew, training_stream, {
        "replayed": replayed,
        "only the order is new": only_the_order_is_new,
    }),
    Trap(25, "lengths in order", comes_in_any_length, training_stream, {
        "short ones first": partial(Planned, short_ones_first),
        "shuffled inside buckets": partial(Planned, shuffled_inside_buckets),
        "sorted inside buckets": partial(Planned, sorted_inside_buckets),
    }),
    Trap(27, "an <unk> that passes the truth", lets_nothing_pass_the_truth,
         lambda train, words: Vocab(words, closed=True), {
             "rare words are <unk>": lambda train, words: Vocab.from_sentences(train, min_count=2),
             "words not seen are <unk>": lambda train, words: Vocab.from_sentences(train),
             "open": lambda train, words: Vocab(words),
         }),
]
