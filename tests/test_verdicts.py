"""What the lessons say about their results is what their numbers say: as committed, and at another seed (two lessons a day)."""
import datetime
from pathlib import Path

import pytest

from gensq_course.execute import running
from tests.verdicts import UNREADABLE, Run, number, other_numbers, wrong
from tests.verdicts.table import VERDICTS

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
CHANGES = {"turned": lambda value, place: -value, "all zero": lambda value, place: 0, "all one": lambda value, place: 1,
           "counting up": lambda value, place: place, "counting down": lambda value, place: 1000 - place,
           "alternating": lambda value, place: (-1) ** place * 100 * (place + 1),
           "a thousandth": lambda value, place: value / 1000}
DAY = datetime.datetime.now(datetime.UTC).date().toordinal()
TODAY = [(sorted(VERDICTS)[(2 * DAY + i) % len(VERDICTS)], 3 + (DAY + i) % 5) for i in range(2)]


def committed(name: str) -> Run:
    return Run.of(NOTEBOOKS / f"{name}.ipynb")


@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_the_committed_lesson_says_what_its_numbers_say(name):
    run = committed(name)
    assert [verdict.phrase for verdict in VERDICTS[name] if " ".join(verdict.phrase.split()) not in run.prose] == []
    assert wrong(run, VERDICTS[name]) == []


def fails(verdict, run: Run) -> bool:
    try:
        return not verdict.holds(run)
    except UNREADABLE:
        return False  # it could not be read: no verdict about the verdict


@pytest.mark.parametrize("name, phrase", [(name, verdict.phrase) for name in sorted(VERDICTS) for verdict in VERDICTS[name]])
def test_every_verdict_can_fail(name, phrase):
    """Beside other numbers in the same places."""
    verdict = next(each for each in VERDICTS[name] if each.phrase == phrase)
    assert any(fails(verdict, other_numbers(committed(name), change)) for change in CHANGES.values())


@pytest.mark.slow
@pytest.mark.parametrize("name, seed", TODAY)
def test_verdicts_hold_at_another_seed(name, seed, tmp_path):
    outcome = running.run(name, parameters={"seed": seed, "budget": "standard"}, output=tmp_path)
    assert outcome.status == "passed", outcome.message
    assert wrong(Run.of(tmp_path / f"{name}.ipynb"), VERDICTS[name]) == []


@pytest.mark.parametrize("text, value", [("1,024 ± 3", 1024.0), ("−0.5", -0.5), (".55 ± .03", 0.55), ("about +2.5e-03.", 0.0025)])
def test_numbers_are_read_as_they_are_printed(text, value):
    assert number(text) == value
