"""Lesson 22: a text whose truth adds up, padding and products counted, batches that keep every sentence, curves over size."""
import json
import math
from importlib.util import find_spec

import numpy as np
import pytest
import torch
from torch.profiler import profile

from gensq_course.lessons.scaling_up import batches, layers, naive, profiling, ranks, study, tables, together
from gensq_course.lessons.scaling_up.source import LONGEST, ZipfText
from gensq_course.studies.rows import records, value
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.stats import estimate
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import TrainingBatches, collate

SMALL = ZipfText(40)
LINES = SMALL.sentences(300, seed=1)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return LanguageModel(vocab_size=SMALL.vocab_size, embed_dim=8, hidden_dim=6, tie=False)


def test_all_sentences_of_a_length_have_the_probability_of_the_length():
    pairs = [[a, b] for a in range(4, SMALL.vocab_size) for b in range(4, SMALL.vocab_size)]
    assert sum(math.exp(SMALL.log_prob(pair)) for pair in pairs) == pytest.approx(SMALL.lengths[1])
    assert SMALL.lengths.sum() == pytest.approx(1.0) and len(SMALL.lengths) == LONGEST


def test_sentences_come_as_often_as_their_probability_says():
    """The mean of -log p(x) is the entropy: of the length, the first kind, each next kind, each place within a kind."""
    def entropy(p):
        return -(p * np.log(p)).sum()

    mean = (SMALL.lengths * np.arange(1, LONGEST + 1)).sum()
    kinds = np.full(20, 0.2 / 20) + np.eye(20)[0] * 0.8
    exact = entropy(SMALL.lengths) + math.log(20) + (mean - 1) * entropy(kinds) + mean * entropy(SMALL.within)
    drawn = SMALL.sentences(4000, seed=2)
    assert abs(estimate([-SMALL.log_prob(x) for x in drawn]).errors_from(exact)) < 4
    lengths = np.array([len(x) for x in drawn])
    assert abs(lengths.mean() - 21) < 1 and abs(lengths.std() - 10) < 1
    assert min(map(min, drawn)) >= 4 and max(map(max, drawn)) < SMALL.vocab_size


def test_a_text_is_a_function_of_its_seed_and_needs_whole_kinds():
    assert SMALL.sentences(5, seed=3) == SMALL.sentences(5, seed=3) != SMALL.sentences(5, seed=4)
    with pytest.raises(GensqError, match="expected a multiple of 20 words"):
        ZipfText(50)


def test_padding_is_counted():
    assert batches.padded([collate([[4, 5, 6], [4]])]) == pytest.approx(1 - 6 / 8)
    assert batches.padded([collate([[4]]), collate([[4, 5, 6]])]) == 0
    random = list(naive.naive_batches(LINES, batch_size=16, seed=0, device="cpu"))
    assert batches.padded(batches.epoch(TrainingBatches(LINES, batch_size=16, seed=0))) < batches.padded(random) / 2


def words_of(plan):
    return sorted(tuple(row[: n - 1].tolist()) for batch in plan for row, n in zip(batch.targets, batch.lengths, strict=True))


@pytest.mark.parametrize("plan", [
    batches.epoch(TrainingBatches(LINES, tokens=300, seed=0)), batches.epoch(TrainingBatches(LINES, batch_size=16, seed=0)),
    list(batches.sorted_batches(LINES, 16))], ids=["by tokens", "buckets", "sorted"])
def test_every_sentence_comes_once(plan):
    assert words_of(plan) == sorted(map(tuple, LINES))


def rank_correlation_with_time(plan) -> float:
    lengths = np.array([batch.lengths.float().mean() for batch in plan])
    return float(np.corrcoef(np.arange(len(plan)), lengths)[0, 1])


def test_the_trap_of_sorted_batches_is_one_and_buckets_are_none():
    lines = SMALL.sentences(4000, seed=5)
    assert rank_correlation_with_time(list(batches.sorted_batches(lines, 16))) > 0.9
    assert abs(rank_correlation_with_time(batches.epoch(TrainingBatches(lines, batch_size=16, seed=0)))) < 0.3
    assert abs(rank_correlation_with_time(batches.epoch(TrainingBatches(lines, tokens=300, seed=0)))) < 0.3


def test_equal_batches_have_no_noise_and_opposite_ones_much(model):
    batch, other = collate(LINES[:8]), collate(LINES[8:16])
    assert batches.noise(model, [batch] * 3) == pytest.approx(0, abs=1e-6)
    assert batches.noise(model, [batch, other]) > 0.01


