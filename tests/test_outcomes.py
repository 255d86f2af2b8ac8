"""Measures of a model in a world that is known: exact ones against definitions, estimates against exact ones, and their traps."""
import math

import pytest
import torch
from tiny_language import all_sentences as tiny_sentences, tiny_generator

from gensq_course.studies.frontiers import height_at
from gensq_lib.diagnostics import (
    TITLES,
    Enumeration,
    Outcomes,
    all_sentences,
    length_judge,
)
from gensq_lib.ground.errors import GensqError
from gensq_lib.text import corpora, grammar

GROUPS = [  # p, and q, which puts the rest of its mass on what the world cannot say
    (torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64), torch.tensor([0.4, 0.1, 0.1], dtype=torch.float64)),
    (torch.tensor([0.75, 0.25]).double(), torch.tensor([0.5, 0.25]).double()),
]


def outcomes(*groups):
    places = torch.cat([torch.full((len(p),), i) for i, (p, _) in enumerate(groups)])
    return Outcomes(*(torch.cat(parts).log() for parts in zip(*groups)), places)


def by_definition(p, q):
    """The textbook's sums, over the outcomes of the world and one more that it cannot say."""
    valid, given = q.sum(), q / q.sum()
    whole_p, whole_q = torch.cat([p, torch.zeros(1)]), torch.cat([q, 1 - valid[None]])
    middle = (whole_p + whole_q) / 2
    return {"valid": valid, "invalid": 1 - valid, "nll": -(p * q.log()).sum(), "world_entropy": -(p * p.log()).sum(),
            "kl_forward": (p * (p / q).log()).sum(), "kl_valid": (given * (given / p).log()).sum(),
            "entropy": -(given * given.log()).sum(), "judge": torch.maximum(whole_p, whole_q).sum() / 2,
            "js": (torch.xlogy(whole_p, whole_p / middle) + torch.xlogy(whole_q, whole_q / middle)).sum() / 2}


@pytest.mark.parametrize("groups", [GROUPS[:1], GROUPS], ids=["sentences: one group", "replies: a group for each prompt"])
@pytest.mark.parametrize("name", by_definition(*GROUPS[0]))
def test_every_measure_is_its_definition(name, groups):
    expected = [by_definition(p, q)[name].item() for p, q in groups]
    found = outcomes(*groups)
    assert getattr(found, name).tolist() == pytest.approx(expected)
    if name in TITLES:
        assert found.means[name] == pytest.approx(sum(expected) / len(expected))


def test_coverage_by_hand():
    found = outcomes(*GROUPS)
    assert found.coverage(1).tolist() == pytest.approx([0.2, 0.375])
    assert found.coverage(2).tolist() == pytest.approx([(0.64 + 2 * 0.19) / 3, (0.75 + 0.4375) / 2])
    assert found.coverage(2, of_world=True).tolist() == pytest.approx([(0.75 + 0.51 + 0.36) / 3, (0.9375 + 0.4375) / 2])
    assert found.coverage(1000).tolist() == pytest.approx([1, 1]) and found.means["coverage"] == found.coverage().mean()


def test_a_perfect_model():
    found = outcomes(*[(p, p) for p, _ in GROUPS]).means
    assert [found[name] for name in ("valid", "kl_forward", "kl_valid", "js", "judge")] == pytest.approx(
        [1, 0, 0, 0, 0.5], abs=1e-12)


def test_nothing_is_ever_infinite_where_q_is_a_model():
    p = GROUPS[0][0]
    assert all(map(math.isfinite, outcomes((p, torch.tensor([-1e-9, -40.0, -50.0]).exp().double())).means.values()))


def language():
    """The world: the tiny model at temperature 1, but only sentences that end; the model: another one."""
    everything = tiny_sentences()
    model, other = tiny_generator(0), tiny_generator(1)
    ends = (everything.targets == 2).any(-1)
    world = model.log_likelihood(everything).detach().double().masked_fill(~ends, -torch.inf)
    return everything, world - world.logsumexp(0), other.log_likelihood(everything).detach().double(), other, ends


def test_a_frontier_gives_quality_and_diversity_of_one_temperature():
    everything, world, _, other, ends = language()
    num = int(ends.sum())
    listed = Enumeration(world[ends], [(range(num), everything.select(ends))], torch.zeros(num).long())
    found = listed.frontier(other, temperatures=(1.0, 0.7, 0.5))
    first, second, third = (each.means for each in found.values())
    assert list(found) == [1.0, 0.7, 0.5] and first["entropy"] > second["entropy"] > third["entropy"]
    points = [(each.means["entropy"], each.means["valid"]) for each in found.values()]
    assert height_at(points, (first["entropy"] + second["entropy"]) / 2) == pytest.approx((first["valid"] + second["valid"]) / 2)
    assert math.isnan(height_at(points, 99.0))


def test_a_sentence_said_again_and_again_is_seen_by_its_entropy():
    """Its own oracle NLL is superb: that number alone is no quality."""
    p, repeated = GROUPS[0][0], torch.tensor([0.98, 0.01, 0.01], dtype=torch.float64)
    assert -repeated @ p.log() < -p @ p.log()
    found = outcomes((p, repeated)).means
    assert found["valid"] == pytest.approx(1) and found["entropy"] < 0.2 and found["kl_forward"] > 0.5


def test_lengths_alone_tell_nothing_unless_they_differ():
    lengths = torch.tensor([4, 5, 6, 7]).repeat(500)
    assert length_judge(lengths, lengths.flip(0)) == 0.5
    assert length_judge(lengths, torch.full((2000,), 9)) == 1.0


def test_a_small_grammar_is_counted_and_a_large_one_refused():
    village = corpora.load("village", num_train=20)
    everything = all_sentences(village.grammar, village.vocab)
    assert everything.world.exp().sum().item() == pytest.approx(1) and len(everything.world) == 17_280
    encoded = dict(zip(*[torch.cat([torch.as_tensor(i) for i, _ in everything.batches]).tolist(),
                         [row for _, batch in everything.batches for row in batch.targets.tolist()]], strict=True))
    words = village.vocab.decode(encoded[7])
    assert village.grammar.log_prob(words) == pytest.approx(everything.world[7].item())
    with pytest.raises(GensqError, match="village"):
        all_sentences(grammar.load(), village.vocab)
