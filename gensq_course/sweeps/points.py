"""The points of a sweep: each has a folder, its report, and a way to know that it is done."""
import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gensq_course.execute import running
from gensq_course.execute.several import Run, lost, perform
from gensq_course.many import run_many
from gensq_course.many.locks import alone
from gensq_course.many.versions import version_of
from gensq_course.report.lessons import Lesson, Value, find_lesson, read_cells, tables_folder
from gensq_lib.ground.errors import expect

ENDED = ("passed", "claims missed")
LONGEST = 40, 120  # letters of a value, and of a name
Metrics = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A setting, as it was asked for, and the run that it stands for."""

    setting: Mapping[str, Value]
    run: Run

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.run.output.name

    @property
    def report(self) -> str:
        """Its page, seen from the folder of the sweep."""
        return f"{self.name}/{self.run.name}.html"


def points_of(lesson: Lesson, settings: Sequence[Mapping[str, Value]], values: Sequence[Mapping[str, Value]], folder: Path
              ) -> list[Point]:
    """One for each setting; `values` are what its run is given."""
    runs = [Run(str(lesson.path.resolve()), given, folder.resolve() / readable(given), Path.cwd()) for given in values]
    found = [Point(setting, run) for setting, run in zip(settings, runs, strict=True)]
    return list({point.name: point for point in found}.values())  # "budget=standard" may be said or meant


def readable(values: Mapping[str, Value]) -> str:
    """"rate=0.5,seed=1", for people and every file system: what has other letters is shortened and gets a hash."""
    said = {name: value for name, value in values.items() if (name, value) != ("budget", "standard")}
    name = ",".join(f"{name}={as_word(value)}" for name, value in sorted(said.items())) or "as-it-is"
    return name if len(name) <= LONGEST[1] else f"{name[:LONGEST[1]]}-{hashed(name)}"


def as_word(value: Value) -> str:
    """Of a value: small letters, digits and a few signs, so that no two names differ by their case alone."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if re.fullmatch(r"[a-z0-9._+-]+", text) and len(text) <= LONGEST[0] and not text.endswith("."):
        return text
    return f"{re.sub(r'[^a-z0-9._+-]+', '-', text.lower())[-LONGEST[0]:]}-{hashed(text)}"


def hashed(text: str) -> str:
    """Enough of a hash to tell names apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def finished(point: Point) -> Metrics | None:
    """The metrics of a report of these parameters by this version of code, if it came to its end; None for anything else."""
    path = point.run.output / f"{point.run.name}.metrics.json"
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
        same = (metrics["status"] in ENDED and metrics["given"] == dict(point.run.values) and metrics["version"] == version(point)
                and (path.parent / f"{point.run.name}.html").is_file())
        return metrics if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def version(point: Point) -> str:
    """Of everything that its run would use now."""
    with contextlib.chdir(point.run.base):
        lesson = find_lesson(point.run.lesson)
        return version_of(running.own_cells(read_cells(lesson.path)), tables_folder(lesson), point.run.values)


def run_point(point: Point) -> Metrics:
    """Its metrics: of a run, or of the one that another process has finished by now. Never two at the same time."""
    point.run.output.mkdir(parents=True, exist_ok=True)
    with alone(point.run.output.parent / ".locks" / point.name):
        found = finished(point)
        return perform(point.run).metrics if found is None else found


def run_points(points: Sequence[Point], *, jobs: int, scheduler: str) -> Iterator[tuple[Point, Metrics]]:
    """What became of each, as they finish; a run whose code was edited on the way counts as failed."""
    for done in run_many(run_point, points, jobs=jobs, scheduler=scheduler, name="points" * sys.stderr.isatty()):
        yield done.point, unedited(done.point, done.value or lost(replace(done, point=done.point.run)).metrics)


def unedited(point: Point, metrics: Metrics) -> Metrics:
    """The metrics, unless they are of code that is no longer, or not yet, ours."""
    if metrics["status"] not in ENDED or metrics["version"] == version(point):
        return metrics
    return metrics | {"status": "failed", "message": "The code, the lesson or a file that it reads was edited while the sweep "
                                                     "ran; run the same command again."}


def check_folder(folder: Path) -> None:
    """Refuse a place that cannot be written, before anything runs."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    expect(writable, f"expected a folder to write to, got {folder}; choose another with -o")