def test_what_the_output_layer_sees_gives_the_likelihood(model):
    batch = collate(LINES[:8])
    features, targets = layers.seen(model, batch)
    assert len(targets) == batch.lengths.sum()
    torch.testing.assert_close(model.decoder.to_vocab.log_prob_of(features, targets).sum(), model.log_likelihood(batch).sum())


def test_multiplications_are_the_numbers_that_are_read():
    made = {name: layers.beginner(name, [[4, 5]], 2400, seed=0, device="cpu").model.decoder.to_vocab
            for name in ("full", "adaptive", "sampled")}
    frequent, rare = torch.zeros(10, dtype=torch.long), torch.full((10,), 2399)
    assert layers.multiplications(made["full"], rare) == 64 * 2400
    assert layers.multiplications(made["sampled"], rare) == 64 * 1025
    head = 64 * (120 + 2)
    assert layers.multiplications(made["adaptive"], frequent) == head
    assert layers.multiplications(made["adaptive"], rare) == head + 64 * 4 + 4 * (2400 - 600)
    assert layers.multiplications(made["adaptive"], torch.cat([frequent, rare])) == head + (64 * 4 + 4 * 1800) / 2


def test_a_profile_finds_every_part():
    vae = TextVAE(vocab_size=50, embed_dim=8, hidden_dim=6, latent_dim=2, tie=False)
    optimizer = naive.naive_optimizer(vae, learning_rate=1e-3)
    with profile(record_shapes=True) as found:
        naive.naive_step(vae, optimizer, collate([[4, 5, 6], [7]]))
    events = found.events()
    parts = {profiling.part(event, 50) for event in events}
    assert parts == {profiling.OUTPUT, profiling.RECURRENT, profiling.OPTIMISER, profiling.REST}
    shares = profiling.shares_of_time(events, vocab_size=50)
    assert set(shares) == parts and sum(shares.values()) == pytest.approx(1)
    embedding = [event for event in events if "embedding" in event.name]
    assert embedding and all(profiling.part(event, 50) == profiling.REST for event in embedding)


@pytest.mark.slow
def test_all_layers_learn_from_the_same_sentences():
    text = ZipfText(2000)
    lines = text.sentences(120, seed=0)
    learnt = [layers.learn(name, lines[20:], lines[:20], text.vocab_size, steps=4, seed=0, device="cpu", looks=2)
              for name in ("full", "adaptive", "sampled")]
    assert {tuple(each.sentences) for each in learnt} == {(64, 128)}
    one = learnt[0]
    assert one.after([0.0], 9.0).tolist() == [9.0] and math.isnan(one.after([one.seconds[-1] * 2], 9.0)[0])
    assert one.after([one.seconds[-1]], 9.0) == pytest.approx(one.nats[-1])


def test_losses_are_a_function_of_text_and_seed():
    """The losses of a few steps, here of one process; tests/test_processes.py has those of two."""
    found = together.losses(40, 3, 0)
    assert len(found) == 3 and found == together.losses(40, 3, 0) != together.losses(40, 3, 1)


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("lightning_fabric"), reason="an extra of the package")
def test_two_processes_have_the_losses_of_one():
    assert together.losses_of_two(40, 3, 0) == pytest.approx(together.losses(40, 3, 0), rel=1e-4)


def test_what_ails_a_program_of_processes_is_told():
    with pytest.raises(GensqError, match="expected two processes that train together, got: .*multiple of 20"):
        together.losses_of_two(50, 3, 0)


def test_ranks_together_take_the_step_of_one(model):
    batch = collate(LINES[:9])
    rank, kl = torch.tensor([0, 0, 0, 0, 0, 0, 1, 1, 2]), torch.zeros(9, 1)
    alone = batches.slope(model, -model.log_likelihood(batch).mean())

    def apart(way) -> float:
        given = (model.token_log_likelihood(batch), batch.lengths, kl, rank, 3)
        return ((batches.averaged(model, way(*given)) - alone).norm() / alone.norm()).item()

    assert apart(ranks.scaled_losses) < 1e-5
    for wrong in (ranks.mean_of_means, ranks.dropped, ranks.two_units, ranks.two_units_of_each):
        assert apart(wrong) > 0.02, wrong.__name__


def test_what_is_held_is_counted():
    loaded, held = batches.held(lambda: list(range(1000, 11_000)))
    assert len(loaded) == 10_000 and 8 * 10_000 < held < 60 * 10_000


def test_no_words_are_drawn_twice_because_somebody_looked(monkeypatch):
    """A part of a training that begins with the seed of the first one would see the first one's sample again."""
    drawn, multinomial = [], torch.multinomial
    monkeypatch.setattr(torch, "multinomial", lambda *given, **more: drawn.append(multinomial(*given, **more)) or drawn[-1])
    text = ZipfText(2000)
    lines = text.sentences(80, seed=0)
    layers.learn("sampled", lines[16:], lines[:4], text.vocab_size, steps=4, seed=0, device="cpu", looks=2)
    assert len(drawn) == 4 == len({tuple(each.tolist()) for each in drawn})


