"""`my_lessons/`: the reader's own copies of the notebooks. What a reader has changed is never overwritten.

A small file remembers the hash of each copy as it was given out. A copy that still has this hash is the reader's
untouched lesson and follows updates; a changed one stays, and the new version is put beside it under another name.
"""
import hashlib
import itertools
import json
from pathlib import Path

from gensq_lib.places import atomic_write

MANIFEST = ".given.json"


def copy_lessons(source: Path, target: Path) -> list[str]:
    """Bring `target` up to date with the notebooks in `source`; returns one sentence for each thing worth saying.

    Whoever is stopped in the middle loses nothing: each copy is written whole, and remembered before the next.
    """
    given, said = read_manifest(target), []
    for path in sorted(source.glob("*.ipynb")):
        before = dict(given)
        said.append(hand_out(path, target, given))
        if given != before:
            write(target / MANIFEST, json.dumps(given, indent=1).encode())
    return [sentence for sentence in said if sentence]


def hand_out(path: Path, target: Path, given: dict[str, str]) -> str:
    """Copy one lesson, or leave it, or put the new version beside a changed one; `given` is brought up to date."""
    copy, new, old = target / path.name, digest(path), given.get(path.name)
    given[path.name] = new
    if copy.exists() and (new == old or digest(copy) == new):
        return ""
    if not copy.exists() or digest(copy) == old:
        write(copy, path.read_bytes())
        return f"{copy.name}: updated." if old else f"{copy.name}: copied."
    beside = place_beside(copy, new)
    if not beside.exists():
        write(beside, path.read_bytes())
    return f"{copy.name}: you changed it, so it stays as it is; the new version is {beside.name}."


def place_beside(path: Path, new: str) -> Path:
    """`lesson.2.ipynb`, `lesson.3.ipynb`, ...: the first that does not exist, or already is the new version."""
    candidates = (path.with_suffix(f".{number}{path.suffix}") for number in itertools.count(2))
    return next(candidate for candidate in candidates if not candidate.exists() or digest(candidate) == new)


def write(path: Path, content: bytes) -> None:
    """The whole file or nothing."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def read_manifest(target: Path) -> dict[str, str]:
    """name -> hash of what was handed out; a broken file counts as none, which only makes copies more careful."""
    try:
        return dict(json.loads((target / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def digest(path: Path) -> str:
    """sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
