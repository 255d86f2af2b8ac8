"""Instruments for clouds of points, on clouds whose coverage and distance are known."""
import pytest
import torch

from gensq_course.lessons.gan.study import share_right, trained_classifier
from gensq_lib.diagnostics import coverage, frechet_distance, precision_recall
from gensq_lib.ground.errors import GensqError
from gensq_lib.vectors import digits
from gensq_lib.vectors.ring import Ring

RING = Ring()


def look(x):
    return coverage(x, RING.centres, stddev=RING.stddev)


def test_the_truth_covers_all(generator):
    found = look(RING.sample(2000, generator=generator))
    assert (found.strict, found.loose) == (8, 8)
    assert found.near == pytest.approx(0.989, abs=0.01) and found.counts.sum() == round(found.near * 2000)


@pytest.mark.parametrize("x, strict, loose, near", [
    (RING.centres[:3].repeat(100, 1), 3, 3, 1.0),  # three modes, each a point
    (RING.centres * 0.8, 0, 8, 0.0),  # in the neighbourhood of all (0.4 away), at none
    (torch.zeros(100, 2), 0, 0, 0.0),  # in the middle
    (torch.cat([RING.centres[:1].repeat(97, 1), RING.centres[1:2].repeat(3, 1)]), 1, 1, 1.0),  # 3 % is below 1/32
    (torch.cat([RING.centres[:1].repeat(96, 1), RING.centres[1:2].repeat(4, 1)]), 2, 2, 1.0),
])
def test_coverage_of_known_clouds(x, strict, loose, near):
    found = look(x)
    assert (found.strict, found.loose, found.near) == (strict, loose, near)


def test_a_lonely_mode_cannot_be_missed():
    with pytest.raises(GensqError, match="at least 2 modes"):
        coverage(torch.zeros(3, 2), torch.zeros(1, 2), stddev=0.1)


def test_precision_and_recall_know_who_is_missing(generator):
    real, half = RING.sample(600, generator=generator), RING.sample(2000, generator=generator)
    half = half[half[:, 0] > 0.1][:600]
    found, back = precision_recall(real, half), precision_recall(half, real)
    assert found.precision > 0.9 and 0.3 < found.recall < 0.6
    assert (back.precision, back.recall) == (found.recall, found.precision)
    same = precision_recall(real, real)
    assert (same.precision, same.recall) == (1, 1)
    away = precision_recall(real, real + 100)
    assert (away.precision, away.recall) == (0, 0)


def test_a_ball_reaches_to_the_kth_other_point():
    """On a line at 0, 1, 3, 7 with k = 1: the balls are [-1, 1], [0, 2], [1, 5], [3, 11]."""
    cloud = torch.tensor([[0.0], [1.0], [3.0], [7.0]])
    points = torch.tensor([[-0.9], [2.1], [5.5], [-1.1], [11.1]])
    assert precision_recall(cloud, points, neighbours=1).precision == pytest.approx(3 / 5)
    with pytest.raises(GensqError, match="more than 4"):
        precision_recall(cloud, cloud, neighbours=4)


def test_frechet_distance_of_gaussians_is_in_closed_form(generator):
    x = torch.randn(4000, 3, generator=generator).double()
    x = (x - x.mean(0)) @ torch.linalg.inv(torch.linalg.cholesky(x.T.cov())).T  # mean 0, covariance I, to the digit
    stddev, mean = torch.tensor([1.0, 2.0, 0.5]).double(), torch.tensor([3.0, 0.0, -4.0]).double()
    assert frechet_distance(x.float(), (x * stddev + mean).float()) == pytest.approx(25 + 1 + 0.25, rel=1e-4)
    assert frechet_distance(x.float(), x.float()) == pytest.approx(0, abs=1e-5)
    rotation = torch.linalg.qr(torch.randn(3, 3, generator=generator).double()).Q
    a, b = (x * stddev).float(), (x * stddev + mean).float()
    assert frechet_distance((a @ rotation.float()), (b @ rotation.float())) == pytest.approx(frechet_distance(a, b), rel=1e-3)


def test_frechet_distance_is_blind_beyond_two_moments(generator):
    ring = RING.sample(4000, generator=generator)
    disc = torch.randn(4000, 2, generator=generator) * ring.std(0)
    assert frechet_distance(ring, disc) < 0.02 and precision_recall(ring[:500], disc[:500]).precision < 0.6


def test_the_classifier_reads_digits_and_leaves_the_random_state_alone(generator):
    parts = digits.load()
    (x, y), (tx, ty) = ((2 * parts[name].images(generator=generator) - 1, parts[name].labels) for name in ("train", "test"))
    state = torch.get_rng_state()
    model = trained_classifier(x, y, seed=0)
    assert torch.equal(state, torch.get_rng_state())
    assert share_right(model, tx, ty) > 0.93 and model[:3](tx).shape == (400, 16) and not model[:3](tx).requires_grad
    turned = trained_classifier(x, (y + 1) % 10, seed=0)
    assert share_right(turned, tx, ty) < 0.1
