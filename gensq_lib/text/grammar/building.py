"""Puts a grammar together from what a file says: every symbol with its features bound, as far as the start reaches.

A rule of a family such as `<clause tense who>` becomes one symbol for each combination of values that is needed.
"""
import itertools
import math
from functools import lru_cache

from gensq_lib.ground.errors import nearest

from .planning import Child, Plan, Planner
from .source import Row, Rule, Source, Table
from .symbols import Alternative, Symbol

DEEPEST = 50  # nested symbols: far more than a sentence of a dozen words needs
LONGEST = 1_000  # words of a sentence
MOST = 1_000_000  # alternatives
Key = tuple[str, ...]
Raw = tuple[float, tuple[Symbol, ...], dict, int]  # weight, children, sides, line


class Builder:
    """Makes symbols on demand and remembers them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.planner = Planner(source)
        self.parts: dict[str, list[Rule | Table]] = {}
        for part in [*source.rules, *source.tables]:
            self.parts.setdefault(part.name, []).append(part)
        self.holding = {name: self._holding(parts) for name, parts in self.parts.items()}
        self.plans: dict[int, Plan] = {id(choice): self.planner.plan(choice, self.planner.heads[rule.name])
                                       for rule in source.rules for choice in rule.choices}
        self.matching = lru_cache(maxsize=None)(self._matching)
        self.rows = lru_cache(maxsize=None)(self._rows)
        self.symbols: dict[tuple, Symbol] = {}
        self.open: list[str] = []
        self.size = 0

    def _holding(self, parts: list[Rule | Table]) -> dict[str, set[int]]:
        """Value of a feature -> places of the rules and tables that allow it on their left side."""
        holding: dict[str, set[int]] = {}
        for place, part in enumerate(parts):
            for item in part.patterns:
                for value in self.planner.pattern(part.line, item)[1]:
                    holding.setdefault(value, set()).add(place)
        return holding

    def grammar(self) -> Symbol:
        """The start symbol: one alternative for each combination of the features that the start line draws."""
        start, line = self.source.start, self.source.start_line
        assert start is not None
        form = tuple(self.source.languages) if start.name in self.source.columns else ()
        combinations = self._drawn(line, start.features)
        child = self.planner.child(line, start, start.features, form)
        sides = {code: (0,) for code in self.source.languages}
        alternatives = []
        for probability, values in combinations:
            attributes = {name: value for name, value in values.items() if self.source.features[name].reported}
            alternatives.append(Alternative(probability, (self._symbol(child, values),), sides, line, attributes))
        return Symbol("start", line, tuple(alternatives))

    def _drawn(self, line: int, names: tuple[str, ...]) -> list[tuple[float, dict[str, str]]]:
        """All combinations of the start's features with their probabilities."""
        combinations: list[tuple[float, dict[str, str]]] = [(1.0, {})]
        for place, name in enumerate(names):
            feature = self.source.features.get(name)
            if feature is None:
                self.source.fault(line, f'expected declared features in the start line, got "{name}"'
                                        f"{nearest(name, self.source.features)}; declare it above")
            if feature.given and feature.given not in names[:place]:
                self.source.fault(line, f'expected "{feature.given}" before "{name}", which depends on it, got '
                                        f"<{' '.join(names)}>; reorder them")
            combinations = [(weight * share, {**values, name: value}) for weight, values in combinations
                            for value, share in _shares(feature.weights[values.get(feature.given, "")])]
            if len(combinations) > MOST:
                self.source.fault(line, f"expected at most {MOST:,} combinations of features, got more; use fewer")
        return combinations

    def _symbol(self, child: Child, left: dict[str, str], only: Key = ()) -> Symbol:
        """The symbol that `child` names when the left side has the values `left`; `only` restricts extra columns."""
        values = child.values(left)
        key = (child.name, values, child.form, only)
        if key not in self.symbols:
            name = f"<{' '.join([child.name, *values])}>"
            if name in self.open or len(self.open) > DEEPEST:
                self.source.fault(child.line, f"expected no recursion, got {name} inside "
                                              f"{'itself' if name in self.open else 'too many others'}; "
                                              "write the repetition out")
            self.open.append(name)
            self.symbols[key] = self._made(child, values, name, only)
            self.open.pop()
        return self.symbols[key]

    def _made(self, child: Child, values: Key, name: str, only: Key) -> Symbol:
        parts = self.matching(child.name, values)
        if not parts:
            self.source.fault(child.line, f"expected rules or a table that give {name}, got none; add one for these values")
        if isinstance(parts[0], Table):
            raw = [self._entry(row, weight, child.form) for row, weight in self.rows(child.name, values)
                   if row.of(child.extras) == only]
        else:
            left = dict(zip(self.planner.heads[child.name], values))
            raw = [made for rule in parts for choice in rule.choices
                   for made in self._expanded(self.plans[id(choice)], left)]
        self._grow(child.line, len(raw))
        symbol = Symbol(name, parts[0].line, self._distinct(name, raw))
        if max(symbol.longest.values()) > LONGEST:
            self.source.fault(symbol.line, f"expected sentences of at most {LONGEST:,} words, got more below {name}; write "
                                           "shorter ones")
        return symbol

    def _grow(self, line: int, num: int) -> None:
        self.size += num
        if self.size > MOST:
            self.source.fault(line, f"expected at most {MOST:,} alternatives, got more; use fewer values of features")

    def _matching(self, name: str, values: Key) -> list[Rule | Table]:
        """The rules and tables whose left side allows these values."""
        places = set(range(len(self.parts[name]))).intersection(*(self.holding[name].get(value, ()) for value in values))
        return [self.parts[name][place] for place in sorted(places)]

    def _rows(self, name: str, values: Key) -> list[tuple[Row, float]]:
        """Rows with weights: the column "weight", or falling from row to row as in Zipf's law.

        Twelve digits are kept, so that no two machines disagree about a power.
        """
        rows = [row for table in self.matching(name, values) for row in table.rows]
        zipf = self.source.columns[name].zipf
        return [(row, row.weight or max(round(place**-zipf, 12), 1e-12)) for place, row in enumerate(rows, start=1)]

    def _entry(self, row: Row, weight: float, form: Key) -> Raw:
        """A row as an alternative without children; `form` names one column for each language."""
        sides = {code: self._words(row.cells[column], code) for code, column in zip(self.source.languages, form)}
        return weight, (), sides, row.line

    def _words(self, cell: str, code: str) -> tuple[str, ...]:
        words = () if cell == "-" else tuple(cell.split())
        return tuple("".join(words)) if self.source.languages[code] else words

    def _expanded(self, plan: Plan, left: dict[str, str]) -> list[Raw]:
        """A choice as alternatives: one, or one for each combination of the extra columns that it mentions."""
        expanded, variants = [], [self._variants(child, left) for child in plan.children]
        if (num := math.prod(map(len, variants))) > 1:
            self._grow(plan.line, num)
        for variant in itertools.product(*variants):
            weight = math.prod((share for share, _ in variant), start=plan.weight)
            children = tuple(self._symbol(child, left, only) for child, (_, only) in zip(plan.children, variant))
            cells = [dict(zip(child.extras, only)) for child, (_, only) in zip(plan.children, variant)]
            sides = {code: self._filled(side, cells, code) for code, side in plan.sides.items()}
            expanded.append((weight, children, sides, plan.line))
        return expanded

    def _variants(self, child: Child, left: dict[str, str]) -> list[tuple[float, Key]]:
        """What the extra columns of a child can be, with the share of its rows."""
        if not child.extras:
            return [(1.0, ())]
        weights: dict[Key, float] = {}
        for row, weight in self.rows(child.name, child.values(left)):
            only = row.of(child.extras)
            weights[only] = weights.get(only, 0.0) + weight
        if not weights:
            self._symbol(child, left)  # says that there is no table
        return [(share, only) for only, share in _shares(weights)]

    def _filled(self, side: tuple, cells: list[dict[str, str]], code: str) -> tuple[str | int, ...]:
        """A side with its extra columns written out."""
        return tuple(itertools.chain.from_iterable(
            self._words(cells[item[0]][item[1]], code) if isinstance(item, tuple) else (item,) for item in side))

    def _distinct(self, name: str, raw: list[Raw]) -> tuple[Alternative, ...]:
        """Alternatives whose probabilities sum to 1; two that are written alike would make the grammar ambiguous."""
        for code in self.source.languages if len(raw) > 1 else ():
            seen: dict[tuple, int] = {}
            for _, children, sides, line in raw:
                written = tuple(item if isinstance(item, str) else children[item] for item in sides[code])
                if written in seen:
                    shown = " ".join(item if isinstance(item, str) else item.name for item in written) or "-"
                    self.source.fault(line, f'expected different choices for {name}, got "{shown}" in "{code}" here and '
                                            f"in line {seen[written]}; remove one, or the grammar is ambiguous")
                seen[written] = line
        total = sum(weight for weight, *_ in raw)
        return tuple(Alternative(weight / total, *rest) for weight, *rest in raw)


def _shares(weights: dict) -> list[tuple]:
    total = sum(weights.values())
    return [(value, weight / total) for value, weight in weights.items()]
