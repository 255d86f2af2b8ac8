"""Recommenders and their measures: closed forms, ties, sampled metrics, who is best by the truth; and the leaks, planted."""
import math
from dataclasses import replace

import ipywidgets
import pytest
import torch

from gensq_course import studies, widgets
from gensq_course.lessons.topics_and_tastes import pictures_tastes, tastes as exercises
from gensq_course.studies import tasting, tasting_leaks, tasting_questions, tasting_search, tasting_study
from gensq_lib.diagnostics import ranking
from gensq_lib.diagnostics.ranking import mean_of
from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.stats import estimate
from gensq_lib.models.bags import BagVAE
from gensq_lib.models.recommenders import ItemItem, ease, item_knn, popularity
from gensq_lib.training.bags import train_bags
from gensq_lib.vectors import clicks

EVIL = "<script>alert('x')</script>"


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def data():
    return clicks.load(seed=7)


@pytest.fixture(scope="module")
def chosen(data):
    return tasting.recommenders(data, seed=7, steps=600, networks=["Mult-VAE"])


def some_clicks(num=12, items=7, seed=0):
    return (torch.rand(num, items, generator=noise(seed)) < 0.4).float()


# Recommenders

def test_ease_solves_the_regression_of_each_item_on_all_others():
    x, strength = some_clicks(num=30).double(), 2.0
    weights = ease(x, strength=strength).weights
    assert (weights.diagonal() == 0).all()
    for j in range(x.shape[1]):
        others = [i for i in range(x.shape[1]) if i != j]
        gram = x[:, others].T @ x[:, others] + strength * torch.eye(len(others))
        assert torch.allclose(weights[others, j], torch.linalg.solve(gram, x[:, others].T @ x[:, j]))


def test_the_exercise_and_the_library_agree():
    x = some_clicks(num=30)
    assert torch.allclose(exercises.ease_weights(x, torch.tensor(2.0)), ease(x, strength=2.0).weights, atol=1e-5)
    scores, given, held_out = torch.randint(4, (20, 9), generator=noise()).double(), *some_parts(20, 9)
    found = ranking.ndcg(scores, given, held_out, k=4)
    for user in range(20):
        alone = exercises.ndcg_at(scores[user], given[user].bool(), held_out[user].bool(), 4)
        assert torch.allclose(alone, found[user], equal_nan=True)
    share = torch.tensor([0.0, 0.1, 0.7])
    at = ranking.Places(torch.zeros(3).long(), torch.tensor([0, 1, 7]), torch.zeros(3).long(), torch.full((3,), 10))
    assert torch.allclose(exercises.sampled_recall(share, 6, 2).double(), at.sampled(6, 2), atol=1e-6)


def test_neighbours_are_cosines_of_the_nearest():
    x = some_clicks(num=40)
    full = item_knn(x, neighbours=99, shrink=0.0).weights
    assert full[0, 1].item() == pytest.approx((x[:, 0] @ x[:, 1] / (x[:, 0].norm() * x[:, 1].norm())).item(), rel=1e-5)
    few = item_knn(x, neighbours=2, shrink=0.0).weights
    assert ((few > 0).sum(0) >= 2).all() and (few.diagonal() == 0).all() and torch.equal(few[few > 0], full[few > 0])
    assert (item_knn(x, neighbours=99, shrink=10.0).weights < full + 1e-9).all()


def test_an_item_that_nobody_clicked_breaks_nothing():
    x = some_clicks()
    x[:, 3] = 0
    for who in (popularity(x), item_knn(x, neighbours=3, shrink=0.0), ease(x, strength=1.0)):
        assert who.scores(x).isfinite().all() and (who.scores(x)[:, 3] == 0).all()


# Metrics

def some_parts(num, items):
    part = torch.rand(num, items, generator=noise(3))
    return (part < 0.2).double(), (part > 0.7).double()


def test_ties_share_their_places_as_if_their_order_were_drawn():
    scores, given, held_out = torch.randint(3, (40, 8), generator=noise()).double(), *some_parts(40, 8)
    found = ranking.ndcg(scores, given, held_out, k=3)
    drawn = torch.stack([ranking.ndcg(scores + 0.1 * torch.rand(40, 8, generator=noise(i)), given, held_out, k=3)
                         for i in range(800)])
    fine = held_out.sum(-1) > 0
    error = drawn.std(0)[fine] / 800**0.5
    assert ((drawn.mean(0)[fine] - found[fine]).abs() < 4.5 * error + 1e-9).all()


