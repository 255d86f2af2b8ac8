"""The field's usual metrics: tables made by hand, closed forms, and what each says where the truth is enumerated."""
import math
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy import integrate

from gensq_course.studies import patients
from gensq_lib.diagnostics import Outcomes, usual
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.ngram import NGram
from gensq_lib.text.batching import collate

A, B, C = ("a", "b", "c", "d"), ("a", "b", "c", "e"), ("x", "y", "z", "w")


# --- BLEU

def by_definition(sample, references, order=4):
    """Papineni's formula for a sample as long as a reference and with a match of every order: no penalty, no smoothing."""
    precisions = []
    for n in range(1, order + 1):
        said = Counter(usual.ngrams(sample, n))
        most = Counter()
        for reference in references:
            most |= Counter(usual.ngrams(reference, n))
        precisions.append((said & most).total() / said.total())
    return 100 * math.exp(sum(map(math.log, precisions)) / order)


def test_bleu_is_the_formula():
    sample, references = tuple("abcdabc"), [tuple("abcdefg"), tuple("dabchij")]
    assert usual.bleu([sample], references) == pytest.approx(by_definition(sample, references))
    assert by_definition(sample, references) == pytest.approx(100 * (4 / 7 * 4 / 6 * 3 / 5 * 2 / 4) ** 0.25)


def test_bleu_counts_a_word_as_often_as_one_reference_has_it():
    """The example of the paper: seven times "the" against a reference that says it twice has a precision of 2/7."""
    said = ("the",) * 7
    references = [("the", "cat", "is", "on", "the", "mat", "."), ("there", "is", "a", "cat", "on", "the", "mat")]
    assert usual.bleu([said], references, order=1) == pytest.approx(100 * 2 / 7)


def test_bleu_is_the_mean_over_the_samples():
    assert usual.bleu([A, C], [A, B]) == pytest.approx((usual.bleu([A], [A, B]) + usual.bleu([C], [A, B])) / 2)
    assert usual.bleu([A], [C, A]) == pytest.approx(100)


def test_bleu_asks_for_nothing_that_is_not_said():
    assert usual.bleu([A] * 5, [A, B, C]) == pytest.approx(100)


def test_self_bleu():
    assert usual.self_bleu([A] * 4) == pytest.approx(100)
    assert usual.self_bleu([A, B, C, A]) == pytest.approx(usual.bleu([A, B], [C, A]))
    assert usual.self_bleu([A, C]) < 20


# --- distinct

@pytest.mark.parametrize("n, share", [(1, 5 / 8), (2, 4 / 8), (3, 3 / 8), (4, 2 / 8), (9, 0)])
def test_distinct_by_hand(n, share):
    assert usual.distinct([A, B], n=n) == pytest.approx(share)


def test_distinct_of_a_parrot():
    assert usual.distinct([A] * 10, n=2) == pytest.approx(3 / 40)


# --- perplexities

def test_perplexity_is_that_of_the_counts():
    """Of a bigram that has read "4 5" twice and "4 4" once."""
    read, scored = [[4, 5], [4, 5], [4, 4]], [[4, 5], [5]]
    model = NGram(order=2, vocab_size=6).fit(read)
    found = -model.log_likelihood(collate(scored)).double().sum().item()
    assert usual.perplexity_after(read, scored, vocab_size=6, order=2) == pytest.approx(math.exp(found / 5))


# --- the frontier

@pytest.mark.parametrize("scale", [1.0, 2.0, 5.0])
def test_the_frontier_of_what_has_nothing_in_common(scale):
    """Then the curve is ((1 - w)^c, w^c), and the area c B(c + 1, c)."""
    area = scale * math.gamma(scale + 1) * math.gamma(scale) / math.gamma(2 * scale + 1)
    assert usual.divergence_frontier(np.array([1.0, 0.0]), np.array([0.0, 1.0]), scale=scale) == pytest.approx(area, rel=1e-3)


def test_the_frontier_of_equals_is_1():
    assert usual.divergence_frontier(np.array([0.2, 0.8]), np.array([0.2, 0.8])) == pytest.approx(1)


