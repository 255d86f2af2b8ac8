"""Lesson 21: what a text of one's own supports. Its tools on cases whose answer is known, its traps, its page, its checklist."""
import math
import random
from dataclasses import replace
from itertools import chain

import pytest
import torch
from own_texts import plain

from gensq_course.lessons.your_own_text import judging, own_grammar, parting, patients, texts, units, verdict
from gensq_course.lessons.your_own_text.splitting import together
from gensq_course.lessons.your_own_text.testing import permutation_p
from gensq_course.report import gate
from gensq_lib.diagnostics import growth, juries, leaks, two_samples
from gensq_lib.diagnostics.growth import Foretold
from gensq_lib.diagnostics.two_samples import TwoSample
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.stats import Estimate, Share
from gensq_lib.models.ngram import NGram
from gensq_lib.text import corpora
from gensq_lib.text.subwords import END, Subwords
from gensq_lib.text.vocab import Vocab

LINES = [tuple(line.lower().replace(".", " .").split()) for line in plain(600)]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "mine.txt"
    path.write_text("\n".join(plain(900)), encoding="utf-8")
    return corpora.load(f"file:{path}")


# --- subwords

def test_the_first_merges_are_those_of_a_count_by_hand():
    """l-o twice in five words, o-w likewise; of equal pairs the last by spelling is joined first."""
    cut = Subwords.learnt([("low", "low", "slow"), ("new", "newer")], 2)
    assert cut.merges[0] == ("o", "w" + END)
    assert cut.merges[1] == ("l", "ow" + END)
    assert cut.cut("slow") == ("s", "low" + END)


def slow_merges(words, num):
    """By the definition: count everything anew after each merge."""
    cut = {word: [*word[:-1], word[-1] + END] for word in words}
    merges = []
    for _ in range(num):
        counts = {}
        for word, pieces in cut.items():
            for pair in zip(pieces, pieces[1:]):
                counts[pair] = counts.get(pair, 0) + words[word]
        if not counts:
            break
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        for word, pieces in cut.items():
            joined = []
            for piece in pieces:
                if joined and (joined[-1], piece) == best:
                    joined[-1] += piece
                else:
                    joined.append(piece)
            cut[word] = joined
    return merges


@pytest.mark.parametrize("seed", range(6))
def test_fast_merges_are_the_slow_ones(seed):
    rng = random.Random(seed)
    words = {"".join(rng.choices("aab", k=rng.randint(1, 7))): rng.randint(1, 5) for _ in range(12)}
    sentences = [(word,) * num for word, num in words.items()]
    assert list(Subwords.learnt(sentences, 20).merges) == slow_merges(words, 20)


def test_what_is_cut_is_put_together_again():
    cut = Subwords.learnt(LINES, 60)
    for sentence in [*LINES[:50], ("neverseen", "\u00fcber", "\u72d7")]:
        assert cut.joined(cut.pieces(sentence)) == sentence
    assert Subwords().cut("dog") == ("d", "o", "g" + END)
    assert max(map(len, map(cut.pieces, LINES))) < max(map(len, map(Subwords().pieces, LINES)))


def test_merges_end_where_every_word_is_one_piece():
    assert Subwords.learnt([("ab", "c")], 50).merges == (("a", "b" + END),)
    with pytest.raises(GensqError, match="number of merges"):
        Subwords.learnt([("ab",)], -1)


# --- leaks

def test_resemblance_by_hand():
    six = tuple("abcdef")
    assert leaks.resemblance(six, six) == 1 and leaks.resemblance(("a",), ("b",)) == 0
    assert leaks.resemblance(six, tuple("abxdef")) == pytest.approx(5 / 9)
    assert leaks.resemblance(("a",), ("a",)) == 1  # the shortest one has shingles, too


@pytest.mark.parametrize("least", [0.2, 0.5, 0.8, 1.0])
def test_no_near_pair_is_missed(least):
    """Against all pairs, one by one."""
    rng = random.Random(3)
    few = [tuple(rng.choices("abcd", k=rng.randint(1, 6))) for _ in range(60)]
    others = [tuple(rng.choices("abcd", k=rng.randint(1, 6))) for _ in range(40)]
    within = {(i, j) for j in range(60) for i in range(j) if leaks.resemblance(few[i], few[j]) >= least}
    across = {(i, j) for i in range(60) for j in range(40) if leaks.resemblance(few[i], others[j]) >= least}
    assert {(i, j) for i, j, _ in leaks.near(few, least=least)} == within
    assert {(i, j) for i, j, _ in leaks.near(few, others, least=least)} == across


def test_by_hand_and_in_the_library_groups_are_the_same():
    pairs = [(8, 5), (5, 7), (7, 1), (1, 6), (6, 3), (2, 4)]
    table = torch.zeros(9, 9)
    for i, j in pairs:
        table[i, j] = 1.0
    assert together(table).long().tolist() == leaks.groups(9, pairs) == [0, 1, 2, 1, 2, 1, 1, 1, 1]


