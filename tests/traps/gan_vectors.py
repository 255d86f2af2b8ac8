"""Traps of GANs on vectors, by their numbers in the list for GANs: 2, 3, 4, 5, 8, 9, 12, 14, 18, 21, 24.

(7, the over-trained judge, is a failure to diagnose in lesson 14; the others concern text.)
"""
import contextlib

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from gensq_course import studies
from gensq_course.lessons.gan.batches import digit_batches, ring_batches
from gensq_lib.diagnostics import coverage
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths import adversarial, divergences
from gensq_lib.maths.stats import Estimate
from gensq_lib.models.gan import GAN, VectorGenerator, VectorJudge
from gensq_lib.training.games import Examples, gan_step
from gensq_lib.vectors import digits
from gensq_lib.vectors.ring import Ring
from traps.trap import Trap, close, noise

RATE = 0.1


class Recorder(nn.Linear):
    """A generator's body that keeps what it was given."""

    def forward(self, x):
        self.seen = [*getattr(self, "seen", []), x.detach()]
        return super().forward(x)


def linear_gan():
    torch.manual_seed(0)
    gan = GAN()
    gan.generator = VectorGenerator(Recorder(3, 2), latent_dim=3)
    gan.judge = VectorJudge(nn.Tanh(), hidden_dim=2)
    return gan


# 2, 4, 24: who moves, and where to


def plays_the_game(make_step):
    """One step of plain gradient descent, against the same step worked out here."""
    gan, twin = linear_gan(), linear_gan()
    batch = Examples(torch.randn(6, 2, generator=noise(1)))
    optimizer = torch.optim.SGD([{"params": gan.generator.parameters()}, {"params": gan.judge.parameters()}], lr=RATE)
    make_step(gan, optimizer)(lambda: batch, 0)
    first, second = gan.generator.body.seen
    assert not torch.equal(first, second), "both players saw the same noise"
    loss = adversarial.LOSSES["non_saturating"]
    with torch.no_grad():
        fake = twin.generator(first)
    descend(loss.judge(*[twin.judge.logits(x) for x in (batch.x, fake)]).mean(), twin.judge)
    descend(loss.generator(twin.judge.logits(twin.generator(second))).mean(), twin.generator)
    for mine, theirs in zip(gan.parameters(), twin.parameters(), strict=True):
        close(mine, theirs)


def descend(loss, player):
    parameters = list(player.parameters())
    with torch.no_grad():
        for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            parameter -= RATE * gradient


def by_hand(*, detach=True, assigned=True, fresh=True, sign=1.0, swapped=False, zero=True):
    """The loop as people write it, with the mistakes that they make."""
    def make(gan, optimizer):
        def step(next_batch, i):
            real, generator = next_batch().x, noise(2)
            fake = gan.generator.sample(len(real), generator=generator)
            if not assigned:
                fake.detach()
            seen = fake.detach() if detach and assigned else fake
            a, b = gan.judge.logits(real), gan.judge.logits(seen)
            a, b = (b, a) if swapped else (a, b)
            (softplus(-a) + softplus(b)).mean().backward()
            part = gan.judge.parameters() if fresh or detach else gan.parameters()
            move(part)
            if zero:
                gan.judge.zero_grad()
            fake = gan.generator.sample(len(real), generator=generator if fresh else noise(2))
            (sign * softplus(-gan.judge.logits(fake))).mean().backward()
            move(gan.generator.parameters())

        return step

    return make


def move(parameters):
    with torch.no_grad():
        for parameter in parameters:
            if parameter.grad is not None:
                parameter -= RATE * parameter.grad


# 3: the Wasserstein critic


def measures_a_difference_of_means(price):
    """`price(real, fake)` of a critic: larger on reals is better, a constant added to all changes nothing."""
    real, fake = torch.tensor([2.0, 4.0]), torch.tensor([-1.0, 1.0])
    close(price(real, fake).mean(), torch.tensor(-3.0))
    close(price(real + 5, fake + 5).mean(), torch.tensor(-3.0))


# 5: a generator that is far behind


def keeps_its_slope(price):
    """A fake that is seen through (logit -30) still learns, and finds no NaN."""
    logit = torch.tensor([-30.0, 0.0], requires_grad=True)
    price(logit).sum().backward()
    assert logit.grad.isfinite().all() and logit.grad[0] < -0.9 and logit.grad[1] < 0


# 8: how the judge scores


