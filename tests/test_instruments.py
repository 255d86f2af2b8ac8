"""Instruments of posterior collapse against worlds where everything is enumerated, each with its bias measured."""
import math

import pytest
import torch
from torch import nn
from torch.distributions import MultivariateNormal, Normal
from toys import LinearGaussian

from gensq_course.lessons.posterior_collapse.checks import gain_at_each_word, information_lower, true_posterior_mean
from gensq_lib.text.batching import collate, in_order
from gensq_lib.diagnostics import (
    active_units_over,
    aggregate_kl,
    aggregate_kl_per_dimension,
    bound_gap,
    encode,
    mutual_information,
    z_gain,
)
from gensq_lib.diagnostics.information import log_aggregate
from gensq_lib.diagnostics.posteriors import _derangement
from gensq_lib.maths.divergences import kl, reparameterize
from gensq_lib.maths.objectives import elbo_terms

# A discrete world: eight equally likely sentences; z is one number; everything follows by counting and one integral.

MEANS, STDDEVS = torch.linspace(-2.5, 2.0, 8), torch.tensor([0.2, 0.5] * 4)
GRID = torch.linspace(-9, 9, 20_001, dtype=torch.float64)


def counted() -> dict[str, float]:
    """Mutual information, KL(q(z) ‖ p(z)) and mean KL of the discrete world."""
    each = Normal(MEANS.double(), STDDEVS.double()).log_prob(GRID[:, None])
    whole, prior = each.logsumexp(-1) - math.log(8), Normal(0.0, 1.0).log_prob(GRID)
    means = kl(Normal(MEANS, STDDEVS), Normal(torch.zeros(8), torch.ones(8))).mean().item()
    return {"information": torch.trapezoid((each.exp() * (each - whole[:, None])).mean(-1), GRID).item(),
            "aggregate": torch.trapezoid(whole.exp() * (whole - prior), GRID).item(), "kl": means}


def drawn(num, seed):
    x = torch.randint(8, (num,), generator=torch.Generator().manual_seed(seed))
    return MEANS[x][:, None], STDDEVS[x][:, None]


def averaged(instrument, num, repeats=150):
    """Mean of (lower, upper) over many sets of `num` sentences, and the standard error of each."""
    found = torch.tensor([[(f := instrument(*drawn(num, seed), generator=torch.Generator().manual_seed(seed))).lower, f.upper]
                          for seed in range(repeats)])
    return found.mean(0).tolist(), (found.std(0) / math.sqrt(repeats)).tolist()


TRUTH = counted()
SANDWICHES = {"information": mutual_information, "aggregate": aggregate_kl}


def test_the_discrete_world_adds_up():
    """The identity of Hoffman and Johnson, with each term counted on its own."""
    assert TRUTH["kl"] == pytest.approx(TRUTH["information"] + TRUTH["aggregate"], abs=1e-5)


@pytest.mark.parametrize("name", SANDWICHES)
@pytest.mark.parametrize("num, width", [(8, 2.5), (32, 0.5), (512, 0.05)])
def test_the_truth_lies_between_the_estimates_on_average(name, num, width):
    """The bias of either side has the stated sign, and shrinks with the number of sentences."""
    (lower, upper), (lower_error, upper_error) = averaged(SANDWICHES[name], num)
    assert lower - 3 * lower_error <= TRUTH[name] <= upper + 3 * upper_error
    assert 0 < upper - lower < width


def test_equal_posteriors_have_themselves_as_aggregate():
    """With or without the own one, the mean of equal densities is that density: neither estimate has a bias left."""
    z = torch.linspace(-2, 2, 7)[:, None]
    for estimate in log_aggregate(torch.full((7, 1), 0.5), torch.full((7, 1), 0.8), z, chunk=3):
        torch.testing.assert_close(estimate, Normal(0.5, 0.8).log_prob(z)[:, 0])


@pytest.mark.parametrize("name, side", [("information", 0), ("aggregate", 1)])
def test_the_self_inclusive_side_is_the_better_one(name, side):
    """At 32 sentences: measured bias of each side."""
    estimates, errors = averaged(SANDWICHES[name], 32, repeats=400)
    bias = [abs(estimate - TRUTH[name]) for estimate in estimates]
    assert bias[side] < 0.15 and bias[side] < bias[1 - side] + 3 * max(errors)