def test_pairs_alone_leave_a_chain_in_two_parts():
    """The trap: A-B and B-C are alike, A-C are not; whoever splits by pairs has C in another part than A."""
    chain = [(0, 1), (1, 2)]
    first_partner = [0, 0, 1]
    assert len(set(leaks.groups(3, chain))) == 1 and len(set(first_partner)) > 1


def test_echoes_are_found_and_groups_keep_them_in_one_part(own):
    lines, planted = texts.echoed(own.train, share=0.2, seed=0)
    found = leaks.near(lines)
    told = {(i, j) for i, j, _ in found}
    assert all(pair in told for pair, changed in planted.items() if changed <= 1)
    keys = leaks.groups(len(lines), [(i, j) for i, j, _ in found])
    split = texts.flattered(lines, keys, own, seed=0)
    assert split.share.count == 0 and split.seen is None


# --- units

def test_a_word_and_its_letters_cost_what_they_should():
    """Two words that training has; a third one costs <unk> and its letters."""
    speller = units.Speller.of(["ab", "ab", "ba"])
    assert speller.nats([]) == 0.0
    assert 0 < speller.nats(["ab"]) < speller.nats(["bb"]) < speller.nats(["zz"])
    assert speller.nats(["z"]) > units.NEW_CHARACTER


def test_units_pay_for_the_same_string(own):
    found = {unit.name: unit for unit in units.in_units(own, 60)}
    assert found["characters"].tokens > found["subwords"].tokens > found["words"].tokens
    assert found["characters"].per_token < found["words"].per_token
    assert abs(found["characters"].nats.mean - found["words"].nats.mean) < 0.5 * found["words"].nats.mean


def test_leaving_the_letters_out_makes_unknown_words_cheap(own):
    """The trap: a vocabulary of ten words has the lowest nats until the letters are paid for."""
    few = replace(own, vocab=Vocab.from_sentences(own.train, max_size=10))
    whole, poor = units.in_words(own), units.in_words(few)
    assert poor.nats.mean - poor.spelling < whole.nats.mean - whole.spelling
    assert poor.nats.mean > whole.nats.mean


def test_a_vocabulary_of_its_own_makes_little_text_look_good(own):
    """The trap of learning curves: with fewer sentences more words are unknown, and unknown words are easy."""
    def nll(vocab, num):
        ids = [[vocab.encode(s) for s in part] for part in (own.train[:num], own.test)]
        return -juries.log_p(NGram(order=3, vocab_size=len(vocab)).fit(ids[0]), ids[1]).mean().item()

    num = 20
    assert nll(Vocab.from_sentences(own.train[:num], min_count=2), num) < nll(own.vocab, num)


# --- two samples

def test_permutation_by_hand_is_that_of_the_library():
    kernel = two_samples.ngram_kernel(LINES[:20], LINES[300:330])
    draw = torch.Generator().manual_seed(0)
    orders = torch.stack([torch.randperm(50, generator=draw) for _ in range(99)])
    every = torch.cat([torch.arange(50)[None], orders])
    found = two_samples.squared_mmd(kernel, 20, every)
    assert permutation_p(kernel, 20, orders).item() == pytest.approx((found >= found[0] - 1e-6).double().mean().item())


def test_heaps_that_have_nothing_in_common_are_refused_and_equal_ones_are_not():
    left, right = [("a", "b", str(i % 7)) for i in range(40)], [("c", "d", str(i % 7)) for i in range(40)]
    for test in (two_samples.kernel_test, two_samples.classifier_test):
        assert test(left, right, 0).refuses and not test(left, left, 0).refuses


@pytest.mark.parametrize("test", [two_samples.kernel_test, two_samples.classifier_test])
def test_the_level_is_kept(test):
    """60 tests of one source at level .05: 9 or more refusals have a probability of .002."""
    found = two_samples.power(LINES, test, shares=(0.0,), num=25, repeats=60, seed=1)
    assert found[0.0].count <= 8


def never_counts_the_given_order(left, right, seed):
    """The trap: p of so few orders is 0 once in every 20 cases already, and below .05 far more often."""
    kernel, noise = two_samples.ngram_kernel(left, right), torch.Generator().manual_seed(seed)
    orders = torch.stack([torch.arange(len(kernel)), *(torch.randperm(len(kernel), generator=noise) for _ in range(9))])
    found = two_samples.squared_mmd(kernel, len(left), orders)
    return TwoSample("trap", 0.0, (found[1:] >= found[0]).double().mean().item(), len(kernel))


def test_a_p_value_of_zero_keeps_no_level():
    found = two_samples.power(LINES, never_counts_the_given_order, shares=(0.0,), num=20, repeats=200, seed=2)
    assert found[0.0].mean > two_samples.LEVEL  # 1 in 10 by exchangeability


@pytest.mark.parametrize("p, words", [(0.0123, "p at most 0.012"), (0.0005, "p at most 0.001"), (0.0004, "p below 0.001"),
                                      (1e-12, "p below 0.001"), (1.0, "p at most 1.000")])
def test_a_p_value_is_never_printed_as_zero(p, words):
    assert TwoSample("planted", 0.0, p, 40).said(3, "at most") == words


