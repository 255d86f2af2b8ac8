"""VAEs for vectors: the contract that objectives need, likelihoods that are sums of nats, and the linear case exactly."""
import math

import pytest
import torch
from torch.distributions import Bernoulli, MultivariateNormal, Normal, kl_divergence

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths import objectives
from gensq_lib.maths.divergences import kl
from gensq_lib.models.dense_vae import DenseVAE, LinearVAE

PIXELS, LATENT = 6, 3
MODELS = {
    "gaussian, noise per pixel": (DenseVAE, dict(noise="pixel")),
    "gaussian, shared noise": (DenseVAE, dict(noise="shared")),
    "gaussian, fixed noise": (DenseVAE, dict(noise="fixed")),
    "bernoulli": (DenseVAE, dict(likelihood="bernoulli")),
    "linear, full covariance": (LinearVAE, dict(covariance="full")),
    "linear, diagonal": (LinearVAE, dict(covariance="diagonal")),
}


def build(kind, options):
    torch.manual_seed(0)
    model = kind(data_dim=PIXELS, latent_dim=LATENT, **(dict(hidden_dim=10) if kind is DenseVAE else {}), **options)
    with torch.no_grad():
        if kind is LinearVAE:
            model.below.normal_()
    return model.eval()


@pytest.fixture(params=MODELS.values(), ids=MODELS.keys())
def model(request):
    return build(*request.param)


@pytest.fixture
def images():
    return torch.rand(5, PIXELS, generator=torch.Generator().manual_seed(4))


def draws(num=5, sample=4):
    return torch.randn(sample, num, LATENT, generator=torch.Generator().manual_seed(3))


def test_keeps_the_contract(model, images, generator):
    assert isinstance(model, objectives.LatentVariableModel)
    terms = objectives.elbo_terms(model, images, num_samples=7, generator=generator)
    assert terms.z.shape == (7, 5, LATENT) and terms.elbo.shape == (5,) and (terms.kl >= 0).all()
    assert objectives.iwae(model, images, num_samples=20, generator=generator).shape == (5,)


def test_each_image_for_itself(model, images):
    """Neither the posterior nor the likelihood of an image depends on its batch mates, or on their order."""
    order = torch.tensor([3, 0, 4, 2, 1])
    together, z = model.posterior(images), draws()
    torch.testing.assert_close(model.posterior(images[order]).mean, together.mean[order])
    torch.testing.assert_close(model.posterior(images[:1]).variance[0], together.variance[0])
    torch.testing.assert_close(model.log_likelihood(images[order], z[:, order]), model.log_likelihood(images, z)[:, order])


def test_samples_are_independent_of_each_other(model, images):
    z = draws()
    torch.testing.assert_close(model.log_likelihood(images, z)[2:3], model.log_likelihood(images, z[2:3]))


def test_likelihood_is_a_sum_over_pixels(model, images):
    """Trap 1: nats per image, not a mean over pixels."""
    z, mean = draws(), model.decode(draws())
    if isinstance(model, DenseVAE) and model.likelihood == "bernoulli":
        images = images.round()
        expected = Bernoulli(mean).log_prob(images)
    else:
        expected = Normal(mean, model.log_noise.exp()).log_prob(images)
    torch.testing.assert_close(model.log_likelihood(images, z), expected.sum(-1), atol=1e-4, rtol=1e-4)


def test_fixed_noise_is_squared_error(images):
    model, z = build(DenseVAE, dict(noise="fixed")), draws()
    half_squares = 0.5 * (images - model.decode(z)).square().sum(-1)
    torch.testing.assert_close(-model.log_likelihood(images, z), half_squares + PIXELS / 2 * math.log(2 * math.pi))
    assert not model.log_noise.requires_grad


def test_a_binary_bernoulli_sums_to_one():
    model, z = build(DenseVAE, dict(likelihood="bernoulli")), draws(num=2**PIXELS, sample=1)
    pictures = torch.tensor([[i >> j & 1 for j in range(PIXELS)] for i in range(2**PIXELS)]).float()
    z = z[:, :1].expand(-1, len(pictures), -1)
    assert model.log_likelihood(pictures, z).exp().sum().item() == pytest.approx(1.0, abs=1e-5)


def test_encoder_parameters_move_only_the_posterior(model, images):
    z, before = draws(), model.posterior(images).mean.clone()
    likelihood = model.log_likelihood(images, z)
    with torch.no_grad():
        for parameter in model.encoder_parameters():
            parameter.add_(0.3)
    torch.testing.assert_close(model.log_likelihood(images, z), likelihood)
    assert not torch.allclose(model.posterior(images).mean, before)


@pytest.mark.parametrize("covariance", ["full", "diagonal"])
def test_linear_bound_and_gap_add_up(covariance, images):
    """log p(x) = ELBO + KL(q || true posterior), each in closed form or by many draws."""
    model = build(LinearVAE, dict(covariance=covariance)).double()
    images = images.double()
    terms = objectives.elbo_terms(model, images, num_samples=100_000, generator=torch.Generator().manual_seed(1))
    q = model.posterior(images)
    full = q if covariance == "full" else MultivariateNormal(q.mean, torch.diag_embed(q.variance))
    gap = kl_divergence(full, model.true_posterior(images))
    error = 4 * model.log_likelihood(images, terms.z).std(0) / 100_000**0.5
    assert ((terms.elbo + gap - model.log_marginal(images)).abs() < error).all()
    torch.testing.assert_close(terms.kl.sum(-1), kl(q, model.prior()).sum(-1))


def test_linear_model_with_its_true_posterior_has_no_gap(images):
    """Bayes' rule at any z: log p(x | z) + log p(z) - log p(z | x) is log p(x)."""
    model, z = build(LinearVAE, {}).double(), draws(sample=1).double()
    images = images.double()
    by_bayes = model.log_likelihood(images, z)[0] + model.prior().log_prob(z[0]) - model.true_posterior(images).log_prob(z[0])
    torch.testing.assert_close(by_bayes, model.log_marginal(images))


def test_linear_vae_agrees_with_scikit_learn():
    """With the weights of scikit-learn's probabilistic PCA, the marginal is its `score_samples`."""
    from sklearn.decomposition import PCA
    data = torch.randn(50, PIXELS, generator=torch.Generator().manual_seed(0)).double() @ torch.randn(
        PIXELS, PIXELS, generator=torch.Generator().manual_seed(1)).double()
    pca = PCA(LATENT).fit(data.numpy())
    model = build(LinearVAE, {}).double()
    scale = torch.as_tensor(pca.explained_variance_ - pca.noise_variance_).sqrt()
    with torch.no_grad():
        model.weight.copy_(torch.as_tensor(pca.components_).T * scale)
        model.bias.copy_(torch.as_tensor(pca.mean_))
        model.log_noise.copy_(torch.tensor(0.5 * math.log(pca.noise_variance_)))
    torch.testing.assert_close(model.log_marginal(data), torch.as_tensor(pca.score_samples(data.numpy())))


@pytest.mark.parametrize("make", [lambda: DenseVAE(data_dim=4, likelihood="poisson"), lambda: DenseVAE(data_dim=4, noise="none"),
                                  lambda: LinearVAE(data_dim=4, latent_dim=2, covariance="round")])
def test_unknown_options_are_refused(make):
    with pytest.raises(GensqError, match="choose"):
        make()
