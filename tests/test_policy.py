"""REINFORCE on sentences: sums, masks, and the gradient against enumeration of a tiny language."""
import math

import pytest
import torch
from tiny_language import LONGEST, all_sentences, gradient, tiny_generator

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.adversarial import policy
from gensq_lib.text.decoding import sample
from gensq_lib.text.scoring import completed

MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]]).bool()
VALUES = torch.tensor([[0.5, 2.0, -1.0, 3.0], [1.0, 1.5, 9.0, 9.0], [-1.0, 0.0, 8.0, 9.0]])


def test_rewards_of_beginnings_telescope():
    rewards = policy.increments(VALUES, MASK, start=0.25)
    assert rewards.sum(-1).tolist() == pytest.approx([3.0 - 0.25, 1.5 - 0.25, 8.0 - 0.25])
    togo = policy.reward_to_go(rewards, MASK)
    assert togo[:, 0].tolist() == pytest.approx(rewards.sum(-1).tolist())
    assert togo[0].tolist() == pytest.approx([2.75, 2.5, 1.0, 4.0])
    assert (rewards[~MASK] == 0).all() and (togo[~MASK] == 0).all()


def test_clipped_increments_stay_inside_and_no_longer_telescope():
    rewards = policy.increments(VALUES, MASK, clip=2.0)
    assert rewards.abs().max() == 2.0 and rewards[2].sum() < 8.0


def test_a_discount_counts_later_words_less():
    togo = policy.reward_to_go(torch.ones(1, 3), torch.ones(1, 3).bool(), discount=0.5)
    assert togo[0].tolist() == [1.75, 1.5, 1.0]


def test_a_reward_at_the_end_belongs_to_the_last_word():
    found = policy.at_the_end(torch.tensor([1.0, 2.0, 3.0]), MASK)
    assert found.tolist() == [[0, 0, 0, 1.0], [0, 2.0, 0, 0], [0, 0, 3.0, 0]]
    assert policy.reward_to_go(found, MASK).tolist() == [[1.0] * 4, [2.0, 2.0, 0, 0], [3.0, 3.0, 3.0, 0]]


def test_the_baseline_is_the_mean_of_the_others_who_are_still_speaking():
    found = policy.position_baseline(VALUES, MASK)
    assert found[0].tolist() == pytest.approx([0.0, 0.75, 8.0, 0.0])  # nobody else has a fourth word
    assert found[1].tolist() == pytest.approx([-0.25, 1.0, 0.0, 0.0])


def test_a_group_is_compared_with_itself():
    found = policy.group_baseline(torch.tensor([1.0, 2.0, 6.0, 10.0, 20.0, 60.0]), group=3)
    assert found.tolist() == [4.0, 3.5, 1.5, 40.0, 35.0, 15.0]
    with pytest.raises(GensqError, match="group=4"):
        policy.group_baseline(torch.ones(6), group=4)


def test_padding_has_no_gradient():
    log_probs = torch.randn(3, 4, requires_grad=True)
    policy.reinforce_loss(log_probs, VALUES, MASK).sum().backward()
    torch.testing.assert_close(log_probs.grad, -VALUES.masked_fill(~MASK, 0.0))


def test_standardised_advantages_have_spread_one():
    found = policy.standardised(VALUES, MASK)
    assert found[MASK].std().item() == pytest.approx(1.0) and policy.standardised(0 * VALUES, MASK).isfinite().all()


# The gradient of an expected reward, on a language of 15 sentences


def word_rewards(batch):
    """Any reward will do: it depends on the word, its place and the word before."""
    return (torch.sin(1.7 * batch.targets + batch.inputs) + 0.3 * torch.arange(LONGEST)).masked_fill(~batch.mask, 0.0)


def exact_gradient(model):
    batch = all_sentences()
    probability = model.log_likelihood(batch).exp()
    assert probability.sum().item() == pytest.approx(1.0, abs=1e-5)
    return gradient((probability * word_rewards(batch).sum(-1)).sum(), model)


def expected_estimate(advantages):
    """The mean of the estimator over all pairs of sentences, each with its probability."""
    model, everything = tiny_generator(), all_sentences()
    probability = model.log_likelihood(everything).exp().detach()
    total = 0.0
    for i in range(len(everything)):
        for j in range(len(everything)):
            batch = everything.select(torch.tensor([i, j]))
            loss = policy.reinforce_loss(model.token_log_likelihood(batch), advantages(batch), batch.mask)
            total = total - (probability[i] * probability[j] * loss.mean())
    return gradient(total, model)


def returns(batch):
    return policy.reward_to_go(word_rewards(batch), batch.mask)


ADVANTAGES = {
    "the whole reward at every word": lambda batch: word_rewards(batch).sum(-1, keepdim=True).expand(-1, LONGEST),
    "reward to go": returns,
    "a constant baseline": lambda batch: returns(batch) - 2.5,
    "the others' mean at this position": lambda batch: returns(batch) - policy.position_baseline(returns(batch), batch.mask),
}
BIASED = {
    "a baseline with the own return in it": lambda batch: returns(batch) - returns(batch).mean(0),
    "only this word's reward": lambda batch: word_rewards(batch),
    "the rewards of the other sentence": lambda batch: returns(batch.select(torch.tensor([1, 0]))),
}


@pytest.mark.parametrize("advantages", ADVANTAGES.values(), ids=ADVANTAGES.keys())
def test_reinforce_is_unbiased(advantages):
    torch.testing.assert_close(expected_estimate(advantages), exact_gradient(tiny_generator()), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("advantages", BIASED.values(), ids=BIASED.keys())
def test_and_these_are_biased(advantages):
    truth = exact_gradient(tiny_generator())
    assert (expected_estimate(advantages) - truth).norm() > 0.1 * truth.norm()


def test_rollouts_estimate_the_value_of_a_beginning():
    """Against enumeration: the mean score of all sentences with this beginning, by probability."""
    model, everything = tiny_generator(), all_sentences()
    score = torch.arange(1.0, len(everything) + 1)
    names = {tuple(filter(None, row)): i for i, row in enumerate(everything.targets.tolist())}
    noise = torch.Generator().manual_seed(0)
    drawn = sample(model, num=2, max_length=LONGEST, generator=torch.Generator().manual_seed(5)).batch()
    copies = drawn.select(torch.arange(2).repeat(100))  # a hundred of each sentence: fewer, larger batches
    values = policy.rollout_values(
        copies.mask, num_rollouts=8,
        complete=lambda length: completed(model, copies, length, max_length=LONGEST, generator=noise).targets,
        score=lambda tokens: torch.tensor([score[names[tuple(filter(None, row))]] for row in tokens.tolist()]))
    values = values.unflatten(1, (100, 2)).flatten(0, 1)
    probability = model.log_likelihood(everything).exp().detach()
    for row, tokens in enumerate(drawn.targets.tolist()):
        for time in range(int(drawn.lengths[row])):
            same = torch.tensor([name[: time + 1] == tuple(tokens[: time + 1]) for name in names])
            truth = (probability * score)[same].sum() / probability[same].sum()
            error = values[:, row, time].std() / math.sqrt(800)
            assert abs(values[:, row, time].mean() - truth) <= 4 * error + 1e-6
    assert values[:, 0, int(drawn.lengths[0]) - 1].std() == 0, "a finished sentence needs no rollout"