def test_power_sees_a_planted_fault_and_refuses_what_cannot_be_asked():
    found = two_samples.power(LINES, two_samples.kernel_test, fault=two_samples.again_and_again, shares=(0.0, 0.8), num=60,
                              repeats=10, seed=0)
    assert found[0.8].mean >= 0.9
    with pytest.raises(GensqError, match="twice as many in the text"):
        two_samples.power(LINES[:10], two_samples.kernel_test, shares=(0.0,), num=6, repeats=1, seed=0)


def test_a_swap_changes_two_neighbours_and_nothing_else():
    import numpy as np

    for sentence in LINES[:30]:
        changed = two_samples.swapped(sentence, np.random.default_rng(0))
        assert sorted(changed) == sorted(sentence) and sum(a != b for a, b in zip(changed, sentence)) == 2
    assert two_samples.swapped(("a", "a"), np.random.default_rng(0)) == ("a", "a")
    assert two_samples.spoilt(LINES[:40], 0.0, 0) == LINES[:40]


@pytest.mark.parametrize("powers, share", [
    ({0.0: 0.05, 0.1: 0.3, 0.2: 0.9, 0.4: 1.0}, 0.2), ({0.0: 0.05, 0.1: 0.9, 0.2: 0.5, 0.4: 0.9}, 0.4),
    ({0.0: 0.0, 0.4: 0.3}, None)])
def test_where_a_test_begins_to_see(powers, share):
    """A lucky point in front of a miss does not count."""
    assert two_samples.seen_from({key: Share(round(100 * value), 100) for key, value in powers.items()}) == share


# --- growth

@pytest.mark.parametrize("floor, exponent", [(0.0, 0.3), (10.0, 0.5), (18.0, 0.25)])
def test_a_power_law_is_found_again(floor, exponent):
    sizes = [200, 400, 800, 1600]
    law = growth.power_law(sizes, [floor + 90 * n**-exponent for n in sizes])
    assert law(3200) == pytest.approx(floor + 90 * 3200**-exponent, rel=0.01)


def test_noise_makes_the_interval_wide_and_a_flat_curve_stays_flat():
    sizes, nll = [100, 200, 400, 800], torch.tensor([[30.0], [27.0], [25.0], [23.5]]).expand(4, 20)
    quiet, loud = (growth.foretold(sizes, nll, 1600, noise=noise, seed=0) for noise in (0.01, 0.5))
    assert loud.interval[1] - loud.interval[0] > 5 * (quiet.interval[1] - quiet.interval[0])
    assert quiet.interval[0] <= quiet.mean <= quiet.interval[1] and quiet.mean < 23.5
    assert growth.power_law(sizes, [5.0, 5.0, 5.0, 5.0])(10_000) == 5.0
    assert growth.power_law(sizes, [5.0, 6.0, 7.0, 8.0]).scale == 0.0  # a loss that grows is no power law
    with pytest.raises(GensqError, match="three or more different sizes"):
        growth.power_law([100, 200], [3.0, 2.0])


def test_intervals_hold_what_they_promise_where_the_curve_is_a_power_law():
    """40 curves whose noise is known from five trainings alone: at least 33 (95 % less four deviations of a count)."""
    sizes, held = [200, 400, 800, 1600], 0
    for seed in range(40):
        draw = torch.Generator().manual_seed(seed)
        nll = torch.tensor([[12.0 + 120 * n**-0.35] for n in sizes]) + 0.3 * torch.randn(4, 1, generator=draw)
        noise = judging.widened(0.3 * torch.randn(judging.TRAININGS, generator=draw).std().item())
        low, high = growth.foretold(sizes, nll, 3200, noise=noise, seed=seed).interval
        held += low <= 12 + 120 * 3200**-0.35 + 0.3 * torch.randn(1, generator=draw).item() <= high
    assert held >= 33


# --- the jury

def test_a_jury_finds_one_real_sentence_in_twenty_strange_and_shuffled_ones_more(own):
    ids = judging.encoded(own)
    jury = juries.Jury.sworn([judging.counted(own)], ids["valid"])
    assert jury.verdict(ids["valid"]) <= 0.06
    assert jury.verdict([own.vocab.encode(s) for s in judging.shuffled(own.test, 0)]) > 0.5
    with pytest.raises(GensqError, match="at least one model"):
        juries.Jury.sworn([], ids["valid"])


@pytest.mark.parametrize("left, right, tau", [
    ([1, 2, 3], [1, 2, 3], 1.0), ([1, 2, 3], [3, 2, 1], -1.0), ([1, 2, 3, 4], [2, 1, 4, 3], 1 / 3), ([1, 1, 2], [5, 6, 7], 1.0)])
def test_agreement_of_orders_by_hand(left, right, tau):
    assert juries.rank_agreement(left, right) == pytest.approx(tau)


def test_no_order_agrees_with_nothing():
    assert math.isnan(juries.rank_agreement([1, 1], [1, 2]))


