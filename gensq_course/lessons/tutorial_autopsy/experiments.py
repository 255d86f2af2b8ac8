"""The table of mistakes, and the experiment of each: a small function that measures the wrong version and the repaired one.

A row of tutorial.toml says what is measured, what the measure must keep, where the mistake comes from and how it is repaired; the
function of the same name, in the module of its group, returns `Found`. A reader may run any of them by name, with other numbers.
"""
import importlib
import inspect
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gensq_course import widgets
from gensq_course.report.words import translated
from gensq_lib.ground.errors import chosen

GROUPS = ("mathematics", "shapes", "losses", "data", "evaluation", "references")
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Found:
    """What was measured of the version with the mistake, and of the repaired one."""

    wrong: float
    repaired: float


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A row of the table. `at_least` and `at_most` are what the measure must keep for a version to pass."""

    name: str
    group: str
    says: str  # what the tutorial does, in a few words
    measure: str
    cause: str
    repair: str
    lesson: str
    at_least: float = float("-inf")
    at_most: float = float("inf")

    @property
    def experiment(self) -> Callable[..., Found]:
        """The function of this name in the module of its group."""
        return getattr(importlib.import_module(f"{__package__}.{self.group}"), self.name)

    def passes(self, value: float) -> bool:
        """Whether the measure is as it must be; a NaN is not."""
        return self.at_least <= value <= self.at_most


@cache
def read() -> dict[str, Any]:
    """tutorial.toml: the listing, and the tables beside it."""
    return translated(tomllib.loads((HERE / "tutorial.toml").read_text(encoding="utf-8")), "words/tutorial.toml")


@cache
def mistakes() -> dict[str, Mistake]:
    """By name, in the order of the groups."""
    rows = [Mistake(name=name, **row) for name, row in read()["mistake"].items()]
    return {row.name: row for row in sorted(rows, key=lambda row: GROUPS.index(row.group))}


def mistake(name: str) -> Mistake:
    """The one of this name."""
    return chosen("a mistake", name, mistakes())


def run(name: str, **numbers: Any) -> Found:
    """The experiment of this name; `numbers` are its keywords: run("kl_sign", steps=300)."""
    return mistake(name).experiment(**numbers)


def all_found() -> dict[str, Found]:
    """Every experiment, once."""
    return {name: row.experiment() for name, row in mistakes().items()}


def counts() -> dict[str, int]:
    """How many mistakes each group has, counted in the table."""
    found = Counter(row.group for row in mistakes().values())
    return {group: found[group] for group in GROUPS}


def source(name: str) -> str:
    """The experiment as text, to read, to copy and to change."""
    return inspect.getsource(mistake(name).experiment)


def cases(found: dict[str, Found], names: Iterable[str]) -> widgets.Table:
    """Mistake, symptom with its numbers, cause and repair, and the lesson that teaches it."""
    rows = [[f"{row.says} ({row.name})", row.measure, *map(written, (found[row.name].wrong, found[row.name].repaired)),
             f"{row.cause}. Repair: {row.repair}.", row.lesson] for row in map(mistake, names)]
    return widgets.table(rows, ["mistake", "symptom", "wrong", "repaired", "cause and repair", "lesson"])


def of_group(group: str) -> list[str]:
    """Names of the mistakes of a group."""
    return [name for name, row in mistakes().items() if row.group == group]


def written(value: float) -> str:
    """Three digits; what is 0 in truth is 0.000000000000005 on a computer."""
    return re.sub(r"^-", "−", f"{value if abs(value) > 1e-6 else 0.0:.3g}")
