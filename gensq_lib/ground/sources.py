"""Which code a result depends on: the import closure of a module, read from the sources, and one hash of it.

A kept row or a cached model is worth something only under the code that made it. Which code that is, no list kept by hand
knows for long; the imports do. Nothing is imported to find out, and nothing but Python is needed. A module that reads files
of data/ says so: `READS = ("*.grammar",)`.
"""
import ast
import functools
import hashlib
import importlib.metadata
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from gensq_lib.ground.places import DATA

OURS = {name: Path(__file__).resolve().parents[2] / name for name in ("gensq_lib", "gensq_course")}


def digest(*makers: Callable | type) -> str:
    """A hash of torch's version and of every file behind these functions or classes: sources, and the data they read.

        digest(study.run, study.prepare)    # changes when a constant in any module that they import does

    A function that was typed into a notebook has no file; what it calls is then up to the caller's own key.
    """
    return _digest(frozenset(path for path in map(source_of, makers) if path is not None))


def source_of(maker: Callable | type) -> Path | None:
    """The file where a function or a class was written; None for a notebook, and for what comes from other projects."""
    maker = inspect.unwrap(getattr(maker, "func", maker))  # a functools.partial stands for its function
    file = getattr(sys.modules.get(getattr(maker, "__module__", "")), "__file__", None)
    path = Path(file).resolve() if file else None
    installed = path and "site-packages" in path.parts and not any(map(path.is_relative_to, OURS.values()))
    return None if installed else path


def closure(path: Path) -> frozenset[Path]:
    """A file, and all files of its own package and of the project's packages that it imports, directly or not."""
    found, waiting = set(), [path.resolve()]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting.extend(_imported(file))
    return frozenset(found)


@functools.cache
def _digest(paths: frozenset[Path]) -> str:
    files = frozenset().union(*map(closure, paths))
    data = {path for file in files for pattern in _read_by(file) for path in DATA.glob(pattern)}
    hashed = hashlib.sha256(importlib.metadata.version("torch").encode())
    for name, path in sorted((_name(path), path) for path in files | data):
        hashed.update(name.encode() + b"\n" + _content(path) + b"\n")
    return hashed.hexdigest()


def _read_by(file: Path) -> tuple[str, ...]:
    """The `READS` of a module."""
    found = (node.value for node in _tree(file).body
             if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "READS" for target in node.targets))
    return tuple(pattern for value in found for pattern in ast.literal_eval(value))


def _name(path: Path) -> str:
    """Where it lies in the project, the same on every machine."""
    top = DATA if path.is_relative_to(DATA) else _top(path)
    return path.relative_to(top.parent).as_posix()


def _top(file: Path) -> Path:
    """The folder of the whole package that a module belongs to; the module itself where it belongs to none."""
    top = file
    while (top.parent / "__init__.py").is_file():
        top = top.parent
    return top


def _content(path: Path) -> bytes:
    """The bytes; text without the line ends that a checkout gave it."""
    data = path.read_bytes()
    return data if path.suffix == ".safetensors" else data.replace(b"\r\n", b"\n")


@functools.cache
def _tree(file: Path) -> ast.Module:
    """A file as Python, read once a process: for its imports and for its `READS`."""
    return ast.parse(file.read_text(encoding="utf-8"))


@functools.cache
def _imported(file: Path) -> frozenset[Path]:
    """The files that one file names in its imports, wherever they stand in it; a package brings its `__init__`."""
    found: set[Path] = set()
    for node in ast.walk(_tree(file)):
        for name in _names(node, file):
            found.update(_files_of(name, packages=OURS | {_top(file).name: _top(file)}))
    return frozenset(found)


def _names(node: ast.AST, file: Path) -> Iterator[str]:
    """Full names of what a statement may import: of `from a import b` both a and a.b, for b may be a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = _name(file).split("/")[: -node.level]
            base = ".".join([*package, *filter(None, [node.module])])
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _files_of(name: str, *, packages: dict[str, Path]) -> Iterator[Path]:
    """The modules on the way to a dotted name: each package's `__init__`, and the module itself."""
    first, *rest = name.split(".")
    if first not in packages:
        return
    place = packages[first]
    for part in ["", *rest]:
        place = place / part if part else place
        if (place / "__init__.py").is_file():
            yield place / "__init__.py"
        elif place.with_suffix(".py").is_file():
            yield place.with_suffix(".py")
            return
