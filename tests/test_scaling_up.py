"""Lesson 22: a text whose truth adds up, padding and products counted, batches that keep every sentence, curves over size."""
import json
import math
from importlib.util import find_spec

import numpy as np
import pytest
import torch
from torch.profiler import profile

from gensq_course import studies
from gensq_course.lessons.scaling_up import batches, halves, layers, naive, profiling, ranks, study, study_rates, tables, together
from gensq_course.lessons.scaling_up.source import LONGEST, ZipfText
from gensq_course.studies.rows import records, value, values
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
    assert batches.noise(batches.slopes(model, [batch] * 3)) == (pytest.approx(0, abs=1e-6), pytest.approx(0, abs=1e-6))
    assert batches.noise(batches.slopes(model, [batch, other, batch, other]))[0] > 0.01


def test_noise_and_its_error_are_those_of_known_gradients():
    """Of a mean of length 1 and a variance of 2 in all; the jackknife's error is about the scatter over repetitions."""
    draw = torch.Generator().manual_seed(0)
    far = torch.eye(50)[0] + (2 / 50) ** 0.5 * torch.randn(300, 60, 50, generator=draw)
    found = torch.tensor([batches.noise(each) for each in far])
    assert found[:, 0].mean().item() == pytest.approx(2, rel=0.05)
    assert found[:, 1].mean().item() == pytest.approx(found[:, 0].std().item(), rel=0.25)


def test_the_mean_of_unequal_batches_leans_and_that_of_equal_ones_does_not(model):
    """By the usual number of sentences it does not lean either: then the mean is the gradient of all sentences."""
    short, long = collate(sorted(LINES, key=len)[:30]), collate(sorted(LINES, key=len)[-3:])
    found, sizes = batches.slopes(model, [short, long]), torch.tensor([30, 3])
    whole = sorted(LINES, key=len)[:30] + sorted(LINES, key=len)[-3:]
    right = batches.slope(model, -model.log_likelihood(collate(whole)).mean())
    assert batches.leaning(found, sizes) == pytest.approx(batches.apart(found.mean(0), right), rel=1e-3) and batches.leaning(
        found, sizes) > 0.1 > 1e-6 > batches.leaning(found, torch.tensor([3, 3]))
    noise, leans = batches.noise_and_leaning(model, {"some": [short, long, short, long]}, weighed="some")
    assert leans["some"] > 0.1 > 1e-5 > leans["some, over the usual number"] and set(noise) == set(leans)


def test_packed_words_are_all_of_them():
    words, places = batches.packed(LINES)
    back = [words[a:b].tolist() for a, b in zip(places, [*places[1:], len(words)], strict=True)]
    assert words.dtype == np.uint8 and back == LINES


def test_words_and_the_question_whether_it_ends_are_the_whole(model):
    """A model that always ends where the sentence does pays nothing for the question; here both are counted by hand."""
    batch = collate(LINES[:5])
    hidden, _ = model.decoder.read(batch.inputs, model.decoder.start(None, 5))
    p = model.decoder.logits(hidden).softmax(-1).detach()
    end = sum(-math.log(p[i, n - 1, 2]) - sum(math.log(1 - p[i, t, 2]) for t in range(n - 1))
              for i, n in enumerate(batch.lengths.tolist()))
    words, ends = layers.words_and_end(model, LINES[:5], "cpu")
    assert ends == pytest.approx(end / 5, rel=1e-4)
    assert words + ends == pytest.approx(layers.needed(model, LINES[:5], "cpu"), rel=1e-5)
    (_, short), (_, long) = layers.by_length(model, LINES, "cpu")
    assert short < long


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
    parts = {profiling.part(event, {50}) for event in events}
    assert parts == {profiling.OUTPUT, profiling.RECURRENT, profiling.OPTIMISER, profiling.REST}
    shares = profiling.shares_of_time(events, vocab_size=50)
    assert set(shares) == parts and sum(shares.values()) == pytest.approx(1)
    embedding = [event for event in events if "embedding" in event.name]
    assert embedding and all(profiling.part(event, {50}) == profiling.REST for event in embedding)


@pytest.mark.parametrize("name", ["full", "adaptive", "sampled"])
def test_a_step_of_the_library_is_profiled_by_part(name):
    learnt = layers.beginner(name, LINES, 2400, seed=0, device="cpu")
    found = profiling.of_a_step(learnt, [collate(LINES[:4]), collate(LINES[4:8])])
    assert list(found) == [profiling.OUTPUT, profiling.RECURRENT, profiling.OPTIMISER, profiling.REST]
    assert min(found.values()) > 0
    widths = profiling.widths_of(learnt.model.decoder.to_vocab)
    assert widths == {"full": {2400}, "adaptive": {122, 480, 1800}, "sampled": {2400, 1024, 1025}}[name]


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


