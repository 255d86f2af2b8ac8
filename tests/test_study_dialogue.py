"""The study of lesson 16: pairs share seed, batches and judge; margins are taken at one entropy; a tiny run has every number."""
import math
from dataclasses import astuple

import pytest
import torch

from gensq_course import lessons, studies
from gensq_course.lessons.dialogue_gan import study as dialogue
from gensq_lib.text import corpora
from gensq_lib.text.corpora import dialogues

GAMES = ("start", *dialogue.WAYS, dialogue.FASTER)


def made_up(seed, gain, repeats=()):
    """Straight frontiers: valid = 1 - 0.1 entropy, the adversarial one above it and shorter."""
    found = []
    for way in GAMES:
        more, shorter = (gain, 0.8) if way == "adversarial" else (0.0, 0.01 if way in repeats else 1.0)
        for t in dialogue.TEMPERATURES:
            entropy = (t + 0.01 * seed) * shorter
            found += studies.records({"entropy": entropy, "valid": 1 - 0.1 * entropy + more}, way=way, temperature=t)
    return found


def test_margins_are_paired_and_at_one_entropy():
    margins = studies.paired([made_up(seed, gain) for seed, gain in enumerate((0.01, 0.02, 0.03))], ("adversarial", "shuffled"))
    assert astuple(margins["adversarial"]) == (pytest.approx(0.02), pytest.approx(0.01 / 3**0.5), 3)
    assert astuple(margins["shuffled"]) == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9), 3)


def test_a_gain_in_divergence_is_a_smaller_one_of_the_same_seed():
    seeds = [studies.records({"best js": js}, way="likelihood") + studies.records({"best js": js - gain}, way="adversarial")
             for js, gain in ((0.05, 0.01), (0.5, 0.02), (0.1, 0.03))]
    gain = dialogue.divergence_gains(seeds, ("adversarial",))["adversarial"]
    assert astuple(gain) == (pytest.approx(0.02, abs=1e-6), pytest.approx(0.01 / 3**0.5, rel=1e-4), 3)


def test_the_games_of_a_seed_stand_together():
    parts = ("models", 0, {"a": 1.0}), ("games", 0, {"b": 2.0}), ("games", 1, {"b": 3.0}), ("games with more", 0, {"c": 4.0})
    rows = [{"setting": {"seed": seed, "part": part}, "found": studies.records(found)} for part, seed, found in parts]
    assert dialogue.seeds_of_games(rows) == [studies.records({"b": 2.0, "c": 4.0}), studies.records({"b": 3.0})]


def test_a_way_that_repeats_itself_has_no_margin():
    found = studies.paired([made_up(0, 0.1, repeats=("no teacher",))], ("no teacher",))["no teacher"]
    assert math.isnan(found.mean) and math.isnan(found.error) and found.n == 0


