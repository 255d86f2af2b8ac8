"""docs/syllabus.md: every lesson once, its hours from the map, what is needed before it is used; places and commands exist."""
import re
from pathlib import Path

import pytest
from test_instructors import fault

from gensq_course.classroom.exam import bank
from gensq_course.report.course import Place, before, course, graph
from gensq_course.report.lessons import card, find_lesson, read_cells, source

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "syllabus.md").read_text(encoding="utf-8")
PLACES = course()
HOURS = {place.name[:2]: place.hours for place in PLACES}
WEEKS = [(int(week), names.split(", "), float(hours)) for week, names, hours in
         re.findall(r"^\| (\d+) \| ([\d, ]+) \| ([\d.]+) \|", TEXT, flags=re.MULTILINE)]
ROWS = re.findall(r"^\| (\d+)-(\d+) \| (.+?) \| (.*?) \|$", TEXT, flags=re.MULTILINE)


def test_every_lesson_has_a_week():
    assert [week for week, _, _ in WEEKS] == list(range(1, 13))
    assert [name for _, names, _ in WEEKS for name in names] == sorted(HOURS), "each once, in an order that can be taught"


@pytest.mark.parametrize("week, names, hours", WEEKS)
def test_hours_are_those_of_the_map(week, names, hours):
    assert hours == sum(HOURS[name] for name in names)


def test_what_is_needed_comes_before():
    order = [name for _, names, _ in WEEKS for name in names]
    for place in PLACES:
        for need in place.needs:
            assert order.index(need[:2]) < order.index(place.name[:2]), f"{place.name} needs {need}"


def test_the_graph_is_the_map():
    (drawn,) = re.findall(r"```mermaid\n(.*?)\n```", TEXT, flags=re.DOTALL)
    assert drawn == graph(PLACES), "put in its place what `graph(course())` of gensq_course.report.course gives"


def test_no_need_is_said_twice():
    """A lesson does not name what another of its needs needs already."""
    known = before(PLACES)
    for place in PLACES:
        for need in place.needs:
            assert not any(need in known[other] for other in place.needs), f"{place.name}: {need} is implied"


@pytest.mark.parametrize("place", [place for place in PLACES if place.stands], ids=lambda place: place.name)
def test_a_card_asks_for_nothing_that_the_map_does_not_know(place):
    text = "\n".join(source(cell) for cell in read_cells(find_lesson(place.name).path) if cell["cell_type"] == "markdown")
    asks = re.sub(r"\d\d helps", "", dict(card(text))["You need"])
    named = {number for number in re.findall(r"(?<!\d)(\d\d)(?!\d)", asks) if number < place.name[:2]}
    assert named <= {name[:2] for name in before(PLACES)[place.name]}


def test_a_need_reaches_through_others():
    chain = [Place(name, "", "", 1, False, "", needs) for name, needs in (("a", ()), ("b", ("a",)), ("c", ("b",)))]
    assert before(chain) == {"a": set(), "b": {"a"}, "c": {"a", "b"}}
    assert "La --> Lb" in graph(chain)


def test_two_days_have_no_gap():
    days = TEXT.split("**First day**")[1].split("## Questions")[0].split("**Second day**")
    assert len(days) == 2
    for day in days:
        times = [tuple(map(int, row)) for row in re.findall(r"^\| (\d+)-(\d+) \|", day, flags=re.MULTILINE)]
        assert times[0][0] == 0 and times[-1][1] <= 8 * 60
        assert all(earlier[1] == later[0] for earlier, later in zip(times, times[1:]))


@pytest.mark.parametrize("where", [where for *_, where in ROWS if where])
def test_the_places_of_the_days_exist(where):
    number, sections = re.fullmatch(r"(\d\d), sections? (.+)", where).groups()
    text = "\n".join(source(cell) for cell in read_cells(find_lesson(number).path) if cell["cell_type"] == "markdown")
    for section in re.findall(r"\d+", sections):
        assert re.search(rf"^## {section} ·", text, flags=re.MULTILINE), f"lesson {number} has no section {section}"


def test_every_week_has_questions_and_there_are_projects_with_a_rubric():
    questions = TEXT.split("## Questions to discuss")[1].split("## Exams")[0]
    assert re.findall(r"\*\*Week (\d+)\.\*\*", questions) == [str(week) for week in range(1, 13)]
    assert all(line.count("?") >= 2 or "Name" in line for line in questions.splitlines() if line.startswith("- "))
    projects = TEXT.split("## Projects")[1]
    assert len(re.findall(r"^\d+\. \*\*", projects, flags=re.MULTILINE)) >= 8
    assert len(re.findall(r"^\| \*\*", projects, flags=re.MULTILINE)) == 5


def test_commands_and_links_exist():
    calls = re.findall(r"`(gensq [^`]+)`", TEXT) + re.findall(r"^(gensq .+)$", TEXT, flags=re.MULTILINE)
    assert len(calls) >= 3 and [call for call in calls if fault(call)] == []
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", TEXT):
        assert (ROOT / "docs" / target).exists(), target


def test_what_is_said_of_the_exam():
    num, first, last = re.search(r"There are (\d+) kinds of questions .* of lessons (\d\d) to (\d\d)", TEXT).groups()
    lessons = [template.lesson[:2] for template in bank.templates()]
    assert int(num) == len(lessons) and (first, last) == (min(lessons), max(lessons))
