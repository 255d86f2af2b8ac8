"""Execute a lesson with parameters and leave three files: the executed notebook, an offline page, its metrics.

papermill runs the cells and saves after each, so that a run that fails, or is stopped, keeps what it has.
"""
import contextlib
import json
import logging
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import nbformat
import papermill
from jupyter_client import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from gensq_course.execute.page import to_html
from gensq_course.many.versions import version_of
from gensq_course.report.environment import check_environment
from gensq_course.report.lessons import Lesson, Value, find_lesson, source, tables_folder, tags
from gensq_course.report.parameters import check_values
from gensq_course.report.records import collect
from gensq_lib.ground.errors import GensqError
from gensq_course.setup.workplace import python_path
from gensq_lib.ground.places import PROJECT, atomic_write

PATIENCE = 60  # seconds for the outputs of a cell that has ended; the usual 4 are too few where many things run
INCOMPLETE = "The files were about to be replaced when the run was killed: they may be of two runs. Run it again."


@dataclass(frozen=True)
class Outcome:
    """What a run came to. `status` is "passed", "claims missed", "failed" or "stopped"."""

    lesson: str
    status: str
    message: str
    metrics: dict
    folder: Path

    @property
    def ended(self) -> bool:
        """Whether the last cell ran, be the claims kept or missed."""
        return self.status in ("passed", "claims missed")

    @property
    def exit_code(self) -> int:
        return 0 if self.status == "passed" else 1


def run(name: str, *, parameters: Mapping[str, Value] | None = None, output: Path | str) -> Outcome:
    """Run a lesson and write NAME.ipynb, NAME.html and NAME.metrics.json into `output`.

    Parameters are checked before a kernel starts. A mistake in a cell, or a claim outside its bound, does not raise:
    it is the outcome's status and message, and everything that ran is in the files.
    """
    lesson, output = find_lesson(name), Path(output)
    parameters = dict(parameters or {})
    check_values(lesson, parameters)
    check_environment()
    started = time.monotonic()
    with scratch_notebook(output, lesson) as scratch:
        crash = execute(lesson, parameters, scratch)
        notebook = nbformat.read(scratch if scratch.exists() else lesson.path, as_version=4)
    clean(notebook)
    return write(lesson, parameters, output, notebook, crash, time.monotonic() - started)


@contextlib.contextmanager
def scratch_notebook(output: Path, lesson: Lesson) -> Iterator[Path]:
    """Where papermill saves while it runs; inside `output`, so that even a killed run leaves something there."""
    scratch = output / f"{lesson.name}.running.ipynb"
    try:
        output.mkdir(parents=True, exist_ok=True)
        scratch.touch()
        scratch.unlink()
    except OSError as error:
        raise GensqError(f"expected a folder to write to, got {output} ({error.strerror}); choose another with -o") from None
    try:
        yield scratch
    except OSError as error:
        raise GensqError(f"expected to write {scratch}, got: {error.strerror or error}; free some space or choose another "
                         "folder with -o") from None
    finally:
        scratch.unlink(missing_ok=True)


def execute(lesson: Lesson, parameters: Mapping[str, Value], scratch: Path) -> str:
    """Run the cells; returns "" or what went wrong outside of them. Relative paths are those of the caller."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    bar = sys.stderr.isatty() and os.environ.get("GENSQ_PROGRESS") != "0"  # of the cells
    try:
        with environment(GENSQ_NOTEBOOKS=str(tables_folder(lesson).resolve()), GENSQ_CLAIMS="", GENSQ_PROGRESS="0",
                         PYTHONPATH=python_path()), tempfile.TemporaryFile() as said:
            papermill.execute_notebook(str(lesson.path), str(scratch), parameters=dict(parameters), kernel_name="python3",
                                       language="python", progress_bar=bar, cwd=str(Path.cwd()),
                                       kernel_manager_class=kernels_into(said), extra_arguments=["--log-level=CRITICAL"],
                                       iopub_timeout=PATIENCE)
    except PapermillExecutionError:
        return ""  # the notebook itself holds the error
    except DeadKernelError:
        return "the kernel died, perhaps for want of memory"
    except TimeoutError:  # an OSError by descent, but no fault of the disk
        return f"a cell's outputs did not come within {PATIENCE} seconds: the machine was too busy; run it again"
    except KeyboardInterrupt:
        return "stopped by hand"
    return ""


def kernels_into(said: IO[bytes]) -> type[AsyncKernelManager]:
    """Kernels whose own complaints go into a file. What cells print comes by messages; what is left are tracebacks of a
    kernel that ends while its sockets close, and these would stand between our sentences."""

    class Quiet(AsyncKernelManager):
        async def start_kernel(self, **options):
            await super()._async_start_kernel(**options, stderr=said)

    return Quiet


@contextlib.contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Environment variables for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})
        for name in [name for name, value in before.items() if value is None]:
            del os.environ[name]


def clean(notebook: nbformat.NotebookNode) -> None:
    """Take out what belongs to one machine and one moment: papermill's marks, timings, paths."""
    notebook.metadata.pop("papermill", None)
    notebook.cells = [cell for cell in notebook.cells if "papermill-error-cell-tag" not in tags(cell)]
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        cell.update({"outputs": without_paths(cell.outputs)} if cell.cell_type == "code" else {})


