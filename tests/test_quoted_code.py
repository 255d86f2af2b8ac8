"""Code that stands in a string or on a page (`python -c`, a snippet of the docs, a cell): what it imports of ours is there.

When a module moves nothing else notices: no linter looks into strings, and such code runs in a process of its own, or at a
reader's.
"""
import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("gensq_lib", "gensq_course", "benchmarks")
OURS = rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)*"
NAME = r"\w+(?:[ ]as[ ]\w+)?"
FROM = re.compile(rf"\bfrom[ ]({OURS})[ ]import[ ](?:\(([^)]*)\)|({NAME}(?:,[ ]*{NAME})*))")
IMPORT = re.compile(rf"(?<!\w)import[ ]({OURS}(?:[ ]as[ ]\w+)?(?:,[ ]*[\w.]+(?:[ ]as[ ]\w+)?)*)")
RUN = re.compile(rf"(?:^|\s)-m[ ]({OURS})")
PYTHON = sorted(path for folder in (*PACKAGES, "tests") for path in (ROOT / folder).rglob("*.py") if path != Path(__file__))
PAGES = sorted(path for kind in ("*.md", "Makefile", "*.toml", "docs/*.md", "data/*.md", ".ci/*", ".github/**/*.yml",
                                 "gensq_course/**/*.toml") for path in ROOT.glob(kind))


def text_of(node: ast.AST | None) -> str | None:
    """What a string says; what is put into it by {} is an x."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def strings(program: str) -> Iterator[str]:
    """All strings of a program, docstrings too; those of a list (a command) are one as well."""
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.List | ast.Tuple):
            yield " ".join(filter(None, map(text_of, node.elts)))
        elif said := text_of(node):
            yield said


def imported(code: str) -> Iterator[tuple[str, str]]:
    """(module, name) of what it imports of ours; no name for the module itself, "__main__" for one that is run."""
    for module, *lists in FROM.findall(code):
        names = re.sub("#.*", "", "".join(lists)).split(",")
        yield from ((module, name.split()[0]) for name in names if name.strip())
    for modules in IMPORT.findall(code):
        yield from ((module, "") for module in re.findall(rf"(?<![\w.]){OURS}", modules))
    yield from ((module, "__main__") for module in RUN.findall(code))


def file_of(module: str) -> Path | None:
    base = ROOT / module.replace(".", "/")
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


@cache
def given(module: str) -> frozenset[str]:
    """What may be imported of a module: its own names, what it imports, the modules inside it; and whether it runs."""
    path = file_of(module)
    if path is None:
        return frozenset()
    program = path.read_text(encoding="utf-8")
    found = {"", *re.findall('if __name__ == "(__main__)"', program)}
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    if path.name == "__init__.py":
        found |= {each.stem for each in path.parent.iterdir() if each.suffix == ".py" or (each / "__init__.py").is_file()}
    return frozenset(found)


def missing(code: str) -> list[str]:
    """What the code imports, or runs by -m, and nobody has."""
    return [f"{module}: {name or 'no such module'}" for module, name in imported(code) if name not in given(module)]


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_what_a_string_imports_is_there(package):
    programs = {path: path.read_text(encoding="utf-8") for path in PYTHON if (ROOT / package) in path.parents}
    assert {str(path): wrong for path, program in programs.items() if (wrong := sum(map(missing, strings(program)), []))} == {}


def test_what_a_page_imports_is_there():
    assert {str(path): wrong for path in PAGES if (wrong := missing(path.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize("path", sorted(ROOT.glob("notebooks/*.ipynb")), ids=lambda path: path.stem)
def test_what_a_lesson_imports_is_there(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert missing("\n".join("".join(cell["source"]) for cell in cells)) == []


def test_the_function_of_our_command_is_there():
    scripts = re.findall(rf'^\w+ = "({OURS}):(\w+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert scripts and all(name in given(module) for module, name in scripts)


@pytest.mark.parametrize("code, wrong", {
    "import sys\nfrom gensq_lib import corpora\ncorpora.load('world')": ["gensq_lib: corpora"],
    "from gensq_lib.text import corpora": [],
    "from gensq_lib.text import (  # two\n    corpora,\n    nowhere,\n)": ["gensq_lib.text: nowhere"],
    "import gensq_lib, gensq_course.nowhere; print()": ["gensq_course.nowhere: no such module"],
    "import gensq_lib.text.corpora as c; from gensq_lib.text.vocab import Vocab as V, Sentence": [],
    "from gensq_lib.text.vocab import Vocab as V, Words": ["gensq_lib.text.vocab: Words"],
    "python -m benchmarks.memory --rounds 2": [], "python -m gensq_course lab": [],
    "python -m benchmarks.nowhere": ["benchmarks.nowhere: __main__"],
    "python -m gensq_course.setup": ["gensq_course.setup: __main__"]}.items())
def test_code_that_imports_what_is_not_there_is_refused(code, wrong):
    assert missing(code) == wrong


def test_strings_are_read_as_they_are_when_they_run():
    program = ("a = 'import sys; ' f'sys.path.insert(0, {a!r}); from gensq_lib' '.nowhere import x'\n"
               "b = [sys.executable, '-m', 'benchmarks.nowhere']")
    assert {*sum(map(missing, strings(program)), [])} == {"benchmarks.nowhere: __main__", "gensq_lib.nowhere: x"}