def scores_without_dropout(make_step):
    """In training while it learns, in evaluation while it scores."""
    gan, modes = linear_gan(), []
    logits = gan.judge.logits

    def spy(x, condition=None):
        modes.append((x.requires_grad, gan.judge.training))
        return logits(x, condition)

    gan.judge.logits = spy
    optimizer = torch.optim.SGD([{"params": gan.generator.parameters()}, {"params": gan.judge.parameters()}], lr=RATE)
    make_step(gan, optimizer)(lambda: Examples(torch.ones(4, 2)), 0)
    assert set(modes) == {(False, True), (True, False)}


def judges_each_example_alone(make_step):
    """A judge with batch normalisation is refused."""
    gan = linear_gan()
    gan.judge.body = nn.Sequential(nn.BatchNorm1d(2), nn.Tanh())
    optimizer = torch.optim.SGD(gan.parameters(), lr=RATE)
    with contextlib.suppress(GensqError):
        make_step(gan, optimizer)(lambda: Examples(torch.ones(4, 2)), 0)
        raise AssertionError("batch normalisation was let in")


def library_step(gan, optimizer):
    return gan_step(gan, optimizer, loss="non_saturating", seed=0)


# 9: the gradient penalty


class Bowl(nn.Module):
    """A critic whose slope at x is weight * |x|; it keeps the points that it was asked about."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(1.0))

    def forward(self, x):
        self.asked = x.detach()
        return 0.5 * self.weight * x.flatten(1).square().sum(1)


def prices_the_slope(penalty):
    """On pictures of 2 x 3: right where the place is known, on the line to the partner, and with a gradient for the critic."""
    bowl, pictures = Bowl(), torch.randn(5, 2, 3, generator=noise(1))
    close(penalty(bowl, pictures, pictures, noise()), (pictures.flatten(1).norm(dim=1) - 1).square())
    zero, far = torch.zeros(5, 6), torch.ones(5, 6)
    penalty(bowl, zero, far, noise())
    assert bowl.asked.std(1).max() < 1e-6, "off the line between partners"
    assert bowl.asked[:, 0].std() > 0.05, "the same place on every line"
    total = penalty(bowl, pictures, pictures, noise()).sum()
    assert total.requires_grad, "nothing for the critic to learn from"
    assert torch.autograd.grad(total, bowl.weight)[0].abs() > 0.1


def penalty_by_hand(*, axes=(1, 2), places="own", graph=True):
    def penalty(critic, real, fake, generator):
        shape = {"own": (len(real),) + (1,) * (real.dim() - 1), "one": (1,) * real.dim(), "pixel": real.shape}[places]
        alpha = torch.rand(shape, generator=generator)
        x = (alpha * real + (1 - alpha) * fake).detach().requires_grad_()
        gradient, = torch.autograd.grad(critic(x).sum(), x, create_graph=graph)
        used = tuple(axis for axis in axes if axis < real.dim()) if axes else None
        return (gradient.norm(dim=used) - 1).square() if used else (gradient.norm() - 1).square().expand(len(real))

    return penalty


# 12: best of several runs


def tells_of_all_runs(summed_up):
    """Three seeds, one lucky: the mean and a spread, not the luck."""
    rows = [{"setting": {"loss": "a", "seed": seed}, "found": studies.records({"modes": value}), "seconds": 1.0}
            for seed, value in enumerate((1.0, 2.0, 8.0))]
    found = summed_up(rows)
    assert abs(found.mean - 11 / 3) < 1e-9 and found.deviation > 3


# 14: a fixed real set


def shows_fresh_examples(batches):
    """After 200 batches of 8 from the same few pictures no two noises are alike: there is nothing to know by heart."""
    rows = torch.cat([batches(i).x for i in range(200)])
    assert len({tuple(row) for row in rows.tolist()}) == len(rows)


def few_digits():
    part = digits.load()["valid"]
    return digits.Digits(part.levels[:20], part.labels[:20])


def frozen(i):
    return Examples(2 * few_digits().levels[torch.arange(8) + i % 12] / 17 - 1)


# 18: losses read as quality


def sees_that_modes_are_missing(instrument):
    """Two generators whose samples are each perfect; one knows all modes, the other one of them."""
    ring = Ring()
    good, lost = ring.sample(800, generator=noise(1)), ring.sample(800, generator=noise(2))
    lost = lost[(lost - ring.centres[0]).norm(dim=1) < 0.5]
    assert instrument(good) > 1.5 * instrument(lost)


def optimal_loss(x):
    """Minus the generator's loss under the optimal judge against a broad cloud: it sees quality only."""
    log_q = torch.distributions.Normal(0.0, 2.0).log_prob(x).sum(-1)
    return -softplus(-(Ring().log_prob(x) - log_q)).mean() + 1


# 21: labels and logits


