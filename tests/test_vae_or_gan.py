"""Lesson 19: the rule that recommends, curves that cross, the page for the wall, what misleads, on planted tables."""
import html
import json
import re

import pytest
import torch

from gensq_course.lessons.vae_or_gan import aid, counting, curves, live, misleading, printed, questions, tables
from gensq_course.lessons.vae_or_gan.deciding import possible, reach_of, signs
from gensq_course.lessons.tutorial_autopsy.pictures import by_seed
from gensq_course.studies import families
from gensq_course.studies.rows import records
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import PROJECT

SEEDS = range(5)
JITTER = (0.02, -0.01, 0.0, 0.01, -0.02)
ALL_NEEDS = [pytest.param(need, id=need.says[:40]) for need in aid.NEEDS]


def planted(**means):
    """Rows of a table: family -> measure -> mean; each seed moves all families alike, and each a little by itself."""
    def at(seed):
        found = []
        for number, (family, measures) in enumerate(means.items()):
            own = {name: mean + JITTER[seed] / 4 + (-1) ** (seed + number) * 0.001 for name, mean in measures.items()}
            found += records(own, family=family.replace("_", "-"))
        return found
    return tuple({"setting": {"seed": seed}, "found": at(seed), "seconds": 1.0} for seed in SEEDS)


TABLE = planted(LSTM={"gap": 0.3, "valid": 0.90, "discovered": 0.5}, VAE={"gap": 0.301, "valid": 0.80, "discovered": 0.4},
                n_gram={"gap": 1.0, "valid": 0.50, "discovered": 0.3}, replay={"valid": 1.0, "discovered": 0.0})


@pytest.fixture
def table(monkeypatch):
    """The planted table in the place of the recorded one."""
    monkeypatch.setattr(tables, "rows", lambda study="families": TABLE)
    monkeypatch.setattr(curves, "rows", lambda study="families": TABLE)


@pytest.mark.parametrize("need, families_", [
    (aid.Need("likelihood", "nats above the truth"), {"LSTM", "VAE"}), (aid.Need("copies", "valid"), {"replay"}),
    (aid.Need("new", "valid", "discovered", 0.2), {"LSTM"}), (aid.Need("impossible", "valid", "discovered", 0.9), set()),
    (aid.Need("likelihood of the valid", "nats above the truth", "valid", 0.85), {"LSTM"})])
def test_the_aid_follows_from_the_table(table, need, families_):
    assert set(aid.decided(need).families) == families_


def test_who_has_no_such_number_is_never_recommended(table):
    found = aid.decided(aid.Need("likelihood", "nats above the truth"))
    assert "replay" not in found.families and "replay" in found.missed


def test_open_is_said_and_the_leader_comes_first(table):
    found = aid.decided(aid.Need("likelihood", "nats above the truth"))
    assert found.answer == "open: LSTM or VAE" and "ahead of VAE (its bound) by" in found.why


def test_nobody_is_an_answer(table):
    found = aid.decided(aid.Need("impossible", "valid", "discovered", 0.9))
    assert found.answer == "nobody" and "≥ 0.9" in found.why


def test_the_readers_own_rule_drives_the_aid(table):
    nobody = aid.decided(aid.NEEDS[0], lambda score, *rest: torch.zeros(score.shape[1], dtype=torch.bool))
    assert nobody.answer == "nobody"


