"""The grammar put together: symbols, their weighted alternatives, and what follows by one recursion over them.

There is no recursion in the grammar itself, so entropy, counts and lengths are exact. Probabilities are those of
derivations; in an unambiguous grammar they are those of sentences.
"""
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, product
from typing import NamedTuple


@dataclass(eq=False)
class Alternative:
    """One right-hand side: children in the order in which they are drawn, and for each language words and children.

    In `sides[language]` a string is a word and a number is the place of a child in `children`.
    """

    probability: float
    children: tuple["Symbol", ...]
    sides: dict[str, tuple[str | int, ...]]
    line: int
    attributes: dict[str, str] = field(default_factory=dict)

    @cached_property
    def log_prob(self) -> float:
        """Nats."""
        return math.log(self.probability)

    @cached_property
    def branches(self) -> tuple["Symbol", ...]:
        """The children, each once."""
        return tuple(dict.fromkeys(self.children))


@dataclass(eq=False)
class Symbol:
    """A symbol with all its features bound. Probabilities of the alternatives sum to 1."""

    name: str
    line: int
    alternatives: tuple[Alternative, ...] = ()

    @cached_property
    def cumulative(self) -> list[float]:
        """Upper ends of the alternatives' shares of [0, 1]; the last is 1 whatever the rounding."""
        return [*accumulate(a.probability for a in self.alternatives[:-1]), 1.0]

    @cached_property
    def entropy(self) -> float:
        """Nats of one derivation below this symbol: H = sum of p (-log p + entropies of the children)."""
        return math.fsum(a.probability * (-a.log_prob + sum(child.entropy for child in a.children))
                         for a in self.alternatives)

    @cached_property
    def num_derivations(self) -> int:
        """How many trees there are below this symbol."""
        return sum(math.prod(child.num_derivations for child in a.children) for a in self.alternatives)

    @cached_property
    def longest(self) -> dict[str, int]:
        """The most words below this symbol, in each language."""
        longest: dict[str, int] = {}
        for a in self.alternatives:
            for language, side in a.sides.items():
                length = sum(1 if isinstance(item, str) else a.children[item].longest[language] for item in side)
                longest[language] = max(length, longest.get(language, 0))
        return longest

    def derivations(self) -> Iterator["Node"]:
        """Every tree below this symbol. Only for small grammars: there are `num_derivations` of them."""
        for alternative in self.alternatives:
            for children in product(*(list(child.derivations()) for child in alternative.children)):
                yield Node(alternative, children)

    def below(self) -> list["Symbol"]:
        """This symbol and all that it can reach, each once."""
        found: dict[Symbol, None] = {self: None}
        stack = [self]
        while stack:
            for alternative in stack.pop().alternatives:
                for child in alternative.branches:
                    if child not in found:
                        found[child] = None
                        stack.append(child)
        return list(found)


class Node(NamedTuple):
    """A derivation tree: the alternative taken, and the trees of its children in the order of `children`."""

    alternative: Alternative
    children: tuple["Node", ...]

    def words(self, language: str) -> list[str]:
        """The words below this node, before respelling."""
        words: list[str] = []
        stack: list[str | Node] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                words.append(item)
            else:
                side = item.alternative.sides[language]
                stack.extend(part if isinstance(part, str) else item.children[part] for part in reversed(side))
        return words

    def log_prob(self) -> float:
        """Sum of the log-probabilities of all choices, in nats, the same whatever the order of summation."""
        return math.fsum(node.alternative.log_prob for node in self.below())

    def below(self) -> Iterator["Node"]:
        """This node and all nodes of its tree."""
        stack = [self]
        while stack:
            yield (node := stack.pop())
            stack.extend(node.children)
