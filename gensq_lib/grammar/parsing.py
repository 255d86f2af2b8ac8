"""The inside algorithm over prefix trees: probability, number of derivations, one derivation, first offending word.

Alternatives that begin alike share their beginning. Parsing is top down: a word is only looked at after words that
some sentence begins with, so the furthest word matched ends the longest prefix that can still become a sentence.
"""
from functools import cached_property
from typing import NamedTuple

from .symbols import Alternative, Node, Symbol


class Span(NamedTuple):
    """What a symbol (or the beginning of a right-hand side) can be between two places."""

    probability: float
    count: int
    trees: tuple[Node, ...]


Ends = dict[int, Span]  # end -> span


class Branch:
    """A node of a prefix tree: the words and symbols that can come next, and the alternatives that end here."""

    def __init__(self) -> None:
        self.words: dict[str, Branch] = {}
        self.symbols: dict["Table", Branch] = {}
        self.leaves: list[tuple[Alternative, ...]] = []
        self.after: dict[str, list[tuple["Table", Branch]]] = {}

    def beginning(self, word: str) -> list[tuple["Table", "Branch"]]:
        """The symbols that can begin with `word` or be empty."""
        if word not in self.after:
            self.after[word] = [(table, branch) for table, branch in self.symbols.items()
                                if word in table.first or table.nullable]
        return self.after[word]


class Table:
    """A symbol in one language, with its prefix tree."""

    def __init__(self, symbol: Symbol, parser: "Parser") -> None:
        self.symbol, self.parser = symbol, parser

    @cached_property
    def root(self) -> Branch:
        root = Branch()
        self._grow(root, self.symbol, ())
        return root

    def _grow(self, root: Branch, symbol: Symbol, path: tuple[Alternative, ...]) -> None:
        """Adds every alternative; one that is a single symbol is replaced by that symbol's alternatives."""
        for alternative in symbol.alternatives:
            side = alternative.sides[self.parser.language]
            if len(side) == 1 and isinstance(side[0], int):
                self._grow(root, alternative.children[0], (*path, alternative))
            else:
                branch = root
                for item in side:
                    if isinstance(item, str):
                        branch = branch.words.setdefault(item, Branch())
                    else:
                        branch = branch.symbols.setdefault(self.parser.table(alternative.children[item]), Branch())
                branch.leaves.append((*path, alternative))

    @cached_property
    def first(self) -> frozenset[str]:
        """The words with which this symbol can begin."""
        return self._first[0]

    @cached_property
    def nullable(self) -> bool:
        return self._first[1]

    @cached_property
    def _first(self) -> tuple[frozenset[str], bool]:
        return self._first_of(self.root)

    def _first_of(self, branch: Branch) -> tuple[frozenset[str], bool]:
        words, empty = set(branch.words), bool(branch.leaves)
        for table, rest in branch.symbols.items():
            words |= table.first
            if table.nullable:
                more, ends = self._first_of(rest)
                words |= more
                empty |= ends
        return frozenset(words), empty


class Parser:
    """Parses plain words (before respelling) of one language."""

    def __init__(self, start: Symbol, language: str) -> None:
        self.language = language
        self.tables: dict[Symbol, Table] = {}
        self.start = self.table(start)

    def table(self, symbol: Symbol) -> Table:
        if symbol not in self.tables:
            self.tables[symbol] = Table(symbol, self)
        return self.tables[symbol]

    def parse(self, words: list[str]) -> tuple[Span | None, int]:
        """The span of the whole sentence, if it is one, and the length of the longest viable prefix."""
        chart = Chart(words, self.language)
        return chart.ends(self.start, 0).get(len(words)), chart.furthest


class Chart:
    """One sentence being parsed."""

    def __init__(self, words: list[str], language: str) -> None:
        self.words, self.language = words, language
        self.furthest = 0
        self.memo: dict[tuple[Table, int], Ends] = {}

    def ends(self, table: Table, start: int) -> Ends:
        """Where `table` can end when it begins at `start`."""
        key = (table, start)
        if key not in self.memo:
            ends: Ends = {}
            self._walk(table.root, {start: Span(1.0, 1, ())}, ends)
            self.memo[key] = ends
        return self.memo[key]

    def _walk(self, branch: Branch, front: Ends, ends: Ends) -> None:
        """Goes down a prefix tree with all places reached so far."""
        for path in branch.leaves:
            for place, span in front.items():
                _add(ends, place, self._closed(path, span))
        for word, rest in self._next_words(branch, front):
            moved = {place + 1: span for place, span in front.items() if self.words[place : place + 1] == [word]}
            self.furthest = max(self.furthest, *moved)
            self._walk(rest, moved, ends)
        for table, rest, places in self._next_symbols(branch, front):
            moved: Ends = {}
            for place in places:
                before = front[place]
                for end, inner in self.ends(table, place).items():
                    _add(moved, end, Span(before.probability * inner.probability, before.count * inner.count,
                                          before.trees + inner.trees))
            if moved:
                self._walk(rest, moved, ends)

    def _next_words(self, branch: Branch, front: Ends) -> list[tuple[str, Branch]]:
        following = {self.words[place] for place in front if place < len(self.words)}
        return [(word, branch.words[word]) for word in sorted(following) if word in branch.words]

    def _next_symbols(self, branch: Branch, front: Ends) -> list[tuple[Table, Branch, list[int]]]:
        if not branch.symbols:
            return []
        found: dict[Table, tuple[Branch, list[int]]] = {}
        for place in front:
            word = self.words[place] if place < len(self.words) else ""
            for table, rest in branch.beginning(word):
                found.setdefault(table, (rest, []))[1].append(place)
        return [(table, rest, places) for table, (rest, places) in found.items()]

    def _closed(self, path: tuple[Alternative, ...], span: Span) -> Span:
        """A finished right-hand side: its trees put in the order of drawing, under the alternatives of `path`."""
        *units, last = path
        trees: list[Node | None] = [None] * len(last.children)
        order = [item for item in last.sides[self.language] if isinstance(item, int)]
        for child, tree in zip(order, span.trees):
            trees[child] = tree
        node = Node(last, tuple(trees))
        probability = span.probability * last.probability
        for unit in reversed(units):
            node = Node(unit, (node,))
            probability *= unit.probability
        return Span(probability, span.count, (node,))


def _add(ends: Ends, end: int, span: Span) -> None:
    """Two ways to the same place: probabilities and counts add, the first tree is kept."""
    old = ends.get(end)
    ends[end] = span if old is None else Span(old.probability + span.probability, old.count + span.count, old.trees)
