"""Ciphers and those who look for their keys: the sides, the counts, the players on small texts, and traps that are refused."""
import itertools
import math

import pytest
import torch
from answers import named

from gensq_course import studies
from gensq_course.lessons.unpaired_translation import pictures, truth
from gensq_course.studies import deciphering as players
from gensq_course.studies.judged_keys import judged
from gensq_lib.ground.errors import GensqError
from gensq_lib.models.parts import NEVER
from gensq_lib.text.ciphers import Cipher, draw_cipher, unpaired
from gensq_lib.training import deciphering
from gensq_lib.text.vocab import Vocab

FIRST = len(Vocab.SPECIALS)


@pytest.fixture(scope="module")
def bench():
    return players.prepared(100, num_plain=3_000, num_secret=400)


def test_sides_share_no_sentence_and_the_truth_gets_full_marks(bench):
    sides = bench.sides
    assert truth.leaks(sides) == {"shared words": 0, "same sentences": 0}
    assert len(sides.plain) == 3_000 and len(sides.secret) == 400
    right = sides.right(sides.as_key(sides.truth))
    assert right.types == right.tokens == 1
    for pair in sides.test[:20]:
        assert sides.cipher.decipher(pair.source) == pair.target and pair.source != pair.target
    assert sides.right({}).types == 0


def test_what_leaks_is_seen():
    kept = unpaired(num_plain=500, num_secret=300, seed=100, kept=("the", "."))
    same = unpaired(num_plain=300, num_secret=300, seed=100, overlap=True)
    assert truth.leaks(kept)["shared words"] > 0.2 and truth.leaks(kept)["same sentences"] == 0
    assert truth.leaks(same) == {"shared words": 0, "same sentences": 1}


def test_the_same_sentences_on_both_sides_flatter_the_simplest_player():
    honest, leaky = (players.prepared(100, num_plain=1_000, num_secret=1_000, overlap=overlap) for overlap in (False, True))
    assert leaky.measured(players.by_frequency(leaky))["types"] > honest.measured(players.by_frequency(honest))["types"] + 0.3


def test_shared_words_are_told(bench):
    kept = players.prepared(100, num_plain=3_000, num_secret=400, kept=("the", ".", "will", "is"))
    key = kept.sides.as_key(truth.told(kept, 1))
    assert [key[word] for word in ("the", ".", "will", "is")] == ["the", ".", "will", "is"]


def test_a_text_without_a_grammar_has_no_known_truth(tmp_path):
    lines = [f"The {animal} saw {num} mice ." for num in range(100) for animal in ("cat", "owl")]
    (tmp_path / "own.txt").write_text("\n".join(lines))
    for name in (f"file:{tmp_path / 'own.txt'}", "tatoeba-en-zh"):  # the second is not even fetched
        with pytest.raises(GensqError, match='expected a world whose truth is known, got ".*"; take "village" or "world"'):
            unpaired(name, num_plain=30, num_secret=30)


@pytest.mark.parametrize("mistake", [
    lambda: Cipher({"a": "x", "b": "x"}), lambda: draw_cipher(["a"], generator=torch.Generator(), kept=["b"]),
    lambda: unpaired(num_plain=0, num_secret=3), lambda: Cipher({"a": "x"}).encipher(("b",))])
def test_wrong_calls_are_answered_in_a_sentence(mistake):
    with pytest.raises(GensqError, match="expected .*, got .*; "):
        mistake()


def test_bigram_counts_and_the_likelihood_of_a_key(bench):
    sides, counts = bench.sides, bench.counts
    assert counts.sum() == sum(len(sentence) + 1 for sentence in sides.secret)
    by_hand = sum(bench.log_p[i, j].item() for sentence in sides.secret for i, j in itertools.pairwise(
        [Vocab.BOS, *sides.plain_vocab.encode(sides.cipher.decipher(sentence)), Vocab.EOS]))
    assert deciphering.key_log_likelihood(sides.truth, counts, bench.log_p) == pytest.approx(by_hand)
    assert torch.allclose(bench.log_p[FIRST:].exp().sum(1), torch.ones(86, dtype=torch.float64), atol=1e-5)


def test_swaps_and_assignments_climb(bench):
    start = players.by_frequency(bench)
    swapped = deciphering.swapped_key(start, bench.counts, bench.log_p, generator=bench.noise("test"))
    found = players.by_assignment(bench, 3)
    assert bench.nats(swapped) > bench.nats(start) and max(map(bench.nats, found)) > -25
    for key in (start, swapped, *found):
        assert sorted(key.tolist()) == list(range(90)) and key[:FIRST].tolist() == [0, 1, 2, 3]
    assert players.likeliest(found, bench)[0] is not None and len(players.likeliest([start, start], bench, 5)) == 1


