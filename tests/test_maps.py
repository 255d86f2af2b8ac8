"""Maps: places and the way back; and what single dimensions know."""
import math
import re

import pytest
import torch

from gensq_course.lessons.latent_space.moves import classifier_direction, direction
from gensq_course.lessons.latent_space.information import dimension_information
from gensq_course.lessons.latent_space.maps import neighbour_map, principal_plane
from gensq_course.widgets.atlas import Atlas
from gensq_lib.diagnostics import attribute_information
from gensq_lib.plots.style import COLOURS, MARKERS


@pytest.fixture
def points(generator):
    return torch.randn(200, 6, generator=generator) * torch.tensor([1.0, 5, 1, 1, 3, 1]) + 7


def test_a_plane_is_the_pca(points):
    plane = principal_plane(points)
    assert torch.allclose(plane.axes @ plane.axes.T, torch.eye(2), atol=1e-5)
    variance = torch.linalg.eigvalsh(points.T.cov()).flip(0)
    assert torch.allclose(plane.places.var(0), variance[:2], rtol=1e-4)


def test_every_place_on_a_plane_is_a_point_and_comes_back(points):
    plane = principal_plane(points)
    for place in (torch.tensor([0.0, 0.0]), torch.tensor([3.0, -2.0]), plane.places[5]):
        point = plane.point(place)
        assert torch.allclose((point - plane.centre) @ plane.axes.T, place, atol=1e-4)
    nearest = plane.point(plane.places[5])
    assert (points[5] - nearest).norm() < (points[5] - plane.centre).norm(), "what is lost is what the plane does not show"


def test_the_signs_of_a_plane_are_fixed(points):
    again = principal_plane(points.flip(0))
    assert torch.allclose(principal_plane(points).axes, again.axes, atol=1e-5)
    assert (again.axes.gather(1, again.axes.abs().argmax(1, keepdim=True)) > 0).all()


def test_neighbours_stay_neighbours_and_places_stand_for_sentences(generator):
    """Three heaps far apart: on the map, too, the nearest other point is of the same heap."""
    heap = torch.arange(90) % 3
    points = torch.randn(90, 5, generator=generator) + 30 * torch.nn.functional.one_hot(heap, 5)
    found = neighbour_map(points, seed=0, perplexity=10.0)
    distance = torch.cdist(found.places, found.places).fill_diagonal_(math.inf)
    assert (heap[distance.argmin(1)] == heap).float().mean() == 1
    assert torch.equal(found.point(found.places[7] + 1e-4), points[7])
    assert torch.equal(neighbour_map(points, seed=0, perplexity=10.0).places, found.places)


def labelled(generator, num=2000):
    """A sign, hidden in dimension 1; the square of dimension 2 decides another label."""
    points = torch.randn(num, 3, generator=generator)
    return points, ["+" if x > 0 else "-" for x in points[:, 1]], ["far" if x**2 > 1 else "near" for x in points[:, 2]]


def test_each_dimension_knows_what_it_knows(generator):
    points, sign, distance = labelled(generator)
    found = dimension_information(points, sign)
    assert found[1].item() == pytest.approx(math.log(2), abs=0.05) and found[[0, 2]].abs().max() < 0.03
    far = sum(label == "far" for label in distance) / len(distance)
    entropy = -far * math.log(far) - (1 - far) * math.log(1 - far)
    assert dimension_information(points, distance)[2].item() == pytest.approx(entropy, abs=0.1)
    assert attribute_information(points, distance) < 0.05, "a linear reader cannot see a square; bins can"


def test_what_nobody_knows_is_not_found(generator):
    points = torch.randn(500, 4, generator=generator)
    labels = [str(i % 8) for i in range(500)]
    found = dimension_information(points, labels)
    assert (found < 0.02).all(), "counted on other folds, chance brings nothing in"


def test_information_never_exceeds_the_entropy(generator):
    points, sign, _ = labelled(generator, 300)
    assert (dimension_information(points, sign) <= math.log(2)).all()


def test_a_z_of_one_number_has_maps_too(generator):
    """A line for a plane: every place stands for its number, however high it lies."""
    line = 3 + torch.randn(60, 1, generator=generator)
    plane = principal_plane(line)
    assert plane.places.shape == (60, 2) and not plane.places[:, 1].any()
    assert torch.allclose(plane.point(torch.tensor([plane.places[7, 0], 5.0])), line[7])
    found = neighbour_map(line, seed=0)
    assert found.places.shape == (60, 2) and torch.equal(found.point(found.places[3]), line[3])


def test_both_kinds_of_map_look_alike():
    """One group has one shape and one colour, in a figure and on the map to pick from."""
    script = Atlas._esm.read_text(encoding="utf-8") if hasattr(Atlas._esm, "read_text") else str(Atlas._esm)
    shapes = re.search(r"const SHAPES = \[(.*?)\];", script, flags=re.S)[1]
    assert len(re.findall(r'"[^"]+"', shapes)) == len(MARKERS) == len(COLOURS)
    assert Atlas().look["groups"] == list(COLOURS.values())


def test_a_classifier_moves_its_score_as_far_as_the_means_do(generator):
    """Where one direction varies much in both groups, the classifier leans away from it; the difference of means does not."""
    labels = torch.tensor([0, 1]).repeat(200)
    codes = torch.randn(400, 2, generator=generator) * torch.tensor([1.0, 4.0]) + labels[:, None] * torch.tensor([2.0, 2.0])
    means, found = direction(codes, labels, 0, 1), classifier_direction(codes, labels, 0, 1)
    assert found @ means == pytest.approx((found @ found).item(), rel=1e-4)
    assert found[1] / found[0] < 0.5 * means[1] / means[0]
    assert torch.allclose(classifier_direction(codes, labels, 1, 0), -found, atol=1e-3)
