"""The environment: `.venv` beside the project, or an active one that already holds the locked packages.

torch is installed first and pinned by version (`TORCH_INDEX` chooses its CPU or GPU build), everything else from
`requirements.lock` by hash. A stamp in `.venv` remembers what was installed, so that a second call does nothing.
"""
import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gensq_course.setup.workplace import jupyter_folders, python_path, workplace
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import CHECKOUT, PROJECT

LOCK = PROJECT / "requirements.lock"
VERSIONS = "import json, importlib.metadata as m; print(json.dumps({d.name.lower(): d.version for d in m.distributions()}))"


@dataclass(frozen=True)
class Environment:
    """A Python that has the packages."""

    python: Path

    def run(self, *arguments: str | Path, **variables: str) -> int:
        """Run this Python from the reader's workplace, with nothing to wait for on stdin; the exit code comes back."""
        return self._run(arguments, variables).returncode

    def hand_over(self, *arguments: str | Path) -> int:
        """The same, with what is typed or piped going to it: `gensq chat` reads lines."""
        return self._run(arguments, {}, stdin=None).returncode

    def output(self, *arguments: str | Path) -> str:
        """What a call prints; empty if it fails."""
        done = self._run(arguments, {}, capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else ""

    def _run(self, arguments, variables, **options) -> subprocess.CompletedProcess:
        own = {"PYTHONPATH": python_path(), "PYTHONUTF8": "1", "PIP_NO_INPUT": "1"} | jupyter_folders()
        command = [str(self.python), *map(str, arguments)]
        with delayed_interrupt():
            return subprocess.run(command, cwd=workplace(), env=os.environ | own | variables,
                                  **{"stdin": subprocess.DEVNULL} | options)


@contextlib.contextmanager
def delayed_interrupt() -> Iterator[None]:
    """Ctrl+C reaches the program that runs; here it counts only after that has ended, so that it can save its work."""
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def ready_environment() -> Environment:
    """The active environment if it holds what is locked, else `.venv`, made or brought up to date where needed; for a
    wheel the Python that it is installed in, where pip has seen to the rest."""
    if CHECKOUT is None:
        return Environment(Path(sys.executable))
    folder = PROJECT / ".venv"
    active = active_folder()
    if active and active.resolve() != folder.resolve():
        missing = missing_packages(Environment(python_of(active)))
        if not missing:
            return Environment(python_of(active))
        print(f"The active environment lacks {', '.join(missing[:3])}{' ...' * (len(missing) > 3)}; using .venv instead.")
    if stamp(folder) != wanted_stamp(folder):
        install(folder)
    return Environment(python_of(folder))


def found_environment() -> Environment:
    """What there is, as it is: an active environment, else `.venv`, else the Python that runs this."""
    folders = [folder for folder in (active_folder(), PROJECT / ".venv") if folder and python_of(folder).exists()]
    return Environment(python_of(folders[0]) if folders else Path(sys.executable))


def active_folder() -> Path | None:
    """The virtual or conda environment that is switched on, if any."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix)
    name = os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX")
    return Path(name) if name and python_of(Path(name)).exists() else None


def python_of(folder: Path) -> Path:
    """Where an environment keeps its Python."""
    windows = "python.exe" if (folder / "python.exe").exists() else "Scripts/python.exe"
    return folder / (windows if os.name == "nt" else "bin/python")


def project() -> dict:
    """The `[project]` table of pyproject.toml, the one list of what is needed."""
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements() -> list[str]:
    """Every direct requirement, tests included."""
    return project()["dependencies"] + project()["optional-dependencies"]["test"]


def torch_requirement() -> str:
    """`torch==...`, as pyproject.toml pins it."""
    return next(line for line in requirements() if line.startswith("torch=="))


def locked_versions() -> set[tuple[str, str]]:
    """(name, version) of every pin in the lock; some packages have one for each Python."""
    return set(re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE))


def missing_packages(environment: Environment) -> list[str]:
    """The direct requirements that an environment lacks, or has in another version than a locked one."""
    installed = json.loads(environment.output("-c", VERSIONS) or "{}")
    wanted = locked_versions() | {tuple(torch_requirement().split("=="))}
    names = [re.match(r"[\w.-]+", line)[0].lower() for line in requirements()]
    return [name for name in names if (name, installed.get(name, "").split("+")[0]) not in wanted]


def torch_index(folder: Path) -> str:
    """Where torch comes from: the caller's `TORCH_INDEX` ("": what pip chooses), else as it was before, else ""."""
    index = os.environ.get("TORCH_INDEX", "".join(stamp(folder).split(" ")[1:])).strip()
    if not re.fullmatch(r"((https?|file)://[^\s/]*/\S*)?", index):
        raise GensqError("expected TORCH_INDEX to be the address behind --index-url on PyTorch's install page, "
                         f'got "{index}"; leave it out if in doubt')
    return index


def stamp(folder: Path) -> str:
    """What was installed into a folder: a hash and where torch came from; empty if nothing was."""
    path = folder / "gensq-stamp"
    return path.read_text(encoding="utf-8") if path.exists() and python_of(folder).exists() else ""


def wanted_stamp(folder: Path) -> str:
    """The stamp of an environment that is up to date."""
    content = LOCK.read_bytes() + (PROJECT / "pyproject.toml").read_bytes()
    return f"{hashlib.sha256(content).hexdigest()} {torch_index(folder)}"


def install(folder: Path) -> None:
    """Make or update the environment: torch, then the lock, then this project; says what it does and what it took."""
    started, wanted, index = time.monotonic(), wanted_stamp(folder), torch_index(folder)
    switched = bool(stamp(folder)) and stamp(folder).split(" ")[1:] != wanted.split(" ")[1:]
    print("Setting up .venv: about a minute and 2 GB where torch comes for the CPU, more for a GPU; later calls skip this.")
    pip = create(folder)
    (folder / "gensq-stamp").unlink(missing_ok=True)
    source = ["--index-url", index] if index else []
    step(pip, f"1/3 {torch_requirement()}", torch_requirement(), *source, *["--force-reinstall"] * switched)
    step(pip, "2/3 the locked packages", "--require-hashes", "-r", LOCK)
    step(pip, "3/3 this project", "--no-deps", "--no-build-isolation", "-e", PROJECT)
    (folder / "gensq-stamp").write_text(wanted, encoding="utf-8")
    print(f"Done in {time.monotonic() - started:.0f} s; .venv takes {size_of(folder) / 1e9:.1f} GB.", flush=True)


def create(folder: Path) -> list[str | Path]:
    """Make the virtual environment if needed; returns how to call pip for it.

    Debian's bare python3 has pip but no ensurepip: there the system's pip installs into the new environment.
    """
    python = Environment(python_of(folder))
    if not python.python.exists():
        venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    if python.output("-m", "pip", "--version"):
        return [python.python, "-m", "pip"]
    if python.output("-m", "ensurepip", "--upgrade", "--default-pip"):
        return [python.python, "-m", "pip"]
    if Environment(Path(sys.executable)).output("-m", "pip", "--version"):
        return [sys.executable, "-m", "pip", "--python", python.python]
    raise GensqError("expected pip, found none; install it (on Debian and Ubuntu: `apt install python3-venv python3-pip`)")


def step(pip: list[str | Path], title: str, *arguments: str | Path) -> None:
    """One call of pip; its own message stands above ours when it fails."""
    print(f"  {title} ...", flush=True)
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    command = [*pip, "install", *quiet, "--disable-pip-version-check", *arguments]
    if Environment(Path(command[0])).run(*command[1:]) != 0:
        raise GensqError(f"expected to install {title[4:]}, but pip failed (its message is above); "
                         "check the network and the free disk space, then run the same command again")


def size_of(folder: Path) -> int:
    """Bytes in a folder, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*"))
