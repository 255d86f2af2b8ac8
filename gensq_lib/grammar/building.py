"""Puts a grammar together from what a file says: every symbol with its features bound, as far as the start reaches.

A rule of a family such as `<clause tense who>` becomes one symbol for each combination that is needed. A table's
second column in the same right-hand side (`<noun:measure>` besides `<noun>`) splits the choice by that column.
"""
import itertools
from collections.abc import Iterator

from gensq_lib.errors import listed, nearest

from .source import Choice, Row, Side, Slot, Source
from .symbols import Alternative, Symbol

DEEPEST = 200  # nested symbols: far more than any sentence of a dozen words needs
MOST = 1_000_000  # alternatives
Values = dict[str, str]  # feature -> value
Key = tuple[str, ...]


class Builder:
    """Makes symbols on demand and remembers them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.first, *self.others = source.languages
        self.feature_of: Values = {}
        self.heads: dict[str, tuple[str, ...]] = {}
        self.patterns: dict[int, dict[str, frozenset[str]]] = {}
        self.symbols: dict[tuple, Symbol] = {}
        self.open: list[str] = []
        self.size = 0
        self._name_values()
        self._name_heads()

    def grammar(self) -> Symbol:
        """The start symbol: one alternative for each combination of the features that the start line draws."""
        start = self.source.start
        assert start is not None
        line = self.source.start_line
        chosen = list(self._drawn(line, start.features))
        alternatives = []
        for weight, values in chosen:
            child = self.symbol(line, start, values)
            attributes = {name: value for name, value in values.items() if self.source.features[name].reported}
            alternatives.append((weight, (child,), {code: (0,) for code in self.source.languages}, line, attributes))
        return Symbol("start", line, self._normalised(alternatives))

    def _name_values(self) -> None:
        for feature in self.source.features.values():
            for value in feature.values:
                if value in self.feature_of or value in self.source.features:
                    self.source.fault(feature.line, f'expected values that no other feature has and that name no feature, '
                                                    f'got "{value}"; rename it')
                self.feature_of[value] = feature.name

    def _name_heads(self) -> None:
        """Every rule or table of one name must bind the same features."""
        for part in [*self.source.rules, *self.source.tables]:
            patterns = self._patterns(part.line, part.patterns)
            self.patterns[id(part)] = patterns
            names = self.heads.setdefault(part.name, tuple(patterns))
            if set(names) != set(patterns):
                self.source.fault(part.line, f"expected <{' '.join([part.name, *names])}> with the same features as above, "
                                             f"got <{' '.join([part.name, *patterns])}>; name the same features")
        both = {rule.name for rule in self.source.rules} & {table.name for table in self.source.tables}
        for table in self.source.tables:
            if table.name in both:
                self.source.fault(table.line, f'expected "{table.name}" to be a table or a rule, got both; rename one')

    def _patterns(self, line: int, items: tuple[str, ...]) -> dict[str, frozenset[str]]:
        """Feature -> values for which a head holds: `tense` (all), `past`, `past/present`, `!past`."""
        patterns: dict[str, frozenset[str]] = {}
        for item in items:
            name, allowed = self._pattern(line, item)
            if name in patterns:
                self.source.fault(line, f'expected each feature once, got "{name}" twice; remove one')
            patterns[name] = allowed
        return patterns

    def _pattern(self, line: int, item: str) -> tuple[str, frozenset[str]]:
        if item in self.source.features:
            return item, frozenset(self.source.features[item].values)
        values = item.removeprefix("!").split("/")
        names = {self._feature(line, value) for value in values}
        if len(names) > 1:
            self.source.fault(line, f'expected values of one feature, got "{item}"; split them')
        name = names.pop()
        every = frozenset(self.source.features[name].values)
        return name, every - set(values) if item.startswith("!") else frozenset(values)

    def _feature(self, line: int, value: str) -> str:
        if value not in self.feature_of:
            known = [*self.source.features, *self.feature_of]
            self.source.fault(line, f'expected a declared feature or value, got "{value}"{nearest(value, known)}; '
                                    "declare it with attribute or feature")
        return self.feature_of[value]

    def _drawn(self, line: int, names: tuple[str, ...]) -> Iterator[tuple[float, Values]]:
        """All combinations of the start's features with their probabilities."""
        combinations: list[tuple[float, Values]] = [(1.0, {})]
        for name in names:
            feature = self.source.features.get(name)
            if feature is None:
                self.source.fault(line, f'expected features in the start line, got "{name}"'
                                        f"{nearest(name, self.source.features)}; declare it above")
            if feature.given and feature.given not in names[: names.index(name)]:
                self.source.fault(line, f'expected "{feature.given}" before "{name}", which depends on it, got '
                                        f"{' '.join(names)}; reorder them")
            combinations = [(weight * share, {**values, name: value}) for weight, values in combinations
                            for value, share in _shares(feature.weights[values.get(feature.given, "")])]
            if len(combinations) > MOST:
                self.source.fault(line, f"expected at most {MOST:,} combinations of features, got more; use fewer")
        yield from combinations

    def symbol(self, line: int, slot: Slot, values: Values, form: str = "", only: Key = ()) -> Symbol:
        """The symbol that `slot` names once its features are bound; `form` and `only` choose columns and rows of a table."""
        bound = self._bound(line, slot, values)
        key = (slot.name, tuple(bound.values()), form, only)
        if key not in self.symbols:
            name = f"<{' '.join([slot.name, *bound.values()])}>"
            if name in self.open or len(self.open) > DEEPEST:
                self.source.fault(line, f"expected no recursion, got {' in '.join([name, *self.open[-1:]])} inside itself"
                                        " or nested too deeply; write the repetition out")
            self.open.append(name)
            self.symbols[key] = self._made(line, slot.name, name, bound, form, only)
            self.open.pop()
        return self.symbols[key]

    def _bound(self, line: int, slot: Slot, values: Values) -> Values:
        """The features of a symbol, each with its value: written in the slot, or taken from the left side."""
        if slot.name not in self.heads:
            self.source.fault(line, f'expected a symbol that has rules or a table, got "{slot.name}"'
                                    f"{nearest(slot.name, self.heads)}; define it or mend its name")
        given = {}
        for item in slot.features:
            if item in self.source.features and item not in values:
                self.source.fault(line, f'expected a feature of the left side, got "{item}" in <{slot.name}>'
                                        f"{nearest(item, values)}; add it to the left side or write one of its values")
            name, value = (item, values[item]) if item in values else (self._feature(line, item), item)
            given[name] = value
        names = self.heads[slot.name]
        if set(given) != set(names) or len(given) < len(slot.features):
            self.source.fault(line, f"expected <{' '.join([slot.name, *names])}>, got <{' '.join([slot.name, *slot.features])}>; "
                                    "name each of its features once")
        return {name: given[name] for name in names}

    def _made(self, line: int, name: str, shown: str, bound: Values, form: str, only: Key) -> Symbol:
        rules = [rule for rule in self.source.rules if rule.name == name and self._holds(rule, bound)]
        tables = [table for table in self.source.tables if table.name == name and self._holds(table, bound)]
        if not rules and not tables:
            self.source.fault(line, f"expected rules or a table that give {shown}, got none; add one for these values")
        if tables:
            rows = [(row, weight) for row, weight in self._rows(name, tables) if self._extra(row, only) == only]
            raw = [self._entry(row, weight, form) for row, weight in rows]
        else:
            raw = [alternative for rule in rules for choice in rule.choices for alternative in self._expanded(choice, bound)]
        self.size += len(raw)
        if self.size > MOST:
            self.source.fault(line, f"expected at most {MOST:,} alternatives, got more; use fewer combinations of features")
        symbol = Symbol(shown, (rules or tables)[0].line, self._normalised(raw))
        self._distinct(symbol)
        return symbol

    def _holds(self, part: object, bound: Values) -> bool:
        patterns = self.patterns[id(part)]
        return all(value in patterns[name] for name, value in bound.items())

    def _rows(self, name: str, tables: list) -> list[tuple[Row, float]]:
        """Rows with weights: the column "weight", or falling from row to row as in Zipf's law."""
        columns = self.source.columns[name]
        rows = [row for table in tables for row in table.rows]
        weights = [round((place + 1) ** -columns.zipf, 12) or 1e-12 for place in range(len(rows))]
        if "weight" in columns.names:
            from .reader import _weight
            weights = [_weight(self.source, row.line, row.cells["weight"]) for row in rows]
        return list(zip(rows, weights))

    @staticmethod
    def _extra(row: Row, only: Key) -> Key:
        """`only` is (column, text, column, text ...); this is the same for a row."""
        return tuple(text for column in only[::2] for text in (column, row.cells[column]))

    def _entry(self, row: Row, weight: float, form: str) -> tuple:
        """A row as an alternative without children; `form` lists one column for each language."""
        columns = form.split("|")
        sides = {code: self._cell(row, column, code) for code, column in zip(self.source.languages, columns)}
        return weight, (), sides, row.line, {}

    def _cell(self, row: Row, column: str, code: str) -> tuple[str, ...]:
        text = row.cells[column]
        words = () if text == "-" else tuple(text.split())
        return tuple("".join(words)) if self.source.languages[code] else words

    def _expanded(self, choice: Choice, bound: Values) -> list[tuple]:
        """A choice as alternatives: one, or one for each value of the extra columns that it mentions."""
        slots = self._children(choice)
        parts = [self._variants(choice, slot, bound) for slot in slots.values()]
        expanded = []
        for variant in itertools.product(*parts):
            weight = choice.weight
            for share, _, _ in variant:
                weight *= share
            cells = {key: texts for key, (_, _, texts) in zip(slots, variant)}
            sides = {code: self._side(side, code, list(slots), cells) for code, side in choice.sides.items()}
            expanded.append((weight, tuple(child for _, child, _ in variant), sides, choice.line, {}))
        return expanded

    def _children(self, choice: Choice) -> dict[str, Slot]:
        """The symbols of a choice in the order of the first language, each with its features."""
        slots: dict[str, Slot] = {}
        for item in choice.sides[self.first]:
            if isinstance(item, Slot) and (item.key not in slots or item.features):
                slots[item.key] = item
        for code in self.others:
            keys = {item.key for item in choice.sides[code] if isinstance(item, Slot)}
            for key in sorted(keys ^ set(slots)):
                where = f'in "{code}"' if key in slots else f'in "{self.first}"'
                self.source.fault(choice.line, f"expected the same symbols in every language, got no <{key}> {where}"
                                               f"{nearest(key, set(slots) | keys)}; write it there too")
        return slots

    def _variants(self, choice: Choice, slot: Slot, bound: Values) -> list[tuple[float, Symbol, dict[str, str]]]:
        """(share, symbol, texts of the extra columns) for each way to write one child."""
        heads, extras = [], []
        for code, side in choice.sides.items():
            columns = [f"{code}:{item.form}" if item.form else code for item in side
                       if isinstance(item, Slot) and item.key == slot.key]
            heads.append(columns[-1])
            extras.extend(columns[:-1])
        if slot.name not in self.source.columns:
            if extras or any(column not in self.source.languages for column in heads):
                self.source.fault(choice.line, f"expected <{slot.name}> once in each language and without a column, as it "
                                               "has no table, got more; use a label such as <name@second>")
            return [(1.0, self.symbol(choice.line, slot, bound), {})]
        return self._split(choice, slot, bound, heads, list(dict.fromkeys(extras)))

    def _split(self, choice: Choice, slot: Slot, bound: Values, heads: list[str], extras: list[str]) -> list[tuple]:
        known = self.source.columns[slot.name].names
        for column in [*heads, *extras]:
            if column not in known:
                self.source.fault(choice.line, f'expected a column of "{slot.name}" ({" | ".join(known)}), got "{column}"'
                                               f"{nearest(column, known)}; add the column or mend its name")
        values = self._bound(choice.line, slot, bound)
        tables = [table for table in self.source.tables if table.name == slot.name and self._holds(table, values)]
        shares: dict[Key, float] = {}
        for row, weight in self._rows(slot.name, tables):
            only = tuple(text for column in extras for text in (column, row.cells[column]))
            shares[only] = shares.get(only, 0.0) + weight
        total = sum(shares.values())
        form = "|".join(heads)
        return [(share / total, self.symbol(choice.line, slot, bound, form, only), dict(zip(only[::2], only[1::2])))
                for only, share in shares.items()] or [(1.0, self.symbol(choice.line, slot, bound, form), {})]

    def _side(self, side: Side, code: str, keys: list[str], cells: dict[str, dict[str, str]]) -> tuple[str | int, ...]:
        """Words and places of children; the last mention of a child is the child, earlier ones are extra columns."""
        items: list[str | int] = []
        last = {item.key: place for place, item in enumerate(side) if isinstance(item, Slot)}
        for place, item in enumerate(side):
            if isinstance(item, str):
                items.append(item)
            elif last[item.key] == place:
                items.append(keys.index(item.key))
            else:
                text = cells[item.key][f"{code}:{item.form}" if item.form else code]
                words = [] if text == "-" else text.split()
                items.extend("".join(words) if self.source.languages[code] else words)
        return tuple(items)

    @staticmethod
    def _normalised(raw: list[tuple]) -> tuple[Alternative, ...]:
        total = sum(weight for weight, *_ in raw)
        return tuple(Alternative(weight / total, *rest) for weight, *rest in raw)

    def _distinct(self, symbol: Symbol) -> None:
        """Two alternatives that are written alike in a language would make the grammar ambiguous."""
        for code in self.source.languages:
            seen: dict[tuple, int] = {}
            for a in symbol.alternatives:
                written = tuple(item if isinstance(item, str) else id(a.children[item]) for item in a.sides[code])
                if written in seen:
                    shown = " ".join(item if isinstance(item, str) else a.children[item].name for item in a.sides[code])
                    self.source.fault(a.line, f'expected different choices for {symbol.name}, got "{shown or "-"}" in "{code}" '
                                              f"here and in line {seen[written]}; remove one, or the grammar is ambiguous")
                seen[written] = a.line


def _shares(weights: dict[str, float]) -> list[tuple[str, float]]:
    total = sum(weights.values())
    return [(value, weight / total) for value, weight in weights.items()]
