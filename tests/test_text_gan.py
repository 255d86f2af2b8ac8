"""Judges that ignore padding and batch mates, a generator that scores what it draws, and steps that move one player."""
import copy
import math

import pytest
import torch
from tiny_language import LONGEST, all_sentences, tiny_generator

from gensq_lib import training
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_gan import DISCRIMINATORS, PrefixDiscriminator, as_batch, completed, log_likelihood_at
from gensq_lib.text.batching import TrainingBatches, collate
from gensq_lib.text.decoding import sample
from gensq_lib.training import games, text_gan
from gensq_lib.training.steps import players_optimizer

ENCODED = [[4, 5, 6], [7, 8], [9], [4, 9, 5, 8, 6, 7], [5, 5, 8, 7]]
SIZE = dict(vocab_size=10, embed_dim=6, hidden_dim=8)


def judge(kind="prefix", **options):
    torch.manual_seed(0)
    return DISCRIMINATORS[kind](**(SIZE | options)).eval()


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_a_judge_sees_the_sentence_and_nothing_else(kind):
    together, model = judge(kind).logits(collate(ENCODED)), judge(kind)
    for i, ids in enumerate(ENCODED):
        torch.testing.assert_close(model.logits(collate([ids]))[0], together[i])
    order = torch.tensor([3, 0, 4, 2, 1])
    torch.testing.assert_close(model.logits(collate(ENCODED).select(order)), together[order])


def test_the_logit_of_a_beginning_does_not_know_what_follows():
    a, b = collate([[4, 5, 6, 7]]), collate([[4, 5, 8, 8]])
    model = judge()
    first, second = model.prefix_logits(a)[0], model.prefix_logits(b)[0]
    torch.testing.assert_close(first[:2], second[:2])
    assert (first[2:] != second[2:]).all() and model.logits(a)[0] == first[-1]


def test_what_is_drawn_is_scored_alike():
    model = tiny_generator()
    drawn = sample(model, num=200, max_length=LONGEST, generator=runtime.generator("draw"))
    batch = as_batch(drawn)
    torch.testing.assert_close(model.log_likelihood(batch), drawn.log_prob, atol=1e-5, rtol=1e-5)
    assert (batch.inputs[:, 0] == 1).all() and (batch.lengths == batch.mask.sum(1)).all()


@pytest.mark.parametrize("temperature", [1.0, 0.7, 1.5])
def test_probabilities_at_a_temperature_add_up_and_are_those_of_the_sampler(temperature):
    model, everything = tiny_generator(), all_sentences()
    log_p = log_likelihood_at(model, everything, temperatures=[temperature, 1.0])
    assert log_p[0].exp().sum().item() == pytest.approx(1.0, abs=1e-5)
    torch.testing.assert_close(log_p[1], model.log_likelihood(everything), atol=1e-5, rtol=1e-5)
    drawn = sample(model, num=300, max_length=LONGEST, temperature=temperature, generator=runtime.generator("t"))
    mine = log_likelihood_at(model, as_batch(drawn), temperatures=[temperature])[0]
    torch.testing.assert_close(mine, drawn.sampled_log_prob, atol=1e-5, rtol=1e-5)


def test_a_completed_sentence_keeps_its_beginning_and_is_drawn_from_the_model():
    model, everything = tiny_generator(), all_sentences()
    batch = everything.select(torch.full((4000,), 3))  # word 4, word 4, <eos>
    done = completed(model, batch, 1, max_length=LONGEST, noise=runtime.generator("rest"))
    assert (done.targets[:, 0] == 4).all()
    log_p = model.log_likelihood(everything).detach()
    starts = everything.targets[:, 0] == 4
    share = (log_p[starts & (everything.lengths == 2)].exp().sum() / log_p[starts].exp().sum()).item()
    assert (done.lengths == 2).float().mean().item() == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 4000))
    whole = completed(model, batch, 3, max_length=LONGEST, noise=runtime.generator("rest"))
    assert (whole.targets == batch.targets).all() and (whole.lengths == batch.lengths).all()


# Training


@pytest.fixture
def players():
    torch.manual_seed(0)
    return LanguageModel(**SIZE, decoder="gru"), judge()


def weights(model):
    return copy.deepcopy(model.state_dict())


def moved(before, model):
    return [name for name, tensor in model.state_dict().items() if not torch.equal(before[name], tensor)]


def batches(seed=0):
    return TrainingBatches(ENCODED * 8, batch_size=16, seed=seed)


def step_with(players, **options):
    generator, critic = players
    optimizer = players_optimizer(generator, critic, learning_rate=1e-2, judge_rate=1e-2)
    return text_gan.adversarial_step(generator, critic, optimizer, seed=0, num=12, max_length=8, **options), optimizer


def run(step, players, optimizer, steps):
    return training.fit(step, batches(), model=torch.nn.ModuleList(players), optimizer=optimizer, steps=steps, seed=0,
                        show="judge_loss")