def test_the_frontier_is_the_integral():
    p, q, scale = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.2, 0.6]), 5.0

    def point(w):
        r = w * p + (1 - w) * q
        return [math.exp(-scale * (one * np.log(one / r)).sum()) for one in (q, p)]

    def slope(w, step=1e-6):
        return (point(min(w + step, 1))[0] - point(max(w - step, 0))[0]) / (min(w + step, 1) - max(w - step, 0))

    under = integrate.quad(lambda w: -point(w)[1] * slope(w), 0, 1)[0] + point(1)[0]  # left of the curve its height is 1
    assert usual.divergence_frontier(p, q, scale=scale) == pytest.approx(under, rel=1e-3)
    assert usual.divergence_frontier(p, q) == pytest.approx(usual.divergence_frontier(q, p), rel=1e-3)


def test_the_frontier_falls_as_two_move_apart():
    areas = [usual.divergence_frontier(np.array([0.5, 0.5]), np.array([share, 1 - share])) for share in (0.5, 0.6, 0.8, 1.0)]
    assert areas == sorted(areas, reverse=True) and areas[0] == pytest.approx(1)


def test_the_score_tells_like_from_unlike():
    real, again, parrot = [A, B, C] * 40, [C, A, B] * 40, [A] * 120
    assert usual.frontier_score(real, again, seed=0) > 0.95
    assert usual.frontier_score(real, parrot, seed=0) < 0.5
    assert usual.frontier_score(real, [("p", "q")] * 120, seed=0) == pytest.approx(0.00397, rel=0.01)


@pytest.mark.parametrize("call", [
    lambda: usual.bleu([], [A]), lambda: usual.bleu([A], []), lambda: usual.self_bleu([A]), lambda: usual.distinct([], n=2),
    lambda: usual.perplexity_after([], [[4]], vocab_size=6), lambda: usual.perplexity_after([[4]], [], vocab_size=6),
    lambda: usual.frontier_score([A], [], seed=0)])
def test_a_mean_of_nothing_is_a_sentence(call):
    with pytest.raises(GensqError, match="at least one sentence"):
        call()


# --- patients

@pytest.fixture(scope="module")
def ward():
    from gensq_lib.diagnostics import all_sentences
    from gensq_lib.text import corpora

    text = corpora.load("village", seed=0, num_train=500)
    return patients.Ward(text, all_sentences(text.grammar, text.vocab), seed=0, num=60)


@pytest.fixture(scope="module")
def tried(ward):
    return patients.trial(ward, {}, fresh=3)


def test_patients_are_the_distributions_that_they_draw_from(ward):
    """p of each, added over the sentences that are drawn most, is how often they are drawn."""
    for name, patient in ward.patients().items():
        drawn = Counter(map(tuple, patient.draw(4_000, torch.Generator().manual_seed(1))))
        p = dict(zip(ward.sentences, patient.log_p.exp().tolist()))
        told = sum(p.get(sentence, 0.0) for sentence in drawn)
        some = sorted(p, key=p.get, reverse=True)[:2_000]
        expected, found = sum(p[s] for s in some), sum(drawn[s] for s in some) / 4_000
        assert abs(found - expected) < 4 * math.sqrt(0.25 / 4_000), name
        assert told <= 1 + 1e-9


def test_shuffled_words_are_counted_exactly():
    """Two sentences of the same words, p .6 and .3, and one of two equal words: every order is as likely."""
    surprise = {("a", "b"): -math.log(0.6), ("b", "a"): -math.log(0.3), ("c", "c"): -math.log(0.1)}
    found = patients.Ward.shuffled(SimpleNamespace(surprise=surprise, sentences=list(surprise))).log_p.exp()
    torch.testing.assert_close(found, torch.tensor([0.45, 0.45, 0.1]))
    assert patients.orders(("c", "c", "d")) == 3


