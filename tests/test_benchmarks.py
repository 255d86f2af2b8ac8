"""The benchmark compares like with like, keeps what it finds only when asked, and names no machine."""
import argparse
import itertools
import json
import platform

import numpy as np
import pytest
import torch

from benchmarks import memory, page, slider, speed
from benchmarks._timing import Comparison, Spread, compared
from benchmarks.long import _first_draft, ptb_size
from gensq_course.lessons.scaling_up.naive import naive_batches, naive_elbo, naive_optimizer, naive_step
from gensq_course.talk.space import Space
from gensq_lib.maths.divergences import kl
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text import corpora
from gensq_lib.text.vocab import Vocab

ONE = Comparison(Spread(2.5, 2.0, 3.0, 5), Spread(2.25, 2.0, 2.5, 5), 200.0, 80.0)
FOUND = {"training": {"a setting": {"as the lessons train": ONE}},
         "rates": {"greedy decoding": Spread(1234.0, 1000.0, 2000.0, 3)},
         "waits": {"the first time": 2.04, "from the cache": 0.5}}
SIZES = dict(vocab_size=8, embed_dim=4, hidden_dim=6, latent_dim=2)
GRAMMAR = """\
languages: en
start: <sentence>
<sentence>
    3 en: the cat is glad .
    1 en: is the cat glad ?
"""


def test_both_loops_compute_the_same_elbo(vae, batch):
    q = vae.posterior(batch)
    noise = torch.randn(q.mean.shape)
    ours = vae.log_likelihood(batch, (q.mean + q.stddev * noise)[None])[0] - kl(q, vae.prior()).sum(-1)
    assert torch.allclose(naive_elbo(vae, batch, noise=noise), ours, atol=1e-5)


def test_the_naive_loop_trains(vae, encoded):
    optimizer = naive_optimizer(vae, learning_rate=1e-2)
    torch.manual_seed(0)
    elbos = [naive_step(vae, optimizer, batch) for epoch in range(30)
             for batch in naive_batches(encoded, batch_size=5, seed=epoch, device="cpu")]
    assert elbos[-1] > elbos[0] + 2


def test_naive_batches_hold_every_sentence_once(encoded):
    rows = [row for batch in naive_batches(encoded, batch_size=2, seed=0, device="cpu") for row in batch.targets.tolist()]
    assert sorted(row[: row.index(Vocab.EOS)] for row in rows) == sorted(encoded)


@pytest.mark.slow
def test_the_wait_for_a_corpus_is_measured_in_a_process_of_its_own():
    assert set(speed.waits("world")) == {"the first time", "from the cache"}  # its code is a string, which no tool follows


def test_the_ptb_like_setting_is_like_ptb():
    setting = speed.ptb_like()
    lengths = [len(ids) for ids in setting.encoded]
    assert abs(np.mean(lengths) - 21) < 1 and abs(np.std(lengths) - 10) < 1
    assert setting.encoded == speed.ptb_like().encoded
    assert min(map(min, setting.encoded)) >= len(Vocab.SPECIALS) and max(map(max, setting.encoded)) < 10_000


def test_runs_alternate_and_the_first_round_does_not_count():
    calls = []
    ways = {name: lambda i, name=name: calls.append((name, i)) for name in "ab"}
    found = compared(ways, lambda i: calls.append(("naive", i)), num=10, pairs=2)
    assert calls == [(name, i) for i in range(3) for name in ("a", "b", "naive")]
    assert set(found) == {"a", "b"} and found["a"].by_clock.num == 2


def test_the_table_begins_with_ratios():
    text = "\n".join(speed.table(FOUND))
    places = [text.index(shown) for shown in ("x2.50 (2.00-3.00)", "x2.25 (2.00-2.50)", "1,234 (1,000-2,000)", "2.0\n")]
    assert places == sorted(places)


def test_a_record_is_json_without_names(tmp_path):
    speed.record(FOUND, command="gensq bench --record", settings="budget standard", path=tmp_path / "results" / "bench.json")
    text = (tmp_path / "results" / "bench.json").read_text()
    found = json.loads(text)
    assert found["training"]["a setting"]["as the lessons train"]["by_clock"]["median"] == 2.5
    assert found["command"] == "gensq bench --record" and platform.node() not in text and str(tmp_path) not in text


@pytest.mark.parametrize(("options", "kept"), [([], False), (["--record"], True)])
def test_nothing_is_kept_unasked(monkeypatch, capsys, options, kept):
    records = []
    monkeypatch.setattr(speed, "measured", lambda options, device: FOUND)
    monkeypatch.setattr(speed, "record", lambda found, **facts: records.append(found))
    assert speed.main(options) == 0 and bool(records) is kept
    assert "times faster" in capsys.readouterr().out