def test_each_update_moves_one_player(players):
    generator, critic = players
    optimizer = players_optimizer(generator, critic, learning_rate=1e-2, judge_rate=1e-2)
    before, its = weights(generator), weights(critic)
    lesson = text_gan.judge_step(critic, generator, optimizer, seed=0, max_length=8)
    lesson(lambda: batches()(0), 0)
    assert not moved(before, generator) and moved(its, critic)
    step, _ = step_with(players, judge_steps=0)
    its = weights(critic)
    step(lambda: batches()(0), 0)
    assert moved(before, generator) and not moved(its, critic)


def test_a_constant_reward_teaches_nothing_but_the_likelihood(players):
    """Words that nobody else reaches have no baseline; all others have an advantage of 0."""
    generator, critic = players
    fake = collate([[4, 5, 6], [7, 8, 9], [9, 9, 4]])
    rewards = games.CONTROLS["constant"](text_gan.judged(critic, fake), fake, runtime.generator(0))
    loss = games.generator_loss(generator, fake, rewards)
    assert loss.item() == pytest.approx(0.0, abs=1e-5)


def test_a_shuffled_reward_is_a_permutation(players):
    fake = collate([[4, 5, 6], [7, 8, 9], [9, 9, 4]])
    rewards = text_gan.judged(players[1], fake)
    mixed = games.CONTROLS["shuffled"](rewards, fake, runtime.generator(3))
    assert sorted(mixed.sum(-1).tolist()) == pytest.approx(sorted(rewards.sum(-1).tolist()))
    assert not torch.equal(mixed, rewards)


def test_the_judge_scores_in_evaluation_mode(players):
    critic, fake = judge(dropout=0.5).train(), collate(ENCODED)
    assert torch.equal(text_gan.judged(critic, fake), text_gan.judged(critic, fake)) and critic.training


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_a_judge_learns(kind):
    torch.manual_seed(0)
    generator, critic = LanguageModel(**SIZE, decoder="gru"), judge(kind)
    optimizer = players_optimizer(generator, critic, learning_rate=1e-2, judge_rate=1e-2)
    step = text_gan.judge_step(critic, generator, optimizer, seed=0, max_length=8)
    history = run(step, (generator, critic), optimizer, 40)
    assert history.mean("judge_accuracy", last=10) > 0.7


def test_a_judge_of_beginnings_tends_to_the_log_ratio():
    """On one first word: real 4 twice as often as 7, the generator's shares are its own."""
    torch.manual_seed(0)
    critic = PrefixDiscriminator(**SIZE, dropout=0.0)
    real, fake = collate([[4]] * 2 + [[7]]), collate([[4]] + [[7]] * 2)
    optimizer = torch.optim.Adam(critic.parameters(), lr=2e-2)
    for _ in range(100):
        training.update(text_gan.judge_loss(critic, real, fake), optimizer, clip=5.0)
    logits = critic.prefix_logits(collate([[4], [7]])).detach()
    assert logits[:, 0].tolist() == pytest.approx([math.log(2), -math.log(2)], abs=0.05)
    rewards = text_gan.judged(critic, collate([[4], [7]]))
    assert rewards.sum(-1).tolist() == pytest.approx([math.log(2), -math.log(2)], abs=0.05)


def test_the_steps_of_a_run_are_the_same_again():
    twice = []
    for _ in range(2):
        torch.manual_seed(0)
        own = LanguageModel(**SIZE, decoder="gru"), judge()
        step, optimizer = step_with(own)
        twice.append(run(step, own, optimizer, 3))
    assert twice[0] == twice[1] and set(twice[0]) >= {"reward", "nll", "judge_accuracy", "gradient_norm"}


def test_a_judge_is_taught_while_the_generator_stays(players):
    generator, critic = players
    before, its = weights(generator), weights(critic)
    history = text_gan.taught(critic, generator, batches(), steps=3, seed=0, max_length=8, pool=20)
    assert not moved(before, generator) and moved(its, critic) and len(history["judge_loss"]) == 3


@pytest.mark.parametrize("how", ["likelihood", "adversarial", "shuffled", "constant", "best of 8"])
def test_every_way_to_go_on_leaves_the_start_as_it_was(players, how):
    generator, critic = players
    before = weights(generator)
    played = text_gan.continued(generator, critic, batches(), how=how, steps=2, seed=0, num=8, max_length=8)
    assert not moved(before, generator) and moved(before, played.generator)


def test_an_unknown_way_is_refused(players):
    with pytest.raises(GensqError, match='did you mean "adversarial"'):
        text_gan.continued(*players, batches(), how="adverserial", steps=1, seed=0, num=8, max_length=8)


def test_a_leash_keeps_the_generator_near_its_start(players):
    """The judge likes nothing better than what it likes; a short leash forbids to say it every time."""
    generator, critic = players
    options = {"steps": 12, "seed": 0, "num": 16, "max_length": 8, "learning_rate": 2e-2}
    free, held = (text_gan.tuned(generator, critic, batches(), leash=leash, **options) for leash in (0.0, 50.0))
    assert held.history.mean("kl", last=3) < free.history.mean("kl", last=3)
