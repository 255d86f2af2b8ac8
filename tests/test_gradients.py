"""Gradient estimators: against exact gradients, by enumeration, quadrature or closed form; biased where they must be."""
import math

import pytest
import torch
from torch.distributions import Categorical, Normal

from gensq_lib.ground.errors import GensqError
from gensq_course.lessons.reparameterization import gradients
from gensq_lib.maths import stats
from gensq_lib.maths.divergences import reparameterize

NUM = 100_000
LOGITS = torch.tensor([0.5, -1.0, 0.2, 1.0], dtype=torch.float64)
VALUES = torch.tensor([3.0, -2.0, 0.5, 10.0], dtype=torch.float64)
FUNCTIONS = {  # f and its exact gradients in mean and stddev at N(0.7, 0.6), by closed form
    "square": (lambda z: z**2, lambda m, s: (2 * m, 2 * s)),
    "sine": (lambda z: (3 * z).sin(), lambda m, s: (3 * math.cos(3 * m) * math.exp(-4.5 * s**2),
                                                   -9 * s * math.sin(3 * m) * math.exp(-4.5 * s**2))),
    "kink": (lambda z: z.relu(), lambda m, s: (0.5 + 0.5 * math.erf(m / s / math.sqrt(2)),
                                             math.exp(-0.5 * (m / s) ** 2) / math.sqrt(2 * math.pi))),
}
BASELINES = {"none": lambda value: 0.0, "constant": lambda value: 2.5, "leave one out": gradients.leave_one_out}


def exact_categorical():
    logits = LOGITS.clone().requires_grad_()
    return torch.autograd.grad((logits.softmax(-1) * VALUES).sum(), logits)[0]


def enumerated(baseline):
    """The expectation of the estimator over all pairs of draws, each with its probability."""
    log_p = LOGITS.log_softmax(-1)
    total = torch.zeros(4, dtype=torch.float64)
    for i in range(4):
        for j in range(4):
            logits, draws = LOGITS.clone().requires_grad_(), torch.tensor([i, j])
            value = VALUES[draws]
            surrogate = gradients.score_function(Categorical(logits=logits).log_prob(draws), value, baseline(value))
            total += (log_p[i] + log_p[j]).exp() * torch.autograd.grad(surrogate.mean(), logits)[0]
    return total


@pytest.mark.parametrize("baseline", BASELINES.values(), ids=BASELINES.keys())
def test_score_function_is_unbiased_by_enumeration(baseline):
    torch.testing.assert_close(enumerated(baseline), exact_categorical())


def test_a_baseline_that_includes_its_own_draw_halves_the_gradient_of_two():
    torch.testing.assert_close(enumerated(gradients.including_itself), exact_categorical() / 2)


def normal_estimates(kind, f):
    mean, stddev = torch.tensor(0.7, dtype=torch.float64), torch.tensor(0.6, dtype=torch.float64)
    generator = torch.Generator().manual_seed(1)

    def surrogate(mean, stddev):
        q = Normal(mean, stddev)
        if kind == "reparameterised":
            return f(reparameterize(q, generator=generator)[0])
        z = (mean + stddev * torch.randn(NUM, generator=generator, dtype=torch.float64)).detach()
        return gradients.score_function(q.log_prob(z), f(z), BASELINES[kind](f(z)))

    return gradients.per_sample(surrogate, mean, stddev, num_samples=NUM)


@pytest.mark.parametrize("kind", ["reparameterised", *BASELINES])
@pytest.mark.parametrize("f, truth", FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_unbiased_within_four_standard_errors(kind, f, truth):
    for estimates, exact in zip(normal_estimates(kind, f), truth(0.7, 0.6), strict=True):
        assert abs(stats.estimate(estimates).errors_from(exact)) < 4


def test_reparameterisation_cannot_see_a_step():
    """d/dmean P(z > 0) is a density, not 0."""
    estimates, _ = normal_estimates("reparameterised", lambda z: (z > 0).double() + 0 * z)
    assert (estimates == 0).all()
    by_score, _ = normal_estimates("leave one out", lambda z: (z > 0).double())
    exact = Normal(0.0, 0.6).log_prob(torch.tensor(0.7)).exp().item()
    assert abs(stats.estimate(by_score).errors_from(exact)) < 4


def test_variances_as_computed_on_paper():
    """f = z^2, q = N(m, s): reparameterised 2z has variance 4 s^2; the score function more, with a baseline less."""
    variance = {kind: stats.estimate(normal_estimates(kind, lambda z: z**2)[0]).variance
                for kind in ("reparameterised", "none", "leave one out")}
    assert variance["reparameterised"] == pytest.approx(4 * 0.36, rel=0.03)
    m, s = 0.7, 0.6
    moments = m**4 + 6 * m**2 * 3 * s**2 + 15 * s**4  # E[z^4 (z - m)^2] / s^2, odd terms vanish
    assert variance["none"] == pytest.approx(moments / s**2 - 4 * m**2, rel=0.06)
    assert variance["reparameterised"] < variance["leave one out"] < variance["none"]


def test_baselines_carry_no_gradient_and_keep_the_shape():
    value = torch.randn(5, 3, generator=torch.Generator().manual_seed(0)).requires_grad_()
    log_prob = torch.zeros(5, 3, requires_grad=True)
    surrogate = gradients.score_function(log_prob, value, gradients.leave_one_out(value))
    assert surrogate.shape == (5, 3)
    surrogate.sum().backward()
    assert value.grad is None and log_prob.grad is not None
    loop = torch.stack([value[[j for j in range(5) if j != i]].mean(0) for i in range(5)])
    torch.testing.assert_close(gradients.leave_one_out(value), loop)


def test_one_draw_cannot_be_left_out():
    with pytest.raises(GensqError, match="at least 2 samples"):
        gradients.leave_one_out(torch.zeros(1))
