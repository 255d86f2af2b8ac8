"""Players that learn through soft choices: a soft rollout is a sentence where its choices are hard, and its gradient arrives."""
import pytest
import torch
from torch import nn

from gensq_course import lessons, studies
from gensq_course.lessons.text_gan import relaxed
from gensq_course.studies import soft, soft_search, soft_study
from gensq_course.studies.soft import SoftJudge, SoftWords, rollout
from gensq_lib.maths.schedules import constant
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text.batching import Batch, TrainingBatches
from gensq_lib.text.vocab import Vocab
from gensq_lib.training.games import Sentences
from gensq_lib.training.loop import fit
from gensq_lib.training.steps import players_optimizer

WORDS = 14


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def player():
    torch.manual_seed(0)
    return LanguageModel(vocab_size=WORDS, embed_dim=6, hidden_dim=10, decoder="gru").eval()


@pytest.fixture
def judge():
    torch.manual_seed(1)
    return SoftJudge(vocab_size=WORDS, embed_dim=6, hidden_dim=8).eval()


def said_by(player, *, hard, temperature=0.7, num=40, max_length=8):
    return rollout(player, num=num, max_length=max_length, temperature=temperature, hard=hard, generator=noise(3))


def as_batch(said: SoftWords) -> Batch:
    """The words of hard choices."""
    targets = said.choices.argmax(-1)
    targets = targets.masked_fill(torch.arange(targets.shape[1]) >= said.lengths[:, None], Vocab.PAD)
    inputs = torch.nn.functional.pad(targets, (1, 0), value=Vocab.BOS)[:, :-1]
    return Batch(inputs.masked_fill(inputs == Vocab.EOS, Vocab.PAD), targets, said.lengths)


@pytest.mark.parametrize("hard", [False, True])
def test_a_choice_is_the_one_of_the_lesson(hard):
    log_probs = torch.randn(5, WORDS, generator=noise()).log_softmax(-1)
    draw = -torch.empty_like(log_probs).exponential_(generator=noise(1)).log()
    by_hand = relaxed.gumbel_softmax(log_probs, temperature=0.7, noise=draw)
    found = soft.soft_choice(log_probs, temperature=0.7, hard=hard, generator=noise(1))
    torch.testing.assert_close(found, relaxed.straight_through(by_hand) if hard else by_hand)


def test_choices_are_draws_of_the_player(player):
    """At any temperature the largest noisy log-probability is a draw: first words have the player's shares."""
    first = said_by(player, hard=True, num=20_000, max_length=1).choices[:, 0].mean(0)
    expected, _ = player.step(torch.tensor([Vocab.BOS]), player.start(None, 1))
    expected = expected[0].exp().index_fill(0, torch.tensor([Vocab.PAD, Vocab.BOS]), 0.0)
    assert (first - expected / expected.sum()).abs().max() < 0.015


def test_hard_choices_are_words_and_their_embeddings_those_of_the_sentence(player):
    said = said_by(player, hard=True)
    words = as_batch(said)
    assert set(said.choices.detach().round(decimals=5).unique().abs().tolist()) == {0.0, 1.0}
    real = words.mask
    torch.testing.assert_close((said.choices @ player.decoder.embed.weight)[real], player.decoder.embed(words.targets)[real])
    assert not (words.targets[real] == Vocab.PAD).any() and not (words.targets[real] == Vocab.BOS).any()


def test_a_hard_rollout_goes_through_the_states_of_its_sentence(player):
    """The same noise on the log-probabilities that the player gives when it reads the words chooses the same words."""
    said = said_by(player, hard=True)
    words, generator, state = as_batch(said), noise(3), player.start(None, len(said.lengths))
    for time in range(said.choices.shape[1]):
        log_probs, state = player.step(words.inputs[:, time], state)
        log_probs = log_probs.index_fill(-1, torch.tensor([Vocab.PAD, Vocab.BOS]), -torch.inf)
        again = soft.soft_choice(log_probs, temperature=0.7, hard=True, generator=generator).argmax(-1)
        here = words.mask[:, time]
        assert here.any() and (again[here] == words.targets[here, time]).all()


def test_a_sentence_ends_with_its_first_eos(player):
    said = said_by(player, hard=True)
    words = as_batch(said)
    last = words.targets.gather(1, said.lengths[:, None] - 1).squeeze(1)
    cut = said.lengths == 8
    assert (last[~cut] == Vocab.EOS).all() and (~cut).any()
    assert ((words.targets == Vocab.EOS).sum(1) <= 1).all()


def test_soft_choices_are_mixtures(player):
    choices = said_by(player, hard=False).choices
    torch.testing.assert_close(choices.sum(-1), torch.ones(choices.shape[:2]))
    assert choices.amax(-1).mean() < 0.95 and (choices[..., [Vocab.PAD, Vocab.BOS]] == 0).all()


