"""The commands that look after the project: lab, test, quick, bench, lock. All others belong to `gensq` (gensq_course/cli)."""
import os
import re
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gensq_course.setup.copies import copy_lessons
from gensq_course.setup.environment import LOCK, Environment, found_environment, requirements
from gensq_course.setup.workplace import my_lessons
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import NOTEBOOKS, PROJECT

NOT_FOR_READERS = ("@jupyterlab/apputils-extension:announcements", "@jupyter/nbgrader")  # news; menus of an instructor
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "MPLBACKEND": "agg"}
FAST = ("-m", "not slow and not browser")
PER_LESSON = "--nbval-lax --nbval-current-env --nbval-cell-timeout=600 --dist loadfile -p no:cacheprovider".split()


@dataclass(frozen=True)
class Command:
    """What a command does, in a line, and the function that does it."""

    summary: str
    run: Callable[[Environment, Sequence[str]], int]


def lab(environment: Environment, arguments: Sequence[str]) -> int:
    """JupyterLab on the first lesson of `my_lessons/`, on this machine only, with its token."""
    mine = my_lessons()
    for sentence in copy_lessons(NOTEBOOKS, mine):
        print(f"  my_lessons/{sentence}")
    environment.output("-m", "jupyter", "labextension", "disable", "--level=sys_prefix", *NOT_FOR_READERS)
    first = "".join(f"/tree/{path.name}" for path in sorted(NOTEBOOKS.glob("*.ipynb"))[:1])
    print("JupyterLab starts; its address stands below. Stop it with Ctrl+C.", flush=True)
    options = ["--ip=127.0.0.1", f"--notebook-dir={mine}", f"--LabApp.default_url=/lab{first}",
               *["--no-browser"] * (not has_browser()),
               *["--allow-root"] * (hasattr(os, "geteuid") and os.geteuid() == 0)]
    return environment.run("-m", "jupyterlab", *options, *arguments)


def has_browser() -> bool:
    """Whether a window can be opened: there is a screen (or no X11 system), and a browser for it."""
    screen = os.name == "nt" or sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")))
    try:
        return bool(screen and webbrowser.get())
    except webbrowser.Error:
        return False


def test(environment: Environment, arguments: Sequence[str]) -> int:
    """Unit, contract and architecture tests, then every notebook at the standard budget."""
    books = sorted(NOTEBOOKS.glob("*.ipynb"))
    print(f"Tests and {len(books)} notebook(s) at the standard budget: about {10 + len(books)} minutes on two cores.", flush=True)
    return report_outcome({"unit tests": lambda: unit_tests(environment, arguments),
                           "notebooks": lambda: notebook_tests(environment, books)})


def quick(environment: Environment, arguments: Sequence[str]) -> int:
    """The tests that take moments, and every notebook at the smoke budget: for daily work."""
    print("The fast tests and a smoke run of every notebook: under 5 minutes.", flush=True)
    return report_outcome({"unit tests": lambda: unit_tests(environment, [*FAST, *arguments]),
                           "smoke": lambda: forward(environment, ["smoke"])})


def report_outcome(parts: dict[str, Callable[[], int]]) -> int:
    """Run the parts, all of them even if one fails, and end with a line that nobody can misread."""
    started = time.monotonic()
    failed = [name for name, part in parts.items() if part() != 0]
    seconds = time.monotonic() - started
    print(f"FAILED after {seconds:.0f} s: {' and '.join(failed)}." if failed
          else f"All passed in {seconds:.0f} s: {' and '.join(parts)}.", flush=True)
    return 1 if failed else 0


def unit_tests(environment: Environment, arguments: Sequence[str]) -> int:
    """pytest on `tests/`, two workers of one thread each."""
    return environment.run("-m", "pytest", "-n", "2", "tests", *arguments, **ONE_THREAD)