def test_what_is_so_of_the_patients(tried):
    exact = tried.exact
    assert [exact["the truth"][measure] for measure in ("js", "kl_forward")] == pytest.approx([0, 0], abs=1e-9)
    for name in ("half forgotten", "parrot", "copied training set"):
        assert exact[name]["kl_forward"] == math.inf and 0 < exact[name]["kl_valid"] < 10, name
        assert exact[name]["valid"] == pytest.approx(1)
    assert exact["shuffled words"]["valid"] < 0.01 and exact["uniform"]["entropy"] == pytest.approx(math.log(17_280))
    assert all(0 < exact[name]["js"] < math.log(2) for name in list(exact)[1:])


def test_forward_perplexity_is_the_enumerated_cross_entropy_of_the_model(ward):
    """Over everything that the village says, with its p; never below the village's own entropy."""
    encoded = [ward.text.vocab.encode(s) for s in ward.sentences]
    read = [ward.text.vocab.encode(s) for s in ward.text.train]
    model, p = NGram(order=4, vocab_size=len(ward.text.vocab)).fit(read), ward.everything.world.exp()
    nll, tokens = -model.log_likelihood(collate(encoded)).double(), torch.tensor([len(ids) + 1.0 for ids in encoded]).double()
    exact, entropy = (p * nll).sum() / (p * tokens).sum(), -(p * p.log()).sum() / (p * tokens).sum()
    drawn = torch.multinomial(p, 2_000, replacement=True, generator=torch.Generator().manual_seed(3))
    found = math.log(usual.perplexity_after(read, [encoded[i] for i in drawn], vocab_size=len(ward.text.vocab)))
    error = (nll - exact * tokens)[drawn].std() / tokens[drawn].mean() / math.sqrt(2_000)
    assert abs(found - exact) < 4 * error and exact > entropy


def test_surprise_is_the_enumerated_cross_entropy(ward):
    """E[-log p] of what a patient says: its entropy and its KL to p, together."""
    for name in ("the truth", "cold truth", "half forgotten", "uniform"):
        patient = ward.patients()[name]
        means = Outcomes(ward.everything.world, patient.log_p, ward.everything.group).means
        nats = torch.tensor([ward.surprise[s] for s in patient.draw(2_000, torch.Generator().manual_seed(2))])
        assert abs(nats.mean() - means["entropy"] - means["kl_valid"]) < 4 * nats.std() / math.sqrt(2_000), name


def test_the_marks_follow_the_better_side(tried):
    assert tried.mark("parrot", "surprise of p") == patients.ABOVE and tried.mark("shuffled words", "surprise of p") == ""
    assert tried.distance("parrot", "self-BLEU-4") < 0 < tried.distance("shuffled words", "self-BLEU-4")
    assert "parrot" in tried.missed("surprise of p") and "the truth" not in tried.missed("BLEU-4")
    assert "surprise of p" not in tried.seen_by("parrot") and "self-BLEU-4" in tried.seen_by("parrot")


def test_the_tables_are_whole(tried):
    assert [metric for metrics in patients.GROUPS.values() for metric in metrics] == list(patients.BETTER)
    for metrics in patients.GROUPS.values():
        rows = tried.rows(metrics)
        assert {len(row) for row in rows} == {len(patients.columns(metrics))} and len(rows) == len(tried.found)
    assert [row[0] for row in tried.verdicts()] == list(patients.BETTER)
    assert f"of {len(tried.found) - 1}." in tried.in_words()


def test_outcomes_of_a_model_that_never_says_some():
    """0 log 0 is 0: measures stay numbers, and KL(p ‖ G) is infinite."""
    p, q = torch.tensor([0.5, 0.25, 0.25]).double(), torch.tensor([0.5, 0.5, 0.0]).double()
    found = Outcomes(p.log(), q.log(), torch.zeros(3, dtype=torch.long)).means
    assert found["kl_forward"] == math.inf and found["kl_valid"] == pytest.approx(0.5 * math.log(2))
    assert found["entropy"] == pytest.approx(math.log(2)) and found["judge"] == pytest.approx(0.5 + 0.5 / 4)
    middle = (p + q) / 2
    js = sum((torch.xlogy(one, one) - torch.xlogy(one, middle)).sum().item() for one in (p, q)) / 2
    assert found["js"] == pytest.approx(js)
