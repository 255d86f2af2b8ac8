"""What lesson 05 writes out by hand is what the library has; and it runs on a reader's file, where no truth is known."""
import math

import pytest
import torch
from test_lessons import from_lesson
from torch import nn

from gensq_course.execute import running
from gensq_course.lessons.language_models import agreement
from gensq_lib.maths.objectives import Score
from gensq_lib.models.ngram import Level, discount_of
from gensq_lib.text import decoding

LESSON = "05_language_models"


@torch.no_grad()
def test_the_hand_written_lstm_is_torch_s():
    lesson = from_lesson(LESSON, "by-hand", "ex-cell-solution")
    lesson["LSTMByHand"].forward.__globals__["lstm_cell"] = lesson["lstm_cell_solution"]
    by_hand, theirs = lesson["LSTMByHand"](6, 9), nn.LSTM(6, 9, batch_first=True)
    theirs.weight_ih_l0.copy_(by_hand.read_word.weight)
    theirs.weight_hh_l0.copy_(by_hand.read_state.weight)
    theirs.bias_ih_l0.copy_(by_hand.read_word.bias)
    theirs.bias_hh_l0.copy_(by_hand.read_state.bias)
    words = 3 * torch.randn(4, 12, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(by_hand(words), theirs(words)[0])


def test_the_three_units_are_those_of_a_score():
    units = from_lesson(LESSON, "ex-units-solution")["three_units_solution"]
    log_probs, lengths = -torch.rand(5, 9, generator=torch.Generator().manual_seed(0)), torch.tensor([9, 1, 4, 6, 2])
    real = torch.arange(9) < lengths[:, None]
    score = Score((log_probs * real).sum(1), lengths)
    expected = [score.nats_per_sentence, score.nats_per_sentence / score.tokens_per_sentence, score.perplexity]
    assert units(log_probs, lengths).tolist() == pytest.approx(expected, rel=1e-5)


def test_kneser_ney_is_a_level_of_the_n_gram():
    table = torch.tensor([[0.0, 9, 1, 0], [1, 0, 1, 2], [1, 0, 1, 2], [1, 0, 3, 0]])
    seen = table.flatten().numpy()
    counts, keys = seen[seen > 0], seen.nonzero()[0]
    level = Level.counted(keys, counts, num_contexts=4, vocab_size=4)
    below = (table > 0).sum(0) / (table > 0).sum()
    expected = torch.as_tensor(level.left_over)[:, None] * below
    for key, kept in zip(keys, level.discounted, strict=True):
        expected[key // 4, key % 4] += kept / level.total[key // 4]
    smoothed = from_lesson(LESSON, "ex-kneser-ney-solution")["kneser_ney_solution"](table, discount_of(counts))
    torch.testing.assert_close(smoothed.double(), expected, atol=1e-6, rtol=1e-5)


def test_the_nucleus_is_that_of_the_sampler():
    nucleus = from_lesson(LESSON, "ex-nucleus-solution")["nucleus_solution"]
    log_probs = (2 * torch.randn(50, 30, generator=torch.Generator().manual_seed(0))).log_softmax(-1)
    for p in (0.3, 0.8, 0.95):
        torch.testing.assert_close(nucleus(log_probs, p), decoding.nucleus_logits(log_probs, p).softmax(-1))


@torch.no_grad()
def test_attention_is_that_of_torch():
    attend = from_lesson(LESSON, "ex-attend-solution")["attend_solution"]
    query, key, value = torch.randn(3, 2, 6, 4, generator=torch.Generator().manual_seed(0))
    expected = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    torch.testing.assert_close(attend(query, key, value), expected)


def test_the_beam_searches_counts_of_pairs():
    search = from_lesson(LESSON, "ex-beam-solution")["beam_search_solution"]
    sentences = [[5, 4, 6], [5, 4], [4, 6, 5, 4], [6], [5, 5, 4, 6], [4, 6]]
    table = agreement.pair_counts(sentences)
    assert table.sum() == sum(len(ids) + 1 for ids in sentences) and table[0].tolist() == [0, 2, 3, 1]
    log_p = ((table + 0.1) / (table + 0.1).sum(1, keepdim=True)).log()
    assert search(log_p, 4**5, 5) >= search(log_p, 1, 5)


def test_chance_alone_is_measured():
    """Two sets of 500 fair coins differ by .025 on average: half the mean of |difference| times two."""
    mean, often = agreement.by_chance({"a": 0.5, "b": 0.5}, nums=(500, 500), seed=0)
    assert mean == pytest.approx((2 / math.pi) ** 0.5 * (0.5 / 500) ** 0.5, rel=0.1) and often > 2 * mean


@pytest.mark.slow
def test_the_lesson_runs_on_a_reader_s_file(tmp_path, monkeypatch):
    """No grammar: what needs it is left out, the rest runs, and only the sampler is held against a bound."""
    lines = [f"the {a} {b} the {c} ." for a in ("cat", "dog", "cow") for b in ("sees", "likes", "hears", "finds", "draws")
             for c in ("man", "sun", "tree", "house", "river", "moon", "star", "road", "pond")]
    (tmp_path / "mine.txt").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("GENSQ_PROGRESS", "0")
    outcome = running.run(LESSON, parameters={"corpus": f"file:{tmp_path / 'mine.txt'}", "budget": "smoke"},
                         output=tmp_path / "report")
    assert outcome.status == "passed", outcome.message
    assert "nll_lstm" in outcome.metrics["recorded"] and "nll_exact" not in outcome.metrics["recorded"]
    claims = outcome.metrics["claims"]
    assert set(claims) == {"sampler_z", "sampler_power"} and not any(claim["asserted"] for claim in claims.values())
