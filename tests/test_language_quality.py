"""Measures of a generator: exact ones against by-hand sums, estimates against the exact ones, and traps of reading them."""
import math

import pytest
import torch
from tiny_language import LONGEST, all_sentences, tiny_generator

from gensq_lib.ground import runtime
from gensq_lib.text import corpora, grammar
from gensq_lib.diagnostics.language_quality import (
    Counted,
    Scored,
    at_entropy,
    counted,
    estimated_quality,
    exact_quality,
    length_judge,
)
from gensq_lib.ground.errors import GensqError
from gensq_lib.text.decoding import sample

P = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
G = torch.tensor([0.4, 0.1, 0.1], dtype=torch.float64)  # and 0.4 on what is no sentence


def with_invalid():
    """The same two as distributions over four outcomes."""
    return torch.cat([P, torch.zeros(1)]), torch.cat([G, torch.tensor([0.4])])


def test_exact_numbers_are_those_of_the_definitions():
    found = exact_quality(P.log(), G.log())
    p, g = with_invalid()
    middle, given = (p + g) / 2, G / G.sum()
    assert found.valid == pytest.approx(0.6) and found.invalid == pytest.approx(0.4)
    assert found.kl_forward == pytest.approx((P * (P / G).log()).sum().item())
    assert found.kl_valid == pytest.approx((given * (given / P).log()).sum().item())
    js = (torch.xlogy(p, p / middle) + torch.xlogy(g, g / middle)).sum().item() / 2
    assert found.js == pytest.approx(js) and 0 < js < math.log(2)
    assert found.entropy == pytest.approx(-(given * given.log()).sum().item())
    assert found.judge == pytest.approx((torch.maximum(p, g)).sum().item() / 2)


def test_a_perfect_generator():
    found = exact_quality(P.log(), P.log())
    assert [found.valid, found.kl_forward, found.kl_valid, found.js, found.judge] == pytest.approx([1, 0, 0, 0, 0.5], abs=1e-12)


def test_nothing_is_ever_infinite_where_g_is_a_model():
    found = exact_quality(P.log(), torch.tensor([-1e-9, -40.0, -50.0]))
    assert all(math.isfinite(value) for name, value in vars(found).items() if name != "error")


def language():
    """The grammar: the tiny generator at temperature 1, but only sentences that end; G: another one."""
    everything = all_sentences()
    model, other = tiny_generator(0), tiny_generator(1)
    ends = (everything.targets == 2).any(-1)
    log_p = model.log_likelihood(everything).detach().double().masked_fill(~ends, -torch.inf)
    return everything, log_p - log_p.logsumexp(0), other.log_likelihood(everything).detach().double(), other, ends


def test_estimates_agree_with_what_was_counted():
    everything, log_p, log_g, other, ends = language()
    truth = exact_quality(log_p[ends], log_g[ends])
    names = {tuple(row): i for i, row in enumerate(everything.targets.tolist())}
    real = torch.multinomial(log_p.exp(), 6000, replacement=True, generator=runtime.generator("real"))
    batch = sample(other, num=6000, max_length=LONGEST, generator=runtime.generator("fake")).batch()
    fake = torch.tensor([names[tuple(row)] for row in batch.targets.tolist()])
    found = estimated_quality(Scored(log_p[real], log_g[real]), Scored(log_p[fake], log_g[fake]))
    for name, error in found.error.items():
        assert abs(getattr(found, name) - getattr(truth, name)) < 5 * error + 1e-9, name
        assert 0 < error < 0.1, name


def test_a_generator_that_says_nothing_valid_has_no_quality_among_valid():
    nothing = Scored(torch.full((50,), -torch.inf), torch.full((50,), -3.0))
    found = estimated_quality(Scored(torch.full((50,), -2.0), torch.full((50,), -9.0)), nothing)
    assert found.valid == 0 and math.isnan(found.kl_valid) and math.isnan(found.entropy) and found.judge == 1.0
    assert found.js == pytest.approx(math.log(2), abs=1e-3)


def test_a_frontier_gives_quality_and_diversity_of_one_temperature():
    everything, log_p, _, other, ends = language()
    found = Counted(log_p[ends], [(range(int(ends.sum())), everything.select(ends))]).frontier(
        other, temperatures=(1.0, 0.7, 0.5))
    assert list(found) == [1.0, 0.7, 0.5]
    assert found[1.0].entropy > found[0.7].entropy > found[0.5].entropy
    middle = at_entropy(found, (found[1.0].entropy + found[0.7].entropy) / 2)
    assert middle == pytest.approx((found[1.0].valid + found[0.7].valid) / 2)
    assert math.isnan(at_entropy(found, 99.0))


def test_a_sentence_said_again_and_again_is_seen_by_its_entropy():
    """Its own oracle NLL is superb: that number alone is no quality."""
    repeated = torch.tensor([0.98, 0.01, 0.01], dtype=torch.float64).log()
    assert -repeated.exp() @ P.log() < -P @ P.log()
    found = exact_quality(P.log(), repeated)
    assert found.valid == pytest.approx(1) and found.entropy < 0.2 and found.kl_forward > 0.5


def test_lengths_alone_tell_nothing_unless_they_differ():
    lengths = torch.tensor([4, 5, 6, 7]).repeat(500)
    assert length_judge(lengths, lengths.flip(0)) == 0.5
    assert length_judge(lengths, torch.full((2000,), 9)) == 1.0


def test_a_small_grammar_is_counted_and_a_large_one_refused():
    village = corpora.load("village", num_train=20)
    everything = counted(village.grammar, village.vocab)
    assert everything.log_p.exp().sum().item() == pytest.approx(1) and len(everything.log_p) == 17_280
    encoded = dict(zip(*[torch.cat([torch.as_tensor(i) for i, _ in everything.batches]).tolist(),
                         [row for _, batch in everything.batches for row in batch.targets.tolist()]], strict=True))
    words = village.vocab.decode(encoded[7])
    assert village.grammar.log_prob(words) == pytest.approx(everything.log_p[7].item())
    with pytest.raises(GensqError, match="village"):
        counted(grammar.load(), village.vocab)