def without_paths(outputs: list) -> list:
    """Outputs in which this project's folder, the environment, the home folder and the kernel's files are not named."""
    return [nbformat.from_dict(json.loads(without_paths_in(json.dumps(output)))) for output in outputs]


def without_paths_in(text: str) -> str:
    """One output. Pictures are long and hold no kernel's file: the search for one skips them."""
    if "ipykernel_" in text:
        text = re.sub(r"[^\s\"']*[\\/]ipykernel_\d+[\\/]\d+\.py", "<cell>", text)
    for path, name in ((sys.prefix, "<python>"), (str(PROJECT), "gensq"), (str(Path.home()), "~")):
        text = text.replace(json.dumps(path)[1:-1], name) if len(path) > 1 else text
    return text


def write(lesson: Lesson, parameters: Mapping, output: Path, notebook: nbformat.NotebookNode, crash: str,
          seconds: float) -> Outcome:
    """Write the three files, as one set."""
    found = collect(notebook)
    status, message = verdict(notebook, found["claims"], crash)
    metrics = {
        "lesson": lesson.name, "status": status, "message": message,
        "claims": found["claims"], "recorded": found["recorded"], "checks": found["checks"],
        "parameters": {key: value.default for key, value in lesson.parameters.items()} | dict(parameters)
        | found["run"].get("parameters", {}),
        "versions": found["run"].get("versions", {}), "device": found["run"].get("parameters", {}).get("device", ""),
        "seconds": round(seconds, 1), "date": datetime.now(UTC).strftime("%Y-%m-%d"), "given": dict(parameters),
        "version": version_of(own_cells(notebook.cells), tables_folder(lesson), parameters),
    }
    files = {f"{lesson.name}.ipynb": nbformat.writes(notebook) + "\n",
             f"{lesson.name}.html": to_html(notebook, title=lesson.title, metrics=metrics, changed=dict(parameters)),
             f"{lesson.name}.metrics.json": as_json(metrics)}
    incomplete = as_json({"lesson": lesson.name, "status": "incomplete", "message": INCOMPLETE})
    write_set(output, files, incomplete)
    return Outcome(lesson=lesson.name, status=status, message=message, metrics=metrics, folder=output)


def own_cells(cells: Iterable[Mapping]) -> Iterator[str]:
    """The code of a lesson, without the cell in which papermill puts the parameters of a run."""
    return (source(cell) for cell in cells if cell["cell_type"] == "code" and "injected-parameters" not in tags(cell))


def as_json(metrics: Mapping) -> str:
    """As strict JSON."""
    return json.dumps(metrics, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_set(folder: Path, files: Mapping[str, str], incomplete: str) -> None:
    """All files or none: an older set stays whole until all of the new one lies beside it.

    Whoever is killed in the moment in which they change places leaves `incomplete` in the last file, which says so.
    """
    *_, last = files
    with contextlib.ExitStack() as staged:  # they take their places in reverse order when it ends, unless something fails
        for name, content in reversed(files.items()):
            staged.enter_context(atomic_write(folder / name)).write_text(content, encoding="utf-8")
        mark = folder / f".{last}.incomplete.{os.getpid()}.part"
        mark.write_text(incomplete, encoding="utf-8")
        os.replace(mark, folder / last)


def verdict(notebook: nbformat.NotebookNode, claims: Mapping[str, Mapping], crash: str) -> tuple[str, str]:
    """Status and a sentence about it."""
    failure = first_failure(notebook)
    if failure or crash:
        return "stopped" if crash == "stopped by hand" else "failed", failure or f"The run did not end: {crash}."
    asserted = [claim for claim in claims.values() if claim["asserted"]]
    if missed := [claim for claim in asserted if not claim["holds"]]:
        return "claims missed", " ".join(f'Claim {claim["name"]} is outside its bound: found {claim["value"]}, '
                                         f'margin {claim["margin"]}.' for claim in missed)
    return "passed", f"All {len(asserted)} claims hold." if asserted else "Ran to its end; no claim was asserted."


def first_failure(notebook: nbformat.NotebookNode) -> str:
    """Names the first cell that raised: its number, the heading above it, the error; empty if none did."""
    heading, number = "the start", 0
    for cell in notebook.cells:
        number += "injected-parameters" not in tags(cell)
        if cell.cell_type == "markdown":
            heading = (re.findall(r"^#+ +(.+)$", source(cell), flags=re.MULTILINE) or [heading])[-1]
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                words = " ".join(f"{output.ename}: {output.evalue}".split())[:300].rstrip(": ")
                return f'Cell {number}, under "{heading}", stopped with {words}'
    return ""
