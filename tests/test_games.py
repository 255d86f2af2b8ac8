"""One game for sentences, replies and vectors: who moves, what is paid, that a judge learns and a run can be repeated."""
import copy
import math

import pytest
import torch

from gensq_course.talk.instruments import told_apart
from gensq_course.talk.replies import PromptBatches, Replies, mismatched
from gensq_course.lessons.gan.batches import digit_batches, ring_batches
from gensq_course.studies import ways
from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.adversarial.policy import at_the_end
from gensq_lib.models.gan import DenseGAN
from gensq_lib.models.judges import JUDGES, CausalJudge, PrefixJudge, ReplyJudge
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text.batching import TrainingBatches, collate
from gensq_lib.text.pairs import PairBatch, PairBatches, Prompts, collate_pairs
from gensq_lib.training import games
from gensq_lib.training.steps import players_optimizer
from gensq_lib.vectors import digits
from gensq_lib.vectors.ring import Ring

ENCODED = [[4, 5, 6], [7, 8], [9], [4, 9, 5, 8, 6, 7], [5, 5, 8, 7]]
SIZE = dict(vocab_size=10, embed_dim=6, hidden_dim=8)
PAIRS = [([6 + i % 8, 6 + i % 5], [4 + i % 2, 6 + i % 8], (i % 2,)) for i in range(80)]
SIZES = dict(vocab_size=14, label_sizes=(2,), embed_dim=8, hidden_dim=16)
TAUGHT = ("adversarial", "shuffled", "paid at the end", "no teacher")
FAKE = collate([[4, 5, 6], [7, 8, 9], [9, 9, 4]])


def prompts(size=16):
    return PromptBatches([prompt for prompt, _, _ in PAIRS], labels=[(0,), (1,)], batch_size=size, seed=0)


class Table:
    """A game, two new players, and what is real."""

    def __init__(self, kind="sentences", judge="prefix"):
        torch.manual_seed(0)
        if kind == "sentences":
            self.game = games.Sentences(seed=0, num=12, max_length=8, pool=50)
            self.player, self.judge = LanguageModel(**SIZE, decoder="gru"), JUDGES[judge](**SIZE)
            self.batches = TrainingBatches(ENCODED * 8, batch_size=16, seed=0)
        else:
            self.game = Replies(seed=0, max_length=5, prompts=prompts())
            self.player, self.judge = Seq2Seq(**SIZES), ReplyJudge(**SIZES)
            self.batches = PairBatches(PAIRS, batch_size=16, seed=0)
        self.optimizer = players_optimizer(self.player, self.judge, learning_rate=1e-2)

    def continued(self, how, steps=3):
        return ways.continued(self.game, self.player, self.judge, self.batches, how=how, steps=steps)


@pytest.fixture(params=["sentences", "replies"])
def table(request):
    return Table(request.param)


def weights(module):
    return copy.deepcopy(module.state_dict())


def moved(before, module):
    return any(not torch.equal(value, before[name]) for name, value in module.state_dict().items())


# Who moves


@pytest.mark.parametrize("kind", ["sentences", "replies"])
@pytest.mark.parametrize("how", ways.WAYS)
def test_every_way_to_go_on(kind, how):
    """The player moves, the judge only where it is taught, what was handed in stays as it was; and all of it again."""
    table = Table(kind)
    before = weights(table.player), weights(table.judge)
    played, again = table.continued(how), table.continued(how)
    assert moved(before[0], played.player) and moved(before[1], played.judge) == (how in TAUGHT)
    assert not moved(before[0], table.player) and not moved(before[1], table.judge)
    assert not moved(weights(again.player), played.player) and again.history == played.history and not played.player.training


def test_an_unknown_way_is_refused(table):
    with pytest.raises(GensqError, match='got "adverserial"; did you mean "adversarial"'):
        table.continued("adverserial")


def test_each_update_moves_one_player(table):
    before, its = weights(table.player), weights(table.judge)
    games.judge_step(table.judge, table.game.refused(table.player), table.optimizer)(lambda: table.batches(0), 0)
    assert not moved(before, table.player) and moved(its, table.judge)
    its = weights(table.judge)
    step = ways.WAYS["adversarial"](table.game, table.player, table.judge, table.optimizer, judge_steps=0)
    assert set(step(lambda: table.batches(0), 0)) == {"reward", "nll", "gradient_norm"}
    assert moved(before, table.player) and not moved(its, table.judge)


