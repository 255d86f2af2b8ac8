"""Walks and edits judged by a small grammar where everything can be counted."""
import math

import pytest
import torch
from rapidfuzz.distance import Levenshtein

from gensq_course.lessons.latent_space.walks import (
    compared,
    edits,
    num_switches,
    smoothness,
    switches,
    told,
)
from gensq_lib.maths.stats import Share, estimate
from gensq_lib.text import grammar


@pytest.fixture(scope="module")
def world():
    return grammar.load()


def say(*lines):
    return [tuple(line.split()) for line in lines]


WALK = say("the cook ate a pizza .", "the cook ate a cake .", "the cook ate the cake .", "the cook will eat the cake .")


@pytest.mark.parametrize("values, number", [("", 0), ("a", 0), ("aaaa", 0), ("aabb", 1), ("aba", 2), ("abcc", 2), ("abab", 3)])
def test_switches_are_changes_between_neighbours(values, number):
    assert num_switches(values) == number


def test_a_straight_walk_has_no_detour():
    found = smoothness([WALK])
    whole = Levenshtein.distance(WALK[0], WALK[-1])
    assert found.detour.mean == (1 + 1 + 2) / whole and found.leap.mean == 2 / whole


def test_a_walk_there_and_back_again_has_one_and_a_jump_is_one_leap():
    there_and_back = [WALK[0], WALK[1], WALK[0], WALK[1]]
    assert smoothness([there_and_back]).detour.mean == 3
    jump = smoothness([[WALK[0], WALK[0], WALK[3], WALK[3]]])
    assert jump.leap.mean == jump.detour.mean == 1
    assert math.isnan(smoothness([[WALK[0], WALK[0]]]).detour.mean), "a walk that goes nowhere has no smoothness"


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


def edited(world, *change, after=AFTER):
    """Of the sentences BEFORE, by a model that says those after wherever a step leads."""
    codes = torch.arange(4.0)[:, None]
    return edits(lambda points: [after[int(point)] for point in points[:, 0]], world, codes, BEFORE, {change: torch.zeros(1)},
                 strength=1.0)[change]


def test_edits_are_judged_where_they_could_do_something(world):
    """Of three past sentences two become future; one of these keeps its topic; an invalid one keeps nothing."""
    found = edited(world, "tense", "past", "future")
    assert found.flipped == Share(2, 3) and found.kept["topic"] == Share(1, 3) and found.kept["type"] == Share(2, 3)
    assert set(found.kept) == set(world.attributes) - {"tense"}


def test_nothing_to_edit_is_no_number(world):
    found = edited(world, "tense", "present", "past")
    assert found.flipped.n == 0 and math.isnan(found.flipped.mean) and "nan" in str(found.flipped)


def test_a_number_is_told_with_what_it_rests_on():
    assert told(Share(0, 0)) == "nothing to measure" == told(smoothness([[WALK[0], WALK[0]]]).detour) == compared(estimate([]))
    assert told(Share(1, 2)) == str(Share(1, 2)) and compared(estimate([1.0])) == str(estimate([1.0]))


@pytest.mark.parametrize("values, verdict", [((1.0, 1.1, 0.9), "more"), ((-1.0, -1.1, -0.9), "less"),
                                             ((1.0, -1.1, 0.2), "cannot be told from 0")])
def test_a_difference_counts_where_its_interval_leaves_out_0(values, verdict):
    assert compared(estimate(values)).endswith(f", {verdict}")


def test_edits_are_added_and_compared_sentence_by_sentence(world):
    found = edited(world, "tense", "past", "future")
    undone = edited(world, "tense", "past", "future", after=BEFORE)
    both = found + undone
    assert both.flipped == Share(2, 6) and both.kept["topic"] == Share(4, 6)
    kept, done = found.against(undone, "topic")
    assert kept.mean == pytest.approx(-2 / 3) and done.mean == pytest.approx(2 / 3) and kept.n == 3
    assert found.row(["topic", "tense"]) == [str(Share(2, 3)), "0.333", ""]
    mood = edited(world, "sentiment", "neutral", "positive")
    assert not {"tense", "sentiment"} & set((found + mood).same)


def test_a_step_is_made_where_there_is_something_to_change(world):
    """From sentence 0 (past) one step leads to sentence 1 (future); where nothing is past, nothing is done."""
    def said(points):
        return [BEFORE[int(point)] for point in points[:, 0].round()]

    codes, change = torch.tensor([[0.0], [1.0], [1.0], [1.0]]), ("tense", "past", "future")
    step = {change: torch.tensor([0.5])}
    assert edits(said, world, codes, [BEFORE[0], *[BEFORE[1]] * 3], step, strength=2.0)[change].flipped == Share(1, 1)
    assert edits(said, world, codes, [BEFORE[1]] * 4, step, strength=2.0)[change].flipped.n == 0