def test_a_perfect_list_has_one_and_a_list_without_hits_none():
    given, held_out = some_parts(30, 9)
    fine = held_out.sum(-1) > 0
    for measure in (ranking.ndcg, ranking.recall):
        assert torch.allclose(measure(held_out, given, held_out, k=4)[fine], torch.ones(int(fine.sum())).double())
        assert measure(torch.arange(9.0).expand(30, -1), given, held_out, k=9)[fine].min() > 0


def test_who_knows_nothing_has_a_list_of_chance():
    """recall@k of equal scores is k over the number of open items, where fewer than k are held out."""
    given, held_out = torch.zeros(1, 10), torch.tensor([[1.0, 0, 0, 1, 0, 0, 0, 0, 0, 0]])
    assert ranking.recall(torch.zeros(1, 10), given, held_out, k=4).item() == pytest.approx(0.4)


def test_nobody_is_judged_on_nothing():
    """Trap: 0 / 0."""
    given, held_out = torch.zeros(3, 5), torch.tensor([[1.0, 0, 0, 0, 0], [0] * 5, [0, 1, 0, 0, 0]])
    each = ranking.ndcg(torch.tensor([5.0, 4, 3, 2, 1]).expand(3, -1), given, held_out, k=3)
    assert each.isnan().tolist() == [False, True, False]
    found = mean_of(each)
    assert found.n == 2 and found.mean == pytest.approx((1 + 1 / math.log2(3)) / 2)
    assert each.nan_to_num(0).mean() < found.mean, "the wrong one: a 0 where there is no number"


def test_scores_that_are_no_numbers_are_refused():
    with pytest.raises(GensqError, match="NaN"):
        ranking.ndcg(torch.tensor([[math.nan, 1.0]]), torch.zeros(1, 2), torch.ones(1, 2))


# Sampled metrics

def test_the_formula_is_the_mean_of_draws_and_the_limit_is_the_full_metric(data):
    who = item_knn(data.train, neighbours=5, shrink=0.0)
    at = ranking.places(who.scores(data.test.given), data.test.given, data.test.held_out)
    for kind in ("recall", "ndcg"):
        drawn = torch.stack([at.drawn(20, 5, kind, generator=noise(i)).mean() for i in range(60)])
        error = drawn.std() / 60**0.5
        assert abs(drawn.mean() - at.sampled(20, 5, kind).mean()) < 4.5 * error
        assert abs(at.sampled(3_000, 300, "recall").mean() - at.full(9, "recall").mean()) < 0.02  # 300 of 3,000: 9 of about 90
    one = ranking.Places(torch.zeros(1).long(), torch.tensor([3]), torch.tensor([0]), torch.tensor([90]))
    assert one.sampled(20_000, 1_000, "recall").item() == pytest.approx(1)  # place 4 of 91 is within the first 1/20
    assert one.full(3).item() == 0 and one.full(4).item() == 1


def test_errors_are_over_users():
    """Trap: items of one user taken for independent. Users whose items all agree are as many values as there are users."""
    at = ranking.Places(torch.tensor([0, 0, 0, 0, 3, 3, 3, 3]), *torch.zeros(3, 8).long())
    values = torch.tensor([1.0] * 4 + [0.0] * 4)
    assert at.of_users(values).tolist() == [1.0, 0.0]
    assert mean_of(at.of_users(values)).error > 1.9 * mean_of(values).error


def test_a_single_held_out_item_among_all_is_the_full_ranking():
    scores, given = torch.randint(5, (30, 9), generator=noise()).double(), torch.zeros(30, 9)
    held_out = torch.nn.functional.one_hot(torch.arange(30) % 9, 9).double()
    at = ranking.places(scores, given, held_out)
    assert torch.allclose(at.full(4, "ndcg"), ranking.ndcg(scores, given, held_out, k=4))