def test_a_leash_keeps_the_player_near_its_start(table):
    """The judge likes nothing better than what it likes; a short leash forbids to say it every time."""
    free, held = (games.tuned(table.game, table.player, table.judge, table.batches, leash=leash, steps=12, group=4,
                              learning_rate=2e-2) for leash in (0.0, 50.0))
    assert held.history.mean("kl", last=3) < free.history.mean("kl", last=3)


# What is said


def test_what_is_said_is_a_function_of_the_step(table):
    first, again, later = (table.game.draw(table.player, table.game.asked(i), table.game.noise(i)) for i in (3, 3, 4))
    assert torch.equal(first.targets, again.targets)
    assert first.targets.shape != later.targets.shape or not torch.equal(first.targets, later.targets)


def test_the_best_of_several():
    """Of sentences the best of all, of replies the best to each prompt."""
    scores = torch.tensor([0.0, 3.0, 1.0, 2.0])
    sentences, replies = Table("sentences").game, Table("replies").game
    assert sentences.best(scores, of=2).tolist() == replies.best(scores, of=2).tolist() == [1, 3]
    assert sentences.best(scores, of=4).tolist() == replies.best(scores, of=4).tolist() == [1]
    apart = torch.tensor([3.0, 2.0, 0.0, 1.0])
    assert sentences.best(apart, of=2).tolist() == [0, 1] and replies.best(apart, of=2).tolist() == [0, 3]


def test_a_pool_comes_back():
    """Replies to the first batches return with their own prompts; of sentences as many are drawn as are real."""
    table = Table("replies")
    table.game = Replies(seed=0, max_length=5, prompts=prompts(), pool=2, others=0.25)
    refused = table.game.refused(table.player, pooled=True)
    kinds = [refused(table.batches(i), i) for i in range(4)]
    assert torch.equal(kinds[0][0][1].targets, kinds[2][0][1].targets) and [weight for weight, _ in kinds[0]] == [0.75, 0.25]
    assert torch.equal(kinds[2][1][1].targets, table.batches(2).targets), "negatives are of this batch"
    table = Table("sentences")
    (weight, fake), = table.game.refused(table.player, pooled=True)(table.batches(0), 0)
    assert weight == 1 and len(fake) == len(table.batches(0))


def test_mismatched_by_hand():
    batch = collate_pairs(PAIRS[:3])
    other = mismatched(batch)
    assert other.prompts.tokens.tolist() == [PAIRS[2][0], PAIRS[0][0], PAIRS[1][0]]
    assert other.prompts.labels.tolist() == [[0], [0], [1]]
    assert torch.equal(other.targets, batch.targets)


def test_prompts_without_replies():
    drawn = prompts(200)
    first = drawn(0)
    assert torch.equal(first.tokens, drawn(0).tokens) and not torch.equal(first.tokens, drawn(1).tokens)
    assert {tuple(row) for row in first.tokens.tolist()} <= {tuple(p) for p, _, _ in PAIRS}
    assert 0.35 < first.labels.float().mean() < 0.65
    with pytest.raises(GensqError, match="expected prompts and labels, got 0 and 1"):
        PromptBatches([], labels=[(0,)], batch_size=2, seed=0)


# What is paid


class Fixed(CausalJudge):
    """A judge with one opinion for each word."""

    def prefix_logits(self, batch):
        return batch.targets.float().cumsum(-1).masked_fill(~batch.mask, 0.0) / 10


@pytest.mark.parametrize("kind", ["sentences", "replies"])
def test_rewards_and_losses_by_hand(kind):
    batch = collate([[10], [20, 13]])
    batch = batch if kind == "sentences" else PairBatch(collate_pairs(PAIRS[:2]).prompts, batch)
    torch.testing.assert_close(games.judged(Fixed(), batch), torch.tensor([[1.0, 0.2, 0.0], [2.0, 1.3, 0.2]]))
    torch.testing.assert_close(games.judged(Fixed(), batch, whole=True), torch.tensor([[0.0, 1.2, 0.0], [0.0, 0.0, 3.5]]))
    logits = torch.tensor([1.0, 1.2, 2.0, 3.3, 3.5])
    expected = torch.nn.functional.softplus(logits)
    one, real = batch.select(torch.tensor([0])), (expected - logits).sum() / 2
    torch.testing.assert_close(games.judge_loss(Fixed(), batch, []), real)
    torch.testing.assert_close(games.judge_loss(Fixed(), batch, [(0.25, one), (2.0, batch)]),
                               real + 0.25 * expected[:2].sum() + 2 * expected.sum() / 2)


