"""Every cure is one row of CURES; each is seen to act where it says, and nowhere else."""
import pytest
import torch

from gensq_lib import cures
from gensq_lib.text.batching import Batch
from gensq_lib.cures import (
    MMD,
    AggressiveEncoder,
    Annealing,
    AutoencoderFirst,
    BagOfWords,
    Cure,
    FreeBits,
    GroupFreeBits,
    TargetRate,
    WordDropout,
    drop_words,
)
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.divergences import kl
from gensq_lib.maths.objectives import ElboTerms
from gensq_lib.maths.schedules import cyclical, linear, sigmoid
from gensq_lib.models.text_vae import BagOfWordsVAE, BatchNormVAE, CommittedRateVAE
from gensq_lib.models.text_vae import VAES, cured_vae
from gensq_lib.text.vocab import Vocab
from gensq_lib.training import fit, make_optimizer, vae_step

CURES = {
    "none": Cure(),
    "linear annealing": Annealing(linear(0, 1, steps=60)),
    "sigmoid annealing": Annealing(sigmoid(0, 1, steps=60)),
    "cyclical annealing": Annealing(cyclical(0, 1, period=30)),
    "free bits": FreeBits(0.5),
    "word dropout": WordDropout(0.3),
    "small beta": Annealing(0.5),
    "group free bits": GroupFreeBits(1.0, groups=3),
    "target rate": TargetRate(1.0),
    "mmd": MMD(1.0, kl_weight=0.3),
    "aggressive encoder": AggressiveEncoder(2, until=20),
    "autoencoder first": AutoencoderFirst(20, FreeBits(0.5)),
    "bag of words": BagOfWords(linear(1.0, 0.1, steps=60), FreeBits(0.5)),
    "nested": WordDropout(0.2, Annealing(linear(0.1, 1, steps=60), FreeBits(0.5))),
}


def terms(kl):
    kl = torch.tensor(kl)
    return ElboTerms(torch.zeros(len(kl)), kl, torch.zeros(1, *kl.shape))


@pytest.mark.parametrize("cure", CURES.values(), ids=CURES)
def test_every_cure_learns_one_batch(batch, cure):
    torch.manual_seed(0)
    vae = BagOfWordsVAE(vocab_size=14, embed_dim=6, hidden_dim=10, latent_dim=3)
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
    (Annealing(0.5), 7, 1.2),
    (GroupFreeBits(2.0), 0, 2.4),
    (GroupFreeBits(3.0), 0, 3.0),
    (GroupFreeBits(0.5, groups=2), 0, 2.5),
    (TargetRate(4.0), 0, 1.6),
    (TargetRate(1.0), 0, 1.4),
    (MMD(0.0, kl_weight=0.5), 0, 1.2),
    (AggressiveEncoder(3, until=5), 0, 2.4),
    (AutoencoderFirst(5, FreeBits(0.5)), 4, 0.0),
    (AutoencoderFirst(5, FreeBits(0.5)), 5, 2.5),
    (AutoencoderFirst(5, Annealing(linear(0, 1, steps=10))), 10, 1.2),
    (BagOfWords(1.0, FreeBits(0.5)), 0, 2.5),
]


@pytest.mark.parametrize("cure, step, price", PRICES)
def test_price_of_z(cure, step, price):
    assert cure.penalty(terms(KL), step).item() == pytest.approx(price)


@pytest.fixture
def sentences(encoded):
    from gensq_lib.text.batching import collate

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


@pytest.mark.parametrize("name", cures.CURES)
def test_named_cures_exist(name):
    assert isinstance(cures.cure(name, steps=100), Cure) and cures.network(name) in VAES


def test_named_cures_nest():
    cure = cures.cure("free_bits+linear+word_dropout", steps=100)
    assert isinstance(cure, WordDropout) and isinstance(cure.inner, Annealing) and isinstance(cure.inner.inner, FreeBits)


@pytest.mark.parametrize("cure, steps", [
    (Cure(), [0, 0, 0]),
    (AggressiveEncoder(3, until=2), [3, 3, 0]),
    (AggressiveEncoder(3, until=1, inner=AggressiveEncoder(1, until=2)), [3, 1, 0]),
    (Annealing(0.5, AggressiveEncoder(3, until=2)), [3, 3, 0]),
])
def test_encoder_steps(cure, steps):
    assert [cure.encoder_steps(i) for i in range(3)] == steps


def test_mmd_tells_a_cloud_like_the_prior_from_one_that_is_not():
    """In 16 dimensions the price must still move, and its gradient must be alive."""
    noise = torch.Generator().manual_seed(0)
    near = torch.randn(1, 200, 16, generator=noise)
    far = (near + 1.0).requires_grad_()
    cure = MMD(1.0)
    prices = [cure.penalty(ElboTerms(torch.zeros(200), torch.zeros(200, 16), z), 0) for z in (near, far)]
    prices[1].backward()
    assert prices[1] > prices[0] + 0.1 and abs(prices[0]) < 0.02
    assert far.grad.norm() > 1e-3
    again = cure.penalty(ElboTerms(torch.zeros(200), torch.zeros(200, 16), near), 0)
    assert again == prices[0], "the prior's sample is a function of seed and step"


