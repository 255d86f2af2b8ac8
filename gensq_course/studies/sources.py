"""Which code a result depends on: the import closure of a module, read from the sources, and one hash of it.

A kept row is worth something only under the code that made it. Which code that is, no list kept by hand
knows for long; the imports do. Nothing is imported to find out, and nothing but Python is needed. A module that reads files
of data/ says so: `READS = ("*.grammar",)`.
"""
import ast
import functools
import hashlib
import importlib.metadata
import inspect
import re
import sys
from collections.abc import Callable
from modulefinder import ModuleFinder
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


class Imports(ModuleFinder):
    """What Python would load for a module: its packages, and what it imports, but for other projects. Nothing is run."""

    def __init__(self, file: Path):
        top = _top(file)
        self.packages = OURS | {top.stem: top}
        super().__init__(path=[str(folder.parent) for folder in self.packages.values()])
        self.import_hook(Path(_name(file)).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"))

    def find_module(self, name, path, parent=None):
        """As ever, but for what is not the project's: to read torch, too, would take minutes."""
        if path is None and name not in self.packages:
            raise ImportError(name)
        return super().find_module(name, path, parent)


@functools.cache
def closure(path: Path) -> frozenset[Path]:
    """A file, and all files of its own package and of the project's packages that it imports, directly or not."""
    return frozenset(Path(module.__file__).resolve() for module in Imports(path.resolve()).modules.values())


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
    found = re.search(r"^READS = (\(.*?\))$", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return ast.literal_eval(found[1]) if found else ()


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
