"""M2: its bounds where everything can be summed, the contracts of a latent-variable model, and its training."""
import math

import pytest
import torch
from torch.distributions import Categorical, Normal

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.divergences import kl
from gensq_lib.maths.objectives import LatentVariableModel, elbo_terms, label_summed_out
from gensq_lib.models.m2 import M2, SentenceClassifier
from gensq_lib.text.batching import collate
from gensq_lib.text.labelled import LabelledBatch, LabelledBatches, collate_labelled, with_every_label
from gensq_lib.training import labels

SIZES = dict(vocab_size=14, num_classes=3, embed_dim=6, hidden_dim=10)
ENCODED = [[4, 5, 6], [7, 8], [9], [4, 9, 5, 8, 6, 7]]
LABELLED = [(ids, i % 3) for i, ids in enumerate(ENCODED)]
POINTS, REACH = 2_001, 9.0


def tiny(**options) -> M2:
    torch.manual_seed(0)
    model = M2(**SIZES, **{"latent_dim": 1} | options).eval()
    model.set_prior(torch.tensor([0.5, 0.3, 0.2]))
    return model


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def exact(model, batch) -> torch.Tensor:
    """log p(x, y) for every label, "batch class": z has one dimension, so it can be integrated."""
    grid = torch.linspace(-REACH, REACH, POINTS)
    every = with_every_label(batch, model.num_classes)
    log_x = torch.cat([model.log_likelihood(every, some[:, None, None].expand(-1, len(every), 1)) for some in grid.split(200)])
    weighed = (log_x.double() + Normal(0.0, 1.0).log_prob(grid.double())[:, None]).exp()
    return torch.trapezoid(weighed, grid.double(), dim=0).log().view(model.num_classes, len(batch)).T + model.log_prior


@pytest.fixture(scope="module")
def summed():
    with torch.no_grad():
        model, batch = tiny(), collate(ENCODED)
        return model, batch, exact(model, batch), *model.bounds(batch, num_samples=2_000, generator=noise())


def test_each_bound_is_below_the_exact_joint(summed):
    model, batch, joint, bounds, log_q = summed
    assert (bounds <= joint + 0.02).all() and (joint - bounds).max() < 2, "the draws have an error of less than .02"


def test_with_the_label_summed_out_it_is_below_the_exact_sum(summed):
    model, batch, joint, bounds, log_q = summed
    bound = label_summed_out(bounds, log_q)
    assert (bound <= joint.logsumexp(-1) + 0.02).all()
    gap = joint.logsumexp(-1) - bound
    posterior = joint.log_softmax(-1)
    of_labels = (log_q.exp() * (log_q - posterior)).sum(-1)  # KL(q(y | x) ‖ p(y | x)), one part of the gap
    of_z = (log_q.exp() * (joint - bounds)).sum(-1)  # and the mean over labels of what z misses
    torch.testing.assert_close(gap, of_labels + of_z, atol=1e-5, rtol=0)


def test_the_best_bound_of_any_classifier_is_the_log_sum(summed):
    *_, bounds, _ = summed
    best = bounds.log_softmax(-1)
    torch.testing.assert_close(label_summed_out(bounds, best), bounds.logsumexp(-1))


def test_a_label_of_probability_0_adds_nothing():
    bounds, log_q = torch.tensor([[-3.0, -4.0]]), torch.tensor([[0.0, -math.inf]])
    assert label_summed_out(bounds, log_q).item() == -3.0


def test_one_pass_over_all_labels_is_a_pass_for_each():
    model, batch = tiny(latent_dim=2), collate(ENCODED)
    bounds, log_q = model.bounds(batch, num_samples=3_000, generator=noise(1))
    for label in range(3):
        alone = LabelledBatch(batch, torch.full((4,), label))
        found = model.labelled_bound(alone, num_samples=3_000, generator=noise(2))
        torch.testing.assert_close(bounds[:, label], found, atol=0.05, rtol=0)
    torch.testing.assert_close(log_q, model.label_posterior(batch).logits)


def test_given_labelled_sentences_it_is_a_latent_variable_model():
    model, batch = tiny(latent_dim=2), collate_labelled(LABELLED)
    assert isinstance(model, LatentVariableModel)
    terms = elbo_terms(model, batch, num_samples=4, generator=noise())
    assert terms.elbo.shape == (4,) and terms.kl.shape == (4, 2)
    torch.testing.assert_close(terms.kl, kl(model.posterior(batch), model.prior()))


