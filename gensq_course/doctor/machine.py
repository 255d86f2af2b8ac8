"""The machine: system, cores, memory, device, text encoding, folders, port, browser. Works without any package."""
import locale
import os
import platform
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from gensq_course.doctor.finding import Finding, size
from gensq_course.doctor.probe import probe
from gensq_course.setup.commands import has_browser
from gensq_course.setup.workplace import my_lessons
from gensq_lib.ground import seals
from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import cache_path, cores, home

LEAST_MEMORY, LEAST_DISK = 2e9, 1e9  # bytes: a lesson needs less than 1 GB of memory
FIRST_PORT, NUM_PORTS = 8888, 20  # where JupyterLab looks for a free one
KEPT = ("worlds", "runs", "studies")  # folders of the cache whose files end with a digest


def system() -> Finding:
    """Operating system and Python."""
    name = f"{platform.system()} {platform.release()} {platform.machine()}"
    version = platform.python_version()
    right = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("system", f"{name}, Python {version}", short=f"{platform.system()} {platform.machine()}\tPython {version}",
                   problem="" if right else f"expected Python 3.11, 3.12 or 3.13, got {version}; name another one, for example "
                                            "`make lab PYTHON=python3.12`")


def device() -> Finding:
    """torch, and what it can compute on."""
    found = probe()
    if "torch" not in found:
        return Finding("device", "torch does not load", short="no torch", problem=(
            f'expected torch to load, got: {found["failure"]}; run `make lab`, or delete .venv and run it again'))
    kind = f'cuda ({found["cuda"]}, {size(found["bytes"])})' if found["cuda"] else "cpu"
    wanted = os.environ.get("GENSQ_DEVICE") or "auto"
    there = ["auto", "cpu", *["cuda"] * bool(found["cuda"]), *["mps"] * found["mps"]]
    problem = (f'expected GENSQ_DEVICE to be a device of this machine ({", ".join(there)}), got "{wanted}"; '
               "unset it") if wanted not in there else ""
    return Finding("device", f'{kind}{", mps on request" * found["mps"]}; torch {found["torch"]}', problem,
                   short=f'{"cuda" if found["cuda"] else "cpu"}\ttorch {found["torch"]}')


def threads() -> Finding:
    """How many cores may be used, and how many threads a lesson will take."""
    asked = os.environ.get("GENSQ_THREADS") or os.environ.get("OMP_NUM_THREADS") or ""
    takes = asked or str(min(4, cores()))
    problem = ""
    if not takes.isdecimal():
        problem = f'expected a number of threads such as 2, got "{asked}"; mend GENSQ_THREADS or OMP_NUM_THREADS'
    elif int(takes) > cores():
        problem = (f"expected at most {cores()} threads, one for each core, got {takes}, which is many times slower; "
                   "set GENSQ_THREADS to a smaller number")
    words = f"{cores()} of {os.cpu_count()} may be used; a lesson takes {takes} thread(s)"
    return Finding("cores", words, problem, short=f"{cores()} cores")


def memory() -> Finding:
    """What is free; a container may allow less than the machine has."""
    total, free = _memory()
    if not total:
        return Finding("memory", "unknown on this system", short="memory unknown")
    return Finding("memory", f"{size(free)} free of {size(total)}", short=f"{size(free)} free",
                   problem="" if free >= LEAST_MEMORY else f"expected {size(LEAST_MEMORY)} of free memory, got {size(free)}; "
                                                           "close other programs and notebooks")