def test_bag_of_words_adds_its_task_and_the_model_names_words(encoded, batch):
    torch.manual_seed(0)
    model = BagOfWordsVAE(vocab_size=14, embed_dim=6, hidden_dim=10, latent_dim=3)
    model.count_words(encoded)
    z = torch.zeros(1, len(batch), 3)
    found = ElboTerms(torch.zeros(len(batch)), torch.zeros(len(batch), 3), z)
    log_probs = model.to_words(torch.zeros(3)).log_softmax(-1)
    by_hand = [sum(log_probs[t] * model.to_words.worth[t] for t in row[:n]) for row, n in zip(batch.targets, batch.lengths)]
    expected = -sum(by_hand) / len(batch)
    assert BagOfWords(0.5).task(model, batch, found, 0).item() == pytest.approx(0.5 * expected.item(), rel=1e-5)
    assert Cure().task(model, batch, found, 0) == 0
    assert (model.to_words.worth <= 1).all() and model.to_words.worth[Vocab.EOS] < 1


def test_the_decoder_starts_anew_and_the_encoder_stays(vae, language_model):
    def weights(part):
        return {name: tensor.clone() for name, tensor in part.state_dict().items()}

    encoder, decoder = weights(vae.encoder), weights(vae.decoder)
    AutoencoderFirst(5).on_step(vae, 4)
    assert all(torch.equal(a, b) for a, b in zip(decoder.values(), weights(vae.decoder).values()))
    AutoencoderFirst(5).on_step(vae, 5)
    fresh = weights(vae.decoder)
    assert not torch.equal(fresh["embed.weight"], decoder["embed.weight"])
    assert not torch.equal(fresh["rnn.weight_hh_l0"], decoder["rnn.weight_hh_l0"])
    AutoencoderFirst(5, decoder_start=language_model.decoder).on_step(vae, 5)
    assert torch.equal(vae.decoder.embed.weight, language_model.decoder.embed.weight)
    assert all(torch.equal(a, b) for a, b in zip(encoder.values(), weights(vae.encoder).values()))


def test_batch_norm_commits_variance_and_needs_no_learning(batch):
    """Active units are guaranteed by construction: the trap that they alone prove nothing."""
    torch.manual_seed(0)
    model = BatchNormVAE(vocab_size=14, embed_dim=6, hidden_dim=10, latent_dim=3, gamma=0.6).train()
    mean = model.posterior(batch).mean
    assert torch.allclose(mean.var(0, unbiased=False), torch.full((3,), 0.36), atol=2e-2)
    assert not model.normalise.weight.requires_grad


def test_committed_rate_is_a_floor(batch):
    torch.manual_seed(0)
    model = CommittedRateVAE(vocab_size=14, embed_dim=6, hidden_dim=10, latent_dim=3, widest=0.6)
    with torch.no_grad():
        model.to_log_var.bias.fill_(1e6)
        q = model.posterior(batch)
    assert (q.stddev < 0.6).all()
    assert (kl(q, model.prior()).sum(-1) >= model.committed_rate).all() and model.committed_rate == pytest.approx(0.572, abs=1e-3)


@pytest.mark.parametrize("name, kind", [("free_bits", "TextVAE"), ("free_bits+bag_of_words", "BagOfWordsVAE"),
                                        ("batch_norm+linear", "BatchNormVAE"), ("committed_rate", "CommittedRateVAE"),
                                        ("weak_decoder", "BlindVAE"), ("free_bits+last_state", "LastStateVAE")])
def test_a_named_cure_gets_its_network(name, kind):
    model = cured_vae(name, vocab_size=14, embed_dim=6, hidden_dim=10, latent_dim=3)
    assert type(model).__name__ == kind and model.encoder.pool == ("last" if "last_state" in name else "max")


@pytest.mark.parametrize("call, message", [
    (lambda: cures.cure("batch_norm+committed_rate", steps=9), "expected one cure at most that changes the network"),
    (lambda: CommittedRateVAE(vocab_size=9, widest=1.5), "expected the widest posterior between 0 and 1"),
    (lambda: AggressiveEncoder(0, until=5), "expected updates and until of at least 1"),
    (lambda: TargetRate(float("nan")), "expected a target rate >= 0"),
    (lambda: GroupFreeBits(1.0, groups=3).penalty(terms(KL), 0), "expected groups that divide 2 dimensions, got 3"),
    (lambda: cures.cure("free_bit", steps=9), 'did you mean "free_bits"'),
    (lambda: cures.cure("linear+free_bits", steps=9), 'expected "free_bits" first'),
    (lambda: FreeBits(-1.0), "expected free bits >= 0"),
    (lambda: WordDropout(1.5), "expected a word dropout rate from 0 to 1, got 1.5"),
])
def test_mistakes_are_named(call, message):
    with pytest.raises(GensqError, match=message):
        call()


def test_the_batch_keeps_its_targets(batch, generator):
    noisy = batch.with_inputs(WordDropout(1.0).inputs(batch.inputs, 0, generator=generator))
    assert isinstance(noisy, Batch) and noisy.targets is batch.targets
