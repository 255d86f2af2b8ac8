"""Decoding against a toy decoder whose sentences can all be listed."""
import itertools
import math
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.runtime import generator
from gensq_lib.text.decoding import Decoded, Decoder, _inverse_cdf, beam, greedy, n_best, nucleus_logits, sample, top_k_logits
from gensq_lib.text.vocab import Vocab

WORDS = (4, 5, 6)
LONGEST = 3  # words; the fourth token is always <eos>
UNSPOKEN = [Vocab.PAD, Vocab.BOS]


class Toy:
    """A random p(next | position, last two tokens); z shifts the words. `leak` gives <pad> and <bos> probability."""

    def __init__(self, *, seed=0, leak=False):
        torch.manual_seed(seed)
        self.logits = 1.5 * torch.randn(LONGEST + 1, 7, 7, 7, dtype=torch.float64)
        self.logits[..., Vocab.UNK] = -torch.inf
        self.logits[LONGEST, ..., list(WORDS)] = -torch.inf
        if not leak:
            self.logits[..., UNSPOKEN] = -torch.inf
        self.weight = torch.nn.Parameter(torch.ones(()))
        self.rows = []  # how many sentences each step computed

    def start(self, z, num):
        shift = torch.zeros(num, 7, dtype=torch.float64)
        if z is not None:
            shift[:, 4:] = 3 * z
        return torch.zeros(num, dtype=torch.long), torch.zeros(num, dtype=torch.long), shift

    def step(self, tokens, state):
        position, before, shift = state
        self.rows.append(len(tokens))
        logits = self.logits[position, before, tokens] + shift * self.weight
        return logits.log_softmax(-1), (position + 1, tokens, shift)


def toy_sentences():
    return [words + (Vocab.EOS,) for n in range(LONGEST + 1) for words in itertools.product(WORDS, repeat=n)]


def log_prob(decoder, sentence, *, z=None, adjust=lambda log_probs: log_probs):
    """By hand: one token after the other."""
    state = decoder.start(None if z is None else z[None], 1)
    total, previous = 0.0, torch.tensor([Vocab.BOS])
    for token in sentence:
        log_probs, state = decoder.step(previous, state)
        total += adjust(log_probs)[0, token].item()
        previous = torch.tensor([token])
    return total


def rows_of(decoded):
    return [tuple(row[:n]) for row, n in zip(decoded.tokens.tolist(), decoded.lengths.tolist(), strict=True)]


def chi_square_refuses(decoded, probability):
    """True when the frequencies are too far from the probabilities (by chance: once in 10,000)."""
    counts = Counter(rows_of(decoded))
    num = sum(counts.values())
    assert set(counts) <= {sentence for sentence, p in probability.items() if p > 0}
    common = [s for s, p in probability.items() if num * p >= 5]
    cells = [(counts[s], num * probability[s]) for s in common]
    rest = num - sum(expected for _, expected in cells)
    cells += [(num - sum(seen for seen, _ in cells), rest)] if rest > 1 else []
    statistic = sum((seen - expected) ** 2 / expected for seen, expected in cells)
    return statistic > chi2.ppf(1 - 1e-4, len(cells) - 1)


def adjusted(*, temperature=1.0, top_k=0, top_p=1.0):
    """The stated distribution of `sample`, written out a second time with sets of tokens."""
    def adjust(log_probs):
        row = log_probs[0].clone()
        row[UNSPOKEN] = -torch.inf
        p = (row / temperature).softmax(-1)
        ranked = p.argsort(descending=True).tolist()[: top_k or None]
        p = torch.zeros_like(p).index_copy(0, torch.tensor(ranked), p[ranked]) / p[ranked].sum()
        kept, mass = [], 0.0
        for token in ranked:
            if mass < top_p:
                kept.append(token)
                mass += p[token].item()
        return (torch.zeros_like(p).index_copy(0, torch.tensor(kept), p[kept]) / p[kept].sum()).log()[None]
    return adjust


SETTINGS = [{}, {"temperature": 0.5}, {"temperature": 2.0}, {"top_k": 2}, {"top_p": 0.7},
            {"top_k": 2, "top_p": 0.75}, {"temperature": 1.3, "top_k": 3, "top_p": 0.9}]


