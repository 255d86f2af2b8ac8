"""The checks of all lessons, by their tables of answers: right however written, each mistake named, alone or with another."""
import importlib
import pkgutil

import answers
import pytest
import test_checks
import torch
from answers import named, same_as_reference, verdict_in_small_letters, verdict_of

from gensq_course.checks import registry

TABLES = {table.name: importlib.import_module(f"answers.{table.name}") for table in pkgutil.iter_modules(answers.__path__)}


def documented_stub(*inputs):
    """Words."""
    ...


def cases(entries):
    """(precision, *entry) of every table, under names that say which."""
    return [pytest.param(precision, *entry, id=f"{lesson}-{entry[0]}-{number}-{str(precision)[6:]}")
            for lesson, table in TABLES.items() for precision in getattr(table, "PRECISIONS", (torch.float32,))
            for number, entry in enumerate(entries(table))]


@pytest.fixture
def as_lesson(request):
    """Lessons that count exactly set float64; a reader may not."""
    torch.set_default_dtype(request.param)
    yield
    torch.set_default_dtype(torch.float32)


def right_of(table):
    return [*table.RIGHT, *((name, same_as_reference(name)) for name in table.NAMES)]


@pytest.mark.parametrize("as_lesson, name, function", cases(right_of), indirect=["as_lesson"])
def test_right_is_right(as_lesson, name, function):
    verdict, text = verdict_of(name, function)
    assert verdict == "right", text


@pytest.mark.parametrize("as_lesson, name, function, words", cases(lambda table: table.WRONG), indirect=["as_lesson"])
def test_a_usual_mistake_is_named(as_lesson, name, function, words):
    assert named(name, function, words), verdict_in_small_letters(name, function)


@pytest.mark.parametrize("as_lesson, table", [
    pytest.param(precision, table, id=f"{lesson}-{str(precision)[6:]}") for lesson, table in TABLES.items()
    if hasattr(table, "COMPOSED") for precision in getattr(table, "PRECISIONS", (torch.float32,))], indirect=["as_lesson"])
def test_most_composed_mistakes_are_named(as_lesson, table):
    """At least four of five, by all of their parts."""
    missed = [(number, entry[0], entry[2]) for number, entry in enumerate(table.COMPOSED)
              if not named(*entry) or "does not know" in verdict_in_small_letters(*entry[:2])[1]]
    assert len(table.COMPOSED) >= 10 and len(missed) <= 0.2 * len(table.COMPOSED), missed


@pytest.mark.parametrize("stub", [lambda *inputs: ..., documented_stub, None], ids=["lambda", "documented", "none"])
@pytest.mark.parametrize("as_lesson, name", cases(lambda table: [(name,) for name in table.NAMES]), indirect=["as_lesson"])
def test_a_stub_is_not_attempted(as_lesson, name, stub):
    assert verdict_of(name, stub)[0] == "not attempted"


def test_every_exercise_has_a_table():
    """The short ones of lesson 06 have theirs in test_checks.py, beside the tests of the engine."""
    asked = [name for table in TABLES.values() for name in (*table.NAMES, *table.RIGHT, *table.WRONG)]
    listed = {entry if isinstance(entry, str) else entry[0] for entry in asked}
    assert listed | set(test_checks.NAMES) == set(registry.EXERCISES)