def notebook_tests(environment: Environment, books: Sequence[Path]) -> int:
    """nbval on the notebooks. It can inject no parameters, so the environment says the budget; a missed claim is an
    error there, and the cache is fresh, so that what is tested is the training and not a file of yesterday."""
    if not books:
        return 0
    workers = min(2, len(books))
    threads = {"OMP_NUM_THREADS": str(2 // workers)}  # together two, as the budgets are meant
    with tempfile.TemporaryDirectory(prefix="gensq-cache-") as cache:
        variables = ONE_THREAD | threads | {"GENSQ_BUDGET": "standard", "GENSQ_CLAIMS": "raise", "GENSQ_CACHE": cache}
        return environment.run("-m", "pytest", "-o", "addopts=-q", *PER_LESSON, "-n", str(workers), "--durations=5", *books,
                               **variables)


def bench(environment: Environment, arguments: Sequence[str]) -> int:
    """Every script in `benchmarks/`; those in `long/`, of an hour or so, are run by themselves."""
    scripts = sorted((PROJECT / "benchmarks").glob("[!_]*.py"))
    return max([environment.run(script, *arguments) for script in scripts], default=0)


def lock(environment: Environment, arguments: Sequence[str]) -> int:
    """Write requirements.lock from pyproject.toml, for Python 3.11-3.13 on every system. Needs uv."""
    command = ["uv", "pip", "compile", "-", "--universal", "--generate-hashes", "--python-version", "3.11",
               "--no-emit-package", "torch", "--no-annotate", "--no-header", *arguments]
    try:
        done = subprocess.run(command, input="\n".join(requirements()), capture_output=True, text=True, cwd=PROJECT)
    except FileNotFoundError:
        raise GensqError("expected uv on the path, found none; install it with `pip install uv`") from None
    if done.returncode != 0:
        raise GensqError(f"expected a lock, but uv says: {done.stderr.strip().splitlines()[-1]}; mend pyproject.toml")
    LOCK.write_text(portable(done.stdout), encoding="utf-8")
    return 0


def portable(locked: str) -> str:
    """The lock without what belongs to one machine or to one build of torch (its CUDA packages come with torch)."""
    blocks = re.split(r"\n(?=[\w-])", locked.strip())
    kept = [block for block in blocks if not re.match(r"(-|nvidia-|cuda-|triton\b|torch\b)", block)]
    return "# Made from pyproject.toml by `python -m gensq_course lock`; torch is pinned there.\n" + "\n".join(kept) + "\n"


def doctor(arguments: Sequence[str]) -> int:
    """`gensq doctor` in whatever environment there is: it makes nothing and mends nothing."""
    return forward(found_environment(), ["doctor", *arguments])


def forward(environment: Environment, arguments: Sequence[str]) -> int:
    """Everything else is a command of `gensq`."""
    return environment.hand_over("-m", "gensq_course.cli", *arguments)


COMMANDS = {
    "lab": Command("Open the lessons in JupyterLab (your copies, in my_lessons/)", lab),
    "test": Command("Run all tests, then every notebook at the standard budget", test),
    "quick": Command("Unit tests and a smoke run of every notebook (under 5 minutes)", quick),
    "bench": Command("Measure the speed of sampling and of training", bench),
    "lock": Command("Write requirements.lock anew from pyproject.toml", lock),
}
FORWARDED = {
    "chat": "Talk with models of replies, in the terminal (default: the doorstep)",
    "voila": "The widgets of a lesson as a page without code (default: the latent space)",
    "report": "Turn a lesson into an HTML report in reports/ (default: the text VAE)",
    "book": "The lessons as a web book in build/book/, made from what is committed",
    "pdf": "The lessons on paper: build/pdf/gensq.pdf, printed by Chromium",
    "slides": "Slides for four lab sessions in build/slides/, from the same notebooks",
    "smoke": "Run every notebook at the smallest budget",
    "claims": "Run every lesson at seeds 0, 1, 2 and print the table of claims",
    "list": "List the lessons and their parameters",
    "progress": "Which checks of your lessons pass, and how good your predictions were",
    "student": "Lessons without solutions, in dist/student/",
    "instructor": "Lessons with all solutions open, in dist/instructor/",
    "classroom": "Student lessons, library and data in dist/classroom.zip",
    "doctor": "Environment, data and machine on one screen, for a bug report",
    "corpus": "Print sentences of the built-in world, or judge one",
}


def print_help() -> None:
    """What `make help` shows."""
    print("make COMMAND, or: python -m gensq_course COMMAND\n")
    for name, summary in ({name: command.summary for name, command in COMMANDS.items()} | FORWARDED).items():
        print(f"  {name:12}{summary}")
    print("\nTORCH_INDEX=ADDRESS chooses a build of torch (see README.md); PYTHON=python3.12 another Python (make only).")
