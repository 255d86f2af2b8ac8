"""Submissions judged, each in a process of its own that is ended with its children (`limits.py`, `worker.py`)."""
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gensq_course.classroom import limits
from gensq_course.classroom.graded import Judged
from gensq_course.classroom.submissions import Submission, asked_of
from gensq_course.classroom.variants import number_of, secret_of
from gensq_course.report.lessons import folder, noun, read_cells, source, tags
from gensq_course.setup.workplace import python_path

PATIENCE = 180  # seconds by the clock for one submission
VERDICTS = ("right", "wrong", "not attempted")
PROCESSES = 3  # at most, for one submission
ENDS = {0: "a process that ended before it answered",
        limits.TIME_IS_UP: f"a run of more than {limits.SECONDS - limits.GRACE} seconds of computing"}
LARGEST = 1_000_000  # bytes that are read of an answer


@dataclass(frozen=True)
class Examined:
    """A submission and what is said of each of its exercises; `note` says why some could not be judged."""

    submission: Submission
    exercises: tuple[Judged, ...]
    note: str = ""

    @property
    def share(self) -> float:
        """Of all points: the sum over its exercises, each worth 1."""
        return sum(one.share for one in self.exercises)


def examined(one: Submission, course: Path | None = None) -> Examined:
    """The submission, judged. Where an answer ends the process, the exercises after it get another one."""
    asked = asked_of(one.lesson)
    job = {"noun": noun(one.lesson), "ours": ours(one.lesson), "cells": one.cells,
           "number": number_of(one.student, secret_of(course, one.lesson))}
    found: dict[str, Judged] = {}
    lost: dict[str, str] = {}  # exercise -> how the process ended that was to judge it
    for _ in range(PROCESSES):
        rest = [name for name in asked if name not in found | lost]
        lines, ended = run(job | {"exercises": rest}) if rest else ([], "")
        found |= {judged.name: judged for judged in map(read, lines) if judged and judged.name in rest}
        lost |= {name: ended for name in rest[len(found.keys() & set(rest)):][:1]}
    lost |= {name: ended for name in asked if name not in found | lost}
    found |= {name: Judged(name, "not attempted", says=(f"It could not be judged: {how}.",)) for name, how in lost.items()}
    return Examined(one, tuple(found[name] for name in asked), told(lost))


def told(lost: Mapping[str, str]) -> str:
    """Of the exercises that could not be judged; "" when all were."""
    ends = ", ".join(dict.fromkeys(lost.values()))
    return f"{', '.join(lost)}: expected answers that can be tried, got {ends}; look into the notebook" if lost else ""


def ours(lesson: str) -> list[str]:
    """The parameters and the set-up of the lesson as we wrote them: the first cells of code."""
    code = [cell for cell in read_cells(folder() / f"{lesson}.ipynb") if cell["cell_type"] == "code"]
    first = next(i for i, cell in enumerate(code) if "parameters" in tags(cell))
    return [source(cell) for cell in code[first:first + 2]]


def run(job: Mapping[str, Any]) -> tuple[list[str], str]:
    """The lines of the worker, and in words how it ended."""
    command = [*limits.alone(), sys.executable, "-m", "gensq_course.classroom.worker"]
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as answer:
        asked.write(json.dumps(job).encode())
        asked.seek(0)
        own = dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "GENSQ_CACHE"), home) | {
            "PYTHONPATH": python_path(), "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1",
            "GENSQ_BUDGET": "smoke", "GENSQ_DEVICE": "cpu"}
        process = subprocess.Popen(command, stdin=asked, stdout=answer, stderr=subprocess.DEVNULL, cwd=home,
                                   env=limits.without_secrets(os.environ) | own, start_new_session=True)
        ended = waited_for(process)
        answer.seek(0)
        return answer.read(LARGEST).decode("utf-8", "replace").splitlines(), ended


def waited_for(process: subprocess.Popen) -> str:
    """Wait, and end whatever is left of it."""
    try:
        code = process.wait(timeout=PATIENCE)
        return ENDS.get(code, "a process that died")
    except subprocess.TimeoutExpired:
        return f"no end within {PATIENCE} seconds"
    finally:
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait()


def read(line: str) -> Judged | None:
    """A line of the worker. The code that it judged ran in the same process, so nothing in it is taken as it comes."""
    try:
        said = json.loads(line)
        name, verdict = str(said["name"]), said["verdict"]
        mistakes, says = ([str(each)[:2_000] for each in said[key]][:20] for key in ("mistakes", "says"))
        reason = str(said.get("reason", ""))[:300]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if verdict not in VERDICTS:
        return None
    share = 1.0 if verdict == "right" else 0.5 if said.get("share") == 0.5 and len(mistakes) == 1 else 0.0
    if reason:
        says = [f"It was not defined: {reason}"]
    return Judged(name, verdict, tuple(mistakes), tuple(says), share)
