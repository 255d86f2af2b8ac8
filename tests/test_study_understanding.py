"""Lesson 10: who may see which labels, the recorded tables, and what its pages are made of."""
from dataclasses import replace

import numpy as np
import pytest
import torch

from gensq_course import studies
from gensq_course.lessons.understanding import pictures, study, study_people, truth
from gensq_course.studies import labelling
from gensq_course.studies.pool import Pool, last_states, mean_states
from gensq_lib.diagnostics.calibration import Predictions
from gensq_lib.maths.stats import estimate
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text import corpora
from gensq_lib.text.batching import collate


@pytest.fixture(scope="module")
def pool():
    return Pool(corpora.load_labelled("village", attribute="tense", num_train=400), None, None)


@pytest.mark.parametrize("num", [2, 20, 0])
def test_those_to_learn_from_and_those_to_choose_by_are_others(pool, num):
    few = pool.draw(num, seed=1)
    assert not set(few.known) & set(few.dev) and few == pool.draw(num, seed=1) != pool.draw(num, seed=2)
    assert len(few.known) == (num or 320) and len(few.dev) == min(num or 80, 80), "to choose by: no more than to learn from"
    assert len({pool.labels["train"][i] for i in few.known}) > 1


@pytest.mark.parametrize("way", ["majority", "naive Bayes, words", "logistic regression, words", "logistic regression, TF-IDF",
                                 "self-training, words", "logistic regression, LSA", "LSTM"])
def test_every_way_gives_probabilities_and_beats_the_majority(pool, way, tmp_path, monkeypatch):
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path))
    monkeypatch.setenv("GENSQ_PROGRESS", "0")
    found = pool.judged(labelling.WAYS[way](pool, pool.draw(100, seed=0)))
    assert found.probs.shape == (2_000, 3) and (found.accuracy.mean > 0.6) == (way != "majority")


@pytest.mark.parametrize("way", ["logistic regression, words", "naive Bayes, words"])
def test_shuffled_labels_teach_nothing(pool, way):
    """On average over how they are dealt out: of three tenses, which hang on a few words, one deal may be .55 by luck."""
    before = pool.labels["train"].copy()
    found = [pool.judged(labelling.shuffled(labelling.WAYS[way])(pool, pool.draw(100, seed=seed))) for seed in range(12)]
    assert estimate([each.accuracy.mean for each in found]).mean < 0.45 and (pool.labels["train"] == before).all()


def test_what_nobody_may_see_is_neither_learnt_from_nor_chosen_by(pool):
    few = pool.draw(50, seed=3)
    assert sorted([*few.known, *few.dev, *pool.hidden(few)]) == list(range(400))
    assert labelling.read_unlabelled(pool, few)["self-training, words"] == "300"
    assert labelling.read_unlabelled(pool, few, m2_steps=10)["M2"].startswith("120 (")


def test_other_dice_are_another_untrained_encoder():
    text = corpora.load_labelled("village", attribute="tense", num_train=40)
    vae = TextVAE(vocab_size=len(text.text.vocab), embed_dim=4, hidden_dim=6, latent_dim=2)
    here = Pool(text, None, vae)
    assert here.untrained(1)["train"].shape == (40, 2) and here.untrained(1) is here.untrained(1)
    assert not np.allclose(here.untrained(1)["train"], here.untrained(2)["train"])


def test_more_labels_than_colours_are_bars_of_the_likeliest_alone():
    labels, shares = [f"label{i}" for i in range(12)], [0.5, *[0.5 / 11] * 11]
    page = pictures.word_by_word(["a"], {"somebody": [shares, shares]}, labels).html
    assert "the likeliest label" in page and page.count("width:50px") == 2 and "label11" not in page


def test_short_shares_have_no_zeros_in_front():
    assert pictures.short(estimate([0.4, 0.5])) == ".45\u202f±\u202f.05" and pictures.short(None) == ""
    assert pictures.short(estimate([1.0, 1.0])) == "1.00\u202f±\u202f.00"


def test_without_a_grammar_a_label_is_all_that_is_known():
    known = corpora.load_labelled("village", attribute="tense", num_train=40)
    unknown = replace(known, text=replace(known.text, grammar=None))
    assert truth.meant(unknown, "train")[0] == {"tense": known.labels.train[0]}
    assert truth.meant(known, "train")[0].items() > truth.meant(unknown, "train")[0].items()


def test_a_label_that_was_never_met_has_probability_0():
    class Knows:
        classes_ = np.array([0, 2])

        def predict(self, features):
            return features[:, 0]

        def predict_proba(self, features):
            return np.full((len(features), 2), 0.5)

    assert labelling.all_labels(Knows(), np.zeros((1, 1)), 3).tolist() == [[0.5, 0.0, 0.5]]


