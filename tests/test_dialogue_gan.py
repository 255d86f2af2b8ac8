"""Adversarial steps for models that answer: who moves, what is rewarded, and that a judge can be learnt from."""
import pytest
import torch

from gensq_lib.ground.errors import GensqError
from gensq_lib.models.dialogue_judge import DialogueJudge
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.batching import collate
from gensq_lib.text.pairs import PairBatch, PairBatches, PromptBatches, Prompts, collate_pairs, joined
from gensq_lib.training import dialogue_gan
from gensq_lib.training.dialogue_gan import answered, continued, judge_loss, mismatched, rewarded, taught
from gensq_lib.training.games import generator_loss

SIZES = dict(vocab_size=14, label_sizes=(2,), embed_dim=8, hidden_dim=16)
PAIRS = [([6 + i % 8, 6 + i % 5], [4 + i % 2, 6 + i % 8], (i % 2,)) for i in range(80)]
HOW = ["likelihood", "adversarial", "shuffled", "constant", "paid at the end", "no teacher", "best of 8", "self-training"]
TAUGHT = ("adversarial", "shuffled", "paid at the end", "no teacher")


def players():
    torch.manual_seed(0)
    return Seq2Seq(**SIZES), DialogueJudge(**SIZES)


def batches(size=16):
    return PairBatches(PAIRS, batch_size=size, seed=0)


def prompts(size=16):
    return PromptBatches([prompt for prompt, _, _ in PAIRS], labels=[(0,), (1,)], batch_size=size, seed=0)


