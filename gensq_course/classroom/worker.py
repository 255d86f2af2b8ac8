"""The process that reads a student's functions and judges them: one JSON object on stdin, a line of JSON for each exercise.

Only definitions and imports of what was handed in are executed: no training, no plot, and none of its outputs is believed.
"""
import ast
import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import IO, Any

from gensq_course.checks.attempts import Attempt, Fault, within_time
from gensq_course.classroom import limits
from gensq_course.classroom.graded import judged

DEFINING = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)


def main() -> None:
    """Judge what stdin asks for."""
    limits.apply()
    if hasattr(signal, "SIGXCPU"):
        signal.signal(signal.SIGXCPU, lambda *_: os._exit(limits.TIME_IS_UP))
    job = json.load(sys.stdin)
    with own_channel() as out:
        importlib.import_module(f"gensq_course.lessons.{job['noun']}")
        names: dict[str, Any] = {"__name__": "__main__"}
        for cell in job["ours"]:
            exec(cell, names)
        errors, computed = define(job["cells"], names)
        for name in job["exercises"]:
            complete(names.get(name), computed, names)
            found, _ = judged(name, names.get(name), job["number"])
            reason = errors.get(name, "") if found.verdict == "not attempted" else ""
            print(json.dumps(asdict(found) | {"reason": reason}), file=out, flush=True)


@contextlib.contextmanager
def own_channel() -> Iterator[IO[str]]:
    """Stdout for us alone: what the code prints goes nowhere."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out, open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        yield out


def define(cells: Iterable[str], names: dict[str, Any]) -> tuple[dict[str, str], dict[str, ast.stmt]]:
    """Execute definitions into `names`. Returns why a name was not defined, and what was left: assignments that compute."""
    errors: dict[str, str] = {}
    computed: dict[str, ast.stmt] = {}
    for cell in cells:
        try:
            tree = ast.parse(plain(cell))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = f" in its line {error.lineno}" if isinstance(error, SyntaxError) else ""
            reason = f"its cell is no Python: {getattr(error, 'msg', type(error).__name__)}{line}"
            errors |= dict.fromkeys(mentioned(cell), reason)
            continue
        for node in tree.body:
            if isinstance(node, ast.Assign) and not definition(node):
                computed |= dict.fromkeys(defined(node), node)
            elif definition(node):
                execute(node, names, errors)
    return errors, computed


def execute(node: ast.stmt, names: dict[str, Any], errors: dict[str, str]) -> None:
    """One statement; what it raises, or that it does not end, is kept under the names that it would have made."""
    code = compile(ast.Module([node], []), "<handed in>", "exec")
    try:
        within_time(lambda: exec(code, names), attempt=Attempt(execute))
    except BaseException as error:
        reason = error.says if isinstance(error, Fault) else f"{type(error).__name__}: {str(error)[:200]}"
        errors |= dict.fromkeys(defined(node), reason)


def complete(function: Any, computed: dict[str, ast.stmt], names: dict[str, Any]) -> None:
    """Compute the constants that an answer reads and that no definition gave: `half = torch.tensor(0.5)`."""
    read = getattr(getattr(function, "__code__", None), "co_names", ())
    for name in [name for name in read if name in computed and name not in names]:
        execute(computed[name], names, {})


def plain(cell: str) -> str:
    """Without IPython's lines (%pip, !ls)."""
    return "\n".join("pass" if line.startswith(("%", "!", "?")) else line for line in cell.splitlines())


def definition(node: ast.stmt) -> bool:
    """A function, a class, an import, or a constant; no call that computes something."""
    value = getattr(node, "value", None)
    return isinstance(node, DEFINING) and not any(isinstance(part, ast.Call) for part in ast.walk(value or ast.Pass()))


def defined(node: ast.stmt) -> list[str]:
    """The names that a statement makes."""
    return [node.name] if hasattr(node, "name") else [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


def mentioned(cell: str) -> list[str]:
    """The functions that a cell, which is no Python, seems to define."""
    return [line.split("(")[0].removeprefix("def ").strip() for line in cell.splitlines() if line.startswith("def ")]


if __name__ == "__main__":
    main()