def test_everything_is_measured(monkeypatch, tmp_path):
    """One tiny run through all of it."""
    (tmp_path / "own.grammar").write_text(GRAMMAR, encoding="utf-8")
    monkeypatch.setattr(speed, "ptb_like", lambda num: speed.Setting("tiny", [[4, 5]] * num, SIZES, 4, [[5, 4]]))
    monkeypatch.setattr(speed, "waits", lambda name: {"the first time": 0.1})
    options = argparse.Namespace(corpus=f"grammar:{tmp_path}/own.grammar", sentences=8, pairs=1)
    found = speed.measured(options, "cpu")
    assert len(found["training"]) == 2 * len({1, torch.get_num_threads()}), "two settings, on one thread and on all"
    assert all(rate.median > 0 for rate in found["rates"].values())
    assert speed.table(found)
    assert all(it.our_nats > 0 < it.naive_nats for ways in found["training"].values() for it in ways.values())


def test_of_many_words_cheaper_softmaxes_are_compared_too():
    setting = speed.ptb_like(num=8, vocab_size=2_000)
    tiny = speed.Setting("tiny", setting.encoded, SIZES | {"vocab_size": 2_000, "embed_dim": 16}, 4, setting.held_out[:4])
    found = speed.training_ratios(tiny, tiny.model("cpu"), device="cpu", pairs=1)
    assert list(found) == ["as the lessons train", "the same in fp32", "the same, lengths mixed", "with an adaptive softmax",
                           "with a sampled softmax"]


def test_mixed_lengths_are_the_batches_of_the_naive_loop(monkeypatch):
    setting = speed.ptb_like(num=8, vocab_size=2_000)
    monkeypatch.setattr(speed, "our_loop", lambda setting, model, of_epoch: of_epoch)
    of_epoch = speed.mixed_epochs(setting, None, "cpu")
    batch_at, naive = of_epoch(3), naive_batches(setting.encoded, batch_size=setting.batch_size, seed=3, device="cpu")
    seen = [(batch_at(i).targets, batch.targets) for i, batch in enumerate(naive)]
    assert seen and all(torch.equal(ours, theirs) for ours, theirs in seen)


@pytest.mark.slow
def test_a_slider_is_moved_and_every_move_is_timed():
    text = corpora.load("world", num_train=50)
    model = TextVAE(vocab_size=len(text.vocab), embed_dim=4, hidden_dim=4, latent_dim=2).eval()
    space = Space(model, text, max_length=5)
    found = slider.moves(space, how="greedy", num=3)
    assert found.num == 3 and 0 < found.least <= found.median <= found.most


@pytest.mark.browser
@pytest.mark.slow
def test_sentences_and_moves_in_a_browser_are_timed(browser):
    found = page.measured(browser, 3)
    assert [each.num for each in found.values()] == [3, 3, 3, 3, 3, page.PLACES, 3]
    assert all(0 < each.most and each.least <= each.median <= each.most for each in found.values())


def test_the_first_draft_is_a_vae_that_padding_does_not_change(batch):
    torch.manual_seed(0)
    model = _first_draft.FirstDraft(vocab_size=14, embed_dim=4, hidden_dim=6, latent_dim=2).eval()
    z = torch.randn(3, len(batch), 2)
    together, q = model.log_likelihood(batch, z), model.posterior(batch)
    for i in range(len(batch)):
        alone = batch.select(torch.tensor([i]))
        short = type(alone)(alone.inputs[:, :alone.lengths[0]], alone.targets[:, :alone.lengths[0]], alone.lengths)
        assert torch.allclose(model.log_likelihood(short, z[:, i:i + 1])[:, 0], together[:, i], atol=1e-5)
        assert torch.allclose(model.posterior(short).mean[0], q.mean[i], atol=1e-6)


@pytest.mark.parametrize("fitted", [False, True])
def test_the_first_draft_learns_and_keeps_its_best_epoch(encoded, capsys, monkeypatch, fitted):
    """Fitted to the time its weight of the KL has risen as after all epochs of the program, however few steps there were."""
    monkeypatch.setattr(_first_draft, "EPOCHS", 1_000)
    torch.manual_seed(0)
    model = _first_draft.FirstDraft(vocab_size=14, embed_dim=8, hidden_dim=12, latent_dim=2)
    told = _first_draft.train_first_draft(model, encoded * 40, encoded, seconds=0.5, seed=0, fitted=fitted)
    said = [float(line.split("-ELBO ")[1].split(",")[0]) for line in capsys.readouterr().out.splitlines()]
    assert len(said) == told["epochs"] and not model.training and min(said) <= said[0]
    assert (told["weight of the KL"] > 0.9) == fitted  # by steps it would take half a minute to rise so far
    assert _first_draft.kl_weight(2_500) == 0.5 and _first_draft.kl_weight(0) < 0.01 < 0.99 < _first_draft.kl_weight(5_000)