def test_a_soft_reader_of_hard_choices_is_the_judge(player, judge):
    said = said_by(player, hard=True)
    torch.testing.assert_close(judge.soft_logits(said), judge.logits(as_batch(said)), atol=1e-5, rtol=1e-4)


def test_what_stands_behind_a_sentence_counts_for_nothing(player, judge):
    said = said_by(player, hard=False)
    behind = torch.arange(said.choices.shape[1]) >= said.lengths[:, None]
    other = SoftWords(torch.where(behind[..., None], said.choices.flip(-1), said.choices), said.lengths)
    assert behind.any()
    torch.testing.assert_close(judge.soft_logits(other), judge.soft_logits(said))


@pytest.mark.parametrize("hard", [False, True])
def test_the_judges_gradient_reaches_every_part_of_the_player(player, judge, hard):
    judge.soft_logits(said_by(player, hard=hard)).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in player.parameters())


class Fan(SoftJudge):
    """Likes one word, and says how much of it there is."""

    def soft_logits(self, said):
        return 5.0 * (said.choices[..., 5].sum(1) / said.lengths)


def test_a_player_says_more_often_what_its_judge_likes(player, encoded):
    def share():
        words = as_batch(said_by(player, hard=True, num=500))
        return ((words.targets == 5).sum() / words.lengths.sum()).item()

    judge, before = Fan(vocab_size=WORDS), share()
    optimizer = players_optimizer(player, judge, learning_rate=5e-3)
    step = soft.soft_step(Sentences(seed=0, num=5, max_length=8), player, judge, optimizer, temperature=constant(0.7),
                          hard=True, judge_steps=0, teacher=0.0)
    fit(step, TrainingBatches(encoded * 8, batch_size=20, seed=0), model=nn.ModuleList([player, judge]), optimizer=optimizer,
        steps=20, seed=0, show="paid", name="soft")
    assert share() > 1.5 * before


def test_only_the_player_moves_in_its_step_and_only_the_judge_in_its_lesson(player, judge, encoded):
    before = [p.clone() for p in (*player.parameters(), *judge.parameters())]
    optimizer = players_optimizer(player, judge, learning_rate=0.0, judge_rate=1e-2)
    step = soft.soft_step(Sentences(seed=0, num=5, max_length=8), player, judge, optimizer, temperature=constant(1.0), hard=False)
    found = step(lambda: TrainingBatches(encoded, batch_size=5, seed=0)(0), 0)
    after = [*player.parameters(), *judge.parameters()]
    moved = [not torch.equal(a, b) for a, b in zip(before, after)]
    count = len(list(player.parameters()))
    assert not any(moved[:count]) and any(moved[count:]) and {"paid", "nll", "judge_wins"} <= set(found)


def test_both_hope_for_the_opposite():
    one, other = torch.tensor([2.0, 0.0]), torch.tensor([0.0, 0.0])
    assert soft.relativistic_loss(one, other) < soft.relativistic_loss(other, one)
    assert soft.relativistic_loss(other, other).item() == pytest.approx(torch.tensor(2.0).log().item())


def test_it_cools_from_1_by_equal_factors():
    falls = soft_search.cooling(0.1, steps=150)
    assert falls(0) == 1.0 and falls(75) == pytest.approx(0.1**0.5) and falls(150) == pytest.approx(0.1)


def test_the_search_chooses_the_least_mean():
    def row(way, seed):
        found = [{"measure": "js", "value": value - (cooled == "1"), "rate": rate, "cooled": cooled, "temperature": 1.0}
                 for cooled in soft_search.COOLINGS
                 for rate, value in zip(soft_search.RATES, (3.0, 2.0, 4.0 * seed + 0.5), strict=True)]
        return {"setting": {"way": way, "seed": seed}, "found": found}

    rows = [row(way, seed) for way in soft_search.HARD for seed in (0, 1)]
    assert soft_search.chosen(rows) == dict.fromkeys(soft_search.HARD, ("1", 3e-5))


def test_each_soft_way_goes_as_the_search_found_best_on_seeds_that_the_search_had_not():
    assert soft_study.CHOSEN == soft_search.chosen(studies.read("text_gan_soft_search")["rows"])
    found = lessons.studies()
    seeds = {name: {setting["seed"] for setting in found[name].settings} for name in ("text_gan_soft", "text_gan_soft_search")}
    assert seeds["text_gan_soft"] == set(range(8)) and not seeds["text_gan_soft"] & seeds["text_gan_soft_search"]


def test_the_recorded_soft_players_went_from_the_starts_of_the_other_ways():
    """So their gains may be paired: the same seeds, none missing."""
    soft_rows, rows = (studies.read(name)["rows"] for name in ("text_gan_soft", "text_gan"))
    tuned = [row["setting"]["seed"] for row in rows if row["setting"]["part"] == "tuned"]
    assert [row["setting"]["seed"] for row in soft_rows] == tuned
    assert {record["way"] for row in soft_rows for record in row["found"]} == set(soft_search.HARD)
