"""The map of the course: every lesson that is planned, and whether it stands. The files of the lessons decide that."""
from dataclasses import dataclass

from gensq_course.report.lessons import folder, read_lesson
from gensq_course.report.parameters import read_table


@dataclass(frozen=True)
class Place:
    """One lesson on the map. `hours` are a person's; `title` is "" until the lesson stands."""

    name: str
    part: str
    about: str
    hours: float
    spine: bool
    title: str

    @property
    def stands(self) -> bool:
        return bool(self.title)


def course() -> list[Place]:
    """All lessons, in order."""
    return [Place(name=name, title=title_of(name), **row) for name, row in read_table("map.toml").items()]


def title_of(name: str) -> str:
    """What the lesson calls itself; empty while there is no such file."""
    path = folder() / f"{name}.ipynb"
    return read_lesson(path).title if path.is_file() else ""