def _memory() -> tuple[float, float]:
    """Total and available bytes, on Linux; (0, 0) where nobody says."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        total, free = (float(lines[key].split()[0]) * 1024 for key in ("MemTotal", "MemAvailable"))
    except (OSError, ValueError, KeyError):
        return 0.0, 0.0
    allowed, used = (_cgroup(name) for name in ("memory.max", "memory.current"))
    return (min(total, allowed), min(free, allowed - used)) if allowed else (total, free)


def _cgroup(name: str) -> float:
    try:
        return float((Path("/sys/fs/cgroup") / name).read_text())
    except (OSError, ValueError):  # "max"
        return 0.0


def utf8_mode() -> bool:
    """Python was told to take everything for UTF-8 (our own commands tell it)."""
    return bool(sys.flags.utf8_mode)


def encoding() -> Finding:
    """Chinese sentences and check marks need UTF-8."""
    names = {"files": locale.getencoding(), "names": sys.getfilesystemencoding(), "screen": sys.stdout.encoding or "none"}
    wrong = [f"{value} for {name}" for name, value in names.items() if value.lower().replace("-", "") not in ("utf8", "none")]
    problem = f'expected UTF-8, got {" and ".join(wrong)}; set PYTHONUTF8=1' if wrong and not utf8_mode() else ""
    language = os.environ.get("LC_ALL") or os.environ.get("LANG") or "unset"
    words = ", ".join(f"{name} {value}" for name, value in names.items())
    return Finding("text", f"{words}; locale {language}", problem, short="other encoding" if problem else "UTF-8")


def folder(name: str, path: Path) -> Finding:
    """Whether a folder that may not be there yet can be written, and the space where it is."""
    above = next(place for place in (path, *path.absolute().parents) if place.exists())
    problem = ""
    try:
        free = shutil.disk_usage(above).free
        with tempfile.TemporaryFile(dir=above) as file:
            file.write(b"gensq" * 1000)
            file.flush()
        if free < LEAST_DISK:
            problem = f"expected {size(LEAST_DISK)} of free space for {path}, got {size(free)}; free some"
    except OSError as error:
        free, problem = 0, f"expected to write in {above}, got: {error.strerror}; {REMEDIES.get(name, 'choose another folder')}"
    words = f"{path}, {size(free)} free" if not problem else f"{path}: see below"
    return Finding(name, words, problem, short=f"{name} {size(free)} free" if free else f"{name} not writable")


REMEDIES = {"cache": "set GENSQ_CACHE to a folder of yours", "reports": "choose another with -o, or start gensq elsewhere",
            "lessons": "put the project into a folder of yours"}


def cache() -> Finding:
    """Fetched corpora and trained models."""
    found = folder("cache", cache_path())
    if found.problem:
        return found
    homeless = "" if home() or os.environ.get("GENSQ_CACHE") else "; your home cannot be written, so it may be emptied"
    return Finding("cache", f"{found.words}; {kept_files()}{homeless}", short=found.short)


def kept_files() -> str:
    """How many worlds, runs and unfinished studies are kept, and how many of them will be made anew."""
    paths = [path for name in KEPT for path in (cache_path() / name).glob("[!.]*") if path.is_file()]
    wrong = 0
    for path in paths:
        try:
            seals.unseal(path, name=path.name)
        except GensqError:
            wrong += 1
    return f"{len(paths)} files kept" + f", {wrong} of them damaged or of an older version: made anew when needed" * bool(wrong)


def reports() -> Finding:
    """Reports go below the current folder."""
    return folder("reports", Path.cwd() / "reports")


def lessons() -> Finding:
    """The reader's copies."""
    return folder("lessons", my_lessons())


def port() -> Finding:
    """JupyterLab takes the first free port from 8888 on."""
    free = next((number for number in range(FIRST_PORT, FIRST_PORT + NUM_PORTS) if _is_free(number)), 0)
    words = f"{FIRST_PORT} is free" if free == FIRST_PORT else f"{FIRST_PORT} is taken, {free} is free: JupyterLab will take it"
    if free:
        return Finding("port", words, short="port free")
    return Finding("port", "none is free", f"expected a free port from {FIRST_PORT} to {FIRST_PORT + NUM_PORTS - 1} on "
                   "127.0.0.1, got none; end other notebook servers (`jupyter lab list`)", short="no port")


def _is_free(number: int) -> bool:
    with socket.socket() as asked:
        try:
            asked.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def browser() -> Finding:
    """One that `make lab` can open by itself; without it the address is printed."""
    words = "opens by itself" if has_browser() else "none can be opened from here: use the address that `make lab` prints"
    return Finding("browser", words, short="browser" if has_browser() else "no browser")