def one_estimate_for_both(mean, stddev, shift=3.0):
    """Trap 30: q(z) estimated once (and here wrongly: moved), used for both terms."""
    z = mean + stddev * torch.randn(mean.shape, generator=torch.Generator().manual_seed(0))
    log_q = Normal(mean + shift, stddev).log_prob(z[:, None]).sum(-1).logsumexp(1) - math.log(len(mean))
    own, prior = Normal(mean, stddev).log_prob(z).sum(-1), Normal(0.0, 1.0).log_prob(z).sum(-1)
    return (own - log_q).mean().item(), (log_q - prior).mean().item(), (own - prior).mean().item()


def test_an_identity_with_one_estimate_on_both_sides_proves_nothing():
    """A wrong q(z) passes it; held against the counted truth, both of its terms are far off."""
    information, aggregate, total = one_estimate_for_both(*drawn(500, 1))
    assert total == pytest.approx(information + aggregate, abs=1e-5)
    assert abs(information - TRUTH["information"]) > 1 and abs(aggregate - TRUTH["aggregate"]) > 1


def test_aggregate_kl_of_a_known_gaussian(generator):
    """A spoilt encoder of the linear world: q(z) is Gaussian, with a known mean and variance in each dimension."""
    model = LinearGaussian(shift=0.7, scale=1.5)
    data = model.draw(1500, generator)
    q, exact = model.posterior(data), model.exact_posterior(data)
    variance = 1 + (1.5**2 - 1) * exact.stddev[0].square().detach()
    truth = 0.5 * (0.7**2 + variance - variance.log() - 1)
    found = aggregate_kl(q.mean.detach(), q.stddev.detach(), generator=generator)
    assert found.lower - 0.08 <= truth.sum().item() <= found.upper + 0.08 and found.upper - found.lower < 0.15
    each = aggregate_kl_per_dimension(q.mean.detach(), q.stddev.detach())
    torch.testing.assert_close(each, truth.float(), atol=0.05, rtol=0)


def test_a_perfect_encoder_has_the_prior_as_aggregate(generator):
    model = LinearGaussian()
    q = model.posterior(model.draw(1500, generator))
    assert aggregate_kl(q.mean.detach(), q.stddev.detach(), generator=generator).upper < 0.15
    assert aggregate_kl_per_dimension(q.mean.detach(), q.stddev.detach()).max() < 0.05


def test_per_dimension_is_the_integral_and_its_bias_is_upwards():
    found = [aggregate_kl_per_dimension(*drawn(32, seed)).item() for seed in range(60)]
    error = torch.tensor(found).std().item() / math.sqrt(60)
    assert TRUTH["aggregate"] - 3 * error <= sum(found) / 60 <= TRUTH["aggregate"] + 8 / 32 + 3 * error
    everything = aggregate_kl_per_dimension(MEANS[:, None], STDDEVS[:, None])
    assert everything.item() == pytest.approx(TRUTH["aggregate"], abs=1e-4)


def test_per_dimension_sees_very_narrow_posteriors():
    """A grid wider than a posterior would step over it."""
    found = aggregate_kl_per_dimension(torch.tensor([[1.5]]), torch.tensor([[0.004]]))
    truth = 0.5 * (1.5**2 + 0.004**2 - 1) - math.log(0.004)
    assert found.item() == pytest.approx(truth, rel=0.02)


def test_per_dimension_is_blind_to_dependence():
    """Two dimensions that say the same: each is near the prior, together they are not."""
    one = torch.randn(800, 1, generator=torch.Generator().manual_seed(3)) * 0.95
    mean, stddev = one.expand(-1, 2), torch.full((800, 2), 0.3)
    together = aggregate_kl(mean, stddev, generator=torch.Generator().manual_seed(0))
    assert aggregate_kl_per_dimension(mean, stddev).sum() < 0.05 < 0.5 < together.lower


def test_active_units_over_thresholds(generator):
    mean = torch.randn(4000, 4, generator=generator) * torch.tensor([1.0, 0.5, 0.05, 0.0])
    assert active_units_over(mean, [1e-4, 0.01, 0.1, 0.5, 2.0]) == [3, 2, 2, 1, 0]


