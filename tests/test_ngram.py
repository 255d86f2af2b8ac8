"""Kneser-Ney: probabilities sum to one, a case small enough for paper, and the way sentences end and begin."""
import itertools
import math
import time

import numpy as np
import pytest
import torch

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.objectives import evaluate
from gensq_lib.models.ngram import NGram, discount_of
from gensq_lib.text import decoding
from gensq_lib.text.batching import collate, in_order
from gensq_lib.text.vocab import Vocab

BOS, EOS = Vocab.BOS, Vocab.EOS
RNG = np.random.default_rng(0)


def sentences(num, *, words=8, longest=7):
    return [RNG.integers(4, 4 + words, RNG.integers(1, longest)).tolist() for _ in range(num)]


def log_prob(model, encoded):
    return evaluate(model, model.log_likelihood, in_order(encoded))


def distribution(model, context):
    """p(. | context), the whole row."""
    state = model.start(None, 1)
    for token in context:
        log_probs, state = model.step(torch.tensor([token]), state)
    return log_probs[0].double().exp()


@pytest.mark.parametrize("order", [2, 3, 4, 5])
@pytest.mark.parametrize("num", [1, 3, 40, 400])
def test_conditional_probabilities_sum_to_one(order, num):
    model = NGram(order=order, vocab_size=12).fit(sentences(num))
    for context in ([BOS], [BOS, 4], [BOS, 5, 5], [BOS, 4, 5, 6, 7, 8], [BOS, Vocab.UNK, 4]):
        p = distribution(model, context)
        assert p.sum().item() == pytest.approx(1, abs=1e-6)
        assert p[[Vocab.PAD, BOS]].max() < 1e-20 and (p[[EOS, Vocab.UNK, *range(4, 12)]] > 0).all()


def test_all_short_sentences_share_the_probability_of_short_sentences():
    """Enumerated: p of all sentences up to a length, plus p of the longer ones by their beginnings, is one."""
    model = NGram(order=3, vocab_size=6).fit([[4], [4, 5], [5, 4, 4], [5]])
    words = (Vocab.UNK, 4, 5)
    finished = sum(log_prob(model, [list(s) for s in itertools.product(words, repeat=n)]).double().exp().sum().item()
                   for n in range(1, 4)) + distribution(model, [BOS])[EOS].item()
    beginnings = collate([list(s) for s in itertools.product(words, repeat=4)])
    going_on = model.token_log_likelihood(beginnings)[:, :4].sum(1).double().exp().sum().item()
    assert finished + going_on == pytest.approx(1, abs=1e-5)


def test_a_case_on_paper():
    """Two sentences "a b" and "a c" and "b": bigrams <bos>a 2, <bos>b 1, ab 1, ac 1, b<eos> 2, c<eos> 1; n1 = 4, n2 = 2.

    So D = 4 / (4 + 4) = 1/2. Words seen before a word: a 1, b 2, c 1, <eos> 2; n1 = n2 = 2, D = 2 / (2 + 4) = 1/3.
    """
    a, b, c = 4, 5, 6
    model = NGram(order=2, vocab_size=7).fit([[a, b], [a, c], [b]])
    uniform, left = 1 / 5, (4 / 3) / 6
    single = {a: (2 / 3) / 6, b: (5 / 3) / 6, c: (2 / 3) / 6, EOS: (5 / 3) / 6, Vocab.UNK: 0}
    single = {word: p + left * uniform for word, p in single.items()}
    assert math.fsum(single.values()) == pytest.approx(1)
    after_a = {word: {b: 1 / 4, c: 1 / 4}.get(word, 0) + 1 / 2 * p for word, p in single.items()}
    after_bos = {word: {a: 1.5 / 3, b: 0.5 / 3}.get(word, 0) + 1 / 3 * p for word, p in single.items()}
    for context, expected in (([BOS, a], after_a), ([BOS], after_bos), ([BOS, Vocab.UNK], single)):
        p = distribution(model, context)
        assert {w: p[w].item() for w in expected} == pytest.approx(expected, abs=1e-6)


