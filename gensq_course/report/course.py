"""The map of the course: every lesson that is planned, and whether it stands. The files of the lessons decide that."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gensq_course.report.lessons import folder, read_lesson
from gensq_course.report.parameters import read_table


@dataclass(frozen=True)
class Place:
    """One lesson on the map. `hours` are a person's; `title` is "" until the lesson stands; `needs` are lessons taken before."""

    name: str
    part: str
    about: str
    hours: float
    spine: bool
    title: str
    needs: Sequence[str] = ()

    @property
    def stands(self) -> bool:
        return bool(self.title)

    @property
    def heading(self) -> str:
        """Its title; before there is one, what its name says."""
        return self.title or f"{self.name[:2]} · {self.name[3:].replace('_', ' ').capitalize()}"


def course() -> list[Place]:
    """All lessons, in order."""
    return [Place(name=name, title=title_of(name), **row) for name, row in read_table("map.toml").items()]


def title_of(name: str) -> str:
    """What the lesson calls itself; empty while there is no such file."""
    path = folder() / f"{name}.ipynb"
    return read_lesson(path).title if path.is_file() else ""


def before(places: Sequence[Place]) -> Mapping[str, set[str]]:
    """Of each lesson all that come before it: what it needs, what that needs, and so on."""
    found: dict[str, set[str]] = {}
    for place in places:  # in order: what a lesson needs has been met
        found[place.name] = set(place.needs).union(*(found[name] for name in place.needs))
    return found


def graph(places: Sequence[Place]) -> str:
    """The lessons and what each needs, as a Mermaid flow chart; those of the short road have thick borders."""
    lines = ["flowchart LR"]
    for part in dict.fromkeys(place.part for place in places):
        lines += [f'  subgraph "{part}"', *(f'    L{place.name[:2]}["{place.name[:2]} {place.name[3:].replace("_", " ")}"]'
                                            for place in places if place.part == part), "  end"]
    lines += [f"  L{need[:2]} --> L{place.name[:2]}" for place in places for need in place.needs]
    spine = ",".join(f"L{place.name[:2]}" for place in places if place.spine)
    return "\n".join([*lines, "  classDef spine stroke-width:3px", f"  class {spine} spine"])
