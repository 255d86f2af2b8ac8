"""Losses as a table of identities, penalties on slopes that are known."""
import math

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from gensq_lib.ground.errors import GensqError, chosen
from gensq_lib.maths import adversarial, divergences
from gensq_lib.maths.adversarial import LOSSES

DENSITIES = torch.tensor([[0.5, 0.5], [0.9, 0.1], [0.2, 0.7]])
LOGITS = torch.linspace(-4, 4, 8001)


@pytest.mark.parametrize("name", [name for name, loss in LOSSES.items() if loss.optimum])
@pytest.mark.parametrize("p, q", DENSITIES.tolist())
def test_the_optimum_is_the_lowest_price(name, p, q):
    """What the table says is optimal is what a search over logits finds; a tie (hinge at p = q) is no contradiction."""
    loss = LOSSES[name]
    price = p * loss.real(LOGITS) + q * loss.fake(LOGITS)
    optimum = loss.optimum(torch.tensor([p]), torch.tensor([q]))
    assert p * loss.real(optimum) + q * loss.fake(optimum) == pytest.approx(price.min().item(), abs=1e-4)


@pytest.mark.parametrize("name", LOSSES)
def test_one_price_per_example_and_both_players_pull_apart(name):
    loss, logits = LOSSES[name], torch.tensor([0.1, 0.5, 0.9], requires_grad=True)
    for price, sign in ((loss.real, -1), (loss.fake, 1), (loss.generator, -1)):
        assert price(logits).shape == (3,)
        (slope,) = torch.autograd.grad(price(logits).sum(), logits)
        assert (sign * slope >= 0).all() and (sign * slope).max() > 0
    assert torch.equal(loss.judge(logits, logits), loss.real(logits) + loss.fake(logits))


def test_the_minimax_loss_is_a_cross_entropy_in_nats():
    logits = torch.randn(5)
    for price, label in ((LOSSES["minimax"].real, 1.0), (LOSSES["minimax"].fake, 0.0)):
        theirs = binary_cross_entropy_with_logits(logits, torch.full((5,), label), reduction="none")
        torch.testing.assert_close(price(logits), theirs)


def test_the_optimal_judge_measures_jensen_and_shannon():
    """Under D* = p / (p + q) the value of the game is 2 JS - log 4 (Goodfellow et al. 2014, theorem 1)."""
    p, q = (torch.distributions.Categorical(logits=torch.randn(20, dtype=torch.float64)) for _ in range(2))
    logits = LOSSES["minimax"].optimum(p.probs, q.probs)
    value = -(p.probs * LOSSES["minimax"].real(logits) + q.probs * LOSSES["minimax"].fake(logits)).sum()
    mixture = torch.distributions.Categorical(probs=(p.probs + q.probs) / 2)
    js = 0.5 * (divergences.kl(p, mixture) + divergences.kl(q, mixture)).sum()
    assert value.item() == pytest.approx(2 * js.item() - math.log(4), abs=1e-12)


def test_an_unknown_loss_is_refused():
    with pytest.raises(GensqError, match='did you mean "hinge"'):
        chosen("a loss", "hing", LOSSES)


WEIGHT = torch.tensor([3.0, 4.0])


def linear(x):
    return x @ WEIGHT


def test_a_linear_critic_has_its_weight_for_slope(generator):
    x = torch.randn(6, 2)
    assert adversarial.slopes(linear, x).tolist() == pytest.approx([5.0] * 6)
    penalty = adversarial.gradient_penalty(linear, x, x + 1, generator=generator)
    assert penalty.tolist() == pytest.approx([16.0] * 6)
    assert adversarial.zero_centred(linear, x, x, generator=generator).tolist() == pytest.approx([12.5] * 6)


def test_points_between_lie_on_the_lines_of_partners(generator):
    real, fake = torch.zeros(50, 3, 4), torch.arange(50.0)[:, None, None].expand(50, 3, 4) + 1
    share = adversarial.points_between(real, fake, generator=generator) / fake
    assert torch.allclose(share, share[:, :1, :1].expand_as(share)) and share.min() >= 0 and share.max() <= 1
    assert share[:, 0, 0].std() > 0.2
