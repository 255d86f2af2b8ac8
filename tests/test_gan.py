"""Generators of vectors and their judges, and the ring."""
import math

import pytest
import torch

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.gan import ConvolutionalGAN, DenseGAN
from gensq_lib.vectors.ring import Ring

KINDS = {
    "dense": lambda **options: DenseGAN(data_dim=64, **options),
    "convolutional": ConvolutionalGAN,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("num_classes", [0, 10])
@pytest.mark.parametrize("spectral", [False, True])
def test_both_players_keep_their_contract(kind, num_classes, spectral, generator):
    gan = KINDS[kind](num_classes=num_classes, spectral=spectral).eval()
    labels = torch.arange(5) if num_classes else None
    x = gan.generator.sample(5, labels, generator=generator)
    assert x.shape == (5, 64) and gan.judge.logits(x, labels).shape == (5,)
    alone = gan.judge.logits(x[2:3], None if labels is None else labels[2:3])
    torch.testing.assert_close(alone[0], gan.judge.logits(x, labels)[2])


@pytest.mark.parametrize("num_classes, labels, words", [(10, None, "a label below 10"), (0, torch.tensor([1]), "no labels")])
def test_a_condition_is_given_where_it_is_expected(num_classes, labels, words, generator):
    gan = DenseGAN(data_dim=2, num_classes=num_classes)
    with pytest.raises(GensqError, match=words):
        gan.generator.sample(1, labels, generator=generator)
    with pytest.raises(GensqError, match=words):
        gan.judge.logits(torch.zeros(1, 2), labels)


def test_spectral_layers_have_a_slope_of_at_most_one():
    gan = DenseGAN(data_dim=2, spectral=True)
    for _ in range(50):
        gan.judge.logits(torch.zeros(1, 2))
    x, y = 5 * torch.randn(200, 2), 5 * torch.randn(200, 2)
    gan.eval()
    steps = (gan.judge.logits(x) - gan.judge.logits(y)).abs()
    assert (steps <= 1.01 * (x - y).norm(dim=1)).all()


def test_the_density_of_the_ring_adds_up_to_one_and_is_that_of_its_samples(generator):
    ring = Ring()
    axis = torch.linspace(-3, 3, 601)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1)
    assert ring.log_prob(grid).exp().sum().item() * 0.01**2 == pytest.approx(1, abs=1e-3)
    x = ring.sample(20000, generator=generator)
    assert (x - ring.centres[0]).norm(dim=1).lt(3 * ring.stddev).float().mean().item() == pytest.approx(0.989 / 8, abs=0.01)
    entropy = math.log(8) + 1 + math.log(2 * math.pi * ring.stddev**2)  # the modes do not touch
    assert -ring.log_prob(x).mean().item() == pytest.approx(entropy, abs=0.03)
    assert ring.gap == pytest.approx((ring.centres[0] - ring.centres[1]).norm().item())
