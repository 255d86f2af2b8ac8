"""Every cure is one row of CURES; each is seen to act where it says, and nowhere else."""
import pytest
import torch

from gensq_lib import cures
from gensq_lib.batching import Batch
from gensq_lib.cures import Annealing, Cure, FreeBits, WordDropout, drop_words
from gensq_lib.errors import GensqError
from gensq_lib.objectives import ElboTerms
from gensq_lib.schedules import cyclical, linear, sigmoid
from gensq_lib.training import fit, make_optimizer, vae_step
from gensq_lib.vocab import Vocab

CURES = {
    "none": Cure(),
    "linear annealing": Annealing(linear(0, 1, steps=60)),
    "sigmoid annealing": Annealing(sigmoid(0, 1, steps=60)),
    "cyclical annealing": Annealing(cyclical(0, 1, period=30)),
    "free bits": FreeBits(0.5),
    "word dropout": WordDropout(0.3),
    "nested": WordDropout(0.2, Annealing(linear(0.1, 1, steps=60), FreeBits(0.5))),
}


def terms(kl):
    kl = torch.tensor(kl)
    return ElboTerms(torch.zeros(len(kl)), kl, torch.zeros(1, *kl.shape))


@pytest.mark.parametrize("cure", CURES.values(), ids=CURES)
def test_every_cure_learns_one_batch(vae, batch, cure):
    history = fit(vae_step(vae, make_optimizer(vae, learning_rate=1e-2), cure=cure, seed=0), lambda i: batch,
                  model=vae, optimizer=make_optimizer(vae, learning_rate=1e-2), steps=80, seed=0)
    assert history.mean("reconstruction", last=5) > history["reconstruction"][0] + 1


KL = [[0.1, 1.0], [0.7, 3.0]]  # batch means .4 and 2, sentence sums 1.1 and 3.7
PRICES = [  # cure, step, price in nats per sentence
    (Cure(), 0, 2.4),
    (Annealing(linear(0, 1, steps=10)), 0, 0.0),
    (Annealing(linear(0, 1, steps=10)), 5, 1.2),
    (Annealing(linear(0, 1, steps=10)), 10, 2.4),
    (FreeBits(0.5), 0, 2.5),
    (FreeBits(0.0), 0, 2.4),
    (Annealing(linear(0, 1, steps=10), FreeBits(0.5)), 5, 1.25),
    (WordDropout(0.5, FreeBits(0.5)), 0, 2.5),
]


@pytest.mark.parametrize("cure, step, price", PRICES)
def test_price_of_z(cure, step, price):
    assert cure.penalty(terms(KL), step).item() == pytest.approx(price)


@pytest.fixture
def sentences(encoded):
    from gensq_lib.batching import collate

    return collate(encoded * 400)


def test_word_dropout_rate(sentences, generator):
    """The share of dropped words within 4 standard errors; <bos> and padding never; the encoder's words never."""
    inputs, words = sentences.inputs, sentences.inputs >= 4
    seen = WordDropout(0.3).inputs(inputs, 0, generator=generator)
    share, error = (seen[words] == Vocab.UNK).float().mean().item(), (0.3 * 0.7 / words.sum().item()) ** 0.5
    assert abs(share - 0.3) < 4 * error
    assert (seen[~words] == inputs[~words]).all()
    assert ((seen == inputs) | (seen == Vocab.UNK)).all()


def test_word_dropout_follows_generator_and_schedule(sentences):
    def seen(seed, step):
        cure = WordDropout(linear(1.0, 0.0, steps=10))
        return cure.inputs(sentences.inputs, step, generator=torch.Generator().manual_seed(seed))

    assert (seen(0, 5) == seen(0, 5)).all()
    assert (seen(0, 5) != seen(1, 5)).any()
    assert (seen(0, 10) == sentences.inputs).all()
    assert (seen(0, 0)[sentences.inputs >= 4] == Vocab.UNK).all()


def test_word_dropout_leaves_its_input_alone(batch, generator):
    before = batch.inputs.clone()
    drop_words(batch.inputs, 0.9, generator=generator)
    assert (batch.inputs == before).all()


def test_the_plain_cure_changes_nothing(batch, generator):
    assert Cure().inputs(batch.inputs, 0, generator=generator) is batch.inputs
    assert Cure().encoder_steps(0) == 0


class Aggressive(Cure):
    """Two encoder-only updates before each joint one, to test the contract."""

    def encoder_steps(self, step):
        return 2


def test_encoder_steps_take_fresh_batches_and_move_no_decoder(vae, batch):
    """Every inner update gets its own batch; only the last, joint one moves p(x | z)."""
    drawn, decoders = [], []

    def next_batch():
        drawn.append(len(drawn))
        decoders.append(torch.cat([p.detach().flatten() for p in vae.decoder.parameters()]))
        return batch

    optimizer = make_optimizer(vae, learning_rate=1e-2)
    step = vae_step(vae, optimizer, cure=Aggressive(), seed=0)
    step(next_batch, 0)
    step(next_batch, 1)
    assert drawn == list(range(6))
    assert all(torch.equal(decoders[i], decoders[j]) for i, j in [(0, 1), (1, 2), (3, 4), (4, 5)])
    assert not torch.equal(decoders[2], decoders[3])


@pytest.mark.parametrize("name", cures.NAMED)
def test_named_cures_exist(name):
    assert isinstance(cures.named(name, steps=100), Cure)


def test_named_cures_nest():
    cure = cures.named("free_bits+linear+word_dropout", steps=100)
    assert isinstance(cure, WordDropout) and isinstance(cure.inner, Annealing) and isinstance(cure.inner.inner, FreeBits)


@pytest.mark.parametrize("call, message", [
    (lambda: cures.named("free_bit", steps=9), 'did you mean "free_bits"'),
    (lambda: cures.named("linear+free_bits", steps=9), 'expected "free_bits" first'),
    (lambda: FreeBits(-1.0), "expected free bits >= 0"),
    (lambda: WordDropout(1.5), "expected a word dropout rate from 0 to 1, got 1.5"),
])
def test_mistakes_are_named(call, message):
    with pytest.raises(GensqError, match=message):
        call()


def test_the_batch_keeps_its_targets(batch, generator):
    noisy = batch.with_inputs(WordDropout(1.0).inputs(batch.inputs, 0, generator=generator))
    assert isinstance(noisy, Batch) and noisy.targets is batch.targets
