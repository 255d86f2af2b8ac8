"""Gumbel-softmax and straight-through: draws that are draws, and a bias that can be seen."""
import pytest
import torch

from gensq_course.lessons.text_gan import relaxed
from gensq_lib.ground.errors import GensqError

LOGITS = torch.tensor([0.5, -1.0, 0.2, 1.0], dtype=torch.float64)


def linear(choice):
    return choice @ torch.tensor([3.0, -2.0, 0.5, 1.0], dtype=choice.dtype)


def curved(choice):
    """The reward of a hard choice is that of `linear`; between the corners it is another."""
    return linear(choice) * choice.square().sum(-1) ** 2


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def truth(reward):
    logits = LOGITS.clone().requires_grad_()
    return torch.autograd.grad(relaxed.expected_reward(logits, reward), logits)[0]


def bias(reward, **options):
    """Distance of the mean from the true gradient, in units of its length, and the same for chance alone."""
    found = relaxed.relaxed_gradients(LOGITS, reward, num_samples=40_000, generator=noise(1), **options)
    error = found.std(0).norm() / 200
    return ((found.mean(0) - truth(reward)).norm() / truth(reward).norm()).item(), (error / truth(reward).norm()).item()


def test_the_largest_noisy_logit_is_a_draw():
    drawn = (LOGITS + relaxed.gumbel_noise((100_000, 4), generator=noise())).argmax(-1)
    shares = torch.bincount(drawn, minlength=4) / 100_000
    assert (shares - LOGITS.softmax(-1)).abs().max() < 0.01


def test_a_soft_choice_sums_to_one_and_hardens():
    draw = relaxed.gumbel_noise((50, 4), generator=noise())
    soft, sharp = (relaxed.gumbel_softmax(LOGITS.expand(50, 4).float(), temperature=t, noise=draw) for t in (1.0, 0.01))
    torch.testing.assert_close(soft.sum(-1), torch.ones(50))
    assert (sharp.argmax(-1) == soft.argmax(-1)).all() and sharp.amax(-1).mean() > 0.99
    with pytest.raises(GensqError, match="above 0"):
        relaxed.gumbel_softmax(LOGITS, temperature=0.0, noise=LOGITS)


def test_straight_through_is_hard_forwards_and_soft_backwards():
    logits = LOGITS.clone().requires_grad_()
    soft = logits.softmax(-1)
    hard = relaxed.straight_through(soft)
    assert hard.tolist() == pytest.approx([0.0, 0.0, 0.0, 1.0])
    mine = torch.autograd.grad(linear(hard), logits, retain_graph=True)[0]
    torch.testing.assert_close(mine, torch.autograd.grad(linear(soft), logits)[0])


def test_both_rewards_have_the_same_truth():
    torch.testing.assert_close(truth(linear), truth(curved))


@pytest.mark.parametrize("hard", [False, True], ids=["soft", "straight-through"])
@pytest.mark.parametrize("reward", [linear, curved])
def test_a_warm_choice_is_biased(reward, hard):
    distance, chance = bias(reward, temperature=1.0, hard=hard)
    assert distance > 0.05 and distance > 4 * chance


def test_a_cold_soft_choice_has_less_bias_and_more_variance():
    warm, cold = (relaxed.relaxed_gradients(LOGITS, curved, temperature=temperature, num_samples=20_000, generator=noise(2))
                  for temperature in (1.0, 0.1))
    assert (cold.mean(0) - truth(curved)).norm() < 0.5 * (warm.mean(0) - truth(curved)).norm()
    assert cold.var(0).sum() > 3 * warm.var(0).sum()
