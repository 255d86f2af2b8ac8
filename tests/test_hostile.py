"""Five hundred hostile inputs: each ends in a result or in one sentence, and none of them runs anything."""
from collections import Counter
from pathlib import Path

import hostile
import pytest

from gensq_lib.ground.errors import GensqError

EVERY = hostile.every()
TRIED = Counter(each.kind for each in EVERY)


def test_there_are_more_than_five_hundred_of_many_kinds():
    assert len(EVERY) > 900 and len(TRIED) >= 14 and min(TRIED.values()) >= 10, TRIED
    assert len({(each.kind, each.name) for each in EVERY}) > 0.98 * len(EVERY)


@pytest.mark.parametrize("kind", TRIED)
def test_every_one_ends_in_a_result_or_a_sentence(kind, tmp_path):
    wrong = {}
    for number, each in enumerate(each for each in EVERY if each.kind == kind):
        (folder := tmp_path / str(number)).mkdir()
        if found := hostile.complaint(each, folder):
            wrong[each.name] = found
    assert wrong == {}


def refuse(said):
    raise GensqError(said)


PLANTED = {
    "a bug": (lambda folder: 1 / 0, "ZeroDivisionError"),
    "executed": (lambda folder: (folder / hostile.CANARY).mkdir(), "was executed"),
    "a long sentence": (lambda folder: hostile.check_sentence("y z; " * 200), "1000 characters"),
    "an end": (lambda folder: exit(3), "SystemExit"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_ends_otherwise_is_seen(name, tmp_path):
    attempt, said = PLANTED[name]
    assert said in hostile.complaint(hostile.Hostile("planted", name, attempt), tmp_path)


def test_a_fine_one_is_fine(tmp_path):
    for attempt in (lambda folder: "a result", lambda folder: refuse("expected a, got b; do c")):
        assert hostile.complaint(hostile.Hostile("planted", "fine", attempt), tmp_path) == ""
    assert Path.cwd() != tmp_path