def test_a_constant_reward_teaches_nothing_but_the_likelihood():
    """Words that nobody else reaches have no baseline; all others have an advantage of 0."""
    table = Table()
    rewards = ways.constant_rewards(games.judged(table.judge, FAKE), FAKE, runtime.generator(0))
    assert games.player_loss(table.player, FAKE, rewards).item() == pytest.approx(0.0, abs=1e-5)


def cut_off(rewards, said, generator):
    """A shuffle among sentences of all lengths."""
    return rewards[torch.randperm(len(said), generator=generator)].masked_fill(~said.mask, 0.0)


@pytest.mark.parametrize("shuffle, right", [(ways.shuffled_rewards, True), (cut_off, False)])
def test_a_shuffled_reward_is_whole_in_its_place_and_of_another_sentence(shuffle, right):
    """Paid at the last word, a reward that comes from a sentence of another length is paid too early, or never."""
    said = collate([[4] * length for length in [3, 5, 3, 4, 5, 5, 3, 7]])
    rewards = at_the_end(torch.arange(1.0, 9.0), said.mask)
    mixed = shuffle(rewards, said, runtime.generator(3))
    paid = mixed.sum(-1)
    whole = torch.equal(mixed, at_the_end(paid, said.mask)) and sorted(paid.tolist()) == sorted(rewards.sum(-1).tolist())
    kept = (paid == rewards.sum(-1)).nonzero().flatten().tolist()
    same = all(said.lengths[int(r) - 1] == n for r, n in zip(paid, said.lengths) if r)
    assert (whole and same and kept == [3, 7]) == right, "only the lone ones keep their own"


def test_what_is_rewarded_becomes_likelier():
    """One gradient step along a reward for the word 9 as the first word, whatever the prompt."""
    model, many = Table("replies").player.eval(), prompts(256)(0)
    game = Replies(seed=0, max_length=1, prompts=prompts(256))
    fake = game.draw(model, many, torch.Generator().manual_seed(0))
    rewards = (fake.targets == 9).float().masked_fill(~fake.mask, 0.0)

    def likely():
        return model.log_likelihood(PairBatch(many, collate([[9]] * 256))).mean().item()
    before = likely()
    games.player_loss(model, fake, rewards).backward()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= 0.01 * parameter.grad
    assert likely() > before


# What a judge learns


@pytest.mark.parametrize("kind", JUDGES)
def test_a_judge_of_sentences_learns(kind):
    table = Table(judge=kind)
    before = weights(table.player)
    games.taught(table.game, table.judge, table.player, table.batches, steps=40, learning_rate=1e-2)
    real = table.batches(40)
    fake = table.game.fakes(table.player, real, 40)
    assert games.accuracy(table.judge, real, fake) > 0.7 and not moved(before, table.player)


def test_a_judge_of_replies_learns_what_is_real_and_what_belongs_together():
    table = Table("replies")
    before, judge = weights(table.player), table.judge
    games.taught(table.game, judge, table.player, PairBatches(PAIRS, batch_size=40, seed=0), steps=60, learning_rate=1e-2)
    real = collate_pairs(PAIRS)
    fake = table.game.draw(table.player, real.prompts, torch.Generator().manual_seed(1))
    assert games.accuracy(judge, real, fake) > 0.9 and not moved(before, table.player)
    swapped = PairBatch(Prompts(real.prompts.tokens, real.prompts.lengths, 1 - real.prompts.labels), real.reply)
    assert judge.logits(real).mean() > judge.logits(swapped).mean() + 1, "the label decides the first word"
    assert judge.logits(real).mean() > judge.logits(mismatched(real)).mean() + 1


def test_a_judge_of_beginnings_tends_to_the_log_ratio():
    """On one first word: real 4 twice as often as 7, the player's shares are its own."""
    torch.manual_seed(0)
    judge = PrefixJudge(**SIZE, dropout=0.0)
    real, fake = collate([[4]] * 2 + [[7]]), collate([[4]] + [[7]] * 2)
    optimizer = torch.optim.Adam(judge.parameters(), lr=2e-2)
    for _ in range(100):
        training.update(games.judge_loss(judge, real, [(1.0, fake)]), optimizer, clip=5.0)
    logits = judge.prefix_logits(collate([[4], [7]])).detach()
    assert logits[:, 0].tolist() == pytest.approx([math.log(2), -math.log(2)], abs=0.05)
    rewards = games.judged(judge, collate([[4], [7]]))
    assert rewards.sum(-1).tolist() == pytest.approx([math.log(2), -math.log(2)], abs=0.05)


