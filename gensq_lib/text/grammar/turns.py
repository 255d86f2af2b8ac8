"""What a dialogue file says beyond a grammar file, and the two builders that make prompts and replies of it.

A copied table is drawn once in an exchange: the prompt's builder remembers the row behind each of its words, the reply's
builder leaves a gap `<table:column>` that this row fills. So a reply is enumerated once, not once for every name.
"""
from dataclasses import dataclass, field

from gensq_lib.ground.errors import nearest

from .building import Builder, Key
from .planning import Child
from .lines import Line
from .reader import Heads
from .source import Row, Slot, Source
from .symbols import Alternative, Symbol

Cells = dict[str, str]  # column -> text


@dataclass
class Turns:
    """The lines `copied:` and `reply:` of a file."""

    copied: tuple[str, ...] = ()
    reply: Slot | None = None
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def heads(self) -> Heads:
        """What reads the two lines."""
        return {"copied": self._copied, "reply": self._reply}

    def _copied(self, head: Line) -> None:
        """`copied: name, item`"""
        self.copied = tuple(name.strip() for name in self._once(head, "copied", "copied: name, item").split(","))

    def _reply(self, head: Line) -> None:
        """`reply: <reply act mood>`"""
        self.reply = head.slot(self._once(head, "reply", "reply: <reply act mood>"))

    def _once(self, head: Line, word: str, example: str) -> str:
        head.alone().once(word in self.lines, f'one line "{word}:"', "join them")
        self.lines[word] = head.number
        return head.halves(example)[1]

    def checked(self, source: Source) -> Slot:
        """The reply, if the file has what a dialogue needs."""
        if self.reply is None or len(source.languages) != 1:
            missing = '"reply: <reply act mood>"' if self.reply is None else '"languages:" with one language'
            source.fault(source.start_line, f"expected a dialogue with a line {missing}, got none; see data/dialogue.grammar")
        for name in self.copied:
            if name not in source.columns:
                source.fault(self.lines["copied"], f'expected names of tables, got "{name}"{nearest(name, source.columns)}; '
                                                   "mend it")
        return self.reply


class PromptBuilder(Builder):
    """Remembers for each word of a copied table the row that it comes from."""

    def __init__(self, source: Source, copied: tuple[str, ...]) -> None:
        self.copied = copied
        self.said: dict[Alternative, tuple[str, Cells]] = {}  # table, row
        super().__init__(source)

    def drawn_values(self) -> list[dict[str, str]]:
        """The features behind each alternative of `grammar()`."""
        return [values for _, values in self._drawn(self.source.start_line, self.source.start.features)]

    def _made(self, child: Child, values: Key, name: str, only: Key) -> Symbol:
        symbol = super()._made(child, values, name, only)
        if child.name in self.copied:
            rows = [row for row, _ in self.rows(child.name, values) if row.of(child.extras) == only]
            self.said |= {alternative: (child.name, row.cells)
                          for alternative, row in zip(symbol.alternatives, rows, strict=True)}
        return symbol

    def mentions(self, symbol: Symbol) -> dict[str, tuple[int, int]]:
        """Copied table -> how often, at least and at most, it is named below `symbol`."""
        found = [self._mentions(alternative) for alternative in symbol.alternatives]
        return {name: (min(f.get(name, (0, 0))[0] for f in found), max(f.get(name, (0, 0))[1] for f in found))
                for name in self.copied}

    def _mentions(self, alternative: Alternative) -> dict[str, tuple[int, int]]:
        if alternative in self.said:
            return {self.said[alternative][0]: (1, 1)}
        below = [self.mentions(child) for child in alternative.children]
        return {name: (sum(b[name][0] for b in below), sum(b[name][1] for b in below)) for name in self.copied}


class ReplyBuilder(Builder):
    """A copied table has one row, whose cells are gaps."""

    def __init__(self, source: Source, turns: Turns) -> None:
        self.copied = turns.copied
        super().__init__(source)
        self.features = turns.reply.features
        self.reply = self.planner.child(turns.lines["reply"], turns.reply, self.features)

    def symbol(self, *key: str) -> Symbol:
        """The reply for these values of its features."""
        return self._symbol(self.reply, dict(zip(self.features, key, strict=True)))

    def _rows(self, name: str, values: Key) -> list[tuple[Row, float]]:
        if name not in self.copied:
            return super()._rows(name, values)
        return [(Row({column: gap(name, column) for column in self.source.columns[name].names}, 0), 1.0)]


def gap(table: str, column: str) -> str:
    """What stands in a reply where a word of the prompt is to be repeated; no word of a file looks like it."""
    return f"<{table}:{column}>"
