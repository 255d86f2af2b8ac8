"""Reads each choice of a rule once: which children it has, which columns they take, and in which order they stand.

A table's second column in the same right-hand side (`<noun:measure> ... <noun>`) splits the choice by that column.
"""
from dataclasses import dataclass

from gensq_lib.ground.errors import nearest

from .source import Choice, Slot, Source

Names = dict[str, tuple[str, ...]]  # symbol -> its features
Item = str | int | tuple[int, str]  # a word, the place of a child, or an extra column of the child at that place


@dataclass(frozen=True, eq=False)
class Child:
    """A symbol on the right: each of its features taken from the left (`True`) or fixed, and its columns."""

    name: str
    features: tuple[tuple[str, bool], ...]
    form: tuple[str, ...]
    extras: tuple[str, ...]
    line: int

    def values(self, left: dict[str, str]) -> tuple[str, ...]:
        """Those of its features, where the left side has the values `left`."""
        return tuple(left[item] if bound else item for item, bound in self.features)


@dataclass(frozen=True, eq=False)
class Plan:
    """A choice, ready to be written for any values of the left side's features."""

    weight: float
    line: int
    children: tuple[Child, ...]
    sides: dict[str, tuple[Item, ...]]


class Planner:
    """Knows the features of every symbol; turns choices into plans."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.feature_of: dict[str, str] = {}  # value -> feature
        self.heads: Names = {}
        self._name_values()
        for part in [*source.rules, *source.tables]:
            self._name_head(part.line, part.name, tuple(self.pattern(part.line, item)[0] for item in part.patterns))
        for table in source.tables:
            if any(rule.name == table.name for rule in source.rules):
                source.fault(table.line, f'expected "{table.name}" to be a table or a rule, got both; rename one')

    def _name_values(self) -> None:
        for feature in self.source.features.values():
            for value in feature.values:
                if value in self.feature_of or value in self.source.features:
                    self.source.fault(feature.line, "expected values that no other feature has and that name no feature, "
                                                    f'got "{value}"; rename it')
                self.feature_of[value] = feature.name

    def _name_head(self, line: int, name: str, features: tuple[str, ...]) -> None:
        known = self.heads.setdefault(name, features)
        if sorted(known) != sorted(features) or len(set(features)) < len(features):
            self.source.fault(line, f"expected <{' '.join([name, *dict.fromkeys(known)])}>, each feature once and the same "
                                    f"as above, got <{' '.join([name, *features])}>; name the same features")

    def pattern(self, line: int, item: str) -> tuple[str, frozenset[str]]:
        """What `tense` (all values), `past`, `past/present` or `!past` allows on the left: feature and values."""
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

    def child(self, line: int, slot: Slot, left: tuple[str, ...], form: tuple[str, ...] = (),
              extras: tuple[str, ...] = ()) -> Child:
        """`slot` seen from a rule whose left side binds the features `left`."""
        if slot.name not in self.heads:
            self.source.fault(line, f'expected a symbol that has rules or a table, got "{slot.name}"'
                                    f"{nearest(slot.name, self.heads)}; define it or mend its name")
        found = dict(self._binding(line, slot, item, left) for item in slot.features)
        names = self.heads[slot.name]
        if set(found) != set(names) or len(slot.features) != len(names):
            self.source.fault(line, f"expected <{' '.join([slot.name, *names])}>, got "
                                    f"<{' '.join([slot.name, *slot.features])}>; name each of its features once")
        return Child(slot.name, tuple(found[name] for name in names), form, extras, line)

    def _binding(self, line: int, slot: Slot, item: str, left: tuple[str, ...]) -> tuple[str, tuple[str, bool]]:
        if item in left:
            return item, (item, True)
        if item in self.source.features:
            self.source.fault(line, f'expected a feature of the left side, got "{item}" in <{slot.name}>'
                                    f"{nearest(item, left)}; add it to the left side or write one of its values")
        return self._feature(line, item), (item, False)

    def plan(self, choice: Choice, left: tuple[str, ...]) -> Plan:
        """The choice with its children in the order of the first language."""
        slots = self._slots(choice)
        children = tuple(self._child(choice, slot, left) for slot in slots.values())
        keys = list(slots)
        return Plan(choice.weight, choice.line, children,
                    {code: self._side(choice, code, keys) for code in choice.sides})

    def _slots(self, choice: Choice) -> dict[str, Slot]:
        """Label -> symbol with its features, which the first language names; the others have the same labels."""
        first, *others = choice.sides
        slots: dict[str, Slot] = {}
        for item in choice.sides[first]:
            if isinstance(item, Slot) and (item.key not in slots or item.features):
                slots[item.key] = item
        for code in others:
            keys = {item.key for item in choice.sides[code] if isinstance(item, Slot)}
            for key in sorted(keys ^ set(slots)):
                self.source.fault(choice.line, "expected the same symbols in every language, got no "
                                               f'<{key}> in "{code if key in slots else first}"'
                                               f"{nearest(key, set(slots) | keys)}; write it there too")
        return slots

    def _child(self, choice: Choice, slot: Slot, left: tuple[str, ...]) -> Child:
        """A table's columns: the last mention in each language is the word, earlier ones are extra columns."""
        mentions = {code: [_column(code, item) for item in side if isinstance(item, Slot) and item.key == slot.key]
                    for code, side in choice.sides.items()}
        form = tuple(columns[-1] for columns in mentions.values())
        extras = tuple(dict.fromkeys(column for columns in mentions.values() for column in columns[:-1]))
        child = self.child(choice.line, slot, left)
        if slot.name not in self.source.columns:
            if extras or form != tuple(choice.sides):
                self.source.fault(choice.line, f"expected <{slot.name}> once in each language and without a column, as it "
                                               "has no table, got more; use a label such as <name@second>")
            return child
        known = self.source.columns[slot.name].names
        for column in [*form, *extras]:
            if column not in known:
                self.source.fault(choice.line, f'expected a column of "{slot.name}" ({" | ".join(known)}), got "{column}"'
                                               f"{nearest(column, known)}; add the column or mend its name")
        return Child(child.name, child.features, form, extras, choice.line)

    @staticmethod
    def _side(choice: Choice, code: str, keys: list[str]) -> tuple[Item, ...]:
        side = choice.sides[code]
        last = {item.key: place for place, item in enumerate(side) if isinstance(item, Slot)}
        items: list[Item] = []
        for place, item in enumerate(side):
            if isinstance(item, str):
                items.append(item)
            else:
                child = keys.index(item.key)
                items.append(child if last[item.key] == place else (child, _column(code, item)))
        return tuple(items)


def _column(code: str, slot: Slot) -> str:
    return f"{code}:{slot.form}" if slot.form else code
