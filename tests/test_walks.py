"""Walks and edits judged by a small grammar where everything can be counted."""
import math

import pytest

from gensq_lib import diagnostics
from gensq_lib.diagnostics import Share, edit_distance, edit_success, num_switches, smoothness, switches
from gensq_lib.text import grammar


@pytest.fixture(scope="module")
def world():
    return grammar.load()


def say(*lines):
    return [tuple(line.split()) for line in lines]


WALK = say("the cook ate a pizza .", "the cook ate a cake .", "the cook ate the cake .", "the cook will eat the cake .")


@pytest.mark.parametrize("a, b, distance", [
    ("", "", 0), ("a b c", "a b c", 0), ("a b c", "a x c", 1), ("a b c", "b c", 1), ("a b", "a b c d", 2), ("", "a b", 2),
    ("a b c", "c b a", 2), ("k i t t e n", "s i t t i n g", 3)])
def test_edit_distance(a, b, distance):
    a, b = a.split(), b.split()
    assert edit_distance(tuple(a), tuple(b)) == edit_distance(tuple(b), tuple(a)) == distance


@pytest.mark.parametrize("values, number", [("", 0), ("a", 0), ("aaaa", 0), ("aabb", 1), ("aba", 2), ("abcc", 2), ("abab", 3)])
def test_switches_are_changes_between_neighbours(values, number):
    assert num_switches(values) == number


def test_a_straight_walk_has_no_detour():
    found = smoothness([WALK])
    whole = edit_distance(WALK[0], WALK[-1])
    assert found.detour.value == (1 + 1 + 2) / whole and found.leap.value == 2 / whole and found.different.value == 4


def test_a_walk_there_and_back_again_has_one_and_a_jump_is_one_leap():
    there_and_back = [WALK[0], WALK[1], WALK[0], WALK[1]]
    assert smoothness([there_and_back]).detour.value == 3
    jump = smoothness([[WALK[0], WALK[0], WALK[3], WALK[3]]])
    assert jump.leap.value == jump.detour.value == 1 and jump.different.value == 2
    assert math.isnan(smoothness([[WALK[0], WALK[0]]]).detour.value), "a walk that goes nowhere has no smoothness"


def test_means_carry_their_error():
    found = diagnostics.Mean.of([1.0, 2.0, 3.0, 4.0])
    assert found.value == 2.5 and found.error == pytest.approx((5 / 3) ** 0.5 / 2) and "2.50 (1.21 to 3.79)" == str(found)


def test_attributes_along_a_walk(world):
    found = switches([WALK], world)
    assert found.valid == Share(4, 4) and found.at_most_once == {name: Share(1, 1) for name in world.attributes}
    back = switches([[*WALK, WALK[0]], WALK], world)
    assert back.at_most_once["tense"] == back.never_back["tense"] == Share(1, 2) and back.at_most_once["topic"] == Share(2, 2)


def test_a_third_value_on_the_way_is_a_second_change_but_no_way_back(world):
    found = switches([say("the cook ate a pizza .", "the cook eats a pizza .", "the cook will eat a pizza .")], world)
    assert found.at_most_once["tense"] == Share(0, 1) and found.never_back["tense"] == Share(1, 1)


def test_an_invalid_sentence_on_the_way_counts(world):
    found = switches([[WALK[0], ("the", "the"), WALK[1]]], world)
    assert found.valid == Share(2, 3) and found.at_most_once["topic"] == Share(0, 1)


BEFORE = say("the cook ate a pizza .", "the cook will eat a pizza .", "the farmer fed a cow .", "the cook ate a cake .")
AFTER = say("the cook will eat a pizza .", "the cook will eat a pizza .", "the cook will eat a pizza .", "the the")


def test_edits_are_judged_where_they_could_do_something(world):
    """Of three past sentences two become future; one of these keeps its topic; an invalid one keeps nothing."""
    found = edit_success(BEFORE, AFTER, world, attribute="tense", source="past", target="future")
    assert found.flipped == Share(2, 3) and found.kept["topic"] == Share(1, 3) and found.kept["type"] == Share(2, 3)
    assert set(found.kept) == set(world.attributes) - {"tense"}


def test_nothing_to_edit_is_no_number(world):
    found = edit_success(BEFORE, AFTER, world, attribute="tense", source="present", target="past")
    assert found.flipped.total == 0 and math.isnan(found.flipped.value) and "nan" in str(found.flipped)
