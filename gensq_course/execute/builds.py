"""Versions of the lessons for a class: without solutions, with everything open, and one zip that needs no network.

All are made from the committed notebooks. Checks still work in a student's version: the references are in the library.
"""
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from gensq_course.report.lessons import folder, read_notebook, tags
from gensq_lib.ground.errors import GensqError
from gensq_course.setup.copies import as_text, never_run
from gensq_course.setup.workplace import checkout
from gensq_lib.ground.places import atomic_write

FOR_TEACHERS = {"solution", "instructor"}
FILES = ("README.md", "Makefile", "pyproject.toml", "setup.py", "requirements.lock", "environment.yml", "LICENSE", "LICENSE-text",
         "CITATION.cff", ".gitignore")
FOLDERS = ("gensq_lib", "gensq_course", "data", "docs")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name: the same files give the same bytes


def student(notebook: dict) -> dict:
    """A notebook without solutions and cells for instructors, as if nobody had run it."""
    return never_run(notebook | {"cells": [cell for cell in notebook["cells"] if not FOR_TEACHERS & set(tags(cell))]})


def instructor(notebook: dict) -> dict:
    """A notebook with all its cells and outputs, the solutions open."""
    return notebook | {"cells": [opened(cell) if "solution" in tags(cell) else cell for cell in notebook["cells"]]}


def opened(cell: dict) -> dict:
    """A cell that is not folded."""
    return cell | {"metadata": {key: value for key, value in cell["metadata"].items() if key != "jupyter"}}


def versions(make, broken: list[str]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every file of notebooks/: lessons as `make` gives them, tables and quizzes as they are.

    A lesson that cannot be read is left out; a sentence about it goes into `broken`.
    """
    found = sorted(path for pattern in ("*.ipynb", "*.toml") for path in folder().rglob(pattern))
    paths = [path for path in found if kept(path.relative_to(folder()))]
    if not any(path.suffix == ".ipynb" for path in paths):
        raise GensqError(f"expected lessons in {folder()}, got none; fetch the repository again")
    for path in paths:
        try:
            content = as_text(make(read_notebook(path))).encode() if path.suffix == ".ipynb" else path.read_bytes()
        except GensqError as error:
            broken.append(str(error))
            continue
        yield path.relative_to(folder()).as_posix(), content


def kept(path: Path) -> bool:
    """No cache, nothing half-written, nothing hidden (but .gitignore)."""
    hidden = any(part.startswith(".") and part not in FILES for part in path.parts)
    return not hidden and "__pycache__" not in path.parts and path.suffix not in (".pyc", ".part", ".tmp")


def write_student(output: Path) -> str:
    """dist/student/."""
    return write(output / "student", student, "no solutions, no outputs")


def write_instructor(output: Path) -> str:
    """dist/instructor/."""
    return write(output / "instructor", instructor, "all cells, solutions open")


def write(target: Path, make, what: str) -> str:
    """Each file whole or not at all; lessons of an earlier build that are gone are taken away."""
    broken: list[str] = []
    made = dict(versions(make, broken))
    for stale in set(target.glob("*.ipynb")) - {target / name for name in made}:
        stale.unlink()
    for name, content in made.items():
        with atomic_write(target / name) as path:
            path.write_bytes(content)
    refuse(broken, target)
    return f"{sum(name.endswith('.ipynb') for name in made)} lessons in {target}: {what}."


def refuse(broken: Sequence[str], target: Path) -> None:
    """Say which lesson was left out, once everything else is written."""
    if broken:
        raise GensqError(f"{broken[0]} (all that can be read is in {target})")


def write_classroom(output: Path) -> str:
    """dist/classroom.zip: unpack it, and `make lab` works where the packages are; nothing else is fetched."""
    checkout("`gensq classroom`")
    target, broken = output / "classroom.zip", list[str]()
    with atomic_write(target) as path, zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(classroom(broken)):
            entry = zipfile.ZipInfo(f"gensq/{name}", date_time=EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    refuse(broken, target)
    return f"{target}: {target.stat().st_size / 1e6:.1f} MB, lessons for students, the library and its data."


def classroom(broken: list[str]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every file in the zip."""
    project = folder().parent
    for name, content in versions(student, broken):
        yield f"notebooks/{name}", content
    paths = [project / name for name in FILES]
    paths += [path for name in FOLDERS for path in (project / name).rglob("*")]
    for path in paths:
        if path.is_file() and kept(path.relative_to(project)):
            yield path.relative_to(project).as_posix(), path.read_bytes()


BUILDS = {"student": write_student, "instructor": write_instructor, "classroom": write_classroom}
