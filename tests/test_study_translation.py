"""The further studies of lesson 11: a judge of translations, few pairs, other topics, many languages, one translation each."""
from dataclasses import replace

import pytest

from gensq_course import lessons, studies
from gensq_course.studies import crossing, doorstep, fair, few_pairs, many_languages, one_to_one, translating
from gensq_course.studies.crossing import Crossing
from gensq_lib.text.corpora import splits

RECORDED = {study.name: study for study in (crossing.GAME, crossing.SEARCH, few_pairs.study("little"), few_pairs.study("topics"),
                                            many_languages.STUDY, one_to_one.STUDY)}


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A crossing on which everything takes a moment."""
    monkeypatch.setenv("GENSQ_CACHE", str(tmp_path))
    for module, values in {crossing: {"NUM_UNSEEN": 10}, doorstep: {"JUDGE_STEPS": 1}}.items():
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(crossing, "prepared", lambda seed, num_train=60: replace(
        translating.prepared(seed, num_train=num_train, num_test=12, hidden_dim=8), batch_size=6))
    monkeypatch.setattr(Crossing, "steps", 1)
    monkeypatch.setattr(Crossing, "mle_steps", 2)
    return Crossing(3)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_table_has_every_row_of_its_study(name):
    assert lessons.studies()[name].settings == RECORDED[name].settings
    assert [row["setting"] for row in studies.read(name)["rows"]] == list(RECORDED[name].settings)


def test_every_way_goes_on_at_the_rate_that_the_search_found_best():
    assert crossing.RATES == fair.chosen(studies.read(crossing.SEARCH.name)["rows"], crossing.TRIED)
    assert not {*crossing.SEEDS} & {*crossing.SEARCHED}


def test_a_trial_over_translations_has_every_number(small, monkeypatch):
    monkeypatch.setattr(crossing, "Crossing", lambda seed: small)
    found = [*crossing.game(seed=3), *crossing.game(seed=3, part="beside")]
    for way in ("start", *crossing.WAYS, crossing.FASTER):
        assert 0 < fair.best_js(found, way=way) < 1
    assert {studies.value(found, judge=kind, measure="accuracy") for kind in ("own", "perfect")} <= {i / 20 for i in range(21)}


def test_fresh_sources_are_of_the_test_part_and_the_world_knows_them(small):
    assert len(small.fresh) == 10 and {splits.part_of(pair.source) for pair in small.fresh} == {"test"}
    assert small.fresh != small.own.test[:10] and not {p.source for p in small.own.text.train} & {p.source for p in small.fresh}


def test_more_to_read_is_the_same_sources_with_right_translations_drawn_anew(small):
    own, more = small.own.text, small.more.text
    assert [pair.source for pair in more.train] == [pair.source for pair in own.train] * crossing.TIMES
    assert all(pair.target in own.targets(pair) for pair in more.train)
    open_ones = [pair for pair in own.train if len(own.targets(pair)) > 1]
    assert len({pair for pair in more.train}) > len({*own.train}) > 0 and open_ones


def test_an_empty_source_leaves_the_english_alone():
    pairs = few_pairs.sourceless([("the", "cat"), ("a", "dog")])
    assert [pair.target for pair in pairs] == [("the", "cat"), ("a", "dog")] and len({pair.source for pair in pairs}) == 1
    text = translating.prepared(0, num_train=20, num_test=5).text
    assert text.encoded(pairs[:0]) == [] and pairs[0].source[0] in text.source_vocab


def test_english_is_known_whatever_was_asked_for():
    test = translating.fresh_test(many_languages.crossing_pairs("zh-eo", 0), 5, seed=0)
    english = many_languages.crossing_pairs("zh-en", 0)
    right, there = [next(iter(english.targets(pair))) for pair in test], [pair.target for pair in test]
    found = many_languages.in_english(right, test, 0)
    assert found["right in English"] == found["an English sentence"] == 1 and found["English words"] > 0.7
    assert not any(many_languages.in_english(there, test, 0).values())


def test_pairs_of_either_direction():
    there, back = (translating.direction("crossing:zh-en", turned=turned, num_train=30) for turned in (False, True))
    assert back.languages == there.languages[::-1] == ("en", "zh") and back.repeated == 0
    assert {splits.part_of(pair.source) for pair in back.train} == {"train"}, "parted by its own sources"
    world = translating.prepared(0, name="world", num_train=30, num_test=5, turned=True)
    assert world.text.languages[1] == "en" and all(len(world.text.targets(pair)) == 1 for pair in world.test)