@pytest.mark.parametrize("leak", [False, True])
@pytest.mark.parametrize("setting", SETTINGS)
def test_frequencies_are_the_stated_probabilities(setting, leak):
    toy = Toy(leak=leak)
    exact = {s: math.exp(log_prob(toy, s, adjust=adjusted(**setting))) for s in toy_sentences()}
    assert sum(exact.values()) == pytest.approx(1)
    decoded = sample(toy, num=20_000, max_length=LONGEST + 1, generator=generator(1), **setting)
    assert not chi_square_refuses(decoded, exact)


@pytest.mark.parametrize("setting", SETTINGS[1:])
def test_the_chi_square_would_notice_an_ignored_setting(setting):
    toy = Toy()
    exact = {s: math.exp(log_prob(toy, s, adjust=adjusted(**setting))) for s in toy_sentences()}
    ignored = sample(toy, num=20_000, max_length=LONGEST + 1, generator=generator(1))
    everything_possible = {s: max(p, 1e-12) for s, p in exact.items()}
    assert chi_square_refuses(ignored, everything_possible)


def test_log_probabilities_are_those_of_the_model_whatever_was_drawn_from():
    toy = Toy(leak=True)
    decoded = sample(toy, num=50, max_length=LONGEST + 1, generator=generator(0), temperature=1.3, top_k=3, top_p=0.9)
    for row, model in zip(rows_of(decoded), decoded.log_prob, strict=True):
        assert model.item() == pytest.approx(log_prob(toy, row), abs=1e-5)


