"""Doing a study: its rows side by side in processes, kept one by one, so that a stopped study goes on where it was.

A row carries the commit it was computed at and the version of the code behind it: a hash of everything that its study imports.
Rows of another version are never used and never mixed in.
"""
import functools
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gensq_course.many import Done, run_many
from gensq_course.report import results
from gensq_course.report.budget import keep_freed_memory
from gensq_course.studies.recorded import tidy
from gensq_course.studies import sources
from gensq_course.studies.rows import Record, Row
from gensq_lib.ground import runtime, seals
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import RESULTS, cache_folder

Setting = dict[str, str | int | float]


def nothing(**setting: Any) -> None:
    """Most rows need no preparation."""


@dataclass(frozen=True)
class Study:
    """`run(**setting)` gives the records of one row; what `prepare` does before, and keeps, is not counted as its time."""

    name: str
    question: str
    settings: Sequence[Setting]
    run: Callable[..., list[Record]]
    prepare: Callable[..., Any] = nothing


def version(study: Study) -> str:
    """Of the code behind its rows, and of the data that this code reads."""
    return sources.digest(study.run, study.prepare, perform)[:16]


def perform(study: Study, *, jobs: int = 0, scheduler: str = "") -> Path:
    """Every row that is not there yet, `jobs` at a time (0: one per core) or on a Dask cluster; then the file.

    Each is computed on one thread. One that fails stops no other: they are kept before it is told.
    """
    done, commit = kept_rows(study), results.commit()
    missing = [setting for setting in study.settings if key(setting) not in done]
    failed = []
    for row in run_many(functools.partial(timed, study), missing, jobs=jobs, scheduler=scheduler, name=study.name):
        if row.error:
            failed.append(row)
            continue
        refuse_other_version(study, row.value)
        done[key(row.point)] = row.value | {"commit": commit}
        keep(study, done)
    refuse_failed(study, failed)
    path = write(study, [done[key(setting)] for setting in study.settings])
    for left in partial(study).parent.glob(f"{study.name}-*.json"):  # the finished table has what is worth keeping
        left.unlink()
    return path


def refuse_failed(study: Study, failed: Sequence[Done]) -> None:
    """A table has all its rows or is not written."""
    for row in failed:
        print(f"{study.name}, {key(row.point)}: {row.error}\n{row.trace}".rstrip(), file=sys.stderr, flush=True)
    if failed:
        raise GensqError(f"expected every row of {study.name} to be computed, got {len(failed)} that failed, such as "
                         f"{key(failed[0].point)}: {failed[0].error}; mend it and run gensq study {study.name} again, the other "
                         "rows are kept")


def refuse_other_version(study: Study, row: Row) -> None:
    """A process that starts late imports what is there by then."""
    if row["version"] != version(study):
        raise GensqError(f"expected the code to stay as it is while {study.name} runs, got an edited file; run gensq study "
                         f"{study.name} again: rows of the new version are computed anew")


def timed(study: Study, setting: Setting) -> Row:
    """One row: what was set, what was found, by which version of the code, and how many seconds one processor worked on it."""
    runtime.use_threads(1)  # rows share the cores; two threads each would fight for them
    keep_freed_memory()
    study.prepare(**setting)
    began = time.process_time()
    found = study.run(**setting)
    return {"setting": setting, "found": found, "seconds": round(time.process_time() - began, 1), "version": version(study)}


def recompute(study: Study, row: Row) -> list[Record]:
    """A recorded row, once more."""
    return study.run(**row["setting"])


def key(setting: Setting) -> str:
    """The name of a row."""
    return json.dumps(setting, sort_keys=True)


def partial(study: Study) -> Path:
    """Where an unfinished study waits: under its version."""
    return cache_folder() / "studies" / f"{study.name}-{version(study)}.json"


def kept_rows(study: Study) -> dict[str, Row]:
    """Rows that need not be computed again: of an earlier call, finished or not, and of this version."""
    finished, waiting = place(study.name), partial(study)
    rows = recorded_rows(study) if finished.exists() else []
    rows += json.loads(seals.kept(waiting) or "[]")
    return {key(row["setting"]): row for row in rows if row.get("version") == version(study)}


def recorded_rows(study: Study) -> list[Row]:
    """Those of the finished table; of a damaged one none, and that is said."""
    try:
        return list(results.read_recorded(place(study.name), f"gensq study {study.name}")["rows"])
    except GensqError as error:
        print(f"gensq: {error}; its rows are computed anew.", file=sys.stderr, flush=True)
        return []


def keep(study: Study, rows: dict[str, Row]) -> None:
    """Written whole after every row."""
    seals.seal(partial(study), json.dumps(list(rows.values())).encode(), name=partial(study).name)


def place(name: str) -> Path:
    """Where a recorded study stands."""
    return RESULTS / f"{name}.json"


def write(study: Study, rows: Sequence[Row]) -> Path:
    """The recorded table: numbers and where they come from."""
    content = {"study": study.name, "question": study.question, "command": f"gensq study {study.name}", **results.provenance(),
               "minutes_of_one_core": round(sum(row["seconds"] for row in rows) / 60), "rows": list(rows)}
    results.keep_recorded(place(study.name), content)
    return place(study.name)


def read(name: str) -> dict[str, Any]:
    """A recorded study, its rows tidy, however old it is."""
    path = place(name)
    if not path.exists():
        raise GensqError(f"expected the recorded study {path.name}, got none; run: gensq study {name}")
    recorded = results.read_recorded(path, f"gensq study {name}")
    return {**recorded, "rows": [{**row, "found": tidy(name, row["found"])} for row in recorded["rows"]]}


def source(recorded: dict[str, Any]) -> str:
    """What stands under a recorded table: that it was not run here, and where it comes from."""
    commits = sorted({row.get("commit", recorded["commit"]) for row in recorded["rows"]})
    named = f"commit {commits[0]}" if len(commits) == 1 else f"commits {', '.join(commits)}"
    return f"Recorded, not run here: {recorded['command']}, {recorded['date']}, {named}, {recorded['machine']}"
