"""Every model with a latent variable is measured by the same instruments: a new one is a row of MODELS."""
import pytest
import torch

from gensq_lib.diagnostics import encode, measure, z_controls, z_gain
from gensq_lib.diagnostics.ledger import refine
from gensq_lib.maths.divergences import kl
from gensq_lib.maths.objectives import LatentVariableModel, elbo_terms
from gensq_course.shipped.files import MODELS
from gensq_lib.text.batching import in_order
from gensq_lib.text.pairs import pairs_in_order

SENTENCES = [[4, 5, 6], [7, 8], [9], [4, 9, 5, 8, 6, 7], [10, 11, 12, 13], [5, 5], [6, 4, 9]]
PAIRS = [([4, 5 + i], sentence, (i % 2,)) for i, sentence in enumerate(SENTENCES)]
IMAGES = torch.rand(7, 5, generator=torch.Generator().manual_seed(0))
SIZES = dict(vocab_size=14, embed_dim=6, hidden_dim=10, latent_dim=3)


def of_images():
    yield torch.arange(4), IMAGES[:4]
    yield torch.arange(4, 7), IMAGES[4:]


MODELS_AND_BATCHES = {
    **{name: (name, SIZES, lambda: in_order(SENTENCES, batch_size=3)) for name in (
        "TextVAE", "BlindVAE", "BagOfWordsVAE", "BatchNormVAE", "CommittedRateVAE", "LastStateVAE")},
    "a Transformer": ("TextVAE", SIZES | dict(decoder="transformer", num_heads=2), lambda: in_order(SENTENCES, batch_size=3)),
    "DenseVAE": ("DenseVAE", dict(data_dim=5, latent_dim=3, hidden_dim=8), of_images),
    "ConditionalVAE": ("ConditionalVAE", SIZES | dict(label_sizes=[2]), lambda: pairs_in_order(PAIRS, batch_size=3)),
}


@pytest.fixture(params=MODELS_AND_BATCHES)
def measured(request):
    name, options, batches = MODELS_AND_BATCHES[request.param]
    torch.manual_seed(0)
    return MODELS[name](**options).eval(), batches


def test_codes_and_their_price_come_in_the_order_of_the_set(measured):
    model, batches = measured
    found = encode(model, batches())
    assert isinstance(model, LatentVariableModel) and found.kl.shape == (7, 3)
    for index, batch in batches():
        torch.testing.assert_close(found.mean[torch.as_tensor(index)], model.posterior(batch).mean)
        torch.testing.assert_close(found.kl[torch.as_tensor(index)], kl(model.posterior(batch), model.prior(batch)))


def test_the_bounds_of_every_example(measured):
    model, batches = measured
    found = measure(model, batches, num_samples=200, elbo_samples=200, refine_steps=10)
    torch.testing.assert_close(found.kl, encode(model, batches()).kl)
    assert found.elbo.shape == found.iwae.shape == found.tokens.shape == (7,)
    assert (found.iwae >= found.elbo - 0.1).all() and found.refined_elbo.isfinite().all()


def test_a_fitted_posterior_beats_a_poor_one(measured, generator):
    """Ten steps from an encoder that is off by two standard deviations."""
    model, batches = measured
    _, batch = next(iter(batches()))
    start = model.posterior(batch)
    model.posterior = lambda batch: torch.distributions.Normal(start.mean + 2, start.stddev)
    better = refine(model, batch, steps=30, generator=generator)
    before, after = (elbo_terms(model, batch, q=q, num_samples=100, generator=generator).elbo.sum()
                     for q in (model.posterior(batch), better))
    assert after > before + 0.5


def test_the_terms_of_the_encoder_are_the_objective(measured):
    model, batches = measured
    _, batch = next(iter(batches()))
    ours = elbo_terms(model, batch, q=model.posterior(batch), num_samples=3, generator=torch.Generator().manual_seed(1))
    theirs = elbo_terms(model, batch, num_samples=3, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close((ours.reconstruction, ours.kl), (theirs.reconstruction, theirs.kl))


def test_another_z_costs_something(measured, generator):
    model, batches = measured
    if not hasattr(model, "token_log_likelihood"):
        pytest.skip("a model of vectors has no words")
    found = z_controls(model, batches, generator=generator)
    assert (found.own != found.shuffled).all() and (found.own != found.zeroed).all()
    assert z_gain(model, batches, generator=generator).shape == (7,)