def test_the_table_of_ranks_has_its_yardsticks():
    """The right way is nought in every column; a forgotten R is two thirds, and nothing for Adam's first step."""
    torch.manual_seed(0)
    vae = TextVAE(vocab_size=SMALL.vocab_size, embed_dim=8, hidden_dim=6, latent_dim=2, tie=False)
    batch, other = collate(LINES[:9]), collate(LINES[9:18])
    found = ranks.distances(vae, ranks.scaled_losses, batch, other, seed=0, sizes=(2, 3, 4))
    chance, length, adam = found.values()
    assert max(chance["sums, times R / N"], length["sums, times R / N"]) < 1e-5 and adam["R forgotten"] < 0.05
    assert chance["R forgotten"] == pytest.approx(2 / 3, abs=1e-4) and chance["another random batch"] > 0.3
    assert length["mean of means"] > 0.05 and chance.keys() == length.keys() == adam.keys()


def test_a_mean_of_means_is_right_on_average_where_sentences_are_dealt_by_chance(model):
    """Over all ways to deal three sentences to ranks of two and one; by length it leans, whatever the luck."""
    lines = sorted(LINES[:3], key=len)
    losses = -model.log_likelihood(collate(lines))
    each = torch.stack([batches.slope(model, loss) for loss in losses])
    dealt = [(each[[i for i in range(3) if i != one]].mean(0) + each[one]) / 2 for one in range(3)]
    assert batches.apart(torch.stack(dealt).mean(0), each.mean(0)) < 1e-5 < 0.02 < batches.apart(dealt[2], each.mean(0))


def test_a_way_in_bf16_has_the_draws_of_fp32(monkeypatch):
    torch.manual_seed(0)
    vae = TextVAE(vocab_size=SMALL.vocab_size, embed_dim=8, hidden_dim=6, latent_dim=2, tie=False)
    found, took = halves.bounds(vae, LINES[:6], num_samples=3, seed=0, device="cpu")
    same, other = ((found[name] - found["fp32"]).abs().mean() for name in (halves.SAME, halves.OTHER))
    assert found.keys() == took.keys() == halves.WAYS.keys() and 0 < same < 0.3
    monkeypatch.setattr(halves, "WAYS", {"fp32": (1, False), "again": (1, False), "other": (2, False)})
    found, _ = halves.bounds(vae, LINES[:6], num_samples=3, seed=0, device="cpu")
    assert torch.equal(found["fp32"], found["again"]) and not torch.equal(found["fp32"], found["other"]) and other > 0


def test_errors_of_the_head_are_of_frequent_words_in_three_ways():
    learnt = layers.beginner("adaptive", LINES, 2400, seed=0, device="cpu")
    batch = collate(LINES[:20])
    with torch.no_grad():
        found = halves.errors_of_the_head(learnt.model, batch)
    torchs, _, ours = found.values()
    frequent = int((batch.targets[batch.mask] < 120).sum())
    assert {len(each) for each in found.values()} == {frequent} and torchs.abs().mean() > 2 * ours.abs().mean() > 0


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
    assert valid.shape == (2,) and test.shape == (2, 20) and valid[0] != valid[1]
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
    assert [setting["seed"] for setting in study.STUDY.settings] == [seed for seed in study.SEEDS for _ in study.HIDDEN]


def planted() -> tables.Curves:
    """Losses that are 18 + 100 / √P after the last look, higher before."""
    def row(seed, size):
        parameters = 1000 * size
        looks = [record for k, look in enumerate(study.LOOKS) for record in records(
            {"nats": 18 + 100 / parameters**0.5 + 5 - k, "spent": (k + 1) * size, "multiplications": 1e9 * size}, look=look)]
        return {"setting": {"seed": seed, "hidden_dim": size}, "seconds": 1.0,
                "found": [*looks, *records({"truth": 17.5, "parameters": parameters, "rate": 0.02 if size < 128 else 0.16})]}
    return tables.Curves([row(seed, size) for seed in range(2) for size in (16, 32, 64, 128)], "planted")


