"""The floors: a module imports only from lower floors, heavy libraries have one home, and everything stays short."""
import ast
import statistics
from pathlib import Path

import pytest
import torch
from jaxtyping import TypeCheckError

from gensq_lib.batching import Batch
from gensq_lib.decoding import top_k_logits
from gensq_lib.errors import nearest

LIBRARY = Path(__file__).parents[1] / "gensq_lib"
FLOORS = [
    {"errors"},
    {"places", "textfiles"},
    {"bootstrap"},
    {"runtime", "schedules", "vocab", "divergences", "grammar"},
    {"corpora", "batching", "objectives", "gradients", "digits", "ring", "adversarial"},
    {"cures", "decoding", "pairing"},
    {"models"},
    {"training", "diagnostics", "interpolation", "chat"},
    {"plots", "widgets", "report", "checks", "clinic"},
    {"doctor", "studies"},
    {"cli"},
]
OUTSIDE = {"__init__", "__main__"}  # the way in: standard library only
ONE_HOME = {"matplotlib": {"plots"}, "ipywidgets": {"widgets"}, "anywidget": {"widgets"},
            "papermill": {"report"}, "nbformat": {"report"}, "nbconvert": {"report"}, "pooch": {"corpora"}}
NEVER = {"pickle", "dill", "marshal", "shelve"}
FLOOR = {name: height for height, names in enumerate(FLOORS) for name in names}
FILES = sorted(LIBRARY.rglob("*.py"))


def home(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imports(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "gensq_lib":
            yield from (f"gensq_lib.{alias.name}" for alias in node.names if alias.name != "__version__")
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def complaints(me: str, names) -> list[str]:
    """What a module called `me` imports and should not."""
    found = []
    for root, *rest in (name.split(".") for name in names):
        if root == "gensq_lib" and rest and me in FLOOR and rest[0] != me and FLOOR.get(rest[0], 99) >= FLOOR[me]:
            found.append(f"{me} must not import {rest[0]}, which is not on a lower floor")
        if root in NEVER or me not in ONE_HOME.get(root, {me}):
            found.append(f"{me} must not import {root}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_imports_go_down(path):
    assert home(path) in set(FLOOR) | OUTSIDE, f"{home(path)} has no floor"
    assert complaints(home(path), imports(path)) == []


@pytest.mark.parametrize("me, name", [("vocab", "gensq_lib.batching"), ("objectives", "gensq_lib.batching"),
                                      ("training", "matplotlib.pyplot"), ("plots", "gensq_lib.widgets"),
                                      ("corpora", "pickle"), ("checks", "ipywidgets")])
def test_a_wrong_import_is_refused(me, name):
    assert complaints(me, [name])


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_modules_are_short_and_introduce_themselves(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300, "a module that outgrows 300 lines becomes a folder"
    assert ast.get_docstring(ast.parse(text)), "a module says what it is for"
    assert "from __future__ import annotations" not in text, "jaxtyping needs real annotations"


def function_lengths():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                documented = ast.get_docstring(node) is not None
                first = node.body[1] if documented and len(node.body) > 1 else node.body[0]
                yield f"{path.relative_to(LIBRARY)}:{node.name}", node.end_lineno - first.lineno + 1


def test_functions_are_small():
    lengths = dict(function_lengths())
    assert statistics.median(lengths.values()) <= 8
    assert {name: n for name, n in lengths.items() if n > 40} == {}


WRONG_CALLS = {
    "an axis too few": lambda: top_k_logits(torch.zeros(3), 1),
    "integers": lambda: top_k_logits(torch.zeros(1, 3).long(), 1),
    "a number for a text": lambda: nearest(3, ["a"]),
    "axes that disagree": lambda: Batch(*[torch.zeros(2, 3).long()] * 2, torch.ones(3).long()),
}


@pytest.mark.parametrize("mistake", WRONG_CALLS)
def test_annotations_are_checked_in_tests(mistake):
    """conftest.py sees to it."""
    with pytest.raises(TypeCheckError):
        WRONG_CALLS[mistake]()