def weights(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def moved(module, before):
    return any(not torch.equal(value, before[name]) for name, value in module.state_dict().items())


@pytest.mark.parametrize("how", HOW)
def test_every_way_to_go_on(how):
    """The model moves, the judge only where it is taught, and what was handed in stays as it was."""
    model, judge = players()
    before = weights(model), weights(judge)
    played = continued(model, judge, batches(), how=how, prompts=prompts(), steps=3, seed=0, max_length=5, learning_rate=1e-3)
    assert moved(played.generator, before[0]) and moved(played.judge, before[1]) == (how in TAUGHT)
    assert not moved(model, before[0]) and not moved(judge, before[1])
    again = continued(model, judge, batches(), how=how, prompts=prompts(), steps=3, seed=0, max_length=5, learning_rate=1e-3)
    torch.testing.assert_close(weights(again.generator), weights(played.generator), rtol=0, atol=0)
    assert again.history == played.history and not played.generator.training


def test_an_unknown_way_is_refused():
    with pytest.raises(GensqError, match='got "adversary"; did you mean "adversarial"'):
        continued(*players(), batches(), how="adversary", prompts=prompts(), steps=1, seed=0, max_length=5, learning_rate=1e-3)


def test_a_judge_learns_what_is_real_and_what_belongs_together():
    model, judge = players()
    before = weights(model)
    taught(judge, model, batches(40), steps=60, seed=0, max_length=5, learning_rate=1e-2)
    real = collate_pairs(PAIRS)
    fake = answered(model.eval(), real.prompts, max_length=5, noise=torch.Generator().manual_seed(1))
    assert dialogue_gan.accuracy(judge, real, fake) > 0.9 and not moved(model, before)
    swapped = PairBatch(Prompts(real.prompts.tokens, real.prompts.lengths, 1 - real.prompts.labels), real.reply)
    assert judge.logits(real).mean() > judge.logits(swapped).mean() + 1, "the label decides the first word"
    assert judge.logits(real).mean() > judge.logits(mismatched(real)).mean() + 1


def test_mismatched_by_hand():
    batch = collate_pairs(PAIRS[:3])
    other = mismatched(batch)
    assert other.prompts.tokens.tolist() == [PAIRS[2][0], PAIRS[0][0], PAIRS[1][0]]
    assert other.prompts.labels.tolist() == [[0], [0], [1]]
    assert torch.equal(other.targets, batch.targets)


class Fixed(torch.nn.Module):
    """A judge with one opinion for each word."""

    def prefix_logits(self, batch):
        return batch.targets.float().cumsum(-1).masked_fill(~batch.mask, 0.0) / 10


def test_rewards_and_losses_by_hand():
    batch = PairBatch(collate_pairs(PAIRS[:2]).prompts, collate([[10], [20, 13]]))
    torch.testing.assert_close(rewarded(Fixed(), batch), torch.tensor([[1.0, 0.2, 0.0], [2.0, 1.3, 0.2]]))
    logits = torch.tensor([1.0, 1.2, 2.0, 3.3, 3.5])
    expected = torch.nn.functional.softplus(logits)
    one = batch.select(torch.tensor([0]))
    fake = expected[:2].sum()
    torch.testing.assert_close(judge_loss(Fixed(), batch, []), (expected - logits).sum() / 2)
    torch.testing.assert_close(judge_loss(Fixed(), batch, [(0.25, one), (2.0, batch)]),
                               (expected - logits).sum() / 2 + 0.25 * fake + 2 * expected.sum() / 2)


def test_batches_are_joined():
    """Every row keeps its words, lengths and labels; the judge thinks of it what it thought before."""
    first, second = collate_pairs(PAIRS[:3]), PairBatch(collate_pairs(PAIRS[3:5]).prompts, collate([[10], [20, 13, 11]]))
    both = joined([first, second])
    assert both.lengths.tolist() == [3, 3, 3, 2, 4] and both.prompts.labels.tolist() == [[0], [1], [0], [1], [0]]
    assert both.targets[3].tolist() == [10, 2, 0, 0] and both.mask.sum().item() == 15
    judge = players()[1].eval()
    single = DialogueJudge(vocab_size=30, label_sizes=(2,), embed_dim=8, hidden_dim=16).eval()
    torch.testing.assert_close(judge.logits(joined([first, first])), judge.logits(first).repeat(2))
    torch.testing.assert_close(single.logits(both), torch.cat([single.logits(first), single.logits(second)]))


def test_the_reward_at_the_end_is_that_of_the_whole_reply():
    batch = PairBatch(collate_pairs(PAIRS[:2]).prompts, collate([[10], [20, 13]]))

    class Whole(Fixed):
        def logits(self, batch):
            return self.prefix_logits(batch).gather(1, batch.lengths[:, None] - 1).squeeze(1)
    torch.testing.assert_close(dialogue_gan.rewarded_at_the_end(Whole(), batch),
                               torch.tensor([[0.0, 1.2, 0.0], [0.0, 0.0, 3.5]]))


def test_a_fresh_judge_finds_what_is_there_and_nothing_else():
    """Real against real: chance. Real against replies under the other label: all of it."""
    def against(fake):
        torch.manual_seed(1)
        return dialogue_gan.told_apart(PAIRS, fake, DialogueJudge(**SIZES), steps=60, seed=0, learning_rate=1e-2)
    assert abs(against(PAIRS) - 0.5) < 0.2
    assert against([(prompt, reply, (1 - label,)) for prompt, reply, (label,) in PAIRS]) > 0.9


def test_what_is_rewarded_becomes_likelier():
    """One gradient step along a reward for the word 9 as the first word, whatever the prompt."""
    model, _ = players()
    model.eval()
    many = prompts(256)(0)
    fake = answered(model, many, max_length=1, noise=torch.Generator().manual_seed(0))
    rewards = (fake.targets == 9).float().masked_fill(~fake.mask, 0.0)

    def likely():
        return model.log_likelihood(PairBatch(many, collate([[9]] * 256))).mean().item()
    before = likely()
    generator_loss(model, fake, rewards).backward()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= 0.01 * parameter.grad
    assert likely() > before


def test_prompts_without_replies():
    drawn = prompts(200)
    first = drawn(0)
    assert torch.equal(first.tokens, drawn(0).tokens) and not torch.equal(first.tokens, drawn(1).tokens)
    assert {tuple(row) for row in first.tokens.tolist()} <= {tuple(p) for p, _, _ in PAIRS}
    assert 0.35 < first.labels.float().mean() < 0.65
    with pytest.raises(GensqError, match="expected prompts and labels, got 0 and 1"):
        PromptBatches([], labels=[(0,)], batch_size=2, seed=0)
