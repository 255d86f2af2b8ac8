"""What a lesson uses of the library says in its docstring where it is taught, and the lesson it names does use it."""
import ast
import importlib
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
ROOMS = ("maths", "text", "vectors", "cures", "models", "training", "diagnostics")  # where things are that can be taught
TAUGHT = re.compile(r"[Tt]aught in lessons? (\d\d)")


def code(path: Path) -> list[ast.Module]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    sources = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return [ast.parse(re.sub(r"^(\s*)[%!]", r"\1# ", source, flags=re.MULTILINE)) for source in sources]


def imported(trees: list[ast.Module]) -> dict[str, object]:
    """What the names that a notebook imports from the library stand for."""
    found = {}
    for node in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)):
        if node.module and node.module.split(".")[0] == "gensq_lib":
            for alias in node.names:
                home = importlib.import_module(node.module)
                if not hasattr(home, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")
                found[alias.asname or alias.name] = getattr(home, alias.name)
    return found


def resolved(node: ast.expr, names: dict[str, object]) -> object:
    """The object behind `divergences.kl`, as far as it is one of the library's."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and (base := resolved(node.value, names)) is not None:
        return getattr(base, node.attr, None) if inspect.ismodule(base) else None
    return None


def used(path: Path) -> Iterator[object]:
    trees = code(path)
    names = imported(trees)
    for node in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)):
        found = resolved(node, names)
        if (inspect.isfunction(found) or inspect.isclass(found)) and found.__module__.split(".")[1:2] in [[r] for r in ROOMS]:
            yield found


def uses() -> dict[tuple[str, str], list[str]]:
    """(module, name) of each definition of the library -> the lessons whose code uses it."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for thing in {(thing.__module__, thing.__qualname__) for thing in used(path)}:
            found.setdefault(thing, []).append(path.name[:2])
    return found


USES = uses()


@pytest.mark.parametrize("module, name", sorted(USES), ids=".".join)
def test_it_says_where_it_is_taught(module, name):
    doc = inspect.getdoc(getattr(importlib.import_module(module), name)) or ""
    said = TAUGHT.findall(doc)
    assert said, f"expected 'Taught in lesson {USES[module, name][0]}.' in the docstring of {module}.{name}"
    assert set(said) <= set(USES[module, name]), f"lesson {said} does not use {module}.{name}"


def test_the_lessons_use_the_library():
    assert len(USES) > 60 and ("gensq_lib.maths.divergences.closed_forms", "kl") in USES