def test_the_study_is_in_the_registry_with_its_seeds():
    rows = lessons.studies()["dialogue"].settings
    assert len(rows) == 15 and {row["seed"] for row in rows} == {0, 1, 2, 3, 4}
    assert {row["part"] for row in rows} == {"models", "games", "games with more"}


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A bench on which everything takes a moment."""
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path))
    for name, value in {"NUM_TRAIN": 60, "NUM_PROMPTS": 20, "NUM_TEST": 12, "NUM_FRESH": 24, "HIDDEN": 8, "MLE_STEPS": 2,
                        "VAE_STEPS": 2, "JUDGE_STEPS": 1, "STEPS": 1, "FRESH_STEPS": 1}.items():
        monkeypatch.setattr(dialogue, name, value)
    text = corpora.load_dialogues("doorstep", num_train=60, num_prompts=20)
    bench = dialogue.Bench(text, dialogues.fresh(text.grammar, "test", 12, seed=1), 0, hidden_dim=8, batch_size=6)
    monkeypatch.setattr(dialogue, "prepared", lambda seed, num_train=0: bench)
    return bench


@pytest.mark.slow
def test_a_tiny_run_has_every_number(small):
    alone = dialogue.run(seed=0, part="models")
    for way, measure in (("copying", "valid"), ("neither", "nll"), ("attention alone", "js"), ("VAE, plain", "KL"),
                         ("VAE, bag of words", "dimensions"), ("VAE, bag of words", "obeyed")):
        assert math.isfinite(studies.value(alone, way=way, measure=measure))
    found = dialogue.run(seed=0, part="games") + dialogue.run(seed=0, part="games with more")
    for way in (*GAMES, *dialogue.WITH_MORE.values()):
        assert 0 <= studies.value(found, way=way, temperature=1.0, measure="valid") <= 1
        assert 0 <= studies.value(found, way=way, measure="obeyed") <= 1
        assert len(studies.values(found, way=way, measure="fresh judge")) == (way in dialogue.FRESH)
        assert len(studies.curve(found, way)) == len(dialogue.TEMPERATURES)
        assert studies.value(found, way=way, measure="best js") == min(studies.values(found, way=way, measure="js"))
    assert 0 < studies.value(found, way="world", measure="distinct-2") < 1


def test_every_way_has_the_same_batches_and_prompts(small):
    first, again = small.game.prompts(3), small.game.prompts(3)
    assert torch.equal(first.tokens, again.tokens) and torch.equal(small.batches(2)(1).targets, small.batches(2)(1).targets)
    assert len(first) == small.batch_size
    assert small.judge().state_dict()["embed.weight"].equal(small.judge().state_dict()["embed.weight"])
    trained = {e.source for e in small.text.train}
    assert not trained & {e.source for e in small.test}, "fresh prompts"


def test_the_recorded_study_is_whole():
    """Five seeds of every part, every way at every temperature, and none of them without its margin."""
    rows = studies.read("dialogue")["rows"]
    assert [row["setting"] for row in rows] == list(dialogue.STUDY.settings)
    rivals = [way for way in (*GAMES, *dialogue.WITH_MORE.values()) if way != "likelihood"]
    margins = studies.paired(dialogue.seeds_of_games(rows), rivals)
    assert all(found.n == 5 for found in margins.values())


def test_what_the_lesson_says_of_the_recorded_study():
    """Its verdict in words holds for the numbers that stand beside it."""
    rows = studies.read("dialogue")["rows"]
    found = dialogue.seeds_of_games(rows)
    margins = studies.paired(found, (*GAMES, *dialogue.WITH_MORE.values()))
    nearer = dialogue.divergence_gains(found, ("best of 8",))["best of 8"]
    assert abs(margins["adversarial"].mean) < 2 * margins["adversarial"].error
    for worse in (dialogue.FASTER, "no teacher"):
        assert margins[worse].mean < -2 * margins[worse].error
    assert margins["shuffled"].mean > 2 * margins["shuffled"].error
    instead = studies.paired(found, ("shuffled",), against="adversarial")["shuffled"]
    assert instead.mean > 2 * instead.error
    assert abs(margins["best of 8"].mean) < 2 * margins["best of 8"].error and nearer.mean < -2 * nearer.error
    assert margins[dialogue.WITH_MORE["likelihood"]].mean > margins[dialogue.WITH_MORE["adversarial"]].mean > 0
    fresh = studies.by(rows, "way", measure="fresh judge")["start"]
    best = studies.by(rows, "way", measure="judge", temperature=1.0)["start"]
    assert (fresh.mean, best.mean) == (pytest.approx(0.51, abs=0.005), pytest.approx(0.60, abs=0.005))


@pytest.mark.slow
def test_recorded_rows_come_out_again():
    """As far as another processor's rounding allows."""
    row = studies.read("dialogue")["rows"][0]
    again = studies.recompute(dialogue.STUDY, row)
    for way in dialogue.PLAIN:
        now, then = (studies.value(found, way=way, measure="valid") for found in (again, row["found"]))
        assert now == pytest.approx(then, abs=0.05)