def test_drawn_items_turn_the_order_around():
    """Trap: 99 drawn negatives (here 10 of about 90) in place of all items: even in expectation the worse one wins."""
    gains = {"full": [], "sampled": []}
    for seed in range(100, 105):
        data = clicks.load(seed=seed)
        rivals = {"popularity": popularity(data.train), "kNN": item_knn(data.train, **tasting_study.NARROW)}
        found = tasting_leaks.sampled_against_full(rivals, data.test, num=10)
        for kind, each in gains.items():
            each.append((found["kNN"][kind] - found["popularity"][kind]).mean().item())
    assert estimate(gains["full"]).interval[0] > 0 and estimate(gains["sampled"]).interval[1] < 0


# The truth

def test_nobody_expects_more_than_the_perfect_recommender(data, chosen):
    """For each user, not in the mean: the list of the perfect one has the most expected hits, or likes."""
    scores = tasting.scores_of(data, chosen)
    likes = data.world.expected_likes(data.test.given, share=clicks.SHARE)
    most = {"hits": tasting.by_truth(data, scores["perfect"])["hits"], "liked": tasting.by_truth(data, likes)["liked"]}
    for name, found in scores.items():
        for changed in (found, tasting.corrected(name, found, data)):
            for measure, values in tasting.by_truth(data, changed).items():
                assert (values <= most[measure] + 1e-9).all(), (name, measure)


def test_tuning_takes_the_best_on_validation(data, chosen):
    for name in ("item-kNN", "EASE"):
        one = chosen[name]
        assert tasting.worth_to(one.recommender, data.valid) == max(one.tried)
    assert [len(chosen[name].tried) for name in ("item-kNN", "EASE")] == [len(tasting.KNN), len(tasting.EASE)] == [25, 12]
    assert tasting.STEPS // tasting.EVERY == 12
    assert 0 < chosen["Mult-VAE"].setting["beta"] <= 1


def test_all_networks_were_searched_alike_and_have_what_was_found():
    """Trap: a control that is tuned less. The grid is one for all; the settings are those of the recorded search."""
    rows = studies.read("tastes_search")["rows"]
    assert [row["setting"] for row in rows] == tasting_search.STUDY.settings
    assert {who: len(tasting_search.searched(rows, who)) for who in tasting.KINDS} == {
        who: len(tasting.GRID) * len(tasting_search.decays(who)) for who in tasting.KINDS}
    assert {name: tasting_search.best(rows, name) for name in tasting.KINDS} == tasting.CHOSEN


def test_around_a_setting_one_knob_turns_at_a_time():
    settings = [(size, share, decay) for size in (4, 8) for share in (0.3, 0.5, 0.7) for decay in (0.0, 0.5)]
    rows = [{"setting": {"weight_decay": decay, "seed": 100}, "seconds": 1.0, "found": studies.records(
        {tasting_search.VALID: size + 10 * share - decay}, who="A", latent_dim=size, input_dropout=share)}
            for size, share, decay in settings]
    best = tasting_search.best(rows, "A")
    assert best == {"latent_dim": 8, "input_dropout": 0.7, "weight_decay": 0.0}
    lines = tasting_search.around(rows, "A", best)
    assert lines == {"latent_dim": {4: 11.0, 8: 15.0}, "input_dropout": {0.3: 11.0, 0.5: 13.0, 0.7: 15.0},
                     "weight_decay": {0.0: 15.0, 0.5: 14.5}}
    assert set(tasting_search.around(rows[::2], "A", best)) == {"latent_dim", "input_dropout"}


def test_those_who_choose_in_the_search_are_more_and_others():
    usual, many = clicks.load(seed=100), tasting_search.with_many_to_choose(100)
    assert len(many.valid) == tasting_search.USERS > len(usual.valid) and torch.equal(many.train, usual.train)
    assert not torch.equal(many.valid.given[: len(usual.valid)], usual.valid.given)


def test_weights_have_a_price_and_biases_have_none(data, cut_off):
    """Trap: a penalty that also shrinks the bias, and with it the frequencies of the things."""
    def squares(decay):
        torch.manual_seed(0)
        model = BagVAE(num_items=96, hidden_dim=16, decoder="deep")
        train_bags(model, data.train, steps=150, seed=0, key={"test": "decay"}, drawn=False, weight_decay=decay)
        parts = dict(model.named_parameters())
        return tuple(sum(each.square().sum().item() for name, each in parts.items() if name.endswith(kind))
                     for kind in ("weight", "bias"))
    (free, first), (priced, second) = squares(0.0), squares(1.0)
    assert priced < free / 2 and second > 0.8 * first
    with pytest.raises(GensqError, match="a weight decay of 0 or more, got .* -1"):
        train_bags(BagVAE(num_items=96), data.train, steps=1, seed=0, key={}, weight_decay=-1)