def pays_for_what_it_gets_wrong(loss):
    """Nats for a logit of 5: next to nothing on a real example, 5 on a fake one, for each example."""
    five = torch.full((3,), 5.0)
    close(loss.real(five), torch.full((3,), 0.006715), atol=1e-4)
    close(loss.fake(five), torch.full((3,), 5.006715), atol=1e-4)


def cross_entropy(real_label, *, squash=False, reduction="none"):
    def price(label):
        def paid(logits):
            given = logits.sigmoid() if squash else logits
            return binary_cross_entropy_with_logits(given, torch.full_like(given, label), reduction=reduction)

        return paid

    return adversarial.Loss(price(real_label), price(1 - real_label), price(real_label))


W = adversarial.LOSSES["wasserstein"]
TRAPS = [
    Trap(2, "detach without assignment", plays_the_game, by_hand(), {
        "and everything moves": by_hand(assigned=False, fresh=True, zero=False),
    }),
    Trap(3, "signs of a Wasserstein critic", measures_a_difference_of_means, W.judge, {
        "turned": lambda real, fake: real - fake,
        "parenthesis": lambda real, fake: -(real + fake),
        "means before the difference": lambda real, fake: -real.mean() - fake,
    }),
    Trap(4, "one step for two players", plays_the_game, library_step, {
        "no detach": by_hand(detach=False),
        "the same noise": by_hand(fresh=False),
        "gradients left over": by_hand(detach=False, zero=False),
    }),
    Trap(5, "the saturating loss far behind", keeps_its_slope, adversarial.LOSSES["non_saturating"].generator, {
        "saturating": adversarial.LOSSES["minimax"].generator,
        "log of a sigmoid plus epsilon": lambda a: -(a.sigmoid() + 1e-8).log(),
        "1 - D": lambda a: (1 - a.sigmoid()).log(),
    }),
    Trap(8, "mode of the judge", scores_without_dropout, library_step, {"always in training": by_hand()}),
    Trap(8, "batch normalisation", judges_each_example_alone, library_step, {"let in": by_hand()}),
    Trap(9, "the gradient penalty",
         prices_the_slope, lambda critic, real, fake, g: adversarial.gradient_penalty(critic, real, fake, generator=g), {
             "norm over one axis": penalty_by_hand(axes=(1,)),
             "norm over the batch": penalty_by_hand(axes=(0,)),
             "norm over everything": penalty_by_hand(axes=()),
             "one place for all": penalty_by_hand(places="one"),
             "a place per pixel": penalty_by_hand(places="pixel"),
             "no graph": penalty_by_hand(graph=False),
         }),
    Trap(9, "the gradient penalty by hand", prices_the_slope, penalty_by_hand(), {"no graph": penalty_by_hand(graph=False)}),
    Trap(12, "the best of several runs", tells_of_all_runs, lambda rows: studies.by(rows, "loss", measure="modes")["a"], {
        "the best": lambda rows: Estimate(max(studies.value(row["found"]) for row in rows), 0.0, 3),
        "the last": lambda rows: Estimate(studies.value(rows[-1]["found"]), 0.0, 3),
    }),
    Trap(14, "a real set known by heart", shows_fresh_examples, digit_batches(few_digits(), batch_size=8, seed=0), {
        "pictures without noise": frozen,
        "one batch for ever": lambda i: digit_batches(few_digits(), batch_size=8, seed=0)(0),
        "an epoch replayed": lambda i: ring_batches(Ring(), batch_size=8, seed=0)(i % 150),
    }),
    Trap(18, "losses read as quality", sees_that_modes_are_missing,
         lambda x: coverage(x, Ring().centres, stddev=0.1).strict, {
             "the generator's loss": optimal_loss,
             "share of good samples": lambda x: coverage(x, Ring().centres, stddev=0.1).near,
         }),
    Trap(18, "closeness read as quality", sees_that_modes_are_missing,
         lambda x: -divergences.mmd(x, Ring().sample(800, generator=noise(3))).item() + 0.05, {
             "log p of the samples": lambda x: Ring().log_prob(x).mean().item() + 10,
         }),
    Trap(21, "labels and logits", pays_for_what_it_gets_wrong, adversarial.LOSSES["minimax"], {
        "labels swapped": cross_entropy(0.0),
        "a sigmoid before the logits' loss": cross_entropy(1.0, squash=True),
        "one number for all": cross_entropy(1.0, reduction="mean"),
    }),
    Trap(24, "the adversary's sign", plays_the_game, library_step, {
        "the generator helps the judge": by_hand(sign=-1.0),
        "real and fake exchanged": by_hand(swapped=True),
    }),
]