def by_definition(encoded, order, vocab_size):
    """The recursion of Chen and Goodman, written with dictionaries: slow and plain."""
    lines = [(BOS, *ids, EOS) for ids in encoded]
    plain = [{} for _ in range(order + 1)]
    for line, m in itertools.product(lines, range(1, order + 1)):
        for i in range(len(line) - m + 1):
            plain[m][line[i : i + m]] = plain[m].get(line[i : i + m], 0) + 1
    counts = [{} for _ in range(order + 1)]
    counts[order] = plain[order]
    for m in range(1, order):
        for gram in plain[m]:
            before = sum(longer[1:] == gram for longer in plain[m + 1])
            counts[m][gram] = plain[m][gram] if gram[0] == BOS else before
    counts[1].pop((BOS,), None)
    discounts = [0.0] + [discount_of(np.array(list(c.values()))) for c in counts[1:]]

    def p(word, context, m):
        if m == 0:
            return 1 / (vocab_size - 2)
        shorter = context[len(context) - m + 1 :] if m > 1 else ()
        below = p(word, context, m - 1)
        of_context = {g: c for g, c in counts[m].items() if g[:-1] == shorter}
        total = sum(of_context.values())
        if len(shorter) < m - 1 or not total:
            return below
        kept = {g: max(c - discounts[m], 0) for g, c in of_context.items()}
        return (kept.get((*shorter, word), 0) + (total - sum(kept.values())) * below) / total

    return p


@pytest.mark.parametrize("order", [2, 3, 4])
def test_agrees_with_the_definition(order):
    train, test = sentences(30, words=5), sentences(6, words=6)
    model, p = NGram(order=order, vocab_size=11).fit(train), by_definition(train, order, 11)
    for ids, found in zip(test, log_prob(model, test).tolist(), strict=True):
        line = (BOS, *ids, EOS)
        expected = sum(math.log(p(line[i], line[:i], order)) for i in range(1, len(line)))
        assert found == pytest.approx(expected, abs=1e-4)


def test_a_word_in_few_contexts_is_no_word_for_new_ones():
    """Why continuation counts: "7" is frequent, but always after 6; in a new context 5, seen after many, is likelier."""
    train = [[6, 7]] * 50 + [[word, 5] for word in (4, 8, 9, 10, 11)] * 2 + [[8], [9, 9]]
    p = distribution(NGram(order=2, vocab_size=14).fit(train), [BOS, 12])
    assert p[5] > p[7]


def test_samples_follow_the_model(generator):
    model = NGram(order=3, vocab_size=12).fit(sentences(200))
    drawn = decoding.sample(model, num=4000, max_length=40, generator=generator)
    assert drawn.finished.all()
    first = torch.bincount(drawn.tokens[:, 0], minlength=12) / 4000
    torch.testing.assert_close(first, distribution(model, [BOS]).float(), atol=0.04, rtol=0)
    again = log_prob(model, [list(row[: n - 1]) for row, n in zip(drawn.tokens.tolist(), drawn.lengths, strict=True)])
    torch.testing.assert_close(again, drawn.log_prob, atol=1e-3, rtol=1e-4)


def test_more_words_back_help_where_they_matter():
    """Words 4..7, each the one of two steps before: a bigram is blind to it, a trigram sees it."""
    lines = [[a, b] * 3 for a in range(4, 8) for b in range(4, 8)] * 10
    nll = {order: -log_prob(NGram(order=order, vocab_size=8).fit(lines), lines).mean().item() for order in (2, 3)}
    assert nll[3] < nll[2] - 2


def test_sentences_shorter_than_the_order_are_counted_as_far_as_they_go():
    """One word a line has no four tokens in a row: the model is that of a smaller order."""
    read, batch = [[4], [5], [5], [6]], collate([[5], [6, 4]])
    long, short = (NGram(order=order, vocab_size=8).fit(read).token_log_likelihood(batch) for order in (6, 3))
    torch.testing.assert_close(long, short)


def test_order_and_fit_are_asked_for():
    with pytest.raises(GensqError, match="order of at least 2, got 1"):
        NGram(order=1, vocab_size=5)
    with pytest.raises(GensqError, match="call fit"):
        log_prob(NGram(order=2, vocab_size=5), [[4]])
    with pytest.raises(GensqError, match="at least one sentence"):
        NGram(order=2, vocab_size=5).fit([])


def test_is_fast():
    """200,000 sentences in seconds: here a tenth of them, in a tenth of the time and more."""
    lines = (RNG.zipf(1.3, (20_000, 9)).clip(max=900) + 3).tolist()
    start = time.perf_counter()
    model = NGram(order=4, vocab_size=1000).fit(lines)
    log_prob(model, lines[:2000])
    assert time.perf_counter() - start < 10