def test_everybody_is_held_against_the_best_simple_one_user_by_user(data, chosen):
    found = {name: tasting.on_clicks(each, data.test) for name, each in tasting.scores_of(data, chosen).items()}
    simple = tasting.best_simple(chosen)
    assert max(chosen[simple].tried) == max(max(chosen[name].tried) for name in tasting.SIMPLE)
    gains = tasting.ahead(found, simple)
    own = mean_of(found["Mult-VAE"]["nDCG@5"])
    assert gains[simple].mean == 0 and gains["perfect"].mean > 0
    assert gains["Mult-VAE"].error < (own.error**2 + mean_of(found[simple]["nDCG@5"]).error**2) ** 0.5
    rows = pictures_tastes.clicks_table(found, chosen).rows
    assert next(row for row in rows if row[0] == simple)[-2] == "" and all(" to " in row[-2] for row in rows if row[0] != simple)


def test_an_anneal_that_is_not_reached_is_said(data):
    """Trap: "anneal 200k steps to .2" where training ends before: what counts is the beta that was reached."""
    slow = tasting.network(data, "Mult-VAE", seed=7, steps=200, anneal=4_000)
    assert slow.setting["beta"] <= 0.05 and slow.setting["step"] <= 200


def test_popularity_of_clicks_is_not_what_is_liked(data, chosen):
    """Trap: observed clicks taken for preferences. Half of what popularity gains on clicks is the window."""
    scores = tasting.scores_of(data, chosen)
    by = {name: {key: mean_of(v).mean for key, v in tasting.by_truth(data, scores[name]).items()} for name in scores}
    assert by["popularity"]["hits"] > 1.5 * by["random"]["hits"] and by["popularity"]["liked"] < 1.3 * by["random"]["liked"]
    for name in ("popularity", "EASE", "Mult-VAE"):
        assert mean_of(tasting.by_truth(data, tasting.corrected(name, scores[name], data))["liked"]).mean > by[name]["liked"]


# Leaks, planted

@pytest.fixture(scope="module")
def leaks(data, chosen):
    who = {name: one.recommender for name, one in chosen.items()} | {"random": tasting.chance(data)}
    return {name: tasting_leaks.leaks(name, each, data) for name, each in who.items()}


@pytest.mark.parametrize("who, name, low, high", [
    ("Mult-VAE", "held-out items left in the input", 0.08, 0.5), ("Mult-VAE", "users with 5 held-out items or more", 0.005, 0.1),
    ("Mult-VAE", "given items left in the list", -0.3, -0.005), ("Mult-VAE", "0 where nothing was held out", -0.02, -1e-4),
    ("popularity", "counted on the test users", -0.001, 0.03), ("EASE", "tuned on its 50 test users", 0.001, 0.05),
    ("random", "held-out items left in the input", -1e-9, 1e-9)])
def test_what_a_leak_is_worth(leaks, who, name, low, high):
    assert low < leaks[who][name].gain < high


def test_a_leak_of_one_recommender_stands_beside_nobody_else(leaks):
    table = pictures_tastes.leak_table(leaks)
    row = dict(zip(table.columns, next(row for row in table.rows if row[0] == "tuned on its 50 test users"), strict=True))
    assert "→" in row["EASE"] and row["Mult-VAE"] == row["popularity"] == ""


def test_who_knows_nothing_gains_nothing_by_the_order_of_a_file(data):
    """Trap: ties broken by the columns of the table, where popular things stand first. The columns are turned around."""
    def turned_around(users):
        return replace(users, given=users.given.flip(1), held_out=users.held_out.flip(1))

    other = replace(data, train=data.train.flip(1), test=turned_around(data.test), valid=turned_around(data.valid), world=None)
    here, there = (tasting_leaks.leaks("random", tasting.chance(each), each) for each in (data, other))
    for name, leak in here.items():
        assert (leak.honest, leak.leaked) == pytest.approx((there[name].honest, there[name].leaked), abs=1e-9), name

    def by_order(users):
        scores = -torch.arange(users.given.shape[1]).double().expand_as(users.given)
        return mean_of(ranking.ndcg(scores, users.given, users.held_out, k=5)).mean
    assert abs(by_order(data.test) - by_order(other.test)) > 0.01, "the wrong one: the first column wins every tie"


