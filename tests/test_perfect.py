"""The perfect judge: its logits are the exact log ratio, nobody sorts better, and it moves along with its player."""
import copy

import pytest
import torch

from gensq_course.studies.perfect import NEVER, PerfectJudge
from gensq_course.studies.ways import continued
from gensq_lib.diagnostics import all_sentences
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.text import corpora
from gensq_lib.text.batching import TrainingBatches, collate
from gensq_lib.text.decoding import sample
from gensq_lib.training import games


@pytest.fixture(scope="module")
def world():
    """The village, all of its sentences, a player that has read a little of it, and its perfect judge."""
    text = corpora.load("village", num_train=4000)
    everything = all_sentences(text.grammar, text.vocab)
    torch.manual_seed(0)
    player = LanguageModel(vocab_size=len(text.vocab), embed_dim=16, hidden_dim=16, decoder="gru")
    optimizer = torch.optim.Adam(player.parameters(), lr=2e-2)
    batches = TrainingBatches([text.vocab.encode(sentence) for sentence in text.train], batch_size=64, seed=0)
    for i in range(250):
        optimizer.zero_grad()
        (-player.log_likelihood(batches(i)).mean()).backward()
        optimizer.step()
    return text, everything, player.eval(), batches, PerfectJudge(everything=everything, player=player)


def test_the_logit_of_a_sentence_is_its_exact_log_ratio(world):
    _, everything, player, _, judge = world
    places, batch = everything.batches[-1]
    some = torch.randperm(len(batch), generator=torch.Generator().manual_seed(0))[:300]
    ratio = everything.world[places][some] - player.log_likelihood(batch.select(some)).detach()
    assert torch.allclose(judge.logits(batch.select(some)).double(), ratio, atol=1e-4)


def test_the_logit_of_a_beginning_is_that_of_all_sentences_that_begin_so(world):
    text, everything, player, _, judge = world
    words = text.train[0]
    exact = player.token_log_likelihood(collate([text.vocab.encode(words)])).cumsum(-1)[0].detach()
    begin_so = [derivation.log_prob for derivation in text.grammar.derivations() if derivation.words("en")[:3] == words[:3]]
    mass = torch.tensor(begin_so, dtype=torch.float64).logsumexp(0)
    found = judge.prefix_logits(collate([text.vocab.encode(words)]))[0, 2].item()
    assert found == pytest.approx(mass.item() - exact[2].item(), abs=1e-4)


def test_behind_a_word_that_is_never_said_nothing_counts(world):
    text, _, player, _, judge = world
    words = text.vocab.encode(text.train[0])
    wrong = collate([[*words[:2], words[0], *words[2:]]])
    logits, by_player = judge.prefix_logits(wrong)[0], player.token_log_likelihood(wrong)[0].detach()
    assert logits[2].item() == pytest.approx(logits[1].item() + NEVER - by_player[2].item(), abs=1e-4)
    assert (logits[2:] == logits[2]).all()


def test_a_copy_holds_a_copy_of_the_player_and_the_same_world(world):
    *_, judge = world
    other = copy.deepcopy(judge)
    assert other.mass is judge.mass and other.held[0] is not judge.held[0]


def test_nobody_sorts_better(world):
    """Its accuracy on samples is the best possible one, which is counted from both distributions."""
    text, everything, player, _, judge = world
    draw = torch.Generator().manual_seed(0)
    real = collate([text.vocab.encode(sentence) for sentence in corpora.load("village", seed=1, num_train=3000).train])
    fake = sample(player, num=3000, max_length=40, generator=draw).batch()
    best = everything.outcomes(player).means["judge"]
    assert games.accuracy(judge, real, fake) == pytest.approx(best, abs=4 * (best * (1 - best) / 6000) ** 0.5)


def test_it_moves_along_with_its_player_and_its_game_is_won(world):
    """No weights of its own to train; after the game it knows the player that has moved, and both distances are smaller."""
    _, everything, player, batches, judge = world
    game = games.Sentences(seed=0, num=64, max_length=20)
    played = continued(game, player, judge, batches, how="perfect judge", steps=60, learning_rate=2e-3)
    assert played.judge.held == (played.player, None) and list(judge.parameters()) == []
    places, batch = everything.batches[0]
    ratio = everything.world[places][:50] - played.player.log_likelihood(batch.select(slice(50))).detach()
    assert torch.allclose(played.judge.logits(batch.select(slice(50))).double(), ratio, atol=1e-4)
    before, after = (everything.outcomes(one).means for one in (player, played.player))
    assert after["valid"] > before["valid"] + 0.02 and after["js"] < before["js"]


def test_a_player_that_says_the_truth_is_paid_nothing(world):
    """Every increment is 0 where log G of each word is that of the world."""
    _, everything, _, _, judge = world

    class Truth(torch.nn.Module):
        def token_log_likelihood(self, batch):
            return judge.of_world(batch)[0]

    places, batch = everything.batches[0]
    assert PerfectJudge(everything=everything, player=Truth()).prefix_logits(batch.select(slice(20))).abs().max() < 1e-5
