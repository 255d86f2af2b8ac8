"""Training of models that answer: it learns, is cached, and goes on where it was stopped."""
import math

import pytest
import torch

from gensq_course.talk import replies
from gensq_lib import diagnostics
from gensq_lib.maths.objectives import evaluate
from gensq_lib.models.conditional_vae import ConditionalVAE
from gensq_lib.models.seq2seq import Seq2Seq
from gensq_lib.text import corpora
from gensq_lib.text.corpora import world
from gensq_lib.text.pairs import collate_pairs, pairs_in_order
from gensq_lib.training import PLENTY, ReadingPlan, recipes

SIZES = dict(vocab_size=14, label_sizes=(2,), embed_dim=8, hidden_dim=16)


def task(num, seed):
    """Repeat the second word of the prompt, after 4 or 5 as the label says."""
    draw = torch.Generator().manual_seed(seed)
    rows = torch.cat([torch.randint(6, 14, (num, 3), generator=draw), torch.randint(2, (num, 1), generator=draw)], 1).tolist()
    return [([a, b, c], [4 + label, b], (label,)) for a, b, c, label in rows]


TRAIN, VALID = task(400, 0), task(60, 1)


def seq2seq():
    torch.manual_seed(0)
    return Seq2Seq(**SIZES)


def trained(model, *, key="task", steps=60, plan=PLENTY):
    return replies.train_seq2seq(model, TRAIN, VALID, steps=steps, batch_size=16, seed=0, key={"corpus": key},
                                  learning_rate=1e-2, plan=plan)


def nll(model):
    return -evaluate(model, model.log_likelihood, pairs_in_order(VALID)).mean().item()


@pytest.fixture(autouse=True)
def no_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path))
    return tmp_path


def test_copying_is_learnt_and_the_parts_follow_each_other():
    model = seq2seq()
    history = trained(model, steps=120)
    assert nll(model) < 0.3 * math.log(8) + math.log(1.5), "the word to repeat is one of eight, the first follows the label"
    assert history["step"] == sorted(set(history["step"])) and history["validation_step"][-1] <= 120 + 24 + 12
    assert nll(model) == pytest.approx(min(history["validation"]), abs=1e-4)


@pytest.mark.parametrize("plan, first", [(PLENTY, 40), (ReadingPlan(0.5), 25)])
def test_few_exchanges_are_looked_at_once_a_reading(plan, first):
    assert trained(seq2seq(), steps=400, plan=plan)["validation_step"][0] == first


def test_a_finished_run_is_loaded(no_cache, monkeypatch):
    first = seq2seq()
    history = trained(first, steps=10)
    monkeypatch.setattr(replies, "fit", None)
    second = seq2seq()
    assert trained(second, steps=10) == history
    torch.testing.assert_close(dict(second.state_dict()), dict(first.state_dict()))
    assert sorted(path.suffix for path in no_cache.rglob("*") if path.is_file()) == [".pt"], "no checkpoint is left"


def test_a_run_that_was_stopped_ends_with_the_same_weights(monkeypatch):
    whole, fit, calls = seq2seq(), replies.fit, []
    expected = trained(whole, key="whole")

    def stopped(*args, **options):
        calls.append(options["name"])
        if len(calls) == 2:
            raise KeyboardInterrupt
        return fit(*args, **options)

    monkeypatch.setattr(replies, "fit", stopped)
    broken = seq2seq()
    with pytest.raises(KeyboardInterrupt):
        trained(broken)
    again = seq2seq()
    assert trained(again) == expected
    torch.testing.assert_close(dict(again.state_dict()), dict(whole.state_dict()), rtol=0, atol=0)


def test_the_conditional_vae_is_trained():
    torch.manual_seed(0)
    model = ConditionalVAE(**SIZES, latent_dim=2)
    history = recipes.train_vae(model, TRAIN, VALID, cure="bag_of_words", steps=40, batch_size=16, seed=0,
                                key={"corpus": "task"}, learning_rate=1e-2)
    assert history.mean("elbo", last=5) > history["elbo"][0] + 1 and min(history["kl"]) >= 0
    assert len(history["validation"]) > 2 and not model.training


def test_the_conditional_vae_starts_from_a_finished_model(no_cache, monkeypatch):
    """Whatever z is, it says what that model says; z can earn its weights; and another start is another run."""
    monkeypatch.setattr(recipes, "fit", lambda *args, **options: recipes.History())
    start = seq2seq()
    model = ConditionalVAE(**SIZES, latent_dim=2).eval()
    options = dict(cure="none", steps=1, batch_size=16, seed=0, key={"corpus": "task"})
    recipes.train_vae(model, TRAIN, VALID, start=start, **options)
    batch = collate_pairs(VALID[:8])
    z = torch.randn(3, len(batch), 2)
    torch.testing.assert_close(model.log_likelihood(batch, z), start.log_likelihood(batch).expand(3, -1))
    model.log_likelihood(batch, z).sum().backward()
    assert model.decoder.rnn.weight_ih_l0.grad[:, -2:].abs().min() > 0
    recipes.train_vae(ConditionalVAE(**SIZES, latent_dim=2), TRAIN, VALID, start=None, **options)
    assert len(list(no_cache.rglob("*.pt"))) == 2


def test_networks_as_small_as_these_train_in_fp32(monkeypatch):
    """Also where the chip has bf16: the casts would take longer than they save."""
    monkeypatch.delenv("GENSQ_PRECISION", raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    seen, known = [], Seq2Seq.token_log_likelihood

    def watched(*args):
        seen.append(torch.is_autocast_enabled("cpu"))
        return known(*args)

    monkeypatch.setattr(Seq2Seq, "token_log_likelihood", watched)
    trained(seq2seq(), steps=1)
    recipes.train_vae(ConditionalVAE(**SIZES, latent_dim=2), TRAIN, VALID, cure="none", steps=1, batch_size=16,
                      seed=0, key={"corpus": "task"})
    assert seen and not any(seen)


@pytest.mark.slow
def test_a_translation_vae_learns_from_two_vocabularies(monkeypatch):
    """English to Chinese in the built-in world: what all lessons use serves it as it is."""
    monkeypatch.setattr(world, "NUM_TRAIN", 200)  # to draw all of them takes longer than the rest of the test
    text = corpora.load_pairs("world")
    train, valid = text.encoded(text.train[:200]), text.encoded(text.valid[:50])
    torch.manual_seed(0)
    model = ConditionalVAE(vocab_size=len(text.target_vocab), source_vocab_size=len(text.source_vocab), copy=False, latent_dim=3,
                           embed_dim=16, hidden_dim=16)
    assert len(text.source_vocab) != len(text.target_vocab)
    before = evaluate(model, lambda batch: model.log_likelihood(batch, model.prior(batch).mean[None])[0], pairs_in_order(valid))
    recipes.train_vae(model, train, valid, cure="none", steps=20, batch_size=32, seed=0, key={"corpus": "pairs"},
                                  learning_rate=1e-2)
    after = evaluate(model, lambda batch: model.log_likelihood(batch, model.prior(batch).mean[None])[0], pairs_in_order(valid))
    assert after.mean() > before.mean() + 5
    found = diagnostics.encode(model, pairs_in_order(valid))
    assert found.mean.shape == found.kl.shape == (50, 3) and (found.kl >= 0).all() and found.kl.sum() > 0
    other = [(train[i][0], reply, labels) for i, (_, reply, labels) in enumerate(valid)]
    assert (diagnostics.encode(model, pairs_in_order(other)).mean != found.mean).any(1).all(), "the source is read"