def test_equal_runs_differ_by_their_seed_alone():
    valid, test = layers.equal_runs(2, steps=2, seed=0, device="cpu", words=40, valid=10, test=20)
    assert valid.shape == test.shape == (2,) and valid[0] != valid[1]
    assert torch.equal(layers.equal_runs(2, steps=2, seed=0, device="cpu", words=40, valid=10, test=20)[0], valid)


def test_rates_rise_and_fall_without_knowing_the_end():
    rate = study.falling(0.01)
    assert rate(0) < rate(study.WARMUP - 1) == pytest.approx(0.01) and rate(4 * study.WARMUP - 1) == pytest.approx(0.005)


@pytest.mark.slow
def test_a_row_of_the_study_over_size():
    found = study.run(seed=100, hidden_dim=8, steps=94, trial=2)
    model = study.language_model(900, 8, [[4]], seed=0)
    recurrent, shown, words = 4 * 8 * (8 + 8), 8 * 8, 8 * 900
    assert study.multiplications(model) == recurrent + shown + words
    assert value(found, measure="sentences", look=94) == 94 * study.BATCH
    assert value(found, measure="nats", look=94) > value(found, measure="truth") > 0
    assert value(found, measure="rate") in study.RATES
    assert [setting["seed"] for setting in study.STUDY.settings] == [seed for seed in range(5) for _ in study.HIDDEN]


def planted() -> tables.Curves:
    """Losses that are 18 + 100 / √P after the last look, higher before."""
    def row(seed, size):
        parameters = 1000 * size
        looks = [record for k, look in enumerate(study.LOOKS) for record in records(
            {"nats": 18 + 100 / parameters**0.5 + 5 - k, "spent": (k + 1) * size, "multiplications": 1e9 * size}, look=look)]
        return {"setting": {"seed": seed, "hidden_dim": size}, "seconds": 1.0,
                "found": [*looks, *records({"truth": 17.5, "parameters": parameters, "rate": 0.01})]}
    return tables.Curves([row(seed, size) for seed in range(2) for size in (16, 32, 64, 128)], "planted")


def test_curves_over_size_are_read_back():
    curves = planted()
    assert curves.sizes == [16, 32, 64, 128] and curves.truth == 17.5
    assert [each.mean for each in curves.of(16, "spent")] == [16, 32, 48, 64, 80, 96]
    law = curves.laws()[0]
    assert (law.floor, law.exponent) == (pytest.approx(18, abs=0.1), pytest.approx(0.5, abs=0.03))
    assert "exponent 0.5" in curves.said() and "the truth is 17.50" in curves.said()
    assert all(len(row) == len(curves.COLUMNS) for row in curves.table())
    grid, series = curves.over("spent")
    assert grid[0] == pytest.approx(16) and np.isnan(series["128 units"][0]) and np.isnan(series["16 units"][-1])
    assert series["16 units"][0] == pytest.approx(curves.of(16, "nats")[0].mean)


def test_without_a_recorded_study_there_are_no_curves(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "place", lambda name: tmp_path / f"{name}.json")
    assert tables.curves() is None


def test_published_figures_agree_with_themselves():
    """Nats over the logarithm of the perplexity are the words of a sentence: the same test sentences."""
    tokens = [float(nats) / math.log(float(perplexity)) for _, nats, perplexity, *_ in tables.PUBLISHED if perplexity]
    assert len(tokens) == 2 and tokens[0] == pytest.approx(tokens[1], abs=0.02)


def test_the_table_of_ptb_size_shows_what_is_recorded(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "place", lambda name: tmp_path / f"{name}.json")
    assert tables.ptb_size() is None
    exact = {"nats": 100.0, "error": 1.0, "perplexity": 60.0}
    found = {"text": "a text", "seed": 0, "machine": "2 cores", "command": "a command", "rows": {
        "language model": exact, "VAE": exact | {"above": 1.5, "above error": 0.1, "kl": 3.0, "information": 2.5}},
        "processor seconds": {"language model": 250, "VAE": 1_400}}
    (tmp_path / "ptb_size.json").write_text(json.dumps(found))
    rows, columns, said = tables.ptb_size()
    assert [row[3:] for row in rows] == [["", "", "", "250"], ["1.50 ± 0.10", "3.00", "2.50", "1,400"]]
    assert len(columns) == len(rows[0]) and "bounds" in said and "a command" in said
