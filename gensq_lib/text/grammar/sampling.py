"""Draws from a grammar: trees, or, several times faster, only the words.

Every symbol with more than one alternative takes one number from the generator; symbols are drawn depth first, in
the order of the first language. So both ways, in every language, draw the same sentences from the same seed.
"""
import random
from bisect import bisect

import torch

from gensq_lib.ground.errors import GensqError

from .symbols import Alternative, Node, Symbol

Plan = tuple[list[float] | None, list]  # cumulative probabilities (None: nothing to choose), right-hand sides


def seeded(generator: torch.Generator, num: int = 0) -> random.Random:
    """For `num` sentences: one integer of the generator seeds Python's own, whose numbers are the same everywhere."""
    if num < 0:
        raise GensqError(f"expected a number of sentences of at least 0, got {num}; ask for more")
    return random.Random(int(torch.randint(2**62, (1,), generator=generator, device=generator.device)))


def drawn(symbol: Symbol, uniform: random.Random) -> Node:
    """A tree below `symbol`."""
    choices = symbol.alternatives
    alternative = choices[bisect(symbol.cumulative, uniform.random())] if len(choices) > 1 else choices[0]
    return Node(alternative, tuple(drawn(child, uniform) for child in alternative.children))


class Writer:
    """Draws and writes at the same time, in one language.

    A right-hand side is stored back to front, ready for a stack: words, and plans for the symbols in it. Where its
    symbols are not in the order of drawing it is a list: those plans in order, and the side with their places.
    """

    def __init__(self, start: Symbol, language: str) -> None:
        self.language = language
        self.plans: dict[Symbol, Plan] = {}
        self.start = self._plan(start)

    def write(self, num: int, uniform: random.Random) -> list[list[str]]:
        """The words of `num` sentences."""
        return [self._expand(self.start, uniform.random) for _ in range(num)]

    def _plan(self, symbol: Symbol) -> Plan:
        if symbol not in self.plans:
            many = len(symbol.alternatives) > 1
            self.plans[symbol] = (symbol.cumulative if many else None, [self._side(a) for a in symbol.alternatives])
        return self.plans[symbol]

    def _side(self, alternative: Alternative) -> tuple | list:
        plans = [self._plan(child) for child in alternative.children]
        side = alternative.sides[self.language][::-1]
        drawing = [item for item in side if isinstance(item, int) and not _fixed(plans[item])]
        if drawing == sorted(drawing, reverse=True):
            return tuple(part for item in side for part in (_inline(plans[item]) if isinstance(item, int) else (item,)))
        return [plans, side]

    def _expand(self, plan: Plan, uniform) -> list[str]:
        words: list[str] = []
        stack: list = [plan]
        pop, extend, append = stack.pop, stack.extend, words.append
        while stack:
            item = pop()
            if item.__class__ is str:
                append(item)
                continue
            cumulative, sides = item
            side = sides[bisect(cumulative, uniform())] if cumulative else sides[0]
            extend(side if side.__class__ is tuple else self._reordered(*side, uniform))
        return words

    def _reordered(self, plans: list[Plan], side: tuple[str | int, ...], uniform) -> list[str]:
        """The words, back to front, of children drawn in one order and written in another."""
        parts = [self._expand(plan, uniform) for plan in plans]
        words: list[str] = []
        for item in side:
            if item.__class__ is str:
                words.append(item)
            else:
                words.extend(reversed(parts[item]))
        return words


def _inline(plan: Plan) -> tuple:
    """What to put on the stack for a symbol: its only side, where there is nothing to choose."""
    cumulative, sides = plan
    return sides[0] if cumulative is None and isinstance(sides[0], tuple) else (plan,)


def _fixed(plan: Plan) -> bool:
    """Whether nothing is drawn below: always the same words."""
    return all(isinstance(part, str) for part in _inline(plan))
