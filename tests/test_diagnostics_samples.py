"""Instruments for many samples: right samples pass, wrong ones are seen, and the numbers are the textbook's."""
import pytest
import torch

from gensq_course.lessons.language_models.agreement import ChiSquare, chi_square, frequencies, total_variation

P = torch.tensor([0.4, 0.3, 0.2, 0.09, 0.01])


def drawn(p, seed, num=2000):
    return torch.multinomial(p, num, replacement=True, generator=torch.Generator().manual_seed(seed))


def test_statistic_by_hand():
    found = chi_square(torch.tensor([0] * 12 + [1] * 8), torch.tensor([0.5, 0.5]))
    assert found.statistic == pytest.approx(0.8) and found.freedom == 1


def test_rare_tokens_are_pooled():
    found = chi_square(torch.tensor([0] * 90 + [1] * 4 + [2] * 6), torch.tensor([0.9, 0.04, 0.06]), least=7)
    assert found.freedom == 1 and found.statistic == pytest.approx(0, abs=1e-6)


def test_right_samples_scatter_around_the_degrees_of_freedom():
    z = torch.tensor([chi_square(drawn(P, seed), P).z for seed in range(200)])
    assert abs(z.mean()) < 0.3 and 0.7 < z.std() < 1.3


@pytest.mark.parametrize("power", [0.8, 1.2])
def test_a_wrong_temperature_is_seen(power):
    assert chi_square(drawn(P**power / (P**power).sum(), 0), P).z > 6


def test_impossible_tokens():
    sure = torch.tensor([1.0, 0.0])
    assert chi_square(torch.zeros(9, dtype=torch.long), sure) == ChiSquare(0.0, 0)
    assert chi_square(torch.tensor([0] * 9 + [1]), sure).statistic > 1e6


def test_sums():
    assert ChiSquare(3.0, 2) + ChiSquare(4.0, 5) == ChiSquare(7.0, 7)


def test_frequencies_leave_out_what_has_no_attributes():
    found = frequencies([{"tense": "past"}, {}, {"tense": "past"}, {"tense": "future"}])
    assert found == {"tense": {"past": pytest.approx(2 / 3), "future": pytest.approx(1 / 3)}} and frequencies([{}]) == {}


def test_total_variation():
    assert total_variation({"a": 0.5, "b": 0.5}, {"a": 0.5, "c": 0.5}) == pytest.approx(0.5)
    assert total_variation({"a": 1.0}, {"a": 1.0}) == 0 and total_variation({"a": 1.0}, {"b": 1.0}) == 1