def test_a_row_holds_a_bound_against_the_language_model_sentence_by_sentence():
    found = {"elbo": [-10.0, -12.0], "kl": 2.0, "information": 1.5, "active units": 2, "tighter": [-9.5, -11.0]}
    row = ptb_size.row(found, tokens=11, yardstick=[-9.0, -11.0])
    assert row["nats"] == 11 and row["above"] == 1 and row["above error"] == 0 and row["tighter, above"] == 0.25
    assert row["of few, above"] == 1 and row["tighter, above error"] == pytest.approx(0.25)
    assert row["perplexity"] == pytest.approx(np.exp(2))


def test_the_table_of_ptb_size_is_made_end_to_end(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(ptb_size, "RESULTS", tmp_path / "ptb_size.json")
    monkeypatch.setattr(ptb_size, "SIZES", {"embed_dim": 8, "hidden_dim": 8})
    monkeypatch.setattr(ptb_size.time, "process_time", itertools.count().__next__)  # a second at each look at the clock
    one, other = ptb_size.DRAFTS
    lines = [f"the {a} {b} sees the {c} ." for a in "red old new sad".split() for b in "cat dog man".split()
             for c in "sea hill tree house road river".split()] * 3
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(f"{line[:-1]}{i} ." for i, line in enumerate(lines)), encoding="utf-8")
    assert ptb_size.main(["--corpus", f"file:{path}", "--steps", "2", "--record"]) == 0
    found, said = json.loads((tmp_path / "ptb_size.json").read_text()), capsys.readouterr().out
    assert list(found["rows"]) == ["language model", ptb_size.LONGER, "VAE", *ptb_size.DRAFTS] and "above the 2nd LM" in said
    short, longer = (found["rows"][name] for name in ("language model", ptb_size.LONGER))
    assert longer["above"] == 0 and short["above"] == pytest.approx(short["nats"] - longer["nats"], abs=1e-4)
    assert short["steps"] == 2 and longer["steps"] == 4, "as long as the VAE and the language model that it begins with"
    assert found["processor seconds"] == {"language model": 1, "VAE": 1, ptb_size.LONGER: 1, one: 2, other: 2}
    assert str(tmp_path) not in json.dumps(found)
    del found["rows"][other]
    found["rows"][one]["nats"] = 3.0
    (tmp_path / "ptb_size.json").write_text(json.dumps(found))
    assert ptb_size.main(["--corpus", f"file:{path}", "--steps", "2", "--record", "--again"]) == 0
    again = json.loads((tmp_path / "ptb_size.json").read_text())
    assert again["rows"][one]["nats"] == 3.0 and other in again["rows"], "what is recorded stays, what it lacks is done"
    assert again["rows"]["VAE"] == found["rows"]["VAE"] and again["processor seconds"]["VAE"] == found["processor seconds"]["VAE"]


def test_few_and_many_lines_are_written_and_told_apart(tmp_path, monkeypatch):
    path = memory.write(["The cat is glad.", "Is the cat glad?"], tmp_path / "x.txt", num=50)
    rows = path.read_text().splitlines()
    assert len(rows) == 50 and set(rows) == {"The cat is glad.", "Is the cat glad?"}
    one = {name: Spread(10.0, 9.0, 11.0, 3) for name in ("first batch", "tokens", "megabytes")}
    more = one | {"megabytes": Spread(52.0, 50.0, 54.0, 3), "tokens": Spread(9.5, 9.0, 11.0, 3)}
    text = "\n".join(memory.table({"sentences": {"10": one, "100": more}}))
    assert "+42 MB, -5% tokens/s" in text and "first batch after 10.0 (9.0-11.0) s" in text


@pytest.mark.parametrize("kind", memory.KINDS)
def test_what_is_measured_of_a_file(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(memory, "WARM", 1)
    rows = [f"Word {i} is here." for i in range(300)]
    behind = {"sentences": "", "labelled": "\t{}", "pairs": "\tLa vorto {}."}[kind]
    rows = [row + behind.format(i % 2 if kind == "labelled" else i) for i, row in enumerate(rows)]
    path = memory.write(rows, tmp_path / "x", num=900)
    found = memory.measured(kind, path, steps=2)
    assert found["tokens"] > 0 < found["first batch"] and found["megabytes"] > 50