def test_sentences_cut_short_begin_as_they_did():
    whole = corpora.load_labelled("village", attribute="tense", num_train=50)
    cut = truth.cut_short(whole, seed=0, num_test=30)
    for part in ("train", "test"):
        for said, short in zip(getattr(whole.text, part), getattr(cut.text, part), strict=False):
            assert 0 < len(short) < len(said) and said[: len(short)] == short
    assert len(cut.text.test) == len(cut.labels.test) == 30 and len(whole.text.test) == 2_000
    probs = truth.exact_posteriors(cut, cut.text.test)
    judged = Predictions(probs, torch.tensor(cut.ids("test")))
    assert judged.accuracy.mean > 0.4 and truth.chance_deviations(judged, seed=0) < 4


def test_confidence_is_held_against_the_exact_probability_of_what_is_said():
    exact = Predictions(torch.tensor([[0.6, 0.4], [0.3, 0.7]]), torch.tensor([0, 1]))
    said = Predictions(torch.tensor([[0.2, 0.8], [0.5, 0.5]]), torch.tensor([0, 1]))
    assert truth.too_sure(exact, exact).mean == 0
    assert truth.too_sure(said, exact).mean == pytest.approx(((0.8 - 0.4) + (0.5 - 0.3)) / 2)


def test_the_sentence_that_stays_open_longest():
    def posterior(beginnings):
        return torch.tensor([[1.0, 0.0] if len(said) >= 3 else [0.5, 0.5] for said in beginnings])

    assert truth.open_longest(posterior, [("a",), ("a", "b", "c", "d"), ("a", "b")]) == ("a", "b", "c", "d")


def test_the_mean_state_is_that_of_the_words():
    lm = LanguageModel(vocab_size=12, embed_dim=4, hidden_dim=6).eval()
    alone, both = collate([[5, 6]]), collate([[5, 6], [7, 8, 9, 10]])
    features, _ = lm.decoder.read(alone.inputs, lm.start(None, 1))
    assert torch.allclose(mean_states(lm, alone)[0], features[0].mean(0), atol=1e-6)
    assert torch.allclose(mean_states(lm, both)[0], mean_states(lm, alone)[0], atol=1e-6), "padding does not count"
    assert torch.allclose(last_states(lm, both)[0], features[0, -1], atol=1e-6)


def test_a_search_by_truth_is_the_best_that_there_is():
    queries = [{"a": "x", "b": "y"}, {"a": "z", "b": "y"}]
    pool = [{"a": "z", "b": "y"}, {"a": "x", "b": "q"}, {"a": "x", "b": "y"}]
    found = truth.search({"by hand": [1, 0]}, queries, pool)
    assert {name: each["all"].mean for name, each in found.items()} == {"by truth": 1.0, "by hand": 0.75, "at random": 0.25}
    assert found["by hand"]["a"].mean == 1.0 and found["by hand"]["b"].mean == 0.5
    assert truth.nearest(np.array([[2.0, 0.1], [0.0, 3.0]]), np.array([[0.0, 1.0], [9.0, 0.0]])) == [1, 0]


def test_bars_word_by_word_are_escaped_and_say_their_numbers():
    page = pictures.word_by_word(["<b>"], {"truth": [[0.5, 0.5], [0.9, 0.1]]}, ["bad", "good"]).html
    assert "no sentence begins so" in pictures.word_by_word([], {"truth": [[0.0, 0.0]]}, ["bad", "good"]).html
    assert "&lt;b&gt;" in page and "<b>" not in page and "bad 90%" in page and "(nothing yet)" in page


@pytest.mark.parametrize("one", [study.STUDY, study_people.STUDY], ids=lambda one: one.name)
def test_the_record_has_the_rows_of_the_study(one):
    recorded = studies.read(one.name)
    assert [row["setting"] for row in recorded["rows"]] == list(one.settings) and recorded["minutes_of_one_core"] <= 60


def test_leads_are_taken_draw_by_draw():
    rows = [{"setting": {"attribute": "a", "num": 1, "draw": d}, "seconds": 0.0, "found": [
        {"way": way, "measure": "accuracy", "value": value} for way, value in (("one", 0.5 + d / 10), ("two", d / 10))]}
        for d in range(3)]
    found = pictures.lead(rows, "one", "two", attribute="a", num=1)
    assert found.mean == pytest.approx(0.5) and found.error == pytest.approx(0.0, abs=1e-9)


@pytest.mark.slow
def test_a_recorded_row_is_found_again():
    row = next(row for row in studies.read("understanding")["rows"] if row["setting"]["attribute"] == "type")
    again = study.STUDY.run(**row["setting"])
    for old, new in zip(row["found"], again, strict=True):
        assert (old["way"], old["measure"]) == (new["way"], new["measure"])
        assert new["value"] == pytest.approx(old["value"], abs=0.01)
