"""Tables over several seeds, recorded once by a command and shown in a lesson *as recorded*.

`gensq claims LESSON --record` runs the seeds and writes docs/results/LESSON.json; the lesson prints it, with the
command, the commit, the machine and the day.
"""
import hashlib
import json
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from gensq_course.report.lessons import folder
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import CHECKOUT, atomic_write, cores

DIGEST = "digest"  # of all the rest


@dataclass(frozen=True)
class Recorded:
    """One row per seed and one for their mean and standard deviation; empty where nothing was recorded yet."""

    columns: tuple[str, ...]
    rows: tuple[tuple, ...]
    caption: str


def results_path(lesson: str) -> Path:
    """Where the recorded runs of a lesson stand."""
    return folder().parent / "docs" / "results" / f"{lesson}.json"


def recorded(lesson: str, names: Sequence[str]) -> Recorded:
    """The recorded numbers `names` of a lesson, as a table."""
    columns = ("seed", *names)
    if not results_path(lesson).exists():
        return Recorded(columns, (), f"Nothing recorded yet; run: gensq claims {lesson} --record")
    found = read_recorded(results_path(lesson), f"gensq claims {lesson} --record")
    rows = tuple((str(run["seed"]), *(float(run["recorded"][name]) for name in names)) for run in found["runs"])
    caption = (f"Recorded at the defaults of the lesson, not run here: {found['command']}, {found['date']}, "
               f"commit {found['commit']}, {found['machine']}, torch {found['torch']}")
    return Recorded(columns, (*rows, *summary(rows)), caption)


def summary(rows: Sequence[tuple]) -> list[tuple]:
    """Mean and standard deviation over the seeds."""
    columns = list(zip(*rows, strict=True))[1:]
    mean = ("mean", *(statistics.fmean(column) for column in columns))
    return [mean, ("standard deviation", *(statistics.stdev(column) for column in columns))] if len(rows) > 1 else [mean]


def write_recorded(lesson: str, runs: Sequence[dict], *, command: str) -> Path:
    """Keep what the runs (their metrics) found. Claims and numbers only: no path, no host name."""
    kept = [{"seed": run["parameters"]["seed"], "seconds": run["seconds"], "recorded": run["recorded"],
             "claims": {name: claim["value"] for name, claim in run["claims"].items()}} for run in runs]
    content = {"lesson": lesson, "command": command, **provenance(), "runs": kept}
    keep_recorded(results_path(lesson), content)
    return results_path(lesson)


def keep_recorded(path: Path, content: dict) -> None:
    """A recorded table as JSON, and the digest of what it says."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps({**content, DIGEST: digest(content)}, indent=1) + "\n", encoding="utf-8")


def read_recorded(path: Path, command: str) -> dict:
    """A recorded table; a damaged one is refused. Those that were recorded before digests have none. `command` remakes it."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        written = found.pop(DIGEST, None)
        if written not in (None, digest(found)):
            raise ValueError("numbers that were not recorded")
        if not all(isinstance(row, dict) for row in found["rows" if "rows" in found else "runs"]):
            raise ValueError("rows of another form")
        return found
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise GensqError(f"expected the recorded table {path.name} as it was written, got a damaged file ({error}); get it "
                         f"again, for example with `git checkout docs/results`, or run: {command}") from None


def digest(content: dict) -> str:
    """Of what a table says, however it is laid out."""
    plain = json.loads(json.dumps(content))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


def provenance() -> dict[str, str]:
    """Where recorded numbers come from."""
    return {"commit": commit(), "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "machine": f"{cores()} cores, {platform.machine()}", "torch": metadata.version("torch")}


def commit() -> str:
    """The commit that is checked out; a + behind it says that files were edited since, "unknown" that there is none."""
    if CHECKOUT is None:
        return "of the wheel"
    try:
        found = subprocess.run(["git", "describe", "--always", "--exclude=*", "--dirty=+"], cwd=CHECKOUT, timeout=20, text=True,
                               capture_output=True, env=os.environ | {"GIT_OPTIONAL_LOCKS": "0"})
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return found.stdout.strip() or "unknown"
