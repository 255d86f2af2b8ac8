"""The project: its version, environment and packages, data, lessons and settings. Works without any package."""
import hashlib
import importlib.metadata
import os
import re
import sys
from pathlib import Path

from gensq_course.doctor.finding import Finding, size
from gensq_course.doctor.probe import probe
from gensq_course.report import results
from gensq_course.setup.environment import LOCK, locked_versions, project, stamp, torch_requirement, wanted_stamp
from gensq_course.setup.workplace import my_lessons
from gensq_lib import __version__
from gensq_lib.ground.places import CHECKOUT, PROJECT, cache_path

SHOWN = ("torch", "numpy", "jupyterlab", "ipywidgets", "papermill")
SETTINGS = ("GENSQ_BUDGET", "GENSQ_DEVICE", "GENSQ_DATA", "GENSQ_CACHE", "GENSQ_THREADS", "GENSQ_PRECISION", "GENSQ_NOTEBOOKS",
            "GENSQ_CLAIMS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
RESTORE = "get the file again, for example with `git checkout data`"


def version() -> Finding:
    """Which gensq, and where."""
    commit = results.commit()
    return Finding("gensq", f"{__version__}, commit {commit}, in {PROJECT}", short=f"gensq {__version__} {commit}")


def environment() -> Finding:
    """The environment this runs in, and whether it is the one that the project made and up to date."""
    here = Path(sys.prefix)
    if here.resolve() == (PROJECT / ".venv").resolve():
        old = stamp(here) != wanted_stamp(here)
        return Finding("environment", f"{here}{', out of date' * old}",
                       "expected .venv as pyproject.toml and requirements.lock say, got an older one; run `make lab`" * old)
    own = CHECKOUT is None or sys.prefix != sys.base_prefix or bool(os.environ.get("CONDA_PREFIX"))
    problem = "expected a virtual environment, got the system's Python; start with `make lab` or `.venv/bin/gensq`"
    return Finding("environment", f"{here}, yours" if own else f"{here}, the system's", "" if own else problem)


def packages() -> Finding:
    """What is installed against what is locked. Packages for tests only may be missing."""
    found = {dist.name.lower(): dist.version.split("+")[0] for dist in importlib.metadata.distributions() if dist.name}
    words = ", ".join(f"{name} {found.get(name, 'missing')}" for name in SHOWN)
    if not LOCK.exists():
        return Finding("packages", f"{words}; no requirements.lock to compare with", short="no lock")
    locked = pins()
    missing = [name for name in needed() if name not in found]
    other = [f"{name} {found[name]}" for name in sorted(locked.keys() & found.keys()) if found[name] not in locked[name]]
    words = f"{len(locked.keys() & found.keys()) - len(other)} as locked, {len(other)} other, {len(missing)} missing: {words}"
    if not missing + other:
        return Finding("packages", words, short="packages as locked")
    names = [f"no {name}" for name in missing] + other
    problem = (f"expected the packages of requirements.lock, got {', '.join(names[:3])}{' ...' * (len(names) > 3)}; "
               "run `make lab`, which mends .venv")
    return Finding("packages", words, problem, short=f"{len(missing) + len(other)} packages wrong")


def pins() -> dict[str, set[str]]:
    """Name -> the versions that are locked (some packages have one for each Python)."""
    locked: dict[str, set[str]] = {}
    for name, wanted in {*locked_versions(), tuple(torch_requirement().split("=="))}:
        locked.setdefault(name.lower(), set()).add(wanted)
    return locked


def needed() -> list[str]:
    """The packages that the lessons cannot do without."""
    return [re.match(r"[\w.-]+", line)[0].lower() for line in project()["dependencies"]]


def world() -> Finding:
    """The built-in world, file by file, by its sha256."""
    facts = PROJECT / "data" / "world.sha256"
    rows = [line.split(maxsplit=1) for line in facts.read_text(encoding="utf-8").splitlines()] if facts.exists() else []
    files = [(PROJECT / "data" / name, wanted) for wanted, name in rows if (PROJECT / "data" / name).suffix]
    if not files:
        return Finding("world", "missing", f"expected {facts}, got no such file; {RESTORE}", short="no world")
    wrong = [path.name for path, wanted in files if sha256(path) != wanted]
    words = f"{len(files) - len(wrong)} of {len(files)} files as committed"
    if not wrong:
        return Finding("world", words, short="world")
    return Finding("world", words, f"expected the committed {' and '.join(wrong)} in data/, got other contents; {RESTORE}",
                   short="another world")


def sha256(path: Path, *, text: bool = True) -> str:
    """Of the bytes, or of the `text`, whatever line ends a checkout gave it; empty when the file cannot be read."""
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    return hashlib.sha256(content.replace(b"\r\n", b"\n") if text else content).hexdigest()


def checkpoint() -> Finding:
    """The models that come with the course; the language model by its digest."""
    path = PROJECT / "data" / "language_model.safetensors"
    if not path.exists():
        return Finding("checkpoint", "none", short="no checkpoint")
    digest, found = hashlib.sha256(path.read_bytes()).hexdigest(), probe()
    words = f"{path.name}, {size(path.stat().st_size)}, sha256 {digest[:16]}"
    all_of_them = f'{found.get("models", "not all")} models of the course load'
    if found.get("model") == "":
        return Finding("checkpoint", f"{words}; {all_of_them}", short=f"checkpoint {digest[:8]}")
    if "torch" not in found:  # a problem that is told already
        return Finding("checkpoint", f"{words}, not tried", short="checkpoint not tried")
    problem = found.get("model") or f'expected {path.name} to load, got: {found["failure"]}; run `make lab`'
    return Finding("checkpoint", f"{words}; {all_of_them}", problem, short="bad checkpoint")


def real_corpora() -> Finding:
    """Which real corpora are here already; the others are fetched on first use."""
    data = os.environ.get("GENSQ_DATA")
    if data and not Path(data).is_dir():
        return Finding("corpora", "see below", f"expected GENSQ_DATA to name a folder, got {data}; mend or unset it",
                       short="bad GENSQ_DATA")
    places = [*map(Path, filter(None, [data])), cache_path() / "corpora"]
    if (files := probe().get("corpora")) is None:  # the library does not run: a problem that is told already
        return Finding("corpora", "not looked for", short="corpora not looked for")
    found = {path: next((place / path for place in places if (place / path).exists()), None)
             for paths in files.values() for path in paths}
    wanted = probe().get("sha256", {})
    wrong = {path: place for path, place in found.items()
             if place and path in wanted and sha256(place, text=False) != wanted[path]}
    here = [name for name, paths in files.items() if all(found[path] and path not in wrong for path in paths)]
    others = [name for name in files if name not in here]
    given = [place for place in wrong.values() if data and place.is_relative_to(data)]
    problem = f"expected {given[0]} as it was published, got another content; replace it, or unset GENSQ_DATA" if given else ""
    words = (f"here: {', '.join(here) or 'none'}; fetched on first use: {', '.join(others) or 'none'}"
             + f"; damaged: {', '.join(wrong)}" * bool(wrong))
    return Finding("corpora", words, problem, short=f"{len(here)} real corpora")


def books() -> Finding:
    """The lessons, and how many of them the reader has copies of."""
    given, own = (len(list(place.glob("*.ipynb"))) for place in (PROJECT / "notebooks", my_lessons()))
    problem = f"expected lessons in {PROJECT / 'notebooks'}, got none; get the project again" if not given else ""
    return Finding("notebooks", f"{given}, {own} in my_lessons", problem, short=f"{given} notebooks")


def settings() -> Finding:
    """Environment variables that change how a lesson runs."""
    found = [f"{name}={os.environ[name]}" for name in SETTINGS if os.environ.get(name)]
    budget = os.environ.get("GENSQ_BUDGET") or "standard"
    problem = f'expected GENSQ_BUDGET to be smoke, standard or full, got "{budget}"; mend or unset it'
    return Finding("settings", ", ".join(found) or "none", "" if budget in ("smoke", "standard", "full") else problem,
                   short=f"budget {budget}")