def test_leaks_of_a_small_file_are_numbers(tmp_path):
    path = tmp_path / "mine.tsv"
    path.write_text("".join(f"u{u}\tt{(u + 2 * i * i) % 9}\n" for u in range(60) for i in range(2 + u % 4)), "utf-8")
    mine = clicks.load(f"file:{path}")
    found = tasting_leaks.leaks("EASE", ease(mine.train, strength=3.0), mine)
    assert all(math.isfinite(leak.gain) for name, leak in found.items() if not name.startswith("users with"))


def test_a_diagonal_of_zero_does_not_pass_on_what_leaks_in(data, chosen):
    """EASE recommends no item because of that item: the same leak takes from it what it gives to an autoencoder."""
    assert tasting_leaks.held_out_given(chosen["EASE"].recommender, data).gain < 0


def test_the_right_protocol_masks_what_was_given(data, chosen):
    first = ranking.worth(chosen["Mult-VAE"].recommender.scores(data.test.given), data.test.given, k=10)
    assert (first[data.test.given > 0] == 0).all()


# Questions

def test_trees_of_answers_sum_up(data):
    world, start = data.world, tasting_questions.State(data.world.prior)
    after = [s for first in start.answered(3, world) for s in first.answered(5, world)]
    assert sum(state.chance for state in after) == pytest.approx(1)
    mixed = sum(state.chance * state.posterior for state in after)
    assert torch.allclose(mixed, world.prior)


def test_information_is_what_answers_tell(data):
    """By hand: the entropy of the profiles less what is left of it after an answer."""
    world, start = data.world, tasting_questions.State(data.world.prior)
    left = sum(-s.chance * (s.posterior * s.posterior.log()).sum() for s in start.answered(7, world))
    told = -(world.prior * world.prior.log()).sum() - left
    assert tasting_questions.information(start, world)[7].item() == pytest.approx(told.item())


@pytest.mark.slow
def test_nobody_asks_better_than_the_perfect_player(data):
    world, start = data.world, tasting_questions.State(data.world.prior)
    best = [tasting_questions.perfect_value(start, world, left=left) for left in range(3)]
    for ask in tasting_questions.ASKERS.values():
        assert all(ours <= most + 1e-9 for ours, most in zip(tasting_questions.tree_values(world, ask, num=2), best, strict=True))
    chance = tasting_questions.at_random(world, num=2, trees=20, generator=noise())
    informed = tasting_questions.tree_values(world, tasting_questions.most_informative, num=2)
    assert chance[0].mean == pytest.approx(informed[0]) and informed[2] > chance[2].mean


# What is shown

def test_everybody_says_why(data, chosen):
    rows = pictures_tastes.advice(data, chosen, ["cake", "bread", "chess"]).rows
    why = {name: text for name, _, text in rows}
    assert "of 1,000 clicked on" in why["popularity"] and "by cake" in why["EASE"] and "by bread" in why["item-kNN"]
    assert "in z you are nearest to a typical" in why["Mult-VAE"] and "% " in why["perfect (clicks)"]
    assert all(f"by {thing}" in why[name] for thing in ("cake", "bread", "chess") for name in ("Mult-VAE", "perfect (likes)"))
    assert all(not {"cake", "bread", "chess"} & set(text.split(", ")) for _, text, _ in rows)


def test_a_reason_is_what_the_score_would_lose(data):
    """Of a sum its terms; and a network's reason is asked of the network, not of a story about it."""
    given = pictures_tastes.liked(data, ["cake", "bread"])
    who, cake = ItemItem(torch.rand(96, 96, generator=noise())), data.items.index("cake")
    assert f"{who.weights[cake, 7]:+.2f} by cake" in pictures_tastes.spoken_for(who.scores, data, given, 7)
    product = pictures_tastes.spoken_for(lambda rows: rows.prod(-1, keepdim=True) + rows * rows[:, [cake]], data, given, cake)
    assert "+1.00 by cake" in product and "+0.00 by bread" in product


