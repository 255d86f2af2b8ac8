"""The study of GANs: every variant with ten seeds, readings that exist, and a recorded row that can be made again."""
import pytest
import torch

from gensq_course.lessons.gan.batches import Snapshots
from gensq_course import lessons, studies
from gensq_course.lessons.gan import study as gan
from gensq_course.lessons.gan.patients import PATIENTS, share_hit, ward_readings
from gensq_lib.models.gan import DenseGAN
from gensq_lib.vectors.ring import Ring


def test_every_variant_has_its_seeds():
    for world, variants in gan.ROWS.items():
        for variant in variants:
            assert sum((s["world"], s["variant"]) == (world, variant) for s in gan.SETTINGS) == len(gan.SEEDS[world])
    assert len(gan.SEEDS["ring"]) >= 10 and gan.STUDY.name in lessons.studies()


@pytest.mark.parametrize("variant", ["Wasserstein, gradient penalty", "hinge, spectral norm", "minimax, slow discriminator"])
def test_a_row_on_the_ring(variant, monkeypatch):
    monkeypatch.setattr(gan, "STEPS", 4)
    monkeypatch.setattr(gan, "EARLY", 0)
    found = gan.run(world="ring", variant=variant, seed=0)
    once = {"strict", "loose", "near", "recall", "wandering"}
    assert {record["measure"] for record in found if "step" not in record} == once
    assert all(0 <= studies.value(found, measure=name, step=step) <= 8 for name in ("strict", "loose") for step in (0, None))


def test_a_point_of_the_search(monkeypatch):
    """With seeds that no reported row has; read off validation digits."""
    assert not set(gan.SEEDS["search"]) & {*gan.SEEDS["digits"], *gan.SEEDS["ring"]}
    monkeypatch.setattr(gan, "DIGIT_STEPS", 2)
    assert 0 <= studies.value(gan.run(world="search", variant="penalty 1", seed=100), measure="accuracy") < 0.8


def test_the_recipe_is_the_best_of_the_search():
    """On validation digits; the lesson uses it."""
    found = studies.by(studies.read("gan")["rows"], "variant", world="search", measure="accuracy")
    assert found.keys() == gan.SEARCHED.keys() and max(found, key=lambda name: found[name].mean) == gan.BEST


@pytest.mark.parametrize("letter", PATIENTS)
def test_a_patient_has_its_readings(letter):
    found = ward_readings(letter, seed=0, steps=3)
    assert found.keys() == ward_readings("B", seed=0, steps=1).keys()
    assert 0 <= found["modes covered, strict"] <= found["modes covered, loose"] <= 8
    assert letter != "E" or found["way of a sample"] == 0


def test_points_are_hit_by_what_lies_near(generator):
    points = torch.randn(50, 2, generator=generator)
    assert share_hit(points, points + 0.01) == 1 and share_hit(points, points + 9) == 0
    assert share_hit(points, points[:10]) >= 0.2


def test_a_still_generator_does_not_wander(generator):
    ring, album = Ring(), Snapshots(DenseGAN(data_dim=2), num=0, seed=0)
    album.seen = {i: ring.sample(1000, generator=generator) for i in range(10)}
    assert gan.wandering(album, ring) < 0.1
    album.seen = {i: ring.centres[i % 2].expand(1000, 2) for i in range(10)}
    assert gan.wandering(album, ring) == 1


def test_readings_of_real_digits_know_them_for_real():
    """Training pictures in place of generated ones: the marks to hold a generator against, and the copyist found out."""
    x, labels = gan.real_digits("train", seed=0)
    found = gan.digit_readings(x, labels, seed=0)
    assert found["accuracy"] == pytest.approx(found["accuracy_real"], abs=0.03) and found["accuracy"] > 0.93
    assert found["frechet"] == found["frechet_real"] and found["nearest"] == 0 and found["precision"] > 0.8
    assert "accuracy" not in gan.digit_readings(x, None, seed=0)


def test_the_control_has_the_moments_of_its_classes():
    x, labels = gan.gaussian_digits(seed=0)
    train, of_train = gan.real_digits("train", seed=0)
    for digit in (0, 7):
        middle = train[of_train == digit].mean(0)
        assert (x[labels == digit].mean(0) - middle).abs().max() < 0.2
    assert x.min() >= -1 and x.max() <= 1


def test_conditional_or_not_dense_or_not():
    for network, conditional in (("dense", False), ("convolutional", True)):
        pair, _ = gan.digit_game(seed=0, steps=2, network=network, conditional=conditional)
        x, labels = gan.generated_digits(pair, seed=0, num=20)
        assert x.shape == (20, 64) and (labels is not None) == conditional
    assert torch.equal(labels[:3], torch.tensor([0, 1, 2]))


@pytest.mark.slow
def test_recorded_rows_come_out_again():
    """Of a game, and of the control without one; as far as another processor's rounding allows."""
    rows = {(row["setting"]["variant"], row["setting"]["seed"]): row for row in studies.read("gan")["rows"]}
    healthy, control = rows["hinge, spectral norm", 0], rows["one Gaussian for each class", 0]
    pair = studies.recompute(gan.STUDY, healthy), healthy["found"]
    now, then = (studies.value(found, measure="loose", step=None) for found in pair)
    assert now == then
    again = studies.recompute(gan.STUDY, control)
    assert [r["measure"] for r in again] == [r["measure"] for r in control["found"]]
    assert studies.values(again) == pytest.approx(studies.values(control["found"]), rel=0.1, abs=0.02)
