"""What a grammar file says, before it is put together: features, columns, tables and rules, each with its line.

Nothing here computes; `reader` fills these records and `building` turns them into a grammar.
"""
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from gensq_lib.ground.errors import GensqError


@dataclass(frozen=True)
class Slot:
    """`<noun:plural@second frame>`: a symbol, the column to take, a label, and features (or values) that bind it."""

    name: str
    form: str = ""
    label: str = ""
    features: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What the other languages call this child: its label, or else its name."""
        return self.label or self.name


Side = tuple[str | Slot, ...]


@dataclass(frozen=True)
class Choice:
    """One weighted way to write a symbol, with a right-hand side in every language."""

    weight: float
    sides: dict[str, Side]
    line: int


@dataclass(frozen=True)
class Rule:
    """A symbol, the feature values for which these choices hold, and the choices."""

    name: str
    patterns: tuple[str, ...]
    choices: tuple[Choice, ...]
    line: int


@dataclass(frozen=True)
class Row:
    """One entry of a table: column -> text. A weight of 0 means: by the row's place."""

    cells: dict[str, str]
    line: int
    weight: float = 0.0

    def of(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """The texts of these columns."""
        return tuple(self.cells[column] for column in columns)


@dataclass(frozen=True)
class Table:
    """The words of a symbol, for the given feature values."""

    name: str
    patterns: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int


@dataclass(frozen=True)
class Feature:
    """Values with weights. `given` names the feature on which the weights depend; an attribute is a reported feature."""

    name: str
    reported: bool
    given: str
    weights: dict[str, dict[str, float]]
    line: int

    @property
    def values(self) -> tuple[str, ...]:
        """All that it can be."""
        return tuple(dict.fromkeys(value for weights in self.weights.values() for value in weights))


@dataclass(frozen=True)
class Columns:
    """The columns of all tables of one name, and the exponent by which weights fall from row to row (0: equal)."""

    name: str
    names: tuple[str, ...]
    zipf: float
    line: int


@dataclass(frozen=True)
class Respelling:
    """A word that is written differently before certain words: a -> an."""

    word: str
    becomes: str
    before: tuple[str, ...]
    but_not: tuple[str, ...]
    line: int


@dataclass
class Source:
    """A whole file. `languages` says for each whether its words are split into characters."""

    path: Path
    languages: dict[str, bool] = field(default_factory=dict)
    features: dict[str, Feature] = field(default_factory=dict)
    columns: dict[str, Columns] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    respellings: dict[str, Respelling] = field(default_factory=dict)
    start: Slot | None = None
    start_line: int = 0

    def fault(self, line: int, message: str) -> NoReturn:
        """Say what is wrong, with path and line."""
        raise GensqError(f"{self.path}, line {line}: {message}")

    def complete(self) -> "Source":
        """This, if it has what every grammar needs."""
        if not self.languages or self.start is None:
            missing = '"languages: en"' if not self.languages else '"start: <sentence>"'
            raise GensqError(f"{self.path}: expected a line {missing}, got none; add it")
        return self