def test_a_fresh_judge_finds_what_is_there_and_nothing_else():
    """Real against real: chance. Real against replies under the other label: all of it."""
    def against(fake):
        torch.manual_seed(1)
        return told_apart(PAIRS, fake, ReplyJudge(**SIZES), steps=60, seed=0, learning_rate=1e-2)
    assert abs(against(PAIRS) - 0.5) < 0.2
    assert against([(prompt, reply, (1 - label,)) for prompt, reply, (label,) in PAIRS]) > 0.9


# Vectors


def a_ring_gan():
    torch.manual_seed(0)
    return DenseGAN(data_dim=2, hidden_dim=16)


def trained(steps, **options):
    gan = a_ring_gan()
    points = ring_batches(Ring(), batch_size=16, seed=0)
    return gan, games.train_gan(gan, points, loss="hinge", steps=steps, seed=0, **options)


def test_a_run_is_a_function_of_its_seed():
    first, second = trained(5)[0], trained(5)[0]
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_a_killed_run_ends_with_the_same_bits(tmp_path):
    whole, _ = trained(6, penalty="gradient_penalty", judge_steps=2)
    gan, checkpoint = a_ring_gan(), training.Checkpoint(tmp_path / "part.pt", every=3)
    for _ in range(2):  # killed after step 3, and gone on with
        optimizer = players_optimizer(gan.generator, gan.judge, learning_rate=1e-3)
        step = games.gan_step(gan, optimizer, loss="hinge", seed=0, penalty="gradient_penalty", judge_steps=2)
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
    generator, judge = players_optimizer(gan.generator, gan.judge, learning_rate=1e-3, judge_rate=1e-4).param_groups
    assert (generator["lr"], judge["lr"]) == (1e-3, 1e-4)
    assert len(generator["params"]) == len(list(gan.generator.parameters()))


def test_batch_normalisation_is_refused():
    gan = a_ring_gan()
    gan.judge.body.append(torch.nn.BatchNorm1d(16))
    with pytest.raises(GensqError, match="each example alone"):
        games.gan_step(gan, players_optimizer(gan.generator, gan.judge, learning_rate=1e-3), loss="hinge", seed=0)


def test_a_judge_learns_and_an_idle_generator_stays():
    """The generator's rate is 0: the share of pairs that the judge tells apart rises."""
    gan = a_ring_gan()
    before = [p.clone() for p in gan.generator.parameters()]
    history = games.train_gan(gan, ring_batches(Ring(), batch_size=64, seed=0), loss="non_saturating", steps=60, seed=0,
                        learning_rate=0.0, judge_rate=1e-2)
    assert history.mean("d_wins", last=10) > 0.9
    assert all(torch.equal(a, b) for a, b in zip(before, gan.generator.parameters(), strict=True))


def test_digits_come_with_their_labels_in_range():
    batches = digit_batches(digits.load()["train"], batch_size=32, seed=0, conditional=True)
    batch = batches(3)
    assert isinstance(batch, games.Examples) and len(batch) == 32 and batch.labels.shape == (32,)
    assert batch.x.min() >= -1 and batch.x.max() < 1
    assert torch.equal(batch.x, batches(3).x) and not torch.equal(batch.x, batches(4).x)
    assert digit_batches(digits.load()["train"], batch_size=2, seed=0)(0).labels is None


def test_a_condition_is_obeyed_after_training():
    """Two classes, left and right: the generator learns which is which."""
    def batch(i):
        noise = runtime.generator(0, "two", i)
        labels = torch.randint(2, (64,), generator=noise)
        return games.Examples((2.0 * labels - 1)[:, None] + 0.1 * torch.randn(64, 1, generator=noise), labels)

    torch.manual_seed(0)
    gan = DenseGAN(data_dim=1, num_classes=2, hidden_dim=16)
    games.train_gan(gan, batch, loss="non_saturating", steps=300, seed=0, learning_rate=3e-3)
    with torch.no_grad():
        x = gan.generator.sample(200, torch.arange(200) % 2, generator=runtime.generator(1))
    assert x[1::2].mean() > 0.5 and x[::2].mean() < -0.5
