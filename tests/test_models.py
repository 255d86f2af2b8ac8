"""The contracts that every text model must keep: a new model is one row of MODELS."""
import copy

import pytest
import torch
from torch.distributions import Normal

from gensq_lib.cures import Cure
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.ngram import NGram
from gensq_lib.models.recurrent import reverse_words
from gensq_lib.models.text_vae import BagOfWordsVAE, BatchNormVAE, BlindVAE, CommittedRateVAE, LastStateVAE, TextVAE
from gensq_lib.text.batching import Batch, collate
from gensq_lib.text.decoding import Decoder, sample
from gensq_lib.text.vocab import Vocab
from gensq_lib.training import make_optimizer, vae_step

SIZES = dict(vocab_size=14, embed_dim=6, hidden_dim=10)
VAES = {
    "lstm": dict(),
    "gru": dict(decoder="gru"),
    "transformer": dict(decoder="transformer", num_heads=3, max_length=12),
    "transformer, two layers": dict(decoder="transformer", num_layers=2, num_heads=1, max_length=12, dropout=0.5),
    "two layers": dict(num_layers=2),
    "last state": dict(pool="last"),
    "one direction": dict(bidirectional=False),
    "untied": dict(tie=False),
    "shared embedding": dict(share_embedding=True),
    "dropout": dict(dropout=0.5),
}
LANGUAGE_MODELS = {name: VAES[name] for name in ("lstm", "gru", "two layers", "untied", "transformer", "transformer, two layers")}

NGRAMS = {"trigram": dict(order=3), "5-gram": dict(order=5)}
COUNTED = [[4, 5, 6], [7, 8], [9], [4, 9, 5, 8, 6, 7], [10, 11, 12, 13]]


def build(kind, options):
    torch.manual_seed(0)
    if kind is NGram:
        return NGram(vocab_size=14, **options).fit(COUNTED)
    extra = {"latent_dim": 3} if issubclass(kind, TextVAE) else {}
    return kind(**SIZES, **extra, **options).eval()


CURED = [(kind, {"as it comes": {}}) for kind in (BlindVAE, BagOfWordsVAE, BatchNormVAE, CommittedRateVAE, LastStateVAE)]
TABLES = ((TextVAE, VAES), *CURED, (LanguageModel, LANGUAGE_MODELS), (NGram, NGRAMS))
MODELS = [pytest.param(kind, options, id=f"{kind.__name__}, {name}")
          for kind, table in TABLES for name, options in table.items()]


def pytest_generate_tests(metafunc):
    if "model" in metafunc.fixturenames:
        metafunc.parametrize("model", [pytest.param(build(*p.values), id=p.id) for p in MODELS])
    if "text_vae" in metafunc.fixturenames:
        metafunc.parametrize("text_vae", [pytest.param(build(TextVAE, o), id=n) for n, o in VAES.items()])


def latent(num, sample=1):
    return torch.randn(sample, num, 3, generator=torch.Generator().manual_seed(3))


def token_log_likelihood(model, batch, z):
    return model.token_log_likelihood(batch, z)[0] if isinstance(model, TextVAE) else model.token_log_likelihood(batch)


def padded(batch, extra=3):
    pad = torch.zeros(len(batch), extra, dtype=torch.long)
    return Batch(torch.cat([batch.inputs, pad], 1), torch.cat([batch.targets, pad], 1), batch.lengths)


def test_steps_and_teacher_forcing_agree(model, batch):
    """The decoder contract and the likelihood are one distribution."""
    z = latent(len(batch))
    state = model.start(z[0] if isinstance(model, TextVAE) else None, len(batch))
    expected = token_log_likelihood(model, batch, z)
    assert isinstance(model, Decoder)
    for t in range(batch.inputs.shape[1]):
        log_probs, state = model.step(batch.inputs[:, t], state)
        stepped = log_probs.gather(1, batch.targets[:, t, None])[:, 0] * batch.mask[:, t]
        torch.testing.assert_close(stepped, expected[:, t], atol=1e-5, rtol=1e-4)


def test_next_word_probabilities_sum_to_one(model, batch):
    state = model.start(latent(5)[0] if isinstance(model, TextVAE) else None, 5)
    log_probs, state = model.step(batch.inputs[:, 0], state)
    torch.testing.assert_close(log_probs.exp().sum(-1), torch.ones(5))
    assert all(part.shape[0] == 5 for part in state)


