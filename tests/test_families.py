"""Lesson 19's players and measures: identities that hold without training, and measures that must not be fooled."""
import math
from functools import cache

import pytest
import torch

from gensq_course import studies
from gensq_course.studies import families, family_measures, family_tables
from gensq_course.studies.families import BUDGET, FAMILIES, PACE, SIZES, TRAINED, Place, bought, exact, fitted
from gensq_course.studies.family_measures import both_ways, controlled, likelihood, measured, samples
from gensq_course.studies.players import Frequencies, Latent, Order, Places, Replay, Words, wide_bound
from gensq_lib.diagnostics import all_sentences
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.stats import estimate
from gensq_lib.models.language_model import LanguageModel
from gensq_lib.models.text_vae import TextVAE
from gensq_lib.text.batching import collate

PLACE = Place(0)
NUM = 600
SMALL = {"embed_dim": 8, "hidden_dim": 8}


@cache
def counted():
    return fitted("n-gram", PLACE)


@cache
def everything():
    return all_sentences(PLACE.text.grammar, PLACE.text.vocab)


@cache
def all_words():
    return [derivation.words("en") for derivation in PLACE.text.grammar.derivations()]


def numbers(player, place=PLACE, num=NUM):
    return {record["measure"]: record["value"] for record in measured(player, place, num=num)}


def said_by(player, num=NUM):
    return player.say(num, generator=runtime.generator(3))


def test_the_perfect_player_pays_nothing_above_the_truth():
    found = numbers(fitted("world", PLACE), num=2_000)
    assert (found["gap"], found["js"], found["kl_valid"], found["valid"]) == pytest.approx((0, 0, 0, 1), abs=1e-12)
    nats = estimate(-exact(PLACE, PLACE.text.test))
    assert abs(nats.errors_from(PLACE.text.grammar.entropy())) < 3 and found["nll"] == pytest.approx(nats.mean)


def test_replay_is_as_valid_as_what_it_read_and_gives_nothing_to_what_is_new():
    found = numbers(fitted("replay", PLACE))
    assert (found["valid"], found["copied"], found["new"], found["discovered"]) == (1, 1, 0, 0)
    assert 0 < found["seen"] < 1 and "nll" not in found and "gap" not in found, "its likelihood of new sentences is 0"
    dirty = Place(0, noise="wrong word", share=0.1)
    clean = exact(dirty, dirty.sentences).isfinite().double().mean().item()
    valid = numbers(fitted("replay", dirty))["valid"]
    assert 0 < clean < 1 and abs(valid - clean) < 4 * math.sqrt(clean * (1 - clean) / NUM)


def test_replay_is_a_distribution():
    parrot = Replay(sentences=[("a",), ("a",), ("b",), ("c",)])
    assert parrot.log_q([("a",), ("b",), ("c",), ("d",)]).exp().tolist() == pytest.approx([0.5, 0.25, 0.25, 0])


def test_what_a_player_says_has_the_probability_that_it_names():
    """Of all sentences of the world, added up: the share of its samples that are valid."""
    for temperature in (1.0, 0.8):
        total = counted().log_q(all_words(), temperature=temperature).exp().sum().item()
        said = counted().say(NUM, generator=runtime.generator(5), temperature=temperature)
        valid = exact(PLACE, said).isfinite().double().mean().item()
        assert abs(valid - total) < 4 * math.sqrt(total * (1 - total) / NUM)


def test_both_ways_agree_with_the_sums_over_all_sentences():
    sums = everything().outcomes(counted().model).means
    said, there = said_by(counted(), 4_000), PLACE.text.test
    found = both_ways(exact(PLACE, there), counted().log_q(there), exact(PLACE, said), counted().log_q(said))
    for ours, theirs, near in (("js", "js", 0.02), ("kl_valid", "kl_valid", 0.08), ("entropy", "entropy", 0.08)):
        assert found[ours] == pytest.approx(sums[theirs], abs=near), ours
    gap = likelihood(exact(PLACE, there), counted().log_q(there))["gap"]
    assert gap == pytest.approx(sums["kl_forward"], abs=0.15)


def wrong_js(p_there, q_there, p_here, q_here):
    """Only what the player says is looked at."""
    return math.log(2) - torch.nn.functional.softplus(p_here - q_here).mean().item()


