"""The inside algorithm over prefix trees: probability, number of derivations, one derivation, first offending word.

Alternatives that begin alike share their beginning. Parsing is top down: a word is only looked at after words that
some sentence begins with, so the furthest word matched ends the longest prefix that can still become a sentence.
"""
import math
from functools import cached_property
from typing import NamedTuple

from .symbols import Alternative, Node, Symbol

UNITS = 4  # so many symbols that are a single symbol are skipped at once


class Span(NamedTuple):
    """What a symbol (or the beginning of a right-hand side) can be between two places."""

    probability: float
    count: int
    trees: tuple  # a row of nodes; in a forest all such rows


Ends = dict[int, Span]  # end -> span


class Branch:
    """A node of a prefix tree: the words and symbols that can come next, and the alternatives that end here."""

    def __init__(self) -> None:
        self.words: dict[str, Branch] = {}
        self.symbols: dict["ParseTable", Branch] = {}
        self.leaves: list[tuple[Alternative, ...]] = []
        self.after: dict[str, list["ParseTable"]] = {}
        self.parted: dict[str, dict[str, float]] = {}

    @cached_property
    def probability(self) -> float:
        """Of all alternatives that begin like this."""
        return math.fsum(self.shares("").values())

    def shares(self, attribute: str) -> dict[str, float]:
        """The same, parted by the value that they give to an attribute."""
        if attribute not in self.parted:
            self.parted[attribute] = self._parted(attribute)
        return self.parted[attribute]

    def _parted(self, attribute: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for path in self.leaves:
            value = path[0].attributes.get(attribute, "")
            found[value] = found.get(value, 0.0) + math.prod(alternative.probability for alternative in path)
        for branch in (*self.words.values(), *self.symbols.values()):
            for value, share in branch.shares(attribute).items():
                found[value] = found.get(value, 0.0) + share
        return found

    def beginning(self, word: str) -> list["ParseTable"]:
        """The symbols that can begin with `word` or be empty."""
        if word not in self.after:
            self.after[word] = [table for table in self.symbols if {word, ""} & table.first]
        return self.after[word]


class ParseTable:
    """A symbol in one language, with its prefix tree."""

    def __init__(self, symbol: Symbol, parser: "Parser") -> None:
        self.symbol, self.parser = symbol, parser

    @cached_property
    def root(self) -> Branch:
        """Of the prefix tree."""
        root = Branch()
        self._grow(root, self.symbol, ())
        return root

    def _grow(self, root: Branch, symbol: Symbol, path: tuple[Alternative, ...]) -> None:
        """Adds every alternative; one that is a single symbol is replaced by that symbol's alternatives."""
        for alternative in symbol.alternatives:
            side = alternative.sides[self.parser.language]
            if len(side) == 1 and isinstance(side[0], int) and len(path) < UNITS:
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
        """The words with which this symbol can begin; "" among them says that it can be empty."""
        words, stack = set(), [self.root]
        while stack:
            branch = stack.pop()
            words |= branch.words.keys()
            words |= {""} if branch.leaves else set()
            for table, rest in branch.symbols.items():
                words |= table.first - {""}
                if "" in table.first:
                    stack.append(rest)
        return frozenset(words)


class Parser:
    """Parses plain words (before respelling) of one language."""

    def __init__(self, start: Symbol, language: str) -> None:
        self.language = language
        self.tables: dict[Symbol, ParseTable] = {}
        self.start = self.table(start)

    def table(self, symbol: Symbol) -> ParseTable:
        """The prefix tree of a symbol, made once."""
        if symbol not in self.tables:
            self.tables[symbol] = ParseTable(symbol, self)
        return self.tables[symbol]

    def parse(self, words: list[str]) -> tuple[Span | None, int]:
        """The span of the whole sentence, if it is one, and the length of the longest viable prefix."""
        chart = Chart(words, self.language)
        return chart.ends(self.start, 0).get(len(words)), chart.furthest

    def forest(self, words: list[str]) -> list[Node]:
        """Every derivation of the whole sentence."""
        span = Forest(words, self.language).ends(self.start, 0).get(len(words))
        return [] if span is None else [node for node, in span.trees]

    def begun(self, words: list[str], attribute: str) -> dict[str, float]:
        """For each value of an attribute the probability of all sentences that have it and begin with `words`."""
        found: dict[str, float] = {}
        for probability, branch in Beginning(words, self.language).open(self.start, 0):
            for value, share in branch.shares(attribute).items():
                found[value] = found.get(value, 0.0) + probability * share
        return found

    def next_words(self, words: list[str]) -> set[str]:
        """What can follow `words` in some sentence."""
        chart = Chart(words, self.language)
        chart.ends(self.start, 0)
        return chart.expected


class Chart:
    """One sentence being parsed."""

    NOTHING = Span(1.0, 1, ())

    def __init__(self, words: list[str], language: str) -> None:
        self.words, self.language = words, language
        self.furthest = 0
        self.expected: set[str] = set()
        self.memo: dict[tuple[ParseTable, int], Ends] = {}

    def ends(self, table: ParseTable, start: int) -> Ends:
        """Where `table` can end when it begins at `start`. Goes down its tree with all places reached so far."""
        key = (table, start)
        if key not in self.memo:
            ends: Ends = {}
            todo: list[tuple[Branch, Ends]] = [(table.root, {start: self.NOTHING})]
            while todo:
                branch, front = todo.pop()
                for path in branch.leaves:
                    for place, span in front.items():
                        self._add(ends, place, self._closed(path, span))
                todo.extend(self._after_words(branch, front))
                todo.extend(self._after_symbols(branch, front))
            self.memo[key] = ends
        return self.memo[key]

    def _after_words(self, branch: Branch, front: Ends) -> list[tuple[Branch, Ends]]:
        """The branches below `branch` that the next words open."""
        moved: dict[str, Ends] = {}
        for place, span in front.items():
            if place == len(self.words):
                self.expected |= branch.words.keys()
            elif self.words[place] in branch.words:
                moved.setdefault(self.words[place], {})[place + 1] = span
                self.furthest = max(self.furthest, place + 1)
        return [(branch.words[word], ends) for word, ends in moved.items()]

    def _after_symbols(self, branch: Branch, front: Ends) -> list[tuple[Branch, Ends]]:
        """The branches below `branch` that its symbols open."""
        moved: dict[ParseTable, Ends] = {}
        for place, before in front.items() if branch.symbols else ():
            word = self.words[place] if place < len(self.words) else ""
            if not word:
                self.expected.update(*(table.first - {""} for table in branch.symbols))
            for table in branch.beginning(word):
                for end, inner in self.ends(table, place).items():
                    self._add(moved.setdefault(table, {}), end, self._then(before, inner))
        return [(branch.symbols[table], ends) for table, ends in moved.items()]

    def _add(self, ends: Ends, end: int, span: Span) -> None:
        """Two ways to the same place: probabilities and counts add."""
        old = ends.get(end)
        ends[end] = span if old is None else Span(old.probability + span.probability, old.count + span.count,
                                                  self._either(old.trees, span.trees))

    def _then(self, before: Span, following: Span) -> Span:
        """One behind the other."""
        return Span(before.probability * following.probability, before.count * following.count,
                    self._both(before.trees, following.trees))

    def _closed(self, path: tuple[Alternative, ...], span: Span) -> Span:
        """A finished right-hand side, under the alternatives of `path`."""
        probability = span.probability
        for alternative in reversed(path):
            probability *= alternative.probability
        return Span(probability, span.count, self._finished(path, span.trees))

    def _node(self, path: tuple[Alternative, ...], row: tuple[Node, ...]) -> Node:
        """The trees of a right-hand side put in the order of drawing."""
        *units, last = path
        trees: list[Node | None] = [None] * len(last.children)
        order = [item for item in last.sides[self.language] if isinstance(item, int)]
        for child, tree in zip(order, row):
            trees[child] = tree
        node = Node(last, tuple(trees))
        for unit in reversed(units):
            node = Node(unit, (node,))
        return node

    def _either(self, old: tuple, new: tuple) -> tuple:
        """The first tree is kept."""
        return old

    def _both(self, before: tuple, following: tuple) -> tuple:
        return before + following

    def _finished(self, path: tuple[Alternative, ...], trees: tuple) -> tuple:
        return (self._node(path, trees),)


class Beginning(Chart):
    """The words so far, of sentences that go on in all ways."""

    def __init__(self, words: list[str], language: str) -> None:
        super().__init__(words, language)
        self.known: dict[tuple[ParseTable, int], float] = {}

    def open(self, table: ParseTable, start: int) -> list[tuple[float, Branch]]:
        """The branches of `table`, begun at `start`, that stand behind the last word, and how likely one comes there."""
        last, found, todo = len(self.words), [], [(table.root, {start: 1.0})]
        while todo:
            branch, front = todo.pop()
            if last in front:
                found.append((front.pop(last), branch))
            if front:
                todo += self._moved(branch, front)
        return found

    def probability(self, table: ParseTable, start: int) -> float:
        """That what `table` writes begins with all words from `start` on."""
        key = (table, start)
        if key not in self.known:
            self.known[key] = math.fsum(p * branch.probability for p, branch in self.open(table, start))
        return self.known[key]

    def _moved(self, branch: Branch, front: dict[int, float]) -> list[tuple[Branch, dict[int, float]]]:
        """The branches below, over one more word or symbol; a symbol may be left open behind the last word."""
        moved: dict[int, tuple[Branch, dict[int, float]]] = {}
        for place, p in front.items():
            word = self.words[place]
            if word in branch.words:
                _put(moved, branch.words[word], place + 1, p)
            for table in branch.beginning(word):
                for end, inner in self.ends(table, place).items():
                    if end < len(self.words):
                        _put(moved, branch.symbols[table], end, p * inner.probability)
                _put(moved, branch.symbols[table], len(self.words), p * self.probability(table, place))
        return list(moved.values())


def _put(moved: dict[int, tuple[Branch, dict[int, float]]], branch: Branch, place: int, p: float) -> None:
    """Two ways to the same place add."""
    front = moved.setdefault(id(branch), (branch, {}))[1]
    if p:
        front[place] = front.get(place, 0.0) + p


class Forest(Chart):
    """A sentence parsed in all ways: the trees of a span are all rows of nodes that write it."""

    NOTHING = Span(1.0, 1, ((),))

    def _either(self, old: tuple, new: tuple) -> tuple:
        """All are kept."""
        return old + new

    def _both(self, before: tuple, following: tuple) -> tuple:
        return tuple(row + rest for row in before for rest in following)

    def _finished(self, path: tuple[Alternative, ...], trees: tuple) -> tuple:
        return tuple((self._node(path, row),) for row in trees)
