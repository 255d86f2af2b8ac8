"""Kinds of arguments: whole numbers within bounds, several seeds; and options that many commands have."""
from pathlib import Path

import click

from gensq_course.report.parameters import LARGEST_SEED, whole_number
from gensq_lib.ground.errors import GensqError, expect

MOST_SEEDS = 1_000


class File(click.Path):
    """A path that a system can be asked about."""

    def convert(self, value, param, ctx):
        """Without a NUL, which no path has."""
        if "\0" in str(value):
            raise GensqError("expected a path, got one with a NUL byte; type it again")
        return super().convert(value, param, ctx)


FILE = File(path_type=Path)


class WholeNumber(click.ParamType):
    """A whole number from `low` to `high`."""

    name = "N"

    def __init__(self, low: int = 0, high: int = LARGEST_SEED):
        self.low, self.high = low, high

    def convert(self, value, param, ctx):
        """What was typed, as a number; a default is one already."""
        if not isinstance(value, str):
            return value
        name = max(param.opts, key=len) if param.param_type_name == "option" else param.human_readable_name
        return whole_number(value, of=name, low=self.low, high=self.high)


class Seeds(WholeNumber):
    """Several whole numbers, each once: "0,1,2", or "0..4" for all from the first to the last."""

    name = "SEEDS"

    def convert(self, value, param, ctx):
        """A tuple of them; a default is one already."""
        if not isinstance(value, str):
            return value
        return tuple(dict.fromkeys(seed for part in value.split(",") for seed in self.between(part, param, ctx)))

    def between(self, part: str, param, ctx) -> range:
        """Of "0..4" the five, of "3" the one."""
        first, dots, last = part.partition("..")
        low = super().convert(first.strip(), param, ctx)
        high = super().convert(last.strip(), param, ctx) if dots else low
        expect(low <= high < low + MOST_SEEDS, f'expected from 1 to {MOST_SEEDS:,} seeds, the lower one first, got "{part}"; '
                                               "write for example 0..4")
        return range(low, high + 1)


COUNT, SEED, PORT = WholeNumber(), WholeNumber(), WholeNumber(high=65535)
SEEDS = Seeds()
JOBS = click.option("--jobs", type=COUNT, help="runs at the same time, each on one thread; 0: one per core (default: one after "
                                               "another, here)")
SCHEDULER = click.option("--scheduler", default="", metavar="ADDRESS", help="of a Dask cluster that does the work "
                                                                            "(docs/cluster.md)")