def test_surprise_per_sentence_would_call_long_ones_strange(own):
    """The trap: nats per sentence grow with its length, whoever wrote it."""
    ids = judging.encoded(own)
    model = judging.counted(own)
    nats = juries.surprise([model], ids["test"])[0]
    tokens = torch.tensor([len(each) + 1.0 for each in ids["test"]]).double()
    in_all = torch.corrcoef(torch.stack([nats * tokens, tokens]))[0, 1]
    per_token = torch.corrcoef(torch.stack([nats, tokens]))[0, 1]
    assert in_all > per_token


# --- the checklist

@pytest.mark.parametrize("row", patients.checklist(), ids=lambda row: row.patient)
def test_every_row_has_its_patient_and_its_words(row):
    assert row.patient in patients.PATIENTS and min(map(len, (row.symptom, row.instrument, row.cause, row.cure))) > 10


def test_every_patient_but_the_healthy_one_has_a_row():
    assert {row.patient for row in patients.checklist()} == set(patients.PATIENTS) - {"healthy"}


def test_the_walk_goes_down_the_list_and_its_numbers_can_be_read():
    chart = {row.sign.reading: 11_600.0 for row in patients.checklist()}
    rows, names = patients.walked({"A": chart, "B": chart}, patients.checklist())
    assert names[1:] == ["A", "B"] and [row[0] for row in rows] == [
        f"{row.instrument} ({row.sign.bound})" for row in patients.checklist()]
    assert "11,600" in rows[0][1] and patients.tidy(0.01234) == "0.012" and patients.tidy(2.04) == "2.04"


def test_readings_of_the_plant_itself_are_named():
    sick = set(patients.PATIENTS) - {patients.HEALTHY}
    assert set(patients.PLAIN) < sick and len(sick - set(patients.PLAIN)) == 4  # as the claim says


def test_the_first_sign_names_the_illness(own):
    charts = {name: patients.examined(name, own, steps=90, seed=0) for name in patients.PATIENTS}
    assert patients.rows_for(charts[patients.HEALTHY]) == list(patients.checklist())
    assert len(patients.right(charts)) >= 6, patients.walked(charts, patients.checklist())


# --- a grammar of one's own

def test_each_step_says_what_is_missing_and_the_last_two_are_grammars():
    said = [answer for _, answer in own_grammar.attempts()]
    assert all("my.grammar" in answer for answer in said[:4]) and all("entropy" in answer for answer in said[4:])
    assert "/" not in "".join(said)  # no path of a machine
    assert any(f"line {number}" in said[3] for number in range(1, 12))


def test_counts_come_to_the_floor_and_not_below():
    above = own_grammar.above_floor(sizes=(50, 1000), seed=3)
    assert above[50].mean > above[1000].mean > -3 * above[1000].error


# --- the page

def test_the_gains_in_the_prose_are_those_of_the_record():
    import json
    from pathlib import Path

    root = Path(__file__).parents[1]
    runs = [run["recorded"] for run in json.loads((root / "docs/results/21_your_own_text.json").read_text())["runs"]]
    gains = [[run["nll_lm"] - run[name] for run in runs] for name in ("foretold", "doubled")]
    (low, high), (least, most) = ((f"{min(each):.1f}", f"{max(each):.1f}") for each in gains)
    said = (root / "notebooks/21_your_own_text.ipynb").read_text(encoding="utf-8")
    assert f"promised {low} to {high} nats and {least} to {most} came" in said


def test_a_training_says_how_often_it_read_and_what_ended_it(own):
    trained = judging.language_model(own, steps=2, seed=0, num=64)
    steps = len(trained.history["step"])
    assert judging.course(trained, 64) == f"64 sentences read {steps * judging.BATCH_SIZE / 64:.1f} times, ended by " + (
        "its cap" if steps == trained.most else "validation")

def unit(name, nats, *, tokens=0.0, unknown=0.02):
    return units.Unit(name, 100, tokens or 10.0 + 30 * (name != "words"), 3.0, unknown * (name == "words"), 1.0,
                      torch.tensor([nats - 1, nats + 1.0]), 3)


def heard(real, again, model):
    """What a jury of one finds strange of 500 sentences each."""
    return {name: verdict.pooled([Share(round(500 * share), 500)]) for name, share in (
        ("real", real), ("again", again), ("model", model))}


GOOD = verdict.Measured(
    num_test=500, alike=Share(5, 500), now=Estimate(30.0, 0.3, 500), twice=Foretold(3200, 29.8, (29.6, 30.1)),
    checked=Foretold(1600, 30.0, (29.0, 31.0)), units=[unit("words", 40.0), unit("characters", 42.0)],
    unit_gain=Estimate(2.0, 0.1, 500), counts=33.0, over_counts=Estimate(3.0, 0.2, 500), vae=Estimate(0.3, 0.05, 200),
    information=4.0, tests=[TwoSample("kernel", 0.1, 0.4, 600)], control=[TwoSample("kernel", 0.1, 0.5, 600)],
    seen_words=0.2, seen_again=None,
    strange=heard(0.05, 0.05, 0.06), agreement=0.9, noise=0.02, fresh=30.4, used=1600, there=1600)


