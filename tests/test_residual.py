"""A judge at decoding time: the perfect judge's is the world, weight 0 is the player, and Z is that of drawing again."""
import pytest
import torch
from test_perfect import world  # noqa: F401

from gensq_course.studies.perfect import RatioJudge
from gensq_course.studies.preferences import leashed, preference_loss, preferred
from gensq_course.studies.residual import residual
from gensq_lib.ground import runtime
from gensq_lib.training import games

GAME = games.Sentences(seed=3, num=4000, max_length=20)


@pytest.fixture(scope="module")
def drawn(world):  # noqa: F811
    return GAME.draw(world[2], 4000, runtime.generator("residual"))


def test_the_perfect_judge_turns_the_player_into_the_world(world, drawn):  # noqa: F811
    _, everything, player, _, judge = world
    found = residual(everything, player, judge, drawn)
    assert torch.allclose(found.outcomes().model.exp(), everything.world.exp(), atol=1e-6)
    assert found.outcomes(scale=2.0).means["js"] > 0.01  # more than its word is another distribution


def test_with_no_weight_it_is_the_player_itself(world, drawn):  # noqa: F811
    """Its valid share as well: what is estimated of Z is the share of invalid draws."""
    _, everything, player, _, judge = world
    found, exact = residual(everything, player, judge, drawn).outcomes(scale=0.0), everything.outcomes(player)
    assert found.valid.item() == pytest.approx(exact.valid.item(), abs=0.03)
    assert torch.allclose(found.given_valid, exact.given_valid, atol=1e-6)


def test_a_player_as_its_own_judge_has_nothing_to_say(world, drawn):  # noqa: F811
    _, everything, player, _, _ = world
    found = residual(everything, player, RatioJudge(player=player, reader=player), drawn)
    assert found.rewards.abs().max() < 1e-4 and found.draws_per_sentence() == pytest.approx(1.0, abs=1e-4)


def test_drawing_again_gives_these_shares(world, drawn):  # noqa: F811
    """The valid share among resampled draws is that of the formula, within four standard errors."""
    _, everything, player, _, judge = world
    found = residual(everything, player, judge, drawn)
    weights = (0.5 * found.drawn_rewards.double()).softmax(-1)
    share = (weights * found.drawn_valid).sum().item()
    spread = (weights.square() * (found.drawn_valid - share).square()).sum().sqrt().item()
    assert abs(share - found.outcomes(scale=0.5).valid.item()) < 4 * spread + 1e-3


def test_the_exact_end_of_a_leash_is_the_judge_at_the_weight_one_over_beta(world, drawn):  # noqa: F811
    _, everything, player, _, judge = world
    found = residual(everything, player, judge, drawn)
    best = leashed(found.log_g[None], found.rewards[None], 0.5)[0]
    assert torch.allclose(best, found.outcomes(scale=2.0).given_valid, atol=1e-6)


def test_no_distribution_is_paid_more_for_its_distance():
    """E[r] - beta KL is greatest at start exp(r / beta) / Z, and is beta log Z there."""
    draw = torch.Generator().manual_seed(0)
    start, rewards, beta = torch.randn(1, 6, generator=draw).log_softmax(-1), torch.randn(1, 6, generator=draw), 0.7

    def objective(log_q):
        return (log_q.exp() * (rewards - beta * (log_q - start))).sum()

    best = leashed(start, rewards, beta)
    others = [torch.randn(1, 6, generator=draw).log_softmax(-1) for _ in range(200)]
    assert objective(best).item() == pytest.approx(beta * (start + rewards / beta).logsumexp(-1).item(), abs=1e-5)
    assert all(objective(other) < objective(best) for other in others)


def test_the_loss_of_preferences_is_smallest_where_the_leash_leads():
    """Over all pairs, with wins as often as the rewards say: the gradient is 0 at start exp(r / beta), not at the start."""
    draw = torch.Generator().manual_seed(1)
    start, rewards, beta = torch.randn(1, 5, generator=draw).log_softmax(-1), torch.randn(1, 5, generator=draw), 0.7
    first, second = torch.cartesian_prod(torch.arange(5), torch.arange(5)).T
    wins = (rewards[0, first] - rewards[0, second]).sigmoid()

    def slope(log_q):
        logits = log_q.clone().requires_grad_()
        log_p = logits.log_softmax(-1)[0]
        (wins * preference_loss(log_p[first], log_p[second], start[0, first], start[0, second], beta)).sum().backward()
        return logits.grad.norm().item()

    assert slope(leashed(start, rewards, beta)) < 1e-5 < 0.1 < slope(start)


def test_the_preferred_sentence_is_paid_more_as_often_as_the_rewards_say(world):  # noqa: F811
    _, _, player, _, judge = world
    chosen, rejected = preferred(GAME, player, judge, 0)
    difference = judge.logits(chosen) - judge.logits(rejected)
    expected = difference.abs().sigmoid()
    spread = (expected * (1 - expected)).sum().sqrt()
    assert abs((difference > 0).sum() - expected.sum()) < 4 * spread + (difference == 0).sum()
