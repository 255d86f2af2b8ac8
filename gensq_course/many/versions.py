"""Which code made a result: one hash of everything that a lesson may run or read, and what must agree on all machines."""
import functools
import hashlib
import importlib.metadata
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gensq_lib import __version__
from gensq_lib.ground.places import DATA

PACKAGES = [Path(__file__).resolve().parents[2] / name for name in ("gensq_lib", "gensq_course")]
KINDS = {".py", ".toml", ".json"}


def versions() -> dict[str, str]:
    """Of this machine: what results depend on."""
    return {"Python": ".".join(platform.python_version_tuple()[:2]), "torch": torch_version(),
            "gensq": __version__, "code": code()[:12]}


def torch_version() -> str:
    """Without the name of its build: one for the CPU may ask those for a GPU to work."""
    return importlib.metadata.version("torch").partition("+")[0]


@functools.cache
def code() -> str:
    """A hash of both packages, the course's data and torch's version, as this process found them.

    A lesson loads modules by name, so that its imports do not tell all: every file counts, and an edit of any of them means
    that what an earlier version made is not taken for the work of this one.
    """
    paths = sorted(path for package in PACKAGES for path in package.rglob("*") if path.suffix in KINDS)
    data = sorted(path for path in DATA.iterdir() if path.is_file())
    hashed = hashlib.sha256(torch_version().encode())
    for top, path in [*((PACKAGES[0].parent, path) for path in paths), *((DATA.parent, path) for path in data)]:
        hashed.update(f"\n{path.relative_to(top).as_posix()}\n".encode() + without_returns(path))
    return hashed.hexdigest()


def without_returns(path: Path) -> bytes:
    """The bytes; of a text without the line ends that a checkout gave it."""
    content = path.read_bytes()
    return content if b"\0" in content[:1024] else content.replace(b"\r\n", b"\n")


def version_of(cells: Iterable[str], tables: Path, values: Mapping[str, Any]) -> str:
    """Of a run: our code, the lesson's cells, its tables (a folder), and the files that its parameters name."""
    hashed = hashlib.sha256(code().encode())
    files = [tables / name for name in ("claims.toml", "parameters.toml")] + [f for v in values.values() for f in named_files(v)]
    for content in (*(cell.encode() for cell in cells), *(without_returns(file) for file in files if file.is_file())):
        hashed.update(b"\n---\n" + content)
    return hashed.hexdigest()[:16]


def named_files(value: Any) -> list[Path]:
    """The files of a value such as "file:mine.csv#text" or "words:folder"."""
    found = re.match(r"\w+:(.+)", value) if isinstance(value, str) else None
    places = [Path(found[1]), Path(found[1].rpartition("#")[0] or found[1])] if found else []
    place = next((place for place in places if place.exists()), None)
    return [] if place is None else [place] if place.is_file() else sorted(place.iterdir())
