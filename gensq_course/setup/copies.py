"""`my_lessons/`: the reader's own copies of the notebooks. What a reader has changed is never overwritten.

Copies are handed out as if nobody had run them, so that no answer stands below "Predict first". A small file remembers the
hashes of what was ever handed out. A copy that has one of them is the reader's untouched lesson and follows updates; a
changed one stays, and the new version is put beside it under another name.
"""
import hashlib
import itertools
import json
from pathlib import Path

from gensq_lib.ground.places import atomic_write

MANIFEST = ".given.json"
KEPT = {"kernelspec", "language_info"}  # of a notebook's own metadata; the rest comes from a run, its widgets for example


def never_run(notebook: dict) -> dict:
    """A notebook without what a run leaves: outputs, execution counts, the state of widgets."""
    new = {"outputs": [], "execution_count": None}
    cells = [cell | new if cell["cell_type"] == "code" else cell for cell in notebook["cells"]]
    return notebook | {"cells": cells, "metadata": {key: notebook["metadata"][key] for key in KEPT & notebook["metadata"].keys()}}


def as_text(notebook: dict) -> str:
    """As notebooks are committed: keys in order, one space per level."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def handed_out(path: Path) -> bytes:
    """What a reader gets of a lesson; a file that is no notebook as it is (Jupyter will say what is wrong with it)."""
    try:
        return as_text(never_run(json.loads(path.read_text(encoding="utf-8")))).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return path.read_bytes()


def copy_lessons(source: Path, target: Path) -> list[str]:
    """Bring `target` up to date with the notebooks in `source`; returns one sentence for each thing worth saying.

    Whoever is stopped in the middle loses nothing: each file is written whole, and each hash is remembered before its
    copy is written, so that a copy is never taken for the reader's own work.
    """
    given = read_manifest(target)
    said = [update_copy(path, target, given) for path in sorted(source.glob("*.ipynb"))]
    return [sentence for sentence in said if sentence]


def update_copy(path: Path, target: Path, given: dict[str, list[str]]) -> str:
    """Copy one lesson, or leave it, or put the new version beside a changed one; `given` is brought up to date."""
    copy, content, before = target / path.name, handed_out(path), given.get(path.name, [])
    new, here = digest(content), digest(copy.read_bytes()) if copy.exists() else ""
    if not here or here in before or here == new:
        record_version(target, given, path.name, new)
        if here == new:
            return ""
        write(copy, content)
        return f"{copy.name}: updated." if here else f"{copy.name}: copied."
    if new in before[-1:]:
        return ""
    newer = new_version_path(copy, new)
    if not newer.exists():
        write(newer, content)
    record_version(target, given, path.name, new)
    return f"{copy.name}: you changed it, so it stays as it is; the new version is {newer.name}."


def record_version(target: Path, given: dict[str, list[str]], name: str, new: str) -> None:
    """Write down that this version is handed out, unless it was the last one anyway."""
    if given.get(name, [])[-1:] != [new]:
        given[name] = [*(old for old in given.get(name, []) if old != new), new]
        write(target / MANIFEST, json.dumps(given, indent=1).encode())


def new_version_path(path: Path, new: str) -> Path:
    """`lesson.2.ipynb`, `lesson.3.ipynb`, ...: the first that does not exist, or already is the new version."""
    candidates = (path.with_suffix(f".{number}{path.suffix}") for number in itertools.count(2))
    return next(candidate for candidate in candidates if not candidate.exists() or digest(candidate.read_bytes()) == new)


def write(path: Path, content: bytes) -> None:
    """The whole file or nothing."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def read_manifest(target: Path) -> dict[str, list[str]]:
    """name -> hashes of what was handed out, the newest last; a broken file counts as none, which only makes copies
    more careful."""
    try:
        found = dict(json.loads((target / MANIFEST).read_text(encoding="utf-8")))
        return {name: [hashes] if isinstance(hashes, str) else list(hashes) for name, hashes in found.items()}
    except (OSError, ValueError, TypeError):
        return {}


def digest(content: bytes) -> str:
    """sha256 of what stands in a file."""
    return hashlib.sha256(content).hexdigest()
