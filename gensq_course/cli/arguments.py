"""Kinds of arguments: whole numbers within bounds, and several of them with commas between."""
from pathlib import Path

import click

from gensq_course.report.parameters import LARGEST_SEED, whole_number
from gensq_lib.ground.errors import GensqError


class File(click.Path):
    """A path that a system can be asked about."""

    def convert(self, value, param, ctx):
        """Without a NUL, which no path has."""
        if "\0" in str(value):
            raise GensqError("expected a path, got one with a NUL byte; type it again")
        return super().convert(value, param, ctx)


FILE = File(path_type=Path)


class WholeNumber(click.ParamType):
    """A whole number from `low` to `high`, or with `several` a tuple of them ("0,1,2"), each once."""

    name = "N"

    def __init__(self, low: int = 0, high: int = LARGEST_SEED, several: bool = False):
        self.low, self.high, self.several = low, high, several

    def convert(self, value, param, ctx):
        """What was typed, as a number; a default is one already."""
        if not isinstance(value, str):
            return value
        name = max(param.opts, key=len) if param.param_type_name == "option" else param.human_readable_name
        numbers = tuple(whole_number(part.strip(), of=name, low=self.low, high=self.high)
                        for part in (value.split(",") if self.several else [value]))
        return tuple(dict.fromkeys(numbers)) if self.several else numbers[0]


COUNT, SEED, PORT = WholeNumber(), WholeNumber(), WholeNumber(high=65535)
SEEDS = WholeNumber(several=True)
