"""Mistakes as edits of a reference: what a slip makes of it, what is refused, and that each one in the lessons is a mistake."""
import pytest
import torch

from gensq_course.checks import registry
from gensq_course.checks.answers import agree
from gensq_course.checks.slips import Clash, slipped, source
from gensq_lib.ground.errors import GensqError

FACTOR = 3.0


def line(x: torch.Tensor, slope: float) -> torch.Tensor:
    """FACTOR * bent(x)."""
    return FACTOR * bent(x) + slope * x


def bent(x):
    """A function that the reference calls."""
    return x**2


@pytest.mark.parametrize("slips, expected", [
    ([], 16.0), ([("+ slope * x", "")], 12.0), ([("x**2", "x**3")], 28.0), ([("FACTOR * bent", "bent"), ("x**2", "x")], 6.0),
    ([(("FACTOR", "1"), ("slope * x", "slope"))], 6.0)],
    ids=["none", "one", "in what is called", "two together", "one of two phrases"])
def test_a_slip_edits_the_reference(slips, expected):
    assert slipped(line, tuple(slips))(2.0, 2.0) == expected and line(2.0, 2.0) == 16.0


@pytest.mark.parametrize("phrase, times", [("slope + x", 0), ("x", 5), ("FACTOR * bent(x).", 0)])
def test_a_phrase_must_be_there_once(phrase, times):
    with pytest.raises(GensqError, match=f"once in the source, got it {times} times"):
        slipped(line, ((phrase, "0"),))


@pytest.mark.parametrize("other", [("slope *", "slope /"), (" * x", "")])
def test_slips_in_one_place_cannot_be_made_together(other):
    with pytest.raises(Clash):
        slipped(line, (("slope * x", "x"), other))


def test_a_slip_is_compiled_once_and_docstrings_are_no_source():
    assert slipped(line, (("FACTOR", "2"),)) is slipped(line, (("FACTOR", "2"),))
    assert "A function" not in source(line) and "x**2" in source(line)


EVERY = [(name, slip) for name, asked in registry.EXERCISES.items() for slip in getattr(asked, "slips", ())]


def differs(asked, slip, case):
    """In its values, or else in the gradient; a mistake that cannot be made with this input makes no difference."""
    try:
        wrong = asked.with_mistakes([slip], case)
    except (RuntimeError, IndexError):
        return False
    if not agree(wrong, asked.truth(case)):
        return True
    right, wrong = (asked.gradients(function, case) for function in (asked.reference, lambda *x: asked.with_one(slip, *x)))
    return len(right) != len(wrong) or any(not torch.allclose(a, b) for a, b in zip(right, wrong, strict=True))


@pytest.mark.parametrize("name, slip", EVERY)
def test_every_slip_of_the_lessons_is_a_mistake(name, slip):
    asked = registry.exercise(name)
    assert any(differs(asked, slip, case) for case in asked.cases())