def test_the_decoder_hears_label_and_z_in_every_step():
    """Both in the first state and beside each word: with the state put to 0 they still change the last word."""
    model, batch = tiny(latent_dim=2), collate([[4, 5, 6, 7]])
    def last_word(label, z):
        state = model.start(torch.tensor([[*torch.eye(3)[label].tolist(), z, 0.0]]), 1)
        state = (*(0 * part for part in state[:-1]), state[-1])
        return model.decoder.read(batch.inputs, state)[0][0, -1]

    assert not torch.allclose(last_word(0, 0.0), last_word(1, 0.0)) and not torch.allclose(last_word(0, 0.0), last_word(0, 1.0))


def test_steps_and_teacher_forcing_agree():
    model, batch = tiny(latent_dim=2), collate_labelled(LABELLED)
    z = torch.randn(1, 4, 2, generator=noise())
    state = model.start(torch.cat([torch.eye(3)[batch.labels], z[0]], -1), 4)
    expected = model.token_log_likelihood(batch, z)[0]
    for t in range(batch.inputs.shape[1]):
        log_probs, state = model.step(batch.inputs[:, t], state)
        torch.testing.assert_close(log_probs.gather(1, batch.targets[:, t, None])[:, 0] * batch.mask[:, t], expected[:, t],
                                   atol=1e-5, rtol=1e-4)


def test_batches_of_labelled_sentences_keep_labels_and_sentences_together():
    batches = LabelledBatches(LABELLED, batch_size=2, seed=0)
    seen = {(tuple(ids[: n - 1]), label) for i in range(2) for ids, n, label in zip(
        batches(i).targets.tolist(), batches(i).lengths.tolist(), batches(i).labels.tolist(), strict=True)}
    assert seen == {(tuple(ids), label) for ids, label in LABELLED}


def test_what_is_refused():
    with pytest.raises(GensqError, match="expected 2 classes"):
        SentenceClassifier(vocab_size=9, num_classes=1)
    with pytest.raises(GensqError, match="a share above 0 for each of 3"):
        tiny().set_prior(torch.tensor([0.5, 0.5, 0.0]))
    with pytest.raises(GensqError, match="at least one labelled sentence"):
        collate_labelled([])


MANY = [([4 + 2 * label, 5 + 2 * label, 10 + i % 4], label) for i in range(40) for label in (0, 1, 2)]
KEY = {"test": "m2"}


@pytest.fixture
def fresh_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path))
    monkeypatch.setenv("GENSQ_PROGRESS", "0")


def accuracy(model, examples):
    batch = collate_labelled(examples)
    return (model.label_posterior(batch).logits.argmax(-1) == batch.labels).float().mean().item()


def test_a_classifier_learns_labels(fresh_cache):
    torch.manual_seed(0)
    model = SentenceClassifier(vocab_size=14, num_classes=3, embed_dim=6, hidden_dim=10)
    labels.train_classifier(model, MANY[:30], MANY[30:60], steps=150, batch_size=10, seed=0, key=KEY)
    assert accuracy(model, MANY[60:]) > 0.95


def test_m2_learns_labels_and_without_alpha_its_classifier_does_not(fresh_cache):
    """The trap: nothing but the last term trains q(y | x) on labels, so what it calls 0 need not be label 0."""
    found, unlabelled = {}, [ids for ids, _ in MANY]
    for alpha in (10.0, 0.0):
        torch.manual_seed(0)
        model = M2(**SIZES, latent_dim=2)
        before = model.classifier.to_label.weight.detach().clone()
        history = labels.train_m2(model, MANY[:6], unlabelled, MANY[6:12], steps=80, batch_size=12, seed=0, key=KEY, alpha=alpha)
        found[alpha] = accuracy(model, MANY[60:])
        assert history["bound"][-1] > history["bound"][0] and not torch.equal(before, model.classifier.to_label.weight)
    assert found[10.0] > 0.95 > found[0.0]


def test_the_classifier_of_labelled_bounds_gets_no_gradient():
    model = tiny(latent_dim=2)
    (-model.labelled_bound(collate_labelled(LABELLED), generator=noise()).sum()).backward()
    assert model.classifier.to_label.weight.grad is None and model.classifier.encoder.embed.weight.grad is not None
    assert isinstance(model.label_posterior(collate(ENCODED)), Categorical)