def test_curves_over_size_are_read_back():
    curves = planted()
    assert curves.sizes == [16, 32, 64, 128] and curves.truth == 17.5
    assert [each.mean for each in curves.of(16, "spent")] == [16, 32, 48, 64, 80, 96]
    law = curves.laws()[0]
    assert (law.floor, law.exponent) == (pytest.approx(18, abs=0.1), pytest.approx(0.5, abs=0.03))
    assert "exponent 0.5" in curves.said() and "the truth is 17.50" in curves.said()
    assert "for 0 of 2 seeds the exponent is the smallest" in curves.said()
    assert "2 of 8 runs took the smallest or largest rate" in curves.said()
    assert all(len(row) == len(curves.COLUMNS) for row in curves.table())
    assert [row[-1] for row in curves.table()] == ["0.02 (2 of 2)"] * 3 + ["0.16 (2 of 2)"]
    grid = curves.grid("spent")
    series = curves.over("spent", grid)
    assert grid[0] == pytest.approx(16) and np.isnan(series["128 units"][0]) and np.isnan(series["16 units"][-1])
    assert series["16 units"][0] == pytest.approx(curves.of(16, "nats")[0].mean)


def test_who_is_ahead_is_read_off_the_rows_and_counts_who_was_done():
    """At first only the smallest has been looked at; in the end the largest is ahead; those that were done keep their nats."""
    curves = planted()
    at = [16.0, 96.0, 768.0]
    assert curves.ahead("spent", np.array(at)) == ["16 units", "16 units", "128 units"]
    assert curves.over("spent", np.array(at), done=None)["16 units"][-1] == pytest.approx(curves.of(16, "nats")[-1].mean)
    said = curves.turns("spent", "s")
    assert said.startswith("16 units from 16 to ") and "128 units from " in said and "768 s" in said and "so in 2 of 2" in said


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
    exact = {"nats": 100.0, "error": 1.0, "perplexity": 60.0, "above": 0.0, "above error": 0.0}
    bound = exact | {"above": 1.5, "above error": 0.1, "tighter, above": -0.07, "tighter, above error": 0.04, "kl": 3.0,
                     "information": 2.5}
    found = {"text": "a text", "seed": 0, "machine": "2 cores", "command": "a command",
             "rows": {"language model": exact, "VAE": bound}, "processor seconds": {"language model": 250, "VAE": 1_400}}
    (tmp_path / "ptb_size.json").write_text(json.dumps(found))
    rows, columns, said = tables.ptb_size()
    assert [row[3:] for row in rows] == [["0.00", "", "", "", "250"], ["1.50 ± 0.10", "-0.07 ± 0.04", "3.00", "2.50",
                                                                   "1,400 after 250"]]
    assert len(columns) == len(rows[0]) and "bounds" in said and "a command" in said


def test_the_table_of_memory_shows_what_is_recorded(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "place", lambda name: tmp_path / f"{name}.json")
    assert tables.memory() is None
    one = {name: {"median": median} for name, median in (("megabytes", 450.4), ("tokens", 80_000.0), ("first batch", 0.25))}
    found = {"command": "a command", "machine": "2 cores", "found": {"pairs": {"10": one, "1,000": one}}}
    (tmp_path / "memory.json").write_text(json.dumps(found))
    rows, columns, said = tables.memory()
    assert rows == [["pairs", "10", "450", "80,000", "0.2"], ["pairs", "1,000", "450", "80,000", "0.2"]]
    assert len(columns) == len(rows[0]) and "a command" in said


def test_the_rates_tried_are_shown_and_the_best_one_of_each_layer_is_taken(tmp_path, monkeypatch):
    found, columns, _ = tables.rates_tried()
    for name, *nats in found:
        best = min(range(len(nats)), key=[float(each) for each in nats].__getitem__)
        assert columns[1 + best] == f"rate {layers.RATE:g}" and 0 < best < len(nats) - 1, (name, nats)
    assert {setting["rate"] for setting in study_rates.STUDY.settings} == set(study_rates.TRIED)
    monkeypatch.setattr(tables, "place", lambda name: tmp_path / f"{name}.json")
    assert tables.rates_tried() is None


def test_a_row_of_the_rates_is_of_its_rate():
    small = {"words": 40, "num_train": 64, "steps": 2}
    low, high = (study_rates.run(output="full", rate=rate, **small) for rate in (5e-3, 8e-2))
    assert value(low, measure="nats") != value(high, measure="nats")


@pytest.mark.parametrize("module", [study, study_rates], ids=["sizes", "rates"])
def test_the_recorded_tables_are_whole(module):
    recorded = studies.read(module.STUDY.name)
    assert [row["setting"] for row in recorded["rows"]] == module.STUDY.settings
    assert all(math.isfinite(each) for row in recorded["rows"] for each in values(row["found"], measure="nats"))
