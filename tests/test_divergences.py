import pytest
import torch
from torch.distributions import Categorical, Laplace, Normal, kl_divergence

from gensq_lib.divergences import kl, kl_monte_carlo, reparameterize
from gensq_lib.errors import GensqError


def gaussian(generator, scale=1.0, dtype=torch.float64):
    mean, log_std = scale * torch.randn(2, 5, 4, generator=generator, dtype=dtype)
    return Normal(mean, log_std.exp())


def categorical(generator):
    return Categorical(logits=torch.randn(5, 7, generator=generator, dtype=torch.float64))


@pytest.mark.parametrize("draw", [gaussian, categorical])
def test_closed_form_equals_torch(draw, generator):
    q, p = draw(generator), draw(generator)
    ours = kl(q, p)
    theirs = kl_divergence(q, p)
    torch.testing.assert_close(ours if ours.shape == theirs.shape else ours[..., 0], theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("std", [1e-4, 1e-2, 1.0, 1e2, 1e4])
def test_extreme_widths(std):
    q, p = Normal(torch.tensor([[0.3]]).double(), std), Normal(torch.tensor([[0.0]]).double(), 1.0)
    torch.testing.assert_close(kl(q, p), kl_divergence(q, p), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("draw", [gaussian, categorical])
def test_zero_only_for_equal(draw, generator):
    q, p = draw(generator), draw(generator)
    torch.testing.assert_close(kl(q, q), torch.zeros_like(kl(q, q)), atol=1e-12, rtol=0)
    assert (kl(q, p) > 0).all()


def test_impossible_outcomes():
    q = Categorical(probs=torch.tensor([[0.5, 0.5, 0.0]]))
    p = Categorical(probs=torch.tensor([[0.25, 0.25, 0.5]]))
    torch.testing.assert_close(kl(q, p), torch.tensor([[0.5]]).log().neg(), atol=1e-6, rtol=0)


def test_monte_carlo_within_four_standard_errors(generator):
    q, p = gaussian(generator), gaussian(generator)
    draws = kl_monte_carlo(q, p, num_samples=40_000, generator=generator)
    error = draws.std(0) / 40_000**0.5
    assert ((draws.mean(0) - kl(q, p)).abs() < 4 * error).all()


def test_reparameterize_has_the_right_moments_and_gradients(generator):
    mean = torch.tensor([[1.0, -2.0]], requires_grad=True)
    std = torch.tensor([[0.5, 3.0]], requires_grad=True)
    z = reparameterize(Normal(mean, std), num_samples=50_000, generator=generator)
    assert z.shape == (50_000, 1, 2)
    torch.testing.assert_close(z.mean(0), mean, atol=0.06, rtol=0)
    torch.testing.assert_close(z.std(0), std, atol=0.06, rtol=0)
    z.mean(0).sum().backward()
    torch.testing.assert_close(mean.grad, torch.ones(1, 2))


def test_a_pair_without_closed_form_is_named():
    with pytest.raises(GensqError, match="got Laplace‖Normal; use kl_monte_carlo"):
        kl(Laplace(0.0, 1.0), Normal(0.0, 1.0))