def test_a_one_sided_divergence_is_fooled_by_a_parrot_of_few_sentences_and_ours_is_not():
    few = Replay(sentences=[s for s in PLACE.text.train if len(s) > 5][:10])
    said, there = said_by(few), PLACE.text.test[:NUM]
    logs = exact(PLACE, there), few.log_q(there), exact(PLACE, said), few.log_q(said)
    assert both_ways(*logs)["js"] > 0.6 and both_ways(*logs)["js"] <= math.log(2) + 1e-9
    assert abs(wrong_js(*logs) - both_ways(*logs)["js"]) > 1e-3


def test_coverage_is_not_fooled_by_saying_one_sentence_or_all_that_was_read():
    one, read = [PLACE.text.test[0]] * NUM, PLACE.sentences[:NUM]
    same, parrot = (samples(said, exact(PLACE, said), PLACE) for said in (one, read))
    assert same["valid"] == 1 and same["distinct"] == 1 / NUM and same["discovered"] <= 1 / NUM
    assert parrot["distinct"] > 0.5 and parrot["copied"] == 1 and parrot["discovered"] == 0


def test_random_words_are_a_distribution_and_no_sentences():
    model = Frequencies(vocab_size=len(PLACE.vocab)).fit(PLACE.train)
    assert model.log_p.exp().sum().item() == pytest.approx(1, abs=1e-5)
    found = numbers(fitted("random words", PLACE))
    assert found["valid"] < 0.01 and found["js"] == pytest.approx(math.log(2), abs=0.01) and found["gap"] > 10


def silent_vae():
    """Its decoder is a language model that does not look at z: log p(x) is known."""
    torch.manual_seed(0)
    lm = LanguageModel(vocab_size=len(PLACE.vocab), **SMALL)
    vae = TextVAE(vocab_size=len(PLACE.vocab), latent_dim=3, **SMALL)
    vae.decoder.start_from(lm.decoder)
    return Latent(model=vae.eval(), vocab=PLACE.vocab), Words(model=lm.eval(), vocab=PLACE.vocab)


def test_the_bound_of_a_vae_whose_z_is_silent_is_the_likelihood_of_its_decoder():
    ours, theirs = silent_vae()
    some = PLACE.text.test[:60]
    off = ours.log_q(some) - theirs.log_q(some)
    assert off.mean().abs() < 0.1 and off.abs().max() < 1, "<pad>, <bos> and <unk> are said by neither"


def test_the_bound_is_below_the_truth_on_average_and_rises_with_draws():
    ours, theirs = silent_vae()
    batch = collate(PLACE.train[:100])
    exactly = theirs.model.log_likelihood(batch) - torch.tensor(0.0)
    few, many = (wide_bound(ours.model, batch, num_samples=num, generator=runtime.generator(1)).mean() for num in (5, 300))
    said = ours.model.log_likelihood(batch, torch.zeros(1, len(batch), 3))[0].mean()
    assert few < many + 0.02 and abs(many - said) < 0.05 and exactly.mean() < said, "what is never said is shared out"


def test_orders_are_met_by_who_can_be_told_and_by_chance_otherwise():
    found = {name: {(r.get("draws"), r["measure"]): r["value"] for r in controlled(player, PLACE)}
             for name, player in (("world", fitted("world", PLACE)), ("replay", fitted("replay", PLACE)), ("n-gram", counted()))}
    assert all(found[name][draws, "obeyed"] == 1 for name in ("world", "replay") for draws in family_measures.DRAWS)
    blind = found["n-gram"]
    assert blind[1, "obeyed"] < 0.25 < blind[16, "obeyed"] <= 1, "more draws, a better choice"


def test_the_centre_of_an_order_is_the_sum_of_what_topic_and_tense_move():
    orders = [Order("kitchen", "past"), Order("kitchen", "future"), Order("garden", "past"), Order("garden", "future")]
    z = torch.tensor([[0.0, 0.0], [0.0, 4.0], [2.0, 0.0], [2.0, 4.0]])
    places = Places(z, orders)
    assert all(torch.allclose(places.centre(order), row) for order, row in zip(orders, z))
    assert torch.allclose(places.centre(Order("kitchen", "present")), torch.tensor([0.0, 2.0])), "unknown: the middle"
    assert places.spread.tolist() == [0, 0]