@pytest.mark.parametrize("change, question, words", [
    ({}, "split", "As far as we can see: 1.0%"), ({"alike": Share(150, 500)}, "split", "Not quite: 30.0%"),
    ({"num_test": 60}, "split", "only 60 sentences"),
    ({}, "enough", "Yes, for these models"),
    ({"twice": Foretold(3200, 26.0, (25.0, 27.0))}, "enough", "No. Twice the text would take 3.0 to 5.0"),
    ({"twice": Foretold(3200, 28.0, (26.0, 30.5))}, "enough", "cannot be said"),
    ({"checked": Foretold(1600, 27.0, (26.5, 27.5))}, "enough", "Take this with care"),
    ({"used": 400, "there": 10_370}, "enough", "400 of the 10,370"),
    ({"alike": Share(150, 500)}, "split", "costs the language model 30.4 nats"),
    ({"alike": Share(500, 500)}, "split", "every test sentence"), ({"alike": Share(0, 8)}, "split", "it may be up to 32%"),
    ({"alike": Share(150, 500)}, "split", "groups=near"),
    ({}, "units", "Words:"), ({"unit_gain": Estimate(0.1, 0.2, 500)}, "units", "no difference that counts"),
    ({"unit_gain": Estimate(0.3, 0.01, 500)}, "units", "no difference that counts"),
    ({"noise": 3.0}, "model", "cannot be seen"), ({"noise": 3.0}, "latent", "a yes was out of reach"),
    ({"noise": 0.3}, "sum", "not settled by one training"),
    ({"tests": [TwoSample(name, 0.1, p, 600) for name, p in (("kernel", 0.03), ("jury", 0.5), ("classifier", 0.4))]},
     "written", "Not by any"),
    ({"tests": [TwoSample(name, 0.1, p, 600) for name, p in (("kernel", 0.01), ("jury", 0.5), ("classifier", 0.4))]},
     "written", "Yes, by 1 of 3"), ({"tests": [TwoSample("kernel", 0.1, 0.01, 600)]}, "sum", "can be told from real"),
    ({"left_out": 0.7}, "first", "At least 70% of the text was left out"), ({"smoke": True}, "first", "Budget smoke"),
    ({"smoke": True}, "sum", "Budget smoke"), ({"vae": Estimate(1.5, 0.1, 200)}, "sum", "does not pay by likelihood"),
    ({}, "model", "Yes: it is 3.00"), ({"over_counts": Estimate(-3.0, 0.2, 500)}, "model", "No: the best counts are 3.00"),
    ({"over_counts": Estimate(0.1, 0.2, 500)}, "model", "cannot be seen"),
    ({}, "latent", "Yes, at a price"), ({"vae": Estimate(1.5, 0.1, 200)}, "latent", "Not at this price"),
    ({"information": 0.1}, "latent", "none to speak of"), ({"information": 1.9}, "latent", "One training cannot settle"),
    ({}, "written", "Not by any of our tests, with 300"),
    ({"control": [TwoSample("kernel", 0.1, 0.01, 600)]}, "written", "told from real ones of another, too (kernel)"),
    ({}, "written", "20% of the sentences, and repetition in no share that we tried"),
    ({"tests": [TwoSample("kernel", 0.1, 0.01, 600)]}, "written", "Yes, by 1 of 1 tests (kernel"),
    ({}, "strange", "it finds 6% strange"),
    ({"strange": heard(0.05, 0.05, 0.4)}, "strange", "Yes: the jury finds 40%"),
    ({"strange": heard(0.05, 0.05, 0.0)}, "strange", "too tame"),
    ({"strange": heard(0.05, 0.3, 0.4)}, "strange", "the jury finds 30% of real sentences strange"),
    ({"strange": heard(0.2, 0.05, 0.4)}, "strange", "That cannot be said"),
    ({"strange": heard(0.01, 0.11, 0.11)}, "strange", "the jury finds 11% of real sentences strange"),
    ({"agreement": 0.1}, "strange", "do not agree"),
    ({}, "sum", "A language model. A VAE"), ({"information": 0.1}, "sum", "has to be wanted for itself"),
    ({"twice": Foretold(3200, 26.0, (25.0, 27.0))}, "sum", "for a first look"),
    ({"over_counts": Estimate(-3.0, 0.2, 500)}, "sum", "nothing that needs training"),
    ({"over_counts": Estimate(-3.0, 0.2, 500), "falling": True}, "model", "still learning when its steps ended, 3.00"),
    ({"over_counts": Estimate(-3.0, 0.2, 500), "falling": True}, "sum", "No model was trained to its end"),
    ({"falling": True}, "sum", "A language model."), ({"num_test": 40}, "sum", "told from 40 test sentences"),
    ({"there": 900, "used": 900}, "enough", "No: its 900 training sentences"), ({"there": 900}, "sum", "for a first look"),
    ({"units": [unit("words", 40.0, unknown=0.3), unit("characters", 42.0)]}, "enough", "Not by words: 30%"),
    ({"units": [unit("words", 40.0), unit("characters", 42.0, tokens=10.5)]}, "units", "nearly one unit in this script"),
    ({"warnings": ["22% of the lines have time codes: gensq corpus cut PATH -o NEW"]}, "first", "22% of the lines have"),
    ({"warnings": ["22% of the lines have time codes: gensq corpus cut PATH -o NEW"]}, "sum", "Mend the file first"),
    ({"warnings": ["4% of the words are unknown."]}, "sum", "A language model."),
])
def test_the_page_says_what_the_numbers_say(change, question, words):
    page = dict(verdict.page(replace(GOOD, **change)))
    assert words in page[verdict.phrases()["ask"][question]]


