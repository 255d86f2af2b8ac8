"""Traps 2, 3, 16, 17, 19, 22: what stands between a sentence and q(z | x)."""
import torch
from torch import nn
from torch.distributions import Normal
from torch.nn.utils.rnn import pack_padded_sequence

from gensq_lib.diagnostics import encode
from gensq_lib.maths.objectives import evaluate
from gensq_lib.models.text_vae import BatchNormVAE
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import Batch, TrainingBatches, collate, in_order
from traps.trap import ENCODED, SIZES, Trap, a_batch, close, noise, tiny_vae


def posterior_means(batch):
    return tiny_vae().posterior(batch).mean


def reader(**options):
    """An embedding and an LSTM of hidden size 5, the same at every call."""
    torch.manual_seed(1)
    return nn.Embedding(14, 6), nn.LSTM(6, 5, batch_first=True, **options)


# 2: sentences mixed across the batch


def depends_on_its_own_words(means):
    batch = a_batch()
    together = means(batch)
    for i in range(len(batch)):
        row = batch.select(slice(i, i + 1))
        n = int(row.lengths)
        close(means(Batch(row.inputs[:, :n], row.targets[:, :n], row.lengths))[0], together[i])


def last_states_viewed(**options):
    """(layers, batch, hidden) becomes (batch, layers * hidden) by `view`, where it needs a transpose first."""
    def means(batch):
        embed, rnn = reader(**options)
        packed = pack_padded_sequence(embed(batch.targets), batch.lengths, batch_first=True, enforce_sorted=False)
        return rnn(packed)[1][0].view(len(batch), -1)

    return means


# 3: outputs in another order than inputs


def permutes_with_the_batch(means):
    batch, order = a_batch(), torch.tensor([3, 0, 4, 2, 1])
    close(means(batch.select(order)), means(batch)[order])


def in_length_order(batch):
    """Sorted for packing, never sorted back."""
    return posterior_means(batch.select(batch.lengths.argsort(descending=True)))


def sorted_back_by_the_sorting_index(batch):
    """The way back is the inverse of the permutation, not the permutation."""
    order = batch.lengths.argsort(descending=True)
    return posterior_means(batch.select(order))[order]


def keeps_the_order_of_the_corpus(lengths):
    assert lengths(tiny_vae(), ENCODED).tolist() == [len(sentence) + 1 for sentence in ENCODED]


def evaluated(model, encoded):
    return evaluate(model, lambda batch: batch.lengths, in_order(encoded, batch_size=2))


def batch_after_batch(model, encoded):
    """Like lengths travel together, and are left so."""
    return torch.cat([batch.lengths for _, batch in in_order(encoded, batch_size=2)])


# 16: normalised means


def is_committed_at_test(posterior_means, *, gamma=0.6):
    """Each sentence alone, after training: the means have their place, and at least the spread that was committed.

    Batches of like lengths, as here, make it larger: what length explains is not seen inside a batch.
    """
    torch.manual_seed(0)
    model = BatchNormVAE(**SIZES, gamma=gamma)
    means = posterior_means(model, some_sentences(1_600))
    alone = torch.cat([means(collate([sentence]))[:1] for sentence in some_sentences(200, seed=1)])
    assert (alone.mean(0).abs() < gamma / 3).all()
    assert ((alone.std(0) > 2 / 3 * gamma) & (alone.std(0) < 2 * gamma)).all()


def some_sentences(num, seed=0):
    """One to twelve words."""
    draw = noise(seed)
    lengths = torch.randint(1, 13, (num,), generator=draw).tolist()
    return [torch.randint(4, 14, (n,), generator=draw).tolist() for n in lengths]


def normalised(batches, *, num=100, at_test=True):
    """The means after some batches have gone through in training; `at_test` with what was kept of them."""
    @torch.no_grad()
    def prepared(model, encoded):
        model.train()
        stream = batches(encoded)
        for i in range(num):
            model.posterior(stream(i))
        return lambda batch: model.train(not at_test).posterior(batch).mean

    return prepared


def shuffled(encoded):
    return TrainingBatches(encoded, batch_size=64, seed=0)


def short_ones_first(encoded):
    """The last batches hold the longest sentences, and what is kept is theirs."""
    ordered = sorted(encoded, key=len)
    return lambda i: collate(ordered[i * 16 : i * 16 + 16])


