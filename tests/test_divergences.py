"""Divergences: tables of identities against torch.distributions, scipy and quadrature, on random and extreme inputs."""
import math

import pytest
import torch
from scipy.special import rel_entr
from torch.distributions import Bernoulli, Categorical, Laplace, MultivariateNormal, Normal, kl_divergence

from gensq_course.lessons.kl.estimators import k1, k3, k3_has_variance, kl_monte_carlo
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths import divergences, stats
from gensq_lib.maths.divergences import kl, log_prob, mmd, renyi, reparameterize

DTYPES = {torch.float64: dict(rtol=1e-9, atol=1e-12), torch.float32: dict(rtol=2e-4, atol=2e-5)}


def gaussian(generator, dtype=torch.float64):
    mean, log_std = torch.randn(2, 5, 4, generator=generator, dtype=dtype)
    return Normal(mean, log_std.exp())


def full(generator, dtype=torch.float64):
    lower = torch.randn(5, 4, 4, generator=generator, dtype=dtype).tril(-1) + torch.eye(4, dtype=dtype)
    return MultivariateNormal(torch.randn(5, 4, generator=generator, dtype=dtype), scale_tril=lower)


def categorical(generator, dtype=torch.float64):
    return Categorical(logits=torch.randn(5, 7, generator=generator, dtype=dtype))


def bernoulli(generator, dtype=torch.float64):
    return Bernoulli(logits=torch.randn(5, 4, generator=generator, dtype=dtype))


DRAWS = [gaussian, full, categorical, bernoulli]
PER_FACTOR = {gaussian: 4, full: 1, categorical: 1, bernoulli: 4}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("family", DRAWS)
def test_closed_form_equals_torch(family, dtype, generator):
    q, p = family(generator, dtype), family(generator, dtype)
    ours, theirs = kl(q, p), kl_divergence(q, p)
    assert ours.shape == (5, PER_FACTOR[family]) and ours.dtype == dtype
    torch.testing.assert_close(ours, theirs.view_as(ours), **DTYPES[dtype])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("q_std", [1e-4, 1e-2, 1.0, 1e2, 1e4])
@pytest.mark.parametrize("p_std", [1e-4, 1.0, 1e4])
def test_extreme_widths(q_std, p_std, dtype):
    means = torch.tensor([[0.3], [0.0], [-1e3]], dtype=dtype)
    q, p = Normal(means, q_std), Normal(torch.zeros(3, 1, dtype=dtype), p_std)
    wide = kl_divergence(Normal(means.double(), q_std), Normal(torch.zeros(3, 1).double(), p_std))
    assert kl(q, p).isfinite().all()
    torch.testing.assert_close(kl(q, p).double(), wide, rtol=1e-9 if dtype == torch.float64 else 1e-4, atol=1e-6)
    square = [MultivariateNormal(d.mean, scale_tril=torch.diag_embed(d.stddev)) for d in (q, p)]
    for pair in (square, (square[0], p), (q, square[1])):
        torch.testing.assert_close(kl(*pair), kl(q, p))


def test_full_covariance_with_a_diagonal_one(generator):
    q, p = full(generator), gaussian(generator)
    as_full = MultivariateNormal(p.mean, covariance_matrix=torch.diag_embed(p.variance))
    torch.testing.assert_close(kl(q, p)[..., 0], kl_divergence(q, as_full))
    torch.testing.assert_close(kl(p, q)[..., 0], kl_divergence(as_full, q))


def test_full_covariance_sees_what_the_diagonal_cannot():
    """Correlation r costs -log(1 - r²)/2; its diagonal alone is the standard normal."""
    covariance = torch.tensor([[1.0, 0.9], [0.9, 1.0]], dtype=torch.float64)
    q, p = MultivariateNormal(torch.zeros(2).double(), covariance), Normal(torch.zeros(2).double(), 1.0)
    torch.testing.assert_close(kl(q, p), torch.tensor([-0.5 * math.log(1 - 0.81)]).double())
    assert (kl(Normal(q.mean, q.variance.sqrt()), p).abs() < 1e-12).all()


@pytest.mark.parametrize("family", DRAWS)
def test_zero_only_for_equal(family, generator):
    q, p = family(generator), family(generator)
    torch.testing.assert_close(kl(q, q), torch.zeros_like(kl(q, q)), atol=1e-12, rtol=0)
    assert (kl(q, p) > 0).all()


# --- probabilities of 0