def test_every_family_is_tuned_by_as_many_trials_and_pays_out_of_one_budget():
    assert set(family_tables.TRIALS) == set(TRAINED) == set(families.CHOSEN)
    assert {len({family_tables.in_words(trial) for trial in trials}) for trials in family_tables.TRIALS.values()} == {6}
    assert all(PACE[what][size] * bought(what, size, BUDGET) <= BUDGET for what in PACE for size in SIZES)
    assert all(PACE[what][small] <= PACE[what][large] for what in PACE for small, large in zip(SIZES, list(SIZES)[1:]))


@pytest.mark.slow
@pytest.mark.parametrize("family", TRAINED)
def test_every_family_trains_speaks_and_is_measured(family):
    found = numbers(fitted(family, Place(1, 500), seconds=0.4), Place(1, 500), num=40)
    assert found["gap"] > 0 and found["nll"] > 0 and 0 <= found["js"] <= 0.75 and found["parameters"] > 0


def test_a_wrong_name_is_refused_with_the_right_ones():
    with pytest.raises(GensqError, match='did you mean "LSTM"'):
        fitted("LSTMs", PLACE)
    with pytest.raises(GensqError, match='"tiny"'):
        families.sizes("lstm", "huge")
    assert set(FAMILIES) == {*TRAINED, "replay", "world", "random words"}


RECORDED = [family_tables.TABLE, family_tables.AMOUNT, family_tables.NOISE, family_tables.SIZE, family_tables.SEARCH]


@pytest.mark.parametrize("study", RECORDED, ids=lambda study: study.name)
def test_a_recorded_table_has_the_rows_of_its_study_and_no_seed_of_the_search(study):
    rows = studies.read(study.name)["rows"]
    assert [row["setting"] for row in rows] == list(study.settings)
    assert (family_tables.TUNED_ON in {row["setting"]["seed"] for row in rows}) == (study is family_tables.SEARCH)


TIE = 0.005  # nats of JS: less is within the noise of 2,000 sentences


def chosen_wrongly(rows, chosen) -> list[str]:
    """Families that do not play with their best trial, or one as good: by JS, the VAE by its bound, for its JS is an estimate."""
    wrong = []
    for row in rows:
        family, trials = row["setting"]["family"], family_tables.TRIALS[row["setting"]["family"]]
        by = "gap" if family in families.BOUNDS else "js"
        reached = [studies.value(row["found"], number=i, measure=by) for i in range(len(trials))]
        good = [trial for trial, value in zip(trials, reached, strict=True) if value <= min(reached) + TIE]
        looks_back = {"size": f"order {families.ORDERS[chosen[family]['size']]}"} if family == "n-gram" else {}
        played = chosen[family] | looks_back
        wrong += [family] * (not any(all(played[name] == value for name, value in trial.items()) for trial in good))
    return wrong


def test_the_chosen_settings_are_the_best_of_the_search():
    rows = studies.read("families_search")["rows"]
    assert chosen_wrongly(rows, families.CHOSEN) == []
    for family, setting in (("n-gram", {"size": "tiny"}), ("LSTM", {"rate": 3e-3}), ("Transformer", {"size": "large"}),
                            ("VAE", {"begun": 0.0}), ("GAN", {"rate": 1e-3})):
        planted = families.CHOSEN | {family: families.CHOSEN[family] | setting}
        assert chosen_wrongly(rows, planted) == [family]


def test_what_is_invalid_alone_costs_js_and_a_bound_may_hide_it():
    """JS is at least half of log 2 for each invalid sentence; a bound below q makes it too small: so is no VAE chosen."""
    rows = studies.by(studies.read("families_search")["rows"], "family", "trial", "measure")
    hidden = {family for (family, trial, measure), js in rows.items() if measure == "js"
              and js.mean < math.log(2) / 2 * (1 - rows[family, trial, "valid"].mean) - 1e-9}
    assert hidden <= families.BOUNDS


def test_the_recorded_truth_is_the_truth():
    found = studies.by(studies.read("families")["rows"], "family", "measure", temperature=None, draws=None)
    assert found["world", "gap"].mean == 0 and found["replay", "valid"].mean == 1
    assert ("replay", "nll") not in found and found["replay", "discovered"].mean == 0
    assert all(found[family, "gap"].mean > 0 for family in TRAINED)