def test_menus_choose_and_a_thing_said_twice_is_a_sentence(data, chosen):
    box = widgets.explorer(pictures_tastes.adviser(data, chosen), **pictures_tastes.menus(data, start=["tent"]))
    _, one, another, _, view = box.children
    assert one.value == "tent" and len(one.options) == 96 and "You clicked on tent" in view.value
    another.value = "harbour"
    assert "You clicked on tent, harbour" in view.value and "driver" in view.value
    another.value = "tent"
    assert "role='alert'" in view.value and "choose each once" in view.value


def test_what_is_prepared_needs_no_kernel(data, chosen):
    slider, pages = pictures_tastes.prepared(data, chosen, [["cake", "bread", "chess"], ["tent", "beach", "camera"]]).children
    assert slider.options == ("cake, bread, chess", "tent, beach, camera") and isinstance(pages, ipywidgets.Stack)
    assert "You clicked on tent" in pages.children[1].value


def test_names_of_a_file_are_escaped(data, chosen):
    evil = replace(data, items=(EVIL, *data.items[1:]), world=None)
    html = widgets.together(pictures_tastes.advice(evil, chosen, [EVIL, "bread", "chess"])).html
    assert "<script>" not in html and "&lt;script&gt;" in html and "a user who clicked on" in html


def test_pictures_have_words(data):
    axes, words = pictures_tastes.getting_to_know(data, ["tent", "beach"])
    assert "driver" in words and len(axes.lines) >= 3


# The recorded table

def test_the_recorded_table_has_the_rows_of_the_study():
    rows = studies.read("tastes")["rows"]
    assert [row["setting"] for row in rows] == tasting_study.STUDY.settings


def test_a_held_beta_stands_beside_one_that_rises():
    """Of the usual number of users alone, and paired by seed: what the test users of a seed share cancels."""
    rows = studies.read("tastes")["rows"]
    usual = [row for row in rows if row["setting"]["trained"] == tasting_study.USUAL]
    for row in rows:
        held = {record["held"] for record in row["found"] if "held" in record}
        assert held == (set(tasting_study.CAPS) if row in usual else set())
    axes, words = pictures_tastes.held(rows)
    gain = estimate([studies.value(row["found"], held=0.5, measure="nDCG@5") - studies.value(
        row["found"], who="Mult-VAE", measure="nDCG@5") for row in usual])
    assert f"0.5: {gain.mean:+.3f} ± {gain.error:.3f}" in words


def test_the_search_is_shown_with_its_choice():
    rows = pictures_tastes.searched(studies.read("tastes_search")["rows"]).rows
    assert [row[0] for row in rows] == ["Mult-VAE"] * 2 + ["Mult-VAE, linear decoder"] * 2 + ["Mult-DAE"] * 3
    assert all(row[2].count("→") == 1 for row in rows)


def test_a_recorded_row_says_what_it_says():
    """Not trained anew: the perfect recommender, popularity and their measures do not depend on a network."""
    row = studies.read("tastes")["rows"][0]
    data = clicks.load(seed=row["setting"]["seed"], num_train=row["setting"]["trained"])
    for name, scores in {"perfect": data.world.expected_clicks(data.test.given, share=clicks.SHARE),
                         "popularity": popularity(data.train).scores(data.test.given)}.items():
        measured = tasting.on_clicks(scores, data.test) | tasting.by_truth(data, scores)
        for measure, users in measured.items():
            assert studies.value(row["found"], who=name, measure=measure) == pytest.approx(mean_of(users).mean, abs=1e-6)


def test_what_is_learnt_at_the_door_by_hand(data):
    """A list that may hold what was asked for is never worse, and nobody learns more than was unknown."""
    world = data.world
    for ask in tasting_questions.ASKERS.values():
        again, nats = tasting_questions.learnt(world, ask, num=2)
        assert again >= tasting_questions.tree_values(world, ask, num=2)[2]
        assert 0 < nats < tasting_questions.entropy(world.prior)
    informed, pleasant = (tasting_questions.learnt(world, ask, num=1)[1] for ask in (
        tasting_questions.most_informative, tasting_questions.best_known))
    start = tasting_questions.State(world.prior)
    assert informed == pytest.approx(tasting_questions.information(start, world).max().item(), abs=1e-5)
    assert pleasant < informed
    assert tasting_questions.learnt(world, tasting_questions.most_informative, num=0)[1] == 0
