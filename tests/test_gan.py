"""Generators, discriminators, the ring and the step that trains them."""
import math

import pytest
import torch
from torch import nn

from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.gan import convolutional_gan, dense_gan
from gensq_lib.training.adversarial import Examples, digit_batches, gan_optimizer, gan_step, ring_batches, train_gan
from gensq_lib.vectors import digits
from gensq_lib.vectors.ring import Ring

KINDS = {
    "dense": lambda **options: dense_gan(data_dim=64, **options),
    "convolutional": convolutional_gan,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("num_classes", [0, 10])
@pytest.mark.parametrize("spectral", [False, True])
def test_both_players_keep_their_contract(kind, num_classes, spectral, generator):
    gan = KINDS[kind](num_classes=num_classes, spectral=spectral).eval()
    labels = torch.arange(5) if num_classes else None
    x = gan.generator.sample(5, labels, generator=generator)
    assert x.shape == (5, 64) and gan.discriminator.logits(x, labels).shape == (5,)
    alone = gan.discriminator.logits(x[2:3], None if labels is None else labels[2:3])
    torch.testing.assert_close(alone[0], gan.discriminator.logits(x, labels)[2])


@pytest.mark.parametrize("num_classes, labels, words", [(10, None, "a label below 10"), (0, torch.tensor([1]), "no labels")])
def test_a_condition_is_given_where_it_is_expected(num_classes, labels, words, generator):
    gan = dense_gan(data_dim=2, num_classes=num_classes)
    with pytest.raises(GensqError, match=words):
        gan.generator.sample(1, labels, generator=generator)
    with pytest.raises(GensqError, match=words):
        gan.discriminator.logits(torch.zeros(1, 2), labels)


def test_spectral_layers_have_a_slope_of_at_most_one():
    gan = dense_gan(data_dim=2, spectral=True)
    for _ in range(50):
        gan.discriminator.logits(torch.zeros(1, 2))
    x, y = 5 * torch.randn(200, 2), 5 * torch.randn(200, 2)
    gan.eval()
    steps = (gan.discriminator.logits(x) - gan.discriminator.logits(y)).abs()
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


def a_ring_gan():
    torch.manual_seed(0)
    return dense_gan(data_dim=2, hidden_dim=16)


def trained(steps, **options):
    gan = a_ring_gan()
    history = train_gan(gan, ring_batches(Ring(), batch_size=16, seed=0), loss="hinge", steps=steps, seed=0, **options)
    return gan, history


def test_a_run_is_a_function_of_its_seed():
    first, second = trained(5)[0], trained(5)[0]
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_a_killed_run_ends_with_the_same_bits(tmp_path):
    whole, _ = trained(6, penalty="gradient_penalty", critic_steps=2)
    gan, checkpoint = a_ring_gan(), training.Checkpoint(tmp_path / "part.pt", every=3)
    for _ in range(2):  # killed after step 3, and gone on with
        optimizer = gan_optimizer(gan, learning_rate=1e-3)
        step = gan_step(gan, optimizer, loss="hinge", seed=0, penalty="gradient_penalty", critic_steps=2)
        training.fit(step, ring_batches(Ring(), batch_size=16, seed=0), model=gan, optimizer=optimizer,
                     steps=3 if not checkpoint.path.exists() else 6, seed=0, show="d_wins", checkpoint=checkpoint)
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), gan.parameters(), strict=True))


def test_what_is_logged_and_looked_at(monkeypatch, tmp_path):
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path))
    seen = []
    _, history = trained(6, look=seen.append, every=2)
    assert seen == [0, 2, 4]
    assert set(history) == {"step", "d_loss", "g_loss", "d_wins", "penalty", "d_gradient", "g_gradient"}
    first, _ = trained(4, key={"test": 1})
    again, _ = trained(4, key={"test": 1})
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert list((tmp_path / "runs").glob("*.pt"))


def test_each_player_moves_at_its_own_rate():
    gan = a_ring_gan()
    generator, discriminator = gan_optimizer(gan, learning_rate=1e-3, discriminator_rate=1e-4).param_groups
    assert (generator["lr"], discriminator["lr"]) == (1e-3, 1e-4)
    assert len(generator["params"]) == len(list(gan.generator.parameters()))


def test_batch_normalisation_is_refused():
    gan = a_ring_gan()
    gan.discriminator.body.append(nn.BatchNorm1d(16))
    with pytest.raises(GensqError, match="each example alone"):
        gan_step(gan, gan_optimizer(gan, learning_rate=1e-3), loss="hinge", seed=0)


def test_a_discriminator_learns_and_an_idle_generator_stays():
    """The generator's rate is 0: the share of pairs that the discriminator tells apart rises."""
    gan = a_ring_gan()
    before = [p.clone() for p in gan.generator.parameters()]
    history = train_gan(gan, ring_batches(Ring(), batch_size=64, seed=0), loss="non_saturating", steps=60, seed=0,
                        learning_rate=0.0, discriminator_rate=1e-2)
    assert history.mean("d_wins", last=10) > 0.9
    assert all(torch.equal(a, b) for a, b in zip(before, gan.generator.parameters(), strict=True))


def test_digits_come_with_their_labels_in_range():
    batches = digit_batches(digits.load()["train"], batch_size=32, seed=0, conditional=True)
    batch = batches(3)
    assert isinstance(batch, Examples) and len(batch) == 32 and batch.labels.shape == (32,)
    assert batch.x.min() >= -1 and batch.x.max() < 1
    assert torch.equal(batch.x, batches(3).x) and not torch.equal(batch.x, batches(4).x)
    assert digit_batches(digits.load()["train"], batch_size=2, seed=0)(0).labels is None


def test_a_condition_is_obeyed_after_training():
    """Two classes, left and right: the generator learns which is which."""
    def batch(i):
        noise = runtime.generator(0, "two", i)
        labels = torch.randint(2, (64,), generator=noise)
        return Examples((2.0 * labels - 1)[:, None] + 0.1 * torch.randn(64, 1, generator=noise), labels)

    torch.manual_seed(0)
    gan = dense_gan(data_dim=1, num_classes=2, hidden_dim=16)
    train_gan(gan, batch, loss="non_saturating", steps=300, seed=0, learning_rate=3e-3)
    with torch.no_grad():
        x = gan.generator.sample(200, torch.arange(200) % 2, generator=runtime.generator(1))
    assert x[1::2].mean() > 0.5 and x[::2].mean() < -0.5