TRAPS = {  # rules that recommend too much or too little
    "the leader alone": lambda score, need, least, reach, width: torch.arange(score.shape[1]) == score.mean(0).argmax(),
    "a lucky seed": lambda score, need, least, reach, width: score.max(0).values == score.max(),
    "the need forgotten": lambda score, need, least, reach, width: possible(score, score * 0 + 1e9, least, reach, width),
    "intervals apart": lambda score, need, least, reach, width: score.mean(0) + 2 * reach * score.std(0) >= score.mean(0).max(),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_wrong_rule_recommends_others(table, trap):
    needs = [aid.Need("a", "nats above the truth"), aid.Need("b", "valid", "discovered", 0.2)]
    assert any(set(aid.decided(need, TRAPS[trap]).families) != set(aid.decided(need).families) for need in needs)


@pytest.mark.parametrize("num, reach", [(3, 4.303), (5, 2.776), (2, 12.706)])
def test_the_reach_is_students(num, reach):
    assert reach_of(num) == pytest.approx(reach, abs=1e-3)


@pytest.mark.parametrize("found, crossed, words", [
    ({500: 1, 5000: 0, 50_000: -1}, [(500, 50_000)], "cross between 500 and 50,000"),
    ({500: 1, 5000: 1, 50_000: 0}, [], "no crossing seen; open at 50,000"), ({0.0: 0, 0.1: 0}, [], "open everywhere"),
    ({0.0: -1, 0.1: 1, 0.3: -1}, [(0.0, 0.1), (0.1, 0.3)], "between 0% and 10% and between 10% and 30%"),
    ({500: -1, 5000: -1}, [], "no crossing seen")])
def test_curves_cross_between_the_nearest_sure_places(found, crossed, words):
    assert curves.crossings(found) == crossed and words in curves.in_words(found)


def test_signs_along_pair_by_seed():
    ours = {500: {0: 1.0, 1: 2.0, 2: 3.0}, 5000: {0: 1.0, 1: 2.0, 2: 3.0}}
    theirs = {500: {0: 0.5, 1: 1.5, 2: 2.51}, 5000: {0: 2.0, 1: 1.0, 2: 3.0}, 9: {0: 1.0}}
    assert curves.signs_along(ours, theirs) == {500: 1, 5000: 0}
    assert curves.signs_along(ours, theirs, lambda a, b, reach: -signs(a, b, reach)) == {500: -1, 5000: 0}


def test_one_seed_leaves_everything_open():
    assert curves.signs_along({500: {0: 1.0}}, {500: {0: 9.0}}) == {500: 0}


@pytest.mark.parametrize("call, words", [
    (lambda: tables.measure("BLEU"), "expected a measure"), (lambda: curves.curve("colour", "VAE", "valid"), "expected an axis"),
    (lambda: printed.save("no such folder"), "expected a folder that is there")])
def test_bad_input_gets_one_sentence(call, words):
    with pytest.raises(GensqError, match=words) as refused:
        call()
    assert "\n" not in str(refused.value)


def test_numbers_of_sentences_are_those_of_their_words():
    numbering = live.Numbering()
    assert numbering([("a",), ("b",), ("a",)]).tolist() == [0, 1, 0] and numbering([("b",)]).tolist() == [1]


@pytest.mark.parametrize("said, valid, found", [
    ([1, 2, 3], [True] * 3, 0.0), ([7, 8, 9], [False] * 3, 0.0), ([7, 7, 7], [True] * 3, 1 / 3), ([7, 8, 1], [True] * 3, 2 / 3)],
    ids=["a replay", "random words", "one sentence again and again", "two of three"])
def test_discoveries_are_not_fooled(said, valid, found):
    read = torch.tensor([1, 2, 3])
    assert counting.discoveries(torch.tensor(said), torch.tensor(valid), read).item() == pytest.approx(found)


def test_half_a_share_costs_log_two():
    zero, never = torch.zeros(1), torch.tensor([-torch.inf])
    assert counting.mixture_log_p(zero, never, 0.5).item() == pytest.approx(-0.6931, abs=1e-4)


# --- the recorded tables

@pytest.mark.parametrize("need", ALL_NEEDS)
def test_every_need_has_an_answer_that_its_numbers_bear_out(need):
    found = aid.decided(need)
    best = tables.measure(need.best)
    means = {family: sum(values.values()) / len(values) for family in families.TRAINED
             if (values := curves.at(need.axis, need.place, family, need.best)) and family not in found.missed}
    assert means and (found.families or need.keep != aid.NO_NEED)
    if found.families and found.families[0] in means:
        assert means[found.families[0]] == (max if best.up else min)(means.values())


@pytest.mark.parametrize("asked", questions.ASKED, ids=lambda asked: asked.question[:60] + asked.what[:20])
def test_every_question_has_a_row_with_an_interval(asked):
    row, gap = asked.row, asked.gap()
    low, high = gap.interval
    assert gap.n >= 3 and ("open" in row[-1]) == (low <= 0 <= high or "by its bound" in row[-1] and "open" in row[-1])


def test_a_bound_that_is_behind_is_open():
    rows = {asked.question: asked.row[-1] for asked in questions.ASKED}
    assert "bound" in rows["Is a VAE behind at 5,000 sentences?"] and "open" in rows["VAE or GAN? nats above the truth"]
    assert {"VAE", "LSTM"} <= set(aid.decided(aid.NEEDS[0]).families)


def test_noise_is_no_advantage():
    """Surely behind by .1, but better than a noisy one that stays: it stays; a sure lead within the width counts for nothing."""
    score = torch.tensor([[3.0, 2.901, 2.95, 2.99], [3.1, 2.999, 2.55, 3.091], [2.9, 2.8, 3.05, 2.889]])
    easy = torch.ones_like(score)
    assert possible(score, easy, 0.5, 4.3, 0.02).all()
    assert possible(score[:, [0, 1, 3]], easy[:, :3], 0.5, 4.3, 0.02).tolist() == [True, False, True]


def test_more_rivals_make_a_longer_reach():
    assert reach_of(5, 4) == pytest.approx(4.315, abs=1e-3) and reach_of(3, 4) == pytest.approx(8.860, abs=1e-3)
    assert tables.rounded(tables.lead({0: 1.0}, {0: 2.0}), 3) == "no interval"


def test_the_misleading_sentences_are_true_word_for_word():
    valid = {family: tables.seeds(tables.rows(), family, tables.measure("valid")) for family in families.TRAINED}
    best, rival = re.search(r"run of our (\S+) reaches .* run of the (\S+) ", misleading.lucky()).groups()
    numbers = [float(text) for text in re.findall(r"\d\.\d+", misleading.lucky())]
    assert numbers == pytest.approx([max(valid[best].values()), min(valid[rival].values())], abs=6e-4) and numbers[0] > numbers[1]
    assert tables.lead(valid[rival], valid[best]).interval[0] > 0, "the seeds together say the opposite, surely"
    ours, theirs = (float(text) for text in re.findall(r"(\d\.\d+)", misleading.untuned()))
    assert ours < theirs and set(misleading.SAID) == set(misleading.ANSWERS)


@pytest.mark.parametrize("letter", misleading.SAID)
def test_each_misleading_sentence_has_its_own_answer(letter):
    answers = list(misleading.ANSWERS.values())
    assert re.search(r"\d", misleading.SAID[letter]()) and answers.count(misleading.ANSWERS[letter]) == 1


def test_the_page_says_what_the_tables_say_and_is_the_one_that_was_written(tmp_path):
    name, page = printed.save(tmp_path), printed.page()
    assert (tmp_path / name).read_text(encoding="utf-8") == page and [path.name for path in tmp_path.iterdir()] == [name]
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    assert all(aid.decided(need).answer in text for need in aid.NEEDS) and "size: A4" in page
    assert (PROJECT / "docs" / name).read_text(encoding="utf-8") == page, "the tables are new: printed.save('docs')"


def test_what_is_shown_is_escaped(monkeypatch):
    need = aid.Need("<script>alert(1)</script>", "valid")
    assert "<script" not in printed.page([need]) and "&lt;script" in printed.page([need])


def test_numbers_in_folded_prose_are_those_of_the_tables():
    prose = "".join("".join(cell["source"]) for cell in json.loads(
        (PROJECT / "notebooks" / "19_vae_or_gan.ipynb").read_text(encoding="utf-8"))["cells"])

    def orders(study, family):
        return by_seed(tables.rows(study), family=family, measure="order_discovered", draws=1)
    vae, world = (orders("families_orders", family) for family in ("VAE", "world"))
    told = orders("families_more", "LSTM, told")
    cold, warm = (misleading.mean(by_seed(tables.rows(), family="n-gram", measure="js", temperature=at, draws=None))
                  for at in (0.8, None))
    few = [f"{of[seed]:.2f}"[1:] for of in (vae, told) for seed in sorted(vae)] + [f"{misleading.mean(world):.2f}"[1:]]
    assert "VAE {} and {}, told LSTM {} and {}, the grammar {}.".format(*few) in prose
    assert f"from {warm:.3f} to {cold:.3f}".replace(" 0.", " .") in prose