def test_em_climbs_and_its_counts_are_those_of_every_word(bench):
    log_e = deciphering.random_emissions(90, generator=bench.noise("test"))
    batch, weight = bench.secret
    assert weight.sum() == 400
    counts, _ = deciphering.expected_counts(log_e, bench.log_p, batch, weight)
    said = torch.tensor([bench.sides.said.get(word, 0) for word in bench.sides.secret_vocab.words], dtype=torch.float)
    assert torch.allclose(counts.sum(0)[FIRST:], said[FIRST:], atol=1e-2)
    _, curve = players.by_em(bench, "test", rounds=4)
    assert curve == sorted(curve)


def test_the_forward_algorithm_sums_over_all_readings():
    """A language of two words."""
    log_p = torch.randn(6, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64).log_softmax(-1)
    log_e = deciphering.random_emissions(6, generator=torch.Generator().manual_seed(2)).double()
    seen = [4, 5, 4]
    batch = deciphering.collate([seen])
    total = 0.0
    for y in itertools.product((4, 5), repeat=3):
        steps = itertools.pairwise([Vocab.BOS, *y, Vocab.EOS])
        total += (sum(log_p[a, b] for a, b in steps) + sum(log_e[a, b] for a, b in zip(y, seen, strict=True))).exp()
    # words that are special cannot have been the plain ones: their emissions are fixed
    assert deciphering.hmm_log_likelihood(log_e, log_p, batch).item() == pytest.approx(total.log().item())


def test_the_perfect_judge_knows_every_sentence_and_no_other(bench):
    batch, weight = bench.secret
    said = [bench.sides.cipher.decipher(bench.sides.secret_vocab.decode(row)) for row in batch.targets.tolist()[:30]]
    by_grammar = sum(num * bench.sides.text.grammar.log_prob(s) for s, num in zip(said, weight.tolist(), strict=False))
    some = (batch.select(torch.arange(30)), weight[:30])
    assert judged(bench.perfect, bench.sides.truth, *some) == pytest.approx(by_grammar, rel=1e-6)
    wrong = bench.sides.truth[torch.cat([torch.arange(FIRST), FIRST + torch.arange(86).roll(1)])]
    assert bench.judged(wrong) == pytest.approx(math.log(NEVER))


def test_pairs_and_choices(bench):
    some = players.pairs(bench, 200)
    assert bench.measured(players.by_ibm1(some, bench))["types"] > 0.85
    assert set(players.in_order(some[:5], bench).items()) <= set(bench.sides.cipher.back.items())
    assert players.best_of([-3.0, -1.0, -2.0], [0.2, 0.6, 0.9], 2) == pytest.approx((0.6 + 0.6 + 0.9) / 3)


def test_exact_bigrams_have_no_twins(bench):
    exact = truth.exact_bigrams(bench)
    assert exact[Vocab.BOS].sum().item() == pytest.approx(1, abs=1e-6)
    assert exact[:, Vocab.EOS].sum().item() == pytest.approx(1, abs=1e-6)


def test_a_reader_sees_what_speaks_for_a_reading(bench):
    key = bench.sides.as_key(players.by_frequency(bench))
    show = pictures.desk(bench, {"frequency": key})
    page = show("The cook baked the bread.", "frequency", 2)._repr_html_()
    assert "✗" in page and "who reads" in page and "plain side" in page
    with pytest.raises(GensqError, match="of one of the two sides"):
        show("The zebra sang.", "frequency", 1)


TRAPS = {  # of the field's programs, as wrong functions: each is refused, with its reason
    "a restart chosen by the truth": ("best_of", lambda nats, right, num: players_choice(right, right, num),
                                      "ordered by what is right"),
    "the best on the test set": ("best_of", lambda nats, right, num: right.max(), "nobody knows that"),
    "an adversary with its sign turned": ("encoder_loss", lambda s, p, w: -w * (
        torch.nn.functional.softplus(-s).mean() + torch.nn.functional.softplus(p).mean()) / 2, "sign is turned"),
}


def players_choice(nats, right, num):
    return torch.tensor(players.best_of(nats.tolist(), right.tolist(), num))


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_of_the_field_is_refused(trap):
    assert named(*TRAPS[trap])


def test_the_recorded_table_is_whole():
    recorded = studies.read("decipherment")
    assert [row["setting"] for row in recorded["rows"]] == list(players.STUDY.settings)
    assert len({row["setting"]["seed"] for row in recorded["rows"]}) == 5