IMPOSSIBLE = {  # probabilities of q and p, and what scipy's rel_entr says
    "q excludes": ([0.5, 0.5, 0.0], [0.25, 0.25, 0.5]),
    "p excludes": ([0.25, 0.25, 0.5], [0.5, 0.5, 0.0]),
    "both exclude": ([0.5, 0.5, 0.0], [0.75, 0.25, 0.0]),
    "tiny": ([1e-30, 1.0, 0.0], [0.5, 0.5, 0.0]),
    "against tiny": ([0.5, 0.5, 0.0], [1e-30, 1.0, 0.0]),
    "certain": ([1.0, 0.0, 0.0], [1.0, 0.0, 0.0]),
}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("by", ["probs", "logits"])
@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_impossible_outcomes(case, by, dtype):
    probs = [torch.tensor([p], dtype=dtype) for p in IMPOSSIBLE[case]]
    q, p = (Categorical(probs=x) if by == "probs" else Categorical(logits=x.log()) for x in probs)
    truth = rel_entr(*(x[0].double().numpy() for x in probs)).sum()
    torch.testing.assert_close(kl(q, p), torch.tensor([[truth]], dtype=dtype), rtol=1e-5, atol=1e-6)
    coins = [Bernoulli(**{by: x[:, :1] if by == "probs" else x[:, :1].logit()}) for x in probs]
    both = [torch.stack([x[0, 0], 1 - x[0, 0]]).double().numpy() for x in probs]
    expected = torch.tensor([[rel_entr(*both).sum()]], dtype=dtype)
    torch.testing.assert_close(kl(*coins), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("by", ["probs", "logits"])
def test_impossible_outcomes_leave_the_gradient_alone(by):
    given = torch.tensor([[0.5, 0.5, 0.0]]) if by == "probs" else torch.tensor([[0.3, 0.1, -math.inf]])
    free = [given.clone().requires_grad_() for _ in range(2)]
    kl(*(Categorical(**{by: x}) for x in free)).sum().backward()
    assert all(x.grad.isfinite().all() for x in free)


# --- Renyi

def integral(function, low=-60.0, high=60.0):
    z = torch.linspace(low, high, 400_001, dtype=torch.float64)
    return torch.trapezoid(function(z), z)


@pytest.mark.parametrize("order", [0.3, 0.5, 0.99, 2.0, 3.0])
def test_renyi_of_gaussians_by_quadrature(order):
    q, p = Normal(torch.tensor([0.4]).double(), 1.1), Normal(torch.tensor([-0.5]).double(), 1.4)
    found = integral(lambda z: (order * q.log_prob(z) + (1 - order) * p.log_prob(z)).exp()).log() / (order - 1)
    torch.testing.assert_close(renyi(q, p, order=order)[0], found, rtol=1e-8, atol=0)


@pytest.mark.parametrize("family", [gaussian, categorical, bernoulli])
def test_renyi_grows_with_its_order_and_passes_through_the_kl(family, generator):
    q, p = family(generator), family(generator)
    low, at, high = (renyi(q, p, order=order) for order in (1 - 1e-6, 1.0, 1 + 1e-6))
    assert (low <= at + 1e-7).all() and (at <= high + 1e-7).all()
    torch.testing.assert_close(low, at, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(at, kl(q, p))


@pytest.mark.parametrize("order", [0.5, 2.0])
def test_renyi_of_impossible_outcomes(order):
    q, p = (Categorical(probs=torch.tensor([x])) for x in ([0.5, 0.5, 0.0], [0.0, 0.5, 0.5]))
    expected = {0.5: -2 * math.log(0.5), 2.0: math.inf}[order]
    torch.testing.assert_close(renyi(q, p, order=order), torch.tensor([[expected]]))


def test_renyi_refuses_an_order_of_0():
    q = Normal(torch.zeros(1), 1.0)
    with pytest.raises(GensqError, match="order above 0"):
        renyi(q, q, order=0.0)


# --- Monte Carlo

def outcomes_drawn(d, generator, num):
    """Samples of finitely many outcomes, with a generator of their own."""
    if isinstance(d, Bernoulli):
        return torch.bernoulli(d.probs.expand(num, *d.probs.shape), generator=generator)
    return torch.multinomial(d.probs, num, replacement=True, generator=generator).T


@pytest.mark.parametrize("family", [gaussian, full])
def test_monte_carlo_within_four_standard_errors(family, generator):
    q, p = family(generator), family(generator)
    draws = kl_monte_carlo(q, p, num_samples=40_000, generator=generator)
    assert draws.shape == (40_000, 5, PER_FACTOR[family])
    assert (stats.estimate(k1(draws)).errors_from(kl(q, p)).abs() < 4).all()


@pytest.mark.parametrize("family", [categorical, bernoulli])
def test_a_sum_over_outcomes_is_a_mean_over_samples(family, generator):
    q, p = family(generator), family(generator)
    z = outcomes_drawn(q, generator, 40_000)
    found = stats.estimate(log_prob(q, z) - log_prob(p, z))
    assert found.mean.shape == (5, PER_FACTOR[family]) and (found.errors_from(kl(q, p)).abs() < 4).all()


def test_k3_is_unbiased_positive_and_quieter_near_p(generator):
    q, p = Normal(torch.full((3,), 0.1).double(), 1.05), Normal(torch.zeros(3).double(), 1.0)
    ratios = kl_monte_carlo(q, p, num_samples=40_000, generator=generator)
    naive, quiet = stats.estimate(k1(ratios)), stats.estimate(k3(ratios))
    assert (k3(ratios) >= 0).all() and (quiet.errors_from(kl(q, p)).abs() < 4).all()
    assert (quiet.error < naive.error / 5).all()


def test_k3_fails_where_q_is_narrow(generator):
    """Trap 31: at sigma_q = 0.3 the standard error is small and the answer wrong by many of them."""
    q, p = Normal(torch.zeros(200).double(), 0.3), Normal(torch.zeros(200).double(), 1.0)
    ratios = kl_monte_carlo(q, p, num_samples=1000, generator=generator)
    assert (stats.estimate(k1(ratios)).errors_from(kl(q, p)).abs() < 4).all()
    far = (stats.estimate(k3(ratios)).errors_from(kl(q, p)).abs() > 4).double().mean()
    assert far > 0.3


@pytest.mark.parametrize("std, finite", [(1.0, True), (0.708, True), (0.707, False), (0.3, False), (5.0, True)])
def test_where_k3_has_a_variance(std, finite):
    q, p = Normal(torch.zeros(1).double(), std), Normal(torch.zeros(1).double(), 1.0)
    assert k3_has_variance(q, p).item() is finite


# --- from samples

@pytest.mark.parametrize("dim", [1, 16, 128])
def test_mmd_is_zero_for_one_distribution_and_sees_a_shift_in_any_dimension(dim, generator):
    x, y = torch.randn(2, 400, dim, generator=generator, dtype=torch.float64)
    assert abs(mmd(x, y)) < 0.01
    assert mmd(x, y + 1) > 0.05 and mmd(x, 3 * y) > 0.05
    median = divergences.median_bandwidth(x, y)
    assert median == pytest.approx(2 * dim * (1 - 2 / (9 * dim)) ** 3, rel=0.1)  # the median of a chi square, times 2


def test_mmd_with_a_fixed_bandwidth_is_blind_in_many_dimensions(generator):
    x, y = torch.randn(2, 200, 16, generator=generator, dtype=torch.float64)
    assert abs(mmd(x, y + 1, bandwidth=1.0)) < 0.001 < 0.05 < mmd(x, y + 1)


def test_mmd_equals_its_definition(generator):
    x, y = torch.randn(5, 2, generator=generator), torch.randn(4, 2, generator=generator)

    def kernel(a, b):
        return math.exp(-(a - b).square().sum().item() / 3)

    within = [sum(kernel(a[i], a[j]) for i in range(len(a)) for j in range(len(a)) if i != j) / (len(a) * (len(a) - 1))
              for a in (x, y)]
    across = sum(kernel(a, b) for a in x for b in y) / 20
    assert mmd(x, y, bandwidth=3.0).item() == pytest.approx(sum(within) - 2 * across, abs=1e-6)


@pytest.mark.parametrize("call, words", [
    (lambda: mmd(torch.zeros(1, 2), torch.zeros(3, 2)), "at least 2 samples"),
    (lambda: kl(Laplace(torch.zeros(1), 1.0), Normal(torch.zeros(1), 1.0)), "got Laplace‖Normal; average log q"),
])
def test_errors_say_what_to_do(call, words):
    with pytest.raises(GensqError, match=words):
        call()


# --- reparameterize

def test_reparameterize_has_the_right_moments_and_gradients(generator):
    mean = torch.tensor([[1.0, -2.0]], requires_grad=True)
    std = torch.tensor([[0.5, 3.0]], requires_grad=True)
    z = reparameterize(Normal(mean, std), num_samples=50_000, generator=generator)
    assert z.shape == (50_000, 1, 2)
    torch.testing.assert_close(z.mean(0), mean, atol=0.06, rtol=0)
    torch.testing.assert_close(z.std(0), std, atol=0.06, rtol=0)
    z.mean(0).sum().backward()
    torch.testing.assert_close(mean.grad, torch.ones(1, 2))


def test_reparameterize_has_the_right_covariance(generator):
    q = full(generator)
    z = reparameterize(q, num_samples=50_000, generator=generator)
    for i in range(5):
        torch.testing.assert_close(z[:, i].T.cov(), q.covariance_matrix[i], atol=0.25, rtol=0.05)