def test_no_phrase_of_the_page_is_spare_and_no_brace_is_left():
    page = " ".join(answer for _, answer in verdict.page(GOOD))
    assert "{" not in page and len(verdict.page(GOOD)) == len(verdict.phrases()["ask"]) - 1  # nothing to warn of


def test_what_was_left_out_is_said_first():
    first = verdict.page(replace(GOOD, left_out=0.7))[0]
    assert first[0] == verdict.phrases()["ask"]["first"] and "70%" in first[1]
    assert verdict.page(replace(GOOD, left_out=0.4)) == verdict.page(GOOD)


def test_paragraphs_count_as_at_least_the_longest_sentence(own):
    assert texts.left_out(own) == 0.0
    words = sum(map(len, own.train + own.valid + own.test))
    assert texts.left_out(replace(own, account={"lines": 9, "empty": 0, "too long": 5})) == pytest.approx(305 / (305 + words))


def test_noise_between_trainings_widens_an_interval_that_knows_one_training():
    """The trap: over test sentences alone .37 nats are five errors from 0, where trainings lie .8 apart."""
    alone = Estimate(0.37, 0.06, 200)
    assert alone.interval[0] > 0 > verdict.in_trainings(alone, 0.8).interval[0]
    same = verdict.in_trainings(alone, 0.0)
    assert same.error == alone.error and same.n == pytest.approx(alone.n, abs=1)


def test_tests_that_are_asked_together_share_the_level():
    """The trap: of three tests of real text, each at .05, one refuses in up to 14 % of the cases."""
    draw = random.Random(0)
    heaps = [[TwoSample("t", 0.0, draw.random(), 10) for _ in range(3)] for _ in range(2000)]
    assert sum(any(test.refuses for test in heap) for heap in heaps) > 0.12 * len(heaps)
    assert sum(bool(verdict.refusing(heap)) for heap in heaps) < 0.065 * len(heaps)


def test_the_order_among_models_counts_only_pairs_that_the_truth_tells_apart():
    ruling = judging.Judged({name: [Share(count, 100)] for name, count in (("a", 1), ("b", 5), ("c", 50), ("d", 60))})
    truth = {"a": Estimate(0.5, 0.01, 100), "b": Estimate(0.5, 0.01, 100), "c": Estimate(0.1, 0.01, 100),
             "d": Estimate(0.9, 0.01, 100)}
    assert ruling.right_pairs(truth, ["a", "b"]) == Share(0, 0)
    assert ruling.right_pairs(truth, ["a", "b", "c"]) == Share(2, 2)
    assert ruling.right_pairs(truth, ["a", "b", "c", "d"]) == Share(2, 5)


def test_what_stands_above_is_not_said_to_be_below():
    assert verdict.placed(Estimate(11.6, 0.5, 9), "the counts").startswith("11.600 ± 0.500 above")
    assert verdict.placed(Estimate(-8.1, 0.5, 9), "the counts").startswith("8.100 ± 0.500 below")


def test_pooled_members_hear_the_same_sentences():
    found = verdict.pooled([Share(1, 10), Share(2, 10)])
    assert found.mean == pytest.approx(0.15) and found.n == 10 and verdict.pooled([Share(0, 10)]).error > 0
    assert verdict.best({("a", "kernel"): None, ("a", "jury"): 0.4, ("b", "jury"): 0.1}, "a") == 0.4


def test_a_mean_test_sees_a_shift_in_both_directions():
    import numpy as np

    noise = np.random.default_rng(0)
    left = noise.standard_normal(60)
    assert judging.mean_test(left, left + 2, 0).refuses and judging.mean_test(left + 2, left, 0).refuses
    assert not judging.mean_test(left, noise.permutation(left), 0).refuses


def test_the_mean_test_is_that_of_one_order_after_another():
    """p of the fast one against the definition, order by order."""
    import numpy as np

    noise = np.random.default_rng(1)
    left, right = noise.standard_normal(20), noise.standard_normal(30) + 0.4
    both, draws = np.concatenate([left, right]), np.random.default_rng((3, 11))
    orders = [np.arange(50), *(draws.permutation(50) for _ in range(99))]
    apart = [abs(both[order[:20]].mean() - both[order[20:]].mean()) for order in orders]
    wanted = sum(each >= apart[0] - 1e-12 for each in apart) / len(apart)
    assert judging.mean_test(left, right, 3, permutations=99).p_value == pytest.approx(wanted)


