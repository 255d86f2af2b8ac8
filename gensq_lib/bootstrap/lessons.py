"""`my_lessons/`: the reader's own copies of the notebooks. What a reader has changed is never overwritten.

A small file remembers the hash of each copy as it was given out. A copy that still has this hash is the reader's
untouched lesson and follows updates; a changed one stays, and the new version is put beside it under another name.
"""
import hashlib
import json
import shutil
from pathlib import Path

MANIFEST = ".given.json"


def copy_lessons(source: Path, target: Path) -> list[str]:
    """Bring `target` up to date with the notebooks in `source`; returns one sentence for each thing worth saying."""
    target.mkdir(parents=True, exist_ok=True)
    given = read_manifest(target)
    said = [hand_out(path, target, given) for path in sorted(source.glob("*.ipynb"))]
    (target / MANIFEST).write_text(json.dumps(given, indent=1), encoding="utf-8")
    return [sentence for sentence in said if sentence]


def hand_out(path: Path, target: Path, given: dict[str, str]) -> str:
    """Copy one lesson, or leave it, or put the new version beside a changed one; `given` is brought up to date."""
    copy, new, old = target / path.name, digest(path), given.get(path.name)
    if copy.exists() and (new == old or digest(copy) == new):
        given[path.name] = new
        return ""
    given[path.name] = new
    if not copy.exists() or digest(copy) == old:
        shutil.copyfile(path, copy)
        return f"{copy.name}: updated." if old else f"{copy.name}: copied."
    beside = free_name(copy)
    shutil.copyfile(path, beside)
    return f"{copy.name}: you changed it, so it stays as it is; the new version is {beside.name}."


def free_name(path: Path) -> Path:
    """`lesson.2.ipynb`, `lesson.3.ipynb`, ...: the first that does not exist."""
    number = 2
    while (candidate := path.with_suffix(f".{number}{path.suffix}")).exists():
        number += 1
    return candidate


def read_manifest(target: Path) -> dict[str, str]:
    """name -> hash of what was handed out; a broken file counts as none, which only makes copies more careful."""
    try:
        return dict(json.loads((target / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def digest(path: Path) -> str:
    """sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