def test_padding_changes_nothing(model, batch):
    z = latent(len(batch))
    now, longer = token_log_likelihood(model, batch, z), token_log_likelihood(model, padded(batch), z)
    torch.testing.assert_close(longer[:, : now.shape[1]], now)
    assert (longer[:, now.shape[1]:] == 0).all()


def test_likelihood_is_a_sum_over_real_tokens(model, batch):
    """Trap 1: nats per sentence, not a mean over tokens."""
    z = latent(len(batch))
    total = model.log_likelihood(batch, z)[0] if isinstance(model, TextVAE) else model.log_likelihood(batch)
    torch.testing.assert_close(total, token_log_likelihood(model, batch, z).sum(-1))


def test_the_decoder_does_not_see_the_word_it_predicts(model, batch):
    """Changing a later word leaves the probability of the earlier ones alone."""
    z = latent(len(batch))
    changed = Batch(batch.inputs.clone(), batch.targets.clone(), batch.lengths)
    changed.inputs[3, 4], changed.targets[3, 3] = 13, 13
    before, after = token_log_likelihood(model, batch, z), token_log_likelihood(model, changed, z)
    torch.testing.assert_close(after[3, :3], before[3, :3])
    assert isinstance(model, BlindVAE) or (after[3, 4:6] != before[3, 4:6]).all()  # a blind decoder sees no word at all


def test_posterior_does_not_depend_on_batch_mates(text_vae, batch):
    """Trap 2."""
    together = text_vae.posterior(batch)
    for i in range(len(batch)):
        alone = text_vae.posterior(collate([batch.targets[i, : batch.lengths[i] - 1].tolist()]))
        torch.testing.assert_close(alone.mean[0], together.mean[i])
        torch.testing.assert_close(alone.stddev[0], together.stddev[i])


def test_posterior_permutes_with_the_batch(text_vae, batch):
    """Trap 3."""
    order = torch.tensor([3, 0, 4, 2, 1])
    torch.testing.assert_close(text_vae.posterior(batch.select(order)).mean, text_vae.posterior(batch).mean[order])


def test_encoder_does_not_read_padding(text_vae, batch):
    """Trap 17: neither more padding nor what stands in it."""
    longer = padded(batch)
    longer.targets[~longer.mask] = 9
    torch.testing.assert_close(text_vae.posterior(longer).mean, text_vae.posterior(batch).mean)


def test_encoder_reads_the_true_words(text_vae, batch):
    """Trap 10: word dropout hits the decoder, never the encoder."""
    blind = batch.with_inputs(torch.full_like(batch.inputs, Vocab.UNK))
    torch.testing.assert_close(text_vae.posterior(blind).mean, text_vae.posterior(batch).mean)
    assert not torch.allclose(text_vae.log_likelihood(blind, latent(5)), text_vae.log_likelihood(batch, latent(5)))


def test_samples_of_z_are_independent_rows(text_vae, batch):
    z = latent(len(batch), sample=4)
    together = text_vae.log_likelihood(batch, z)
    for k in range(4):
        torch.testing.assert_close(together[k], text_vae.log_likelihood(batch, z[k : k + 1])[0])


def test_z_reaches_every_word(text_vae, batch):
    changed = text_vae.token_log_likelihood(batch, latent(5)) != text_vae.token_log_likelihood(batch, latent(5) + 1)
    assert changed[0][batch.mask].all()


def test_log_variance_is_bounded(text_vae, batch):
    """Trap 22: no weight, however large, throws sigma out of e^-4 .. e^4."""
    with torch.no_grad():
        text_vae.to_log_var.weight.mul_(1e6)
        q = text_vae.posterior(batch)
        text_vae.to_log_var.weight.div_(1e6)
    assert q.stddev.log().abs().max() <= 4.0001


def test_mean_and_log_variance_are_two_layers(text_vae):
    """Trap 22."""
    assert text_vae.to_mean.weight.data_ptr() != text_vae.to_log_var.weight.data_ptr()


def test_prior_works_without_targets(text_vae):
    prior = text_vae.prior()
    assert isinstance(prior, Normal) and prior.mean.abs().sum() == 0 and (prior.stddev == 1).all()