def test_a_tie_of_the_jury_is_no_mistake():
    """The trap: .065 before .068 of 300 sentences is less than one sentence."""
    truth = {"good": Estimate(0.9, 0.01, 300), "poor": Estimate(0.4, 0.01, 300), "cool": Estimate(0.4, 0.01, 300)}
    ruling = judging.Judged({"good": [Share(21, 300)], "poor": [Share(20, 300)], "cool": [Share(0, 300)]})
    assert [a for a in truth if ruling.verdicts[a] < ruling.verdicts["good"]] == ["poor", "cool"]  # what `<` alone would list
    assert verdict.mistaken(ruling, truth) == ["cool before good"]


def test_copies_are_measured_on_the_same_lines(own):
    """The trap: the others are other lines; here the lines with a copy are long ones, so against them a copy looks dear."""
    short = [line for line in own.train if len(line) <= 6][:200]
    long = [(*a, *b, *c) for a, b, c in zip(own.train, own.train[100:], own.train[200:220])]
    lines = [*short, *long * 10]
    found = texts.flattered(lines, range(len(lines)), own, seed=0)
    assert found.seen.n == found.without.n and found.gain > 0
    assert found.gain == pytest.approx(found.without.mean - found.seen.mean)


def test_a_text_of_a_grammar_is_opened_as_though_it_were_a_file():
    text, whole = texts.opened("world", seed=0, num_train=300, most=100)
    assert whole is text
    assert len(text.train) == 300 and not text.vocab.closed and len(text.test) == texts.HELD_OUT
    assert text.unknown_rate(text.test) > 0 and text.grammar is not None


def test_a_long_file_is_cut_and_its_vocabulary_is_that_of_the_rest(own):
    path = next(word for word in own.name.split() if word.startswith("file:"))
    cut, whole = texts.opened(path, seed=0, num_train=5, most=200)
    assert len(cut.train) == 200 and cut.test == whole.test and len(whole.train) > 200
    assert set(cut.vocab.words[4:]) <= {word for sentence in cut.train for word in sentence}


def test_the_jury_reads_what_no_player_has_read(own):
    divided = judging.Divided.of(own)
    assert [*divided.models.train, *divided.jury.train] == own.train and len(divided.jury.train) >= len(own.train) // 4
    assert divided.models.vocab is divided.jury.vocab




# --- what stays in one part