@pytest.mark.parametrize("decode", [greedy, lambda *a, **k: beam(*a, width=4, **k)])
def test_log_probability_of_a_search_is_that_of_the_model(decode):
    toy, z = Toy(leak=True), torch.randn(6, 3, generator=generator(0))
    decoded = decode(toy, num=6, z=z, max_length=LONGEST + 1)
    for i, row in enumerate(rows_of(decoded)):
        assert decoded.log_prob[i].item() == pytest.approx(log_prob(toy, row, z=z[i]), abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_a_wide_beam_finds_the_best_of_all_sentences(seed):
    toy, z = Toy(seed=seed), torch.randn(4, 3, generator=generator(seed))
    decoded = beam(toy, num=4, z=z, width=len(toy_sentences()), max_length=LONGEST + 1)
    for i, row in enumerate(rows_of(decoded)):
        best = max(toy_sentences(), key=lambda s: log_prob(toy, s, z=z[i]))
        assert row == best


@pytest.mark.parametrize("seed", range(3))
def test_a_list_of_the_best_is_all_sentences_in_order(seed):
    toy, everything = Toy(seed=seed), toy_sentences()
    found = n_best(toy, num=2, width=len(everything), max_length=LONGEST + 1)
    ranked = sorted(everything, key=lambda s: -log_prob(toy, s))
    for rows in (rows_of(found)[: len(everything)], rows_of(found)[len(everything):]):
        assert rows[:10] == ranked[:10] and len(set(rows)) == len(rows)


def test_greedy_is_a_beam_of_width_one_and_not_always_the_best():
    worse = 0
    for seed in range(10):
        toy = Toy(seed=seed)
        alone, beam_1 = greedy(toy, num=1, max_length=4), beam(toy, num=1, width=1, max_length=4)
        assert rows_of(alone) == rows_of(beam_1)
        worse += (beam(toy, num=1, width=40, max_length=4).log_prob > alone.log_prob + 1e-6).item()
    assert worse > 0


@pytest.mark.parametrize("width", [2, 3, 5])
def test_a_beam_finds_no_sentence_twice_and_stops_early_only_when_decided(width):
    """An early stop must not change the winner: compare with the same search over all steps."""
    for seed in range(10):
        toy = Toy(seed=seed)
        found = beam(toy, num=1, width=width, max_length=4)
        assert rows_of(found) == [full_width_search(toy, width)]


def full_width_search(toy, width):
    """Beam search in plain Python, without early stop."""
    beams = [((), 0.0)]
    for _ in range(LONGEST + 1):
        grown = [beam_ for beam_ in beams if beam_[0][-1:] == (Vocab.EOS,)]
        for words, _score in beams:
            if words[-1:] != (Vocab.EOS,):
                grown += [(words + (t,), log_prob(toy, words + (t,))) for t in (Vocab.EOS, *WORDS)]
        beams = sorted(grown, key=lambda pair: -pair[1])[:width]
    return next(words for words, _ in beams if words[-1] == Vocab.EOS)


@pytest.mark.parametrize("decode", [greedy, lambda *a, **k: beam(*a, width=3, **k)])
def test_a_sentence_does_not_depend_on_its_batch_mates(decode):
    toy, z = Toy(), torch.randn(12, 3, generator=generator(3))
    together = decode(toy, num=12, z=z, max_length=4)
    order = torch.randperm(12, generator=generator(4))
    alone = [rows_of(decode(toy, num=1, z=z[i : i + 1], max_length=4))[0] for i in range(12)]
    assert rows_of(together) == alone
    assert rows_of(decode(toy, num=12, z=z[order], max_length=4)) == [alone[i] for i in order]
    assert len(set(alone)) > 3  # z matters, so that the lines above could fail


def test_a_sample_does_not_depend_on_the_number_of_its_batch_mates():
    few = sample(Toy(), num=30, max_length=4, generator=generator(0))
    many = sample(Toy(), num=100, max_length=4, generator=generator(0))
    assert rows_of(few) == rows_of(many)[:30]


def test_a_sample_does_not_depend_on_what_its_batch_mates_say():
    z = torch.randn(30, 3, generator=generator(3))
    other = torch.cat([-z[:15], z[15:]])
    first, second = (sample(Toy(), num=30, z=points, max_length=4, generator=generator(0)) for points in (z, other))
    assert rows_of(first)[15:] == rows_of(second)[15:] and rows_of(first)[:15] != rows_of(second)[:15]


def test_same_generator_same_sentences():
    first, again, other = (sample(Toy(), num=50, max_length=4, generator=generator(s)) for s in (0, 0, 1))
    assert torch.equal(first.tokens, again.tokens) and torch.equal(first.log_prob, again.log_prob)
    assert rows_of(first) != rows_of(other)


@pytest.mark.parametrize("decode", [lambda toy: greedy(toy, num=64, max_length=4),
                                    lambda toy: beam(toy, num=64, width=2, max_length=4),
                                    lambda toy: sample(toy, num=64, max_length=4, generator=generator(0))])
def test_pad_and_bos_are_never_said_and_autograd_is_off(decode):
    toy = Toy(leak=True)
    toy.logits[..., Vocab.PAD] += 5
    decoded = decode(toy)
    assert not {Vocab.PAD, Vocab.BOS} & {token for row in rows_of(decoded) for token in row}
    assert not decoded.log_prob.requires_grad and not decoded.tokens.is_inference()


@pytest.mark.parametrize("decode", [greedy, lambda *a, **k: beam(*a, width=2, **k),
                                    lambda *a, **k: sample(*a, generator=generator(0), **k)])
def test_tokens_to_avoid_are_not_said(decode):
    toy = Toy()
    toy.logits[0, ..., Vocab.EOS] = -9
    said = {token for row in rows_of(decode(toy, num=40, max_length=4)) for token in row} - {Vocab.EOS}
    avoid = (min(said),)
    decoded = decode(toy, num=40, max_length=4, avoid=avoid)
    assert not set(avoid) & {token for row in rows_of(decoded) for token in row}
    assert decoded.log_prob[0].item() == pytest.approx(log_prob(toy, rows_of(decoded)[0]), abs=1e-5)


def test_finished_sentences_leave_the_computation():
    toy = Toy()
    decoded = sample(toy, num=200, max_length=4, generator=generator(0))
    longer = [int((decoded.lengths > t).sum()) for t in range(decoded.tokens.shape[1])]
    assert toy.rows == longer and longer[0] == 200 > longer[-1]


@pytest.mark.parametrize("decode", [greedy, lambda *a, **k: beam(*a, width=2, **k),
                                    lambda *a, **k: sample(*a, generator=generator(0), **k)])
def test_a_sentence_cut_at_max_length_is_marked(decode):
    toy = Toy()
    toy.logits[:2, ..., Vocab.EOS] = -torch.inf
    decoded = decode(toy, num=3, max_length=2)
    assert not decoded.finished.any() and decoded.lengths.tolist() == [2, 2, 2]
    for row, total in zip(rows_of(decoded), decoded.log_prob, strict=True):
        assert total.item() == pytest.approx(log_prob(toy, row), abs=1e-5)
    assert decode(toy, num=3, max_length=4).finished.all()


def test_a_beam_prefers_a_finished_sentence_to_a_likelier_beginning():
    toy = Toy()
    toy.logits[0, ..., Vocab.EOS] = -1
    toy.logits[0, ..., WORDS[0]] = 3
    assert beam(toy, num=1, width=4, max_length=1).finished.all()
    assert not beam(toy, num=1, width=1, max_length=1).finished.any()


def test_an_impossible_token_is_not_drawn_even_by_a_zero():
    log_probs = torch.tensor([[0.0, 0.5, 0.5, 0.0]]).log().expand(3, -1)
    assert _inverse_cdf(log_probs, torch.tensor([0.0, 0.5, 1.0])).tolist() == [1, 2, 2]


def test_sentences_are_words():
    vocab = Vocab(["a", "b", "c"])
    decoded = sample(Toy(), num=20, max_length=4, generator=generator(0))
    assert [vocab.encode(s) + [Vocab.EOS] for s in decoded.sentences(vocab)] == [list(row) for row in rows_of(decoded)]


def test_the_contract_is_two_methods():
    assert isinstance(Toy(), Decoder) and not isinstance(object(), Decoder)


@pytest.mark.parametrize("wrong, said", [
    ({"temperature": 0.0}, "greedy"), ({"temperature": -1.0}, "above 0"), ({"temperature": math.nan}, "above 0"),
    ({"top_k": -1}, "top_k"), ({"top_p": 0.0}, "top_p"), ({"top_p": 1.5}, "top_p"), ({"num": 0}, "num"),
    ({"max_length": 0}, "max_length"), ({"z": torch.zeros(3, 3)}, "one z per sentence")])
def test_wrong_settings_are_refused(wrong, said):
    with pytest.raises(GensqError, match=said):
        sample(Toy(), **{"num": 2, "max_length": 4, "generator": generator(0)} | wrong)


def test_a_beam_of_no_width_is_refused():
    with pytest.raises(GensqError):
        beam(Toy(), num=2, width=0, max_length=4)


def test_nan_is_named():
    toy = Toy()
    toy.logits[0] = torch.nan
    with pytest.raises(GensqError, match="NaN"):
        greedy(toy, num=2, max_length=4)


# Truncations

LOGITS = st.lists(st.lists(st.floats(-8, 8), min_size=5, max_size=5), min_size=1, max_size=4).map(
    lambda rows: torch.tensor(rows, dtype=torch.float64))


def nucleus_without_the_crossing_token(logits, p):
    """Drops the token that crosses p, and keeps nothing when the first one does."""
    ordered, index = logits.sort(dim=-1, descending=True)
    outside = ordered.softmax(-1).cumsum(-1) > p
    return torch.empty_like(logits).scatter(-1, index, ordered.masked_fill(outside, -torch.inf))


def keeps_the_k_largest(function, logits, k):
    kept = function(logits, k)
    for row, new in zip(logits, kept, strict=True):
        inside = new.isfinite()
        if int(inside.sum()) != min(k, len(row)) or not torch.equal(new[inside], row[inside]):
            return False
        if (~inside).any() and row[~inside].max() > row[inside].min():
            return False
    return True


def keeps_the_smallest_set(function, logits, p):
    kept = function(logits, p)
    for row, new in zip(logits.softmax(-1), kept, strict=True):
        inside = row[new.isfinite()]
        if not len(inside) or inside.sum() < p - 1e-9 or inside.sum() - inside.min() >= p + 1e-9:
            return False
    return True


@given(LOGITS, st.integers(1, 7))
def test_top_k_keeps_the_k_largest_of_each_row(logits, k):
    assert keeps_the_k_largest(top_k_logits, logits, k)


@given(LOGITS, st.floats(0.01, 0.99))
def test_nucleus_keeps_the_smallest_set_that_reaches_p(logits, p):
    assert keeps_the_smallest_set(nucleus_logits, logits, p)


def test_truncations_can_be_switched_off():
    logits = torch.randn(3, 5)
    assert torch.equal(top_k_logits(logits, 0), logits) and torch.equal(nucleus_logits(logits, 1.0), logits)


def test_a_planted_truncation_is_refused():
    logits = torch.randn(3, 5, generator=generator(0))
    assert not keeps_the_smallest_set(nucleus_without_the_crossing_token, logits, 0.6)


def test_decoded_is_frozen():
    decoded = greedy(Toy(), num=1, max_length=4)
    assert isinstance(decoded, Decoded)
    with pytest.raises(AttributeError):
        decoded.tokens = None