def test_encoder_parameters_leave_the_decoder_alone(text_vae, batch):
    """Also with a shared embedding: an encoder-only step may not move p(x | z)."""
    z = latent(len(batch))
    before = text_vae.log_likelihood(batch, z).detach()
    old = [(parameter, parameter.detach().clone()) for parameter in text_vae.encoder_parameters()]
    with torch.no_grad():
        for parameter, _ in old:
            parameter.add_(0.1)
        torch.testing.assert_close(text_vae.log_likelihood(batch, z), before)
        for parameter, value in old:
            parameter.copy_(value)
    shared = sum(p.numel() for p in text_vae.parameters()) - sum(p.numel() for p in text_vae.decoder.parameters())
    assert sum(value.numel() for _, value in old) == shared


def test_reverse_words():
    x = torch.tensor([[1.0, 2.0, 3.0, 0.0], [4.0, 5.0, 0.0, 0.0]])[..., None]
    expected = torch.tensor([[3.0, 2.0, 1.0, 0.0], [5.0, 4.0, 0.0, 0.0]])[..., None]
    torch.testing.assert_close(reverse_words(x, torch.tensor([3, 2])), expected)


@pytest.mark.parametrize("options, message", [
    (dict(decoder="rnn"), 'expected a decoder out of "lstm", "gru" or "transformer", got "rnn"'),
    (dict(pool="mean"), 'expected pool "max" or "last", got "mean"'),
    (dict(latent_dim=0), "expected latent_dim >= 1, got 0"),
    (dict(hidden_dim=11), "expected an even hidden_dim"),
])
def test_wrong_sizes_are_refused(options, message):
    with pytest.raises(GensqError, match=message):
        TextVAE(**(SIZES | options))


def test_a_wrong_shape_is_named(vae, batch):
    with pytest.raises(Exception, match="log_likelihood"):
        vae.log_likelihood(batch, torch.zeros(5, 3))


@pytest.mark.parametrize("name", ["lstm", "gru", "transformer", "transformer, two layers"])
def test_a_decoder_starts_from_a_language_model(name, batch):
    """Whatever z is, the copy is the language model itself; it learns to listen, and can be made anew."""
    language_model, vae = build(LanguageModel, VAES[name]), build(TextVAE, VAES[name])
    vae.decoder.start_from(language_model.decoder)
    torch.testing.assert_close(vae.log_likelihood(batch, latent(5))[0], language_model.log_likelihood(batch))
    optimizer = make_optimizer(vae, learning_rate=1e-2)
    vae_step(vae, optimizer, cure=Cure(), seed=0)(lambda: batch, 0)
    assert (vae.eval().log_likelihood(batch, latent(5)) != vae.log_likelihood(batch, latent(5) + 1)).all(), "z is heard"
    vae.decoder.reset_parameters()
    fresh = vae.decoder.to_vocab.weight
    assert (fresh != language_model.decoder.to_vocab.weight).any() and fresh.std().item() == pytest.approx(6**-0.5, rel=0.3)


def test_a_decoder_of_another_depth_is_no_start():
    one, two = build(LanguageModel, VAES["two layers"]), build(TextVAE, VAES["lstm"])
    with pytest.raises(GensqError, match="expected networks of the same kind and depth"):
        two.decoder.start_from(one.decoder)


def test_two_steps_of_training_and_a_sample(text_vae, batch):
    vae = copy.deepcopy(text_vae)
    assert vae.config == text_vae.config
    step = vae_step(vae, make_optimizer(vae, learning_rate=1e-2), cure=Cure(), seed=0)
    for i in range(2):
        step(lambda: batch, i)
    z = text_vae.posterior(batch).mean[None]
    assert vae.log_likelihood(batch, z).mean() > text_vae.log_likelihood(batch, z).mean()
    drawn = sample(vae, num=5, z=latent(5)[0], max_length=12, generator=torch.Generator().manual_seed(0))
    ended = drawn.finished.nonzero()[:, 0].tolist()
    again = collate([drawn.tokens[i, : drawn.lengths[i] - 1].tolist() for i in ended])
    torch.testing.assert_close(drawn.log_prob[ended], vae.log_likelihood(again, latent(5)[:, ended])[0], atol=1e-4, rtol=1e-4)


def test_a_decoder_starts_from_word_frequencies(language_model, encoded):
    language_model.decoder.start_from_frequencies(encoded)
    start = language_model.decoder.to_vocab.bias.exp()
    assert start.sum().item() == pytest.approx(1.0)
    assert start[Vocab.EOS] == start.max() and start[5] == start[4] > start[10] > start[Vocab.BOS]