@pytest.fixture(scope="module")
def talks(tmp_path_factory):
    """Two hundred talks of twelve lines: a table with a column, and a text with a mark between them."""
    folder, lines = tmp_path_factory.mktemp("talks"), plain(2400)
    rows = [f'{i // 12},"{line}"' for i, line in enumerate(lines)]
    (folder / "talks.csv").write_text("\n".join(["talk,said", *rows]), encoding="utf-8")
    marked = chain.from_iterable([*lines[i:i + 12], "%"] for i in range(0, 2400, 12))
    (folder / "talks.txt").write_text("\n".join(marked), encoding="utf-8")
    read = corpora.load(f"file:{folder}/talks.txt").read
    return folder, {read(line): i // 12 for i, line in enumerate(lines)}


def parts(text):
    return text.train, text.valid, text.test


@pytest.mark.parametrize("name, groups, wide", [
    ("talks.csv#said", "talk", 1), ("talks.txt", "%", 1), ("talks.txt", "12", 1), ("talks.txt", "36", 3)])
def test_what_belongs_together_is_in_one_part(talks, name, groups, wide):
    folder, talk = talks
    text, _ = texts.opened(f"file:{folder}/{name}", seed=0, num_train=0, most=10_000, groups=groups)
    of = [{talk[sentence] // wide for sentence in part} for part in parts(text)]
    assert not (of[0] & of[1] or of[0] & of[2] or of[1] & of[2]) and sum(map(len, parts(text))) == 2400
    assert len(text.test) in range(80, 121) and text.vocab.words != () and f"groups={groups}" in str(text)


def test_the_library_parts_a_talk(talks):
    """The trap: split by sentence, every talk of the test stands in training, too."""
    folder, talk = talks
    text, _ = texts.opened(f"file:{folder}/talks.txt", seed=0, num_train=0, most=10_000)
    assert {talk[s] for s in text.test} <= {talk[s] for s in text.train}


def test_near_copies_stay_together_and_equal_lines_of_other_groups_are_left_out(tmp_path):
    lines = plain(1200)
    path = tmp_path / "own.txt"
    path.write_text("\n".join(each for line in lines for each in (line, f"{line[:-1]} too.")), encoding="utf-8")
    careless, _ = texts.opened(f"file:{path}", seed=0, num_train=0, most=10_000)
    near, _ = texts.opened(f"file:{path}", seed=0, num_train=0, most=10_000, groups="near")
    assert leaks.copied(careless.train, careless.test) and not leaks.copied(near.train, near.test)
    again = [line for i, line in enumerate(lines) for line in ([line, "Hello there friend."] if i % 3 == 0 else [line])]
    path.write_text("\n".join(again), encoding="utf-8")
    text, _ = texts.opened(f"file:{path}", seed=0, num_train=0, most=10_000, groups="10")
    assert not set(text.train) & {*text.valid, *text.test} and "left out" in " ".join(text.notes)


def test_a_group_that_does_not_fit_goes_to_training():
    place = parting.placed(["large"] * 900 + [str(i) for i in range(100)], 50)
    assert place["large"] == 0 and [list(place.values()).count(part) for part in range(3)] == [1, 50, 50]


def test_a_short_text_holds_out_a_tenth(own):
    path = next(word for word in own.name.split() if word.startswith("file:"))
    text, _ = texts.opened(path, seed=0, num_train=0, most=10_000)
    assert len(text.test) == len(text.valid) == 90 and sum(map(len, parts(text))) == 900
    other, _ = texts.opened(path, seed=1, num_train=0, most=10_000)
    assert set(other.test) == set(text.test) and other.train != text.train


@pytest.mark.parametrize("groups, what", [
    ("topic", "near copies.*which is no line of"), ("1000", "make smaller groups"), ("0", "which is no line of")])
def test_groups_that_are_none_are_refused(talks, groups, what):
    with pytest.raises(GensqError, match=what):
        texts.opened(f"file:{talks[0]}/talks.txt", seed=0, num_train=0, most=100, groups=groups)


@pytest.mark.parametrize("name, groups, what", [
    ("talks.csv#said", "talks", "expected a column"), ("talks.csv#2", "talk", "the names of both columns")])
def test_columns_that_do_not_fit_are_refused(talks, name, groups, what):
    with pytest.raises(GensqError, match=what):
        texts.opened(f"file:{talks[0]}/{name}", seed=0, num_train=0, most=100, groups=groups)


def test_a_grammar_has_no_groups():
    with pytest.raises(GensqError, match="drawn one by one"):
        texts.opened("world", seed=0, num_train=300, most=100, groups="near")


# --- one language for models and text

def test_words_that_no_model_may_say_would_give_it_away(own):
    """The trap: real sentences with their rare words against the same without them."""
    words = [word for word in own.vocab.words[len(Vocab.SPECIALS):] if word not in ("dog", "cat")]
    few = replace(own, vocab=Vocab(words), valid=own.train[:300], test=own.train[300:600])
    heard = judging.comparable(few)
    unknown = [s for s in few.test if few.vocab.unknown(s)]
    assert unknown and heard.test == [s for s in few.test if s not in unknown] == judging.clear(heard.test)
    assert two_samples.kernel_test(unknown, heard.valid, 0).refuses


def test_where_hardly_a_sentence_is_known_all_stay_as_models_read_them(own):
    heard = judging.comparable(replace(own, vocab=Vocab.from_sentences(own.train, max_size=5)))
    assert len(heard.test) == len(own.test) and any("<unk>" in s for s in heard.test) and judging.clear(heard.test) != heard.test


def test_spoilt_text_is_a_row_of_players_in_a_known_order(own):
    spoilt, models = judging.graded({}, own, num=40, seed=0)
    apart = [sum(a != b for a, b in zip(each, own.test[:40])) for each in spoilt.values()]
    assert apart == sorted(apart) and apart[0] == 0 < apart[-1] and models == {}


# --- choices by validation

def test_merges_are_those_that_validation_likes_best(own):
    found = {unit.name: unit for unit in units.in_units(own, 100)}["subwords"]
    learnt = Subwords.learnt(own.train, 100)
    tried = [units.in_pieces(own, "subwords", Subwords(learnt.merges[:num])) for num in (10, 33, 100)]
    assert found.on_valid == min(unit.on_valid for unit in tried)


def test_a_sign_of_the_text_is_taken_out_of_the_walk():
    chart = {row.sign.reading: (row.sign.low if row.sign.low > -math.inf else row.sign.high) for row in patients.checklist()}
    sick = chart | {"unknown": 0.4, "kl_over_logged": 9.0}
    rows = patients.rows_for(chart | {"unknown": 0.4})
    assert [row.patient for row in patients.named(sick, patients.checklist())] == ["few unknown words", "units of the KL"]
    assert [row.patient for row in patients.named(sick, rows)] == ["units of the KL"]


def test_what_the_table_on_top_finds_poor_reaches_the_page(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("\n".join([*plain(2_400), *["By the same hand"] * 40]), encoding="utf-8")
    whole = texts.opened(f"file:{path}", seed=0, num_train=0, most=300)[1]
    assert any('the line "By the same hand" comes 40 times' in each for each in texts.warnings(f"file:{path}", whole))
    assert texts.warnings("world", whole) == ()


def test_a_page_hears_no_numbers_of_a_split_that_is_not_its_own(tmp_path):
    """A short text holds out more here than in the table on top: what that says of its few test sentences is not so."""
    path, name = tmp_path / "own.txt", f"file:{tmp_path / 'own.txt'}"
    path.write_text("\n".join([*plain(400), *["By the same hand"] * 40]), encoding="utf-8")
    whole = texts.opened(name, seed=0, num_train=0, most=300)[1]
    told, heard = gate.look(name), texts.warnings(name, whole)
    assert any("test sentences: a mean over so few" in each for each in told.warnings) and len(whole.test) > told.sizes[2]
    assert len(heard) == 1 and "By the same hand" in heard[0]
