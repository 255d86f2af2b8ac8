"""Figures of lesson 07: what their alt text says, and that pictures that are compared have one scale."""
import pytest
import torch

from gensq_course.lessons.posterior_collapse import pictures

WATCHED = {"plain": {0: (torch.tensor([-1.0, 1.0]), torch.tensor([0.0, 0.5])), 9: (torch.zeros(2), torch.zeros(2))},
           "aggressive": {0: (torch.tensor([-2.0, 2.0]), torch.tensor([-4.0, 2.0])), 9: (torch.ones(2), torch.ones(2))}}


def test_one_scale_for_all_runs_and_moments():
    assert pictures.reach(WATCHED) == pytest.approx(1.05 * 4)
    for figure, _ in pictures.strips(WATCHED, [0, 9]):
        assert [axes.get_xlim()[1] for axes in figure.axes] == pytest.approx([4.2] * len(figure.axes))


def test_the_spread_of_every_moment_is_told():
    (_, plain), (_, aggressive) = pictures.strips(WATCHED, [9])
    assert "step 0: 1.41, 0.35; step 9: 0.00, 0.00" in plain and "moments: step 9." in plain
    assert "step 0: 2.83, 4.24" in aggressive


def test_a_page_for_each_moment():
    assert len(pictures.side_by_side(WATCHED)) == 2


def test_curves_tell_their_numbers():
    _, alt = pictures.bound_curves({"plain": [3.0, 3.0, 4.0, 5.0, *[2.0] * 17]}, {"exact NLL": 1.5})
    assert "tenths of the run" in alt and "plain 3.00 at first, highest 4.50, 2.00 at the end" in alt and "exact NLL, 1.50" in alt
    _, alt = pictures.hidden_words([0, 0.5], [0.1, 0.625])
    assert "0: 0.10, 0.5: 0.62" in alt
