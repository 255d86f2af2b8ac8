"""Doing a study: its rows side by side in processes, kept one by one, so that a stopped study goes on where it was."""
import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from gensq_course.report.results import provenance
from gensq_course.studies.recorded import tidy
from gensq_course.studies.rows import Record, Row
from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import RESULTS

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


def perform(study: Study, *, jobs: int = 0) -> Path:
    """Every row that is not there yet, `jobs` at a time (0: one per core), each on one thread; then the file."""
    done = kept_rows(study)
    missing = [setting for setting in study.settings if key(setting) not in done]
    with ProcessPoolExecutor(jobs or runtime.cores(), mp_context=get_context("spawn"), initializer=one_thread) as pool:
        waiting = [pool.submit(timed, study.prepare, study.run, setting) for setting in missing]
        for finished in tqdm(as_completed(waiting), total=len(waiting), desc=study.name):
            row = finished.result()
            done[key(row["setting"])] = row
            keep(study, done)
    return write(study, [done[key(setting)] for setting in study.settings])


def one_thread() -> None:
    """Rows share the cores; two threads each would fight for them."""
    os.environ["GENSQ_PROGRESS"] = "0"
    runtime.use_threads(1)
    runtime.keep_freed_memory()


def timed(prepare: Callable[..., Any], run: Callable[..., list[Record]], setting: Setting) -> Row:
    """One row: what was set, what was found, how many seconds one processor worked on it, whatever else it had to do."""
    prepare(**setting)
    began = time.process_time()
    found = run(**setting)
    return {"setting": setting, "found": found, "seconds": round(time.process_time() - began, 1)}


def recompute(study: Study, row: Row) -> list[Record]:
    """A recorded row, once more."""
    return study.run(**row["setting"])


def key(setting: Setting) -> str:
    """The name of a row."""
    return json.dumps(setting, sort_keys=True)


def partial(study: Study) -> Path:
    """Where an unfinished study waits: under the version of the code, so that old rows never mix with new ones."""
    from gensq_lib.training.checkpoint import code_version

    return runtime.cache_folder() / "studies" / f"{study.name}-{code_version()[:12]}.json"


def kept_rows(study: Study) -> dict[str, Row]:
    """Rows of an earlier, unfinished call."""
    path = partial(study)
    return {key(row["setting"]): row for row in json.loads(path.read_text("utf-8"))} if path.exists() else {}


def keep(study: Study, rows: dict[str, Row]) -> None:
    """Written whole after every row."""
    with runtime.atomic_write(partial(study)) as temporary:
        temporary.write_text(json.dumps(list(rows.values())), "utf-8")


def place(name: str) -> Path:
    """Where a recorded study stands."""
    return RESULTS / f"{name}.json"


def write(study: Study, rows: Sequence[Row]) -> Path:
    """The recorded table: numbers and where they come from."""
    content = {"study": study.name, "question": study.question, "command": f"gensq study {study.name}", **provenance(),
               "minutes_of_one_core": round(sum(row["seconds"] for row in rows) / 60), "rows": list(rows)}
    with runtime.atomic_write(place(study.name)) as temporary:
        temporary.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return place(study.name)


def read(name: str) -> dict[str, Any]:
    """A recorded study, its rows tidy, however old it is."""
    path = place(name)
    if not path.exists():
        raise GensqError(f"expected the recorded study {path.name}, got none; run: gensq study {name}")
    recorded = json.loads(path.read_text("utf-8"))
    return {**recorded, "rows": [{**row, "found": tidy(name, row["found"])} for row in recorded["rows"]]}


def source(recorded: dict[str, Any]) -> str:
    """What stands under a recorded table: that it was not run here, and where it comes from."""
    return "Recorded, not run here: {command}, {date}, commit {commit}, {machine}".format_map(recorded)