class OneNumber(nn.Module):
    """z ~ N(0, 1), x | z ~ N(W z, s²) in three features; the encoder is spoilt by `shift` and `scale`."""

    def __init__(self, *, shift=0.0, scale=1.0, noise=0.8):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, -0.5, 2.0], dtype=torch.float64))
        self.shift, self.scale, self.noise = shift, scale, noise

    def prior(self, condition=None):
        return Normal(torch.zeros(1, 1, dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64))

    def exact(self, batch):
        precision = 1 + self.weight.square().sum() / self.noise**2
        return Normal(batch @ self.weight[:, None] / self.noise**2 / precision, precision.rsqrt().expand(len(batch), 1))

    def posterior(self, batch):
        q = self.exact(batch)
        return Normal(q.mean + self.shift, q.stddev * self.scale)

    def log_likelihood(self, batch, z):
        return Normal(z * self.weight, self.noise).log_prob(batch).sum(-1)

    def log_marginal(self, batch):
        covariance = torch.outer(self.weight, self.weight) + self.noise**2 * torch.eye(3)
        return MultivariateNormal(torch.zeros(3, dtype=torch.float64), covariance.double()).log_prob(batch)

    def draw(self, num, generator):
        z, noise = torch.randn(num, 1, generator=generator), torch.randn(num, 3, generator=generator)
        return (z * self.weight + self.noise * noise).detach().double()


def test_bound_gap_grows_to_what_the_encoder_loses(generator):
    model = OneNumber(shift=0.3, scale=1.4)
    batch = model.draw(300, generator)
    lost = torch.distributions.kl_divergence(model.posterior(batch), model.exact(batch)).sum(-1).mean().item()
    gaps = [bound_gap(model, batch, num_samples=k, generator=generator) for k in (1, 5, 50, 500)]
    means = [gap.mean().item() for gap in gaps]
    assert all((gap >= -1e-9).all() for gap in gaps) and means[0] == pytest.approx(0, abs=1e-9)
    assert means[0] < means[1] < means[2] < means[3] and means[3] == pytest.approx(lost, abs=0.04) and lost > 0.3
    assert means[1] < 0.95 * lost, "with 5 samples the gap looks smaller than it is"


def test_bound_gap_is_log_p_minus_elbo_where_both_are_known(generator):
    model = OneNumber(shift=0.5)
    batch = model.draw(200, generator)
    elbo = elbo_terms(model, batch, num_samples=500, generator=generator).elbo.detach()
    gap = (model.log_marginal(batch).detach() - elbo).mean().item()
    assert bound_gap(model, batch, num_samples=1000, generator=generator).mean().item() == pytest.approx(gap, abs=0.03)


def test_an_exact_encoder_has_no_gap(generator):
    model = OneNumber()
    assert bound_gap(model, model.draw(20, generator), num_samples=20, generator=generator).max() < 1e-6


# By hand once, imported ever after: what the reader writes in lesson 07 is what the library computes.


def test_the_lessons_posterior_mean_is_the_exact_one(generator):
    model, grid = OneNumber(), torch.linspace(-5, 5, 81, dtype=torch.float64)
    batch = model.draw(20, generator)
    z = grid[:, None, None].expand(-1, len(batch), 1)
    with torch.no_grad():
        log_joint = model.log_likelihood(batch, z) + model.prior().log_prob(z).sum(-1)
    torch.testing.assert_close(true_posterior_mean(log_joint, grid), model.exact(batch).mean[:, 0].detach(), atol=1e-6, rtol=0)


def test_the_lessons_information_is_the_librarys():
    (mean, stddev), noise = drawn(60, 3), torch.Generator().manual_seed(8)
    found = mutual_information(mean, stddev, generator=noise)
    z = reparameterize(Normal(mean, stddev), generator=noise.manual_seed(8))[0]
    log_q = Normal(mean, stddev).log_prob(z[:, None]).sum(-1)
    assert information_lower(log_q).mean().item() == pytest.approx(found.lower, abs=1e-5)


def test_the_lessons_gain_is_the_librarys(vae, encoded):
    """With the same strangers."""
    batch, noise = collate(encoded), torch.Generator().manual_seed(5)
    z = encode(vae, in_order(encoded)).sample(generator=noise)
    strangers = z[_derangement(len(z), generator=noise)]
    own, stranger = (vae.token_log_likelihood(batch, codes[None])[0].detach() for codes in (z, strangers))
    theirs = z_gain(vae, lambda: in_order(encoded), generator=noise.manual_seed(5))
    torch.testing.assert_close(gain_at_each_word(own, stranger, batch.lengths), theirs)


def test_the_kl_of_each_dimension_is_the_integral(vae, encoded):
    """In closed form: no bias."""
    q = encode(vae, in_order(encoded))
    grid = torch.linspace(-12, 12, 6001, dtype=torch.float64)
    density = Normal(q.mean.double()[..., None], q.stddev.double()[..., None]).log_prob(grid)
    integral = torch.trapezoid(density.exp() * (density - Normal(0.0, 1.0).log_prob(grid)), grid)
    torch.testing.assert_close(q.kl.double(), integral, atol=1e-5, rtol=0)