def itself_twice(model, encoded):
    """A sentence needs company in training mode; here its own copy: nothing is left of the mean."""
    means = normalised(shuffled, at_test=False)(model, encoded)
    return lambda batch: means(batch.select(torch.tensor([0, 0])))


# 17: an encoder that reads padding


def does_not_read_padding(means):
    batch = a_batch()
    padding = torch.full((len(batch), 3), 9)
    longer = Batch(torch.cat([batch.inputs, padding], 1), torch.cat([batch.targets, padding], 1), batch.lengths)
    longer.targets[~longer.mask] = 9
    close(means(longer), means(batch))


def reading(pooled, reverse=False):
    """An LSTM over the padded batch and a way to make one vector of what it says."""
    def means(batch):
        embed, rnn = reader()
        return pooled(rnn(embed(batch.targets.flip(1) if reverse else batch.targets))[0], batch.lengths)

    return means


# 19: "deterministic" codes with noise


def is_deterministic(codes):
    model = tiny_vae()
    first, second = (codes(model, in_order(ENCODED, batch_size=2)) for _ in range(2))
    assert torch.equal(first, second)
    close(first, model.posterior(a_batch()).mean)


RUNNING = noise()  # never set back


# 22: log-variance


def has_a_bounded_spread_of_its_own(build):
    torch.manual_seed(0)
    model, batch = build(**SIZES), a_batch()
    q, parameters = model.posterior(batch), list(model.parameters())
    mean_moves, spread_moves = (torch.autograd.grad(x.sum(), parameters, retain_graph=True, allow_unused=True,
                                                    materialize_grads=True) for x in (q.mean, q.stddev))
    pairs = list(zip(mean_moves, spread_moves, strict=True))
    assert any(((m != 0) & (s == 0)).any() for m, s in pairs), "no weight that moves the mean alone"
    assert any(((s != 0) & (m == 0)).any() for m, s in pairs), "no weight that moves the spread alone"
    with torch.no_grad():
        for parameter in parameters:
            parameter.mul_(1e4)
        log_stddev = model.posterior(batch).stddev.log()
    assert log_stddev.abs().max() < 10, "a spread that a few updates can throw to 0 or infinity"


class Unbounded(TextVAE):
    """exp() of whatever the linear layer says."""

    def posterior(self, batch):
        summary = self.encoder(batch.targets, batch.lengths)
        return Normal(self.to_mean(summary), (0.5 * self.to_log_var(summary)).exp(), validate_args=False)


class Shared(TextVAE):
    """One linear layer for mean and log-variance."""

    def __init__(self, **sizes):
        super().__init__(**sizes)
        self.to_log_var = self.to_mean


TRAPS = [
    Trap(2, "view of (layers, batch, hidden)", depends_on_its_own_words, posterior_means, {
        "two layers": last_states_viewed(num_layers=2),
        "two directions": last_states_viewed(bidirectional=True),
    }),
    Trap(3, "outputs in length order", permutes_with_the_batch, posterior_means, {
        "never sorted back": in_length_order,
        "sorted back by the sorting index": sorted_back_by_the_sorting_index,
    }),
    Trap(3, "results in the order of the batches", keeps_the_order_of_the_corpus, evaluated, {
        "batch after batch": batch_after_batch,
    }),
    Trap(16, "batch normalisation of the means", is_committed_at_test, normalised(shuffled), {
        "short sentences first": normalised(short_ones_first),
        "nothing kept": normalised(shuffled, num=0),
        "batch statistics at test": itself_twice,
    }),
    Trap(17, "an encoder that reads padding", does_not_read_padding, posterior_means, {
        "state after the padding": reading(lambda hidden, lengths: hidden[:, -1]),
        "maximum over all positions": reading(lambda hidden, lengths: hidden.amax(1)),
        "mean over all positions": reading(lambda hidden, lengths: hidden.mean(1)),
        "backwards through the padding": reading(lambda hidden, lengths: hidden[:, -1], reverse=True),
    }),
    Trap(19, "deterministic codes with unit noise", is_deterministic, lambda m, batches: encode(m, batches).mean, {
        "unit noise": lambda m, batches: (mean := encode(m, batches).mean) + torch.randn_like(mean),
        "a sample": lambda m, batches: encode(m, batches).sample(generator=RUNNING),
        "a fixed sample": lambda m, batches: encode(m, batches).sample(generator=noise()),
    }),
    Trap(22, "log-variance", has_a_bounded_spread_of_its_own, TextVAE, {
        "unbounded": Unbounded,
        "one layer for mean and log-variance": Shared,
    }),
]
