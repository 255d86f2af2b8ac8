"""The map of the course: complete, in order, and never claiming that a lesson stands which does not."""
from pathlib import Path

import pytest
from lesson_maker import make_lesson

from gensq_course.report.course import course

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def test_every_lesson_is_on_the_map_once_and_in_order():
    names = [place.name for place in course()]
    assert names == sorted(set(names)) and [int(name[:2]) for name in names] == list(range(24))
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} <= set(names)


def test_the_spine_and_the_hours():
    assert [place.name[:2] for place in course() if place.spine] == ["00", "01", "02", "05", "06", "07", "09", "14", "16"]
    assert all(0.5 <= place.hours <= 4 for place in course())
    parts = [place.part for place in course()]
    assert parts == sorted(parts, key=parts.index) and len(set(parts)) == 6


@pytest.mark.parametrize("place", course(), ids=lambda place: place.name)
def test_a_lesson_stands_when_its_file_is_there(place):
    assert place.stands == (NOTEBOOKS / f"{place.name}.ipynb").is_file()


def test_files_decide(tmp_path, monkeypatch):
    monkeypatch.setenv("GENSQ_NOTEBOOKS", str(tmp_path))
    (tmp_path / "map.toml").write_text('[09_tiny]\npart = "I"\nabout = "x"\nhours = 1\nspine = true\n')
    assert [place.stands for place in course()] == [False]
    make_lesson(tmp_path)
    assert [place.title for place in course()] == ["A tiny lesson"]
