"""Calibration and probes: cases whose answer is known."""
import math

import numpy as np
import pytest
import torch

from gensq_course.lessons.understanding.judging import calibration_error
from gensq_lib.diagnostics import calibration, probes
from gensq_lib.diagnostics.calibration import Predictions
from gensq_lib.ground.errors import GensqError


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def random_probs(num=400, classes=3, seed=0):
    return (2 * torch.randn(num, classes, generator=noise(seed), dtype=torch.float64)).softmax(-1)


def test_by_hand():
    found = Predictions(torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6]]), torch.tensor([0, 1, 1]))
    assert found.accuracy.mean == pytest.approx(2 / 3)
    assert found.nll.mean == pytest.approx(-(math.log(0.9) + math.log(0.2) + math.log(0.6)) / 3)
    assert found.brier.mean == pytest.approx((2 * 0.1**2 + 2 * 0.8**2 + 2 * 0.4**2) / 3)
    table = found.reliability(bins=5)
    assert table.num.tolist() == [0, 0, 0, 1, 2] and table.hits.tolist() == [0, 0, 0, 1, 0.5]
    assert table.error == pytest.approx((0.4 + abs(1 - 1.7)) / 3)


def test_the_library_counts_as_the_exercise_does():
    """By hand once, imported ever after."""
    probs, labels = random_probs(), torch.randint(3, (400,), generator=noise(1))
    for bins in (1, 7, 15):
        assert Predictions(probs, labels).reliability(bins=bins).error == pytest.approx(
            calibration_error(probs, labels, bins).item())


def test_the_bias_of_the_error_is_that_of_the_literature():
    """A perfectly calibrated binary classifier, 200 sentences, 15 bins: about .064 (Roelofs et al. 2022)."""
    share = torch.rand(200, generator=noise(2), dtype=torch.float64)
    found = Predictions(torch.stack([share, 1 - share], -1), torch.zeros(200, dtype=torch.long))
    assert 0.05 < found.error_by_chance(generator=noise()).mean < 0.08


def test_who_is_right_lies_within_chance_and_who_is_too_sure_does_not():
    probs = random_probs(2_000)
    honest = Predictions(probs, torch.zeros(2_000, dtype=torch.long)).as_if_right(generator=noise(3))
    sure = Predictions((3 * probs.log()).softmax(-1), honest.labels)
    for found, within in ((honest, True), (sure, False)):
        chance = found.error_by_chance(generator=noise(4))
        assert (abs(found.reliability().error - chance.mean) < 4 * chance.deviation) == within


def test_a_sure_classifier_stands_in_the_last_bin():
    assert Predictions(torch.eye(2), torch.tensor([0, 1])).reliability().num[-1] == 2


def test_what_is_no_probability_is_refused():
    with pytest.raises(GensqError, match="sums to 1 for each label"):
        Predictions(torch.ones(2, 3), torch.zeros(2, dtype=torch.long))


SENTENCES = [("a", word, ".") for word in "red green blue grey pink brown".split() for _ in range(200)]


def test_a_control_label_is_that_of_the_last_word():
    found = probes.control_labels(SENTENCES, [0.5, 0.5], seed=0)
    assert all(len(set(found[i : i + 200])) == 1 for i in range(0, 1200, 200)) and set(found) == {0, 1}
    assert found != probes.control_labels(SENTENCES, [0.5, 0.5], seed=1)


def test_a_probe_of_words_learns_the_control_and_a_probe_of_the_label_does_not():
    rng = np.random.default_rng(0)
    order = rng.permutation(len(SENTENCES))
    words = np.repeat(np.eye(6), 200, axis=0)[order]
    real = (words[:, 0] + words[:, 1] + words[:, 2]).astype(int)
    control = np.array(probes.control_labels(SENTENCES, [0.5, 0.5], seed=0))[order]
    knows_words = probes.probed(words, real.tolist(), control.tolist(), num_train=800)
    knows_label = probes.probed(real[:, None] + 0.0, real.tolist(), control.tolist(), num_train=800)
    assert knows_words.real.mean == knows_words.control.mean == 1 and knows_words.selectivity == 0
    assert knows_label.real.mean == 1 and knows_label.selectivity > 0.1
    assert calibration.BINS == 15
