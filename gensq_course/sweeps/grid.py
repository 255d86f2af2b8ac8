"""Which points a sweep has: values from the command line, from a file, and seeds; all of them checked before anything runs.

    -p rate=0.1,0.5 -p steps=100    two points
    grid.yaml: [{rate: [0.1, 0.5]}, {cure: [none, free_bits], steps: 100}]    two and two
"""
import csv
import itertools
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from gensq_course.report.lessons import Lesson, Parameter, Value
from gensq_course.report.parameters import check_values, from_text, known
from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.ground.textfiles import text_of

Axes = dict[str, list[Value]]  # a parameter, and the values that it takes
MANY, LARGEST = 1_000, 1_000_000  # points that are run without a question; bytes of a grid file


def read_grid(lesson: Lesson, assignments: Iterable[str], file: Path | None, seeds: Sequence[int] | None) -> list[Axes]:
    """Checked axes, the product of each of which is run; a sweep of several is the union of the products."""
    typed = typed_axes(lesson, assignments)
    if seeds is not None:
        known(lesson, "seed")
        merge(typed, {"seed": list(seeds)}, "--seeds")
    grid = [merge(dict(typed), axes, str(file)) for axes in (file_axes(lesson, file) if file else [{}])]
    for name, value in {(name, value): None for axes in grid for name, values in axes.items() for value in values}:
        check_values(lesson, {name: value})
    return grid


def typed_axes(lesson: Lesson, assignments: Iterable[str]) -> Axes:
    """Of -p name=a,b,c; a value with a comma in it stands in double quotes."""
    axes: Axes = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        expect(equals, f'expected name=value,value after -p, got "{assignment}"; write for example -p steps=100,200')
        parameter = known(lesson, name.strip())
        merge(axes, {parameter.name: [from_text(parameter, part.strip()) for part in parts(text, parameter.name)]}, "-p")
    return axes


def parts(text: str, name: str) -> list[str]:
    """'a,"b, c"' -> ["a", "b, c"]."""
    try:
        return next(csv.reader([text], skipinitialspace=True, strict=True), [""]) or [""]
    except csv.Error as error:
        raise GensqError(f"expected values with commas between for {name}, got {text} ({error}); a value that has a comma or "
                         'a quotation mark in it is written as "a, ""b""", in single quotes for the shell') from None


def merge(axes: Axes, more: Axes, where: str) -> Axes:
    """Both; what is said twice is refused."""
    if twice := sorted(axes.keys() & more.keys()):
        raise GensqError(f"expected each parameter once, got {twice[0]} again in {where}; put all its values in one place")
    axes.update(more)
    return axes


class OnceOnly(yaml.SafeLoader):
    """YAML of plain values in which a name that stands twice is a mistake, not a correction."""

    def construct_mapping(self, node, deep=False):
        """As ever, but for doubles."""
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(set(map(str, names))) < len(names):
            raise yaml.constructor.ConstructorError(None, None, "a name stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def file_axes(lesson: Lesson, path: Path) -> list[Axes]:
    """Of a YAML (or JSON) file: a mapping from names to values, or a list of such mappings."""
    text = text_of(path, kind="a grid", largest=LARGEST)
    try:
        content = yaml.load(text, Loader=OnceOnly)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        told = " ".join(str(error).split())[:150]
        raise GensqError(f"expected YAML such as `steps: [100, 200]` in {path}, got a mistake ({told}); mend that line") from None
    mappings = content if isinstance(content, list) else [content]
    expect(mappings and all(isinstance(mapping, dict) and mapping for mapping in mappings),
           f"expected lines such as `steps: [100, 200]` in {path}, or a list of such blocks, got {repr(content)[:80]}; mend it")
    return [{parameter.name: from_file(parameter, values, path) for name, values in mapping.items()
             for parameter in [known(lesson, str(name))]} for mapping in mappings]


def from_file(parameter: Parameter, values: Any, path: Path) -> list[Value]:
    """One value or a list, each of the parameter's type. (YAML takes 1e-3 for a word, and yes for true.)"""
    found = []
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, str) and parameter.type is not str:
            value = from_text(parameter, value)
        if parameter.type is float and type(value) is int:
            value = float(value)
        remedy = "put it in quotes" if parameter.type is str else "write a single value or a list"
        expect(type(value) is parameter.type, f"expected {parameter.name} in {path} to be {parameter.type.__name__}, got "
                                              f"{repr(value)[:80]}; {remedy}")
        found.append(value)
    expect(found, f"expected a value for {parameter.name} in {path}, got an empty list; name one or leave the line out")
    return found


def num_points(grid: Sequence[Axes]) -> int:
    """Before what is said twice is merged; counted, not made."""
    return sum(math.prod(len(values) for values in axes.values()) for axes in grid)


def combinations(grid: Sequence[Axes]) -> list[dict[str, Value]]:
    """The settings, each once, in the order in which they were named."""
    found = {}
    for axes in grid:
        for values in itertools.product(*axes.values()):
            setting = dict(zip(axes, values, strict=True))
            found.setdefault(tuple(sorted(setting.items())), setting)
    return list(found.values())


def with_budget(lesson: Lesson, setting: Mapping[str, Value]) -> dict[str, Value]:
    """The budget by its name: what GENSQ_BUDGET says here may be unset on another machine, and tomorrow."""
    if "budget" not in lesson.parameters or setting.get("budget"):
        return dict(setting)
    return {**setting, "budget": lesson.parameters["budget"].default or os.environ.get("GENSQ_BUDGET") or "standard"}
