"""A mean with its error: by hand, in pairs, in batches; and intervals that hold the truth as often as they say."""
import math

import pytest
import torch

from gensq_lib.maths.stats import Estimate, Share, estimate


def test_a_mean_by_hand():
    found = estimate([1.0, 2.0, 3.0, 4.0])
    assert (found.mean, found.error, found.n) == (2.5, pytest.approx((5 / 3) ** 0.5 / 2), 4)
    assert found.variance == pytest.approx(5 / 3) and found.deviation == pytest.approx((5 / 3) ** 0.5)
    assert str(found) == "2.500 ± 0.645" and found.errors_from(2.5 - 2 * found.error) == pytest.approx(2)


def test_a_batch_has_an_estimate_for_each_entry(generator):
    values = torch.randn(50, 3, generator=generator)
    found = estimate(values)
    for j, column in enumerate(values.T):
        alone = estimate(column)
        assert (found.mean[j].item(), found.error[j].item()) == (pytest.approx(alone.mean), pytest.approx(alone.error))


@pytest.mark.parametrize("values", [[2.0], []])
def test_too_few_values_have_no_error_and_say_so(values):
    found = estimate(values)
    assert math.isnan(found.error) and found.n == len(values) and "no standard error" in str(found)


def test_constants_have_no_error():
    assert estimate(torch.ones(9)).error == 0.0


def test_differences_of_pairs_have_a_smaller_error_than_of_strangers(generator):
    shared = torch.randn(200, generator=generator)
    a, b = shared + 0.1 * torch.randn(200, generator=generator), shared
    strangers = estimate(a) - estimate(b)
    assert estimate(a - b).mean == pytest.approx(strangers.mean, abs=1e-6) and estimate(a - b).error < strangers.error / 5
    assert strangers.error == pytest.approx(math.hypot(estimate(a).error, estimate(b).error))


def test_sums_and_means_of_independent_estimates():
    a, b = Estimate(1.0, 3.0, 10), Estimate(2.0, 4.0, 20)
    assert (a + b) * 0.5 == Estimate(1.5, 2.5, 10) and a - b == Estimate(-1.0, 5.0, 10) and a + 1.0 == Estimate(2.0, 3.0, 10)


def test_the_interval_holds_the_truth_in_95_of_100_cases(generator):
    """Of 5 values each: two errors to each side would hold it in 88."""
    intervals = [estimate(row).interval for row in torch.randn(2000, 5, generator=generator)]
    assert sum(low < 0 < high for low, high in intervals) / 2000 == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize("count, n, low, high", [
    (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596), (0, 0, 0, 1)])
def test_wilson_interval(count, n, low, high):
    assert Share(count, n).interval == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


def test_a_share_is_the_mean_of_its_cases():
    share, cases = Share(3, 12), estimate([1.0] * 3 + [0.0] * 9)
    assert share.mean == cases.mean and share.error == pytest.approx(cases.error * (11 / 12) ** 0.5)
    assert str(share) == "0.250 (0.089 to 0.532)"
