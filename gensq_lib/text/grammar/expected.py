"""What a sentence holds on average: how often each word stands in it, exactly, given the value of an attribute."""
from collections.abc import Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground.errors import GensqError, listed, nearest

from .grammar import Grammar
from .symbols import Symbol


def given(g: Grammar, attribute: str, value: str) -> Symbol:
    """The start of the sentences that have this value; their probabilities sum to 1 again."""
    if value not in g.attributes.get(attribute, ()):
        known = [f"{name} {each}" for name, values in g.attributes.items() for each in values]
        raise GensqError(f'expected an attribute and a value of {g.path}, {listed(known)}, got "{attribute} {value}"'
                         f"{nearest(f'{attribute} {value}', known) or '; choose one of these'}")
    fitting = [a for a in g.start.alternatives if a.attributes[attribute] == value]
    total = sum(a.probability for a in fitting)
    return Symbol(f"{g.start.name} {value}", g.start.line,
                  tuple(replace(a, probability=a.probability / total) for a in fitting))


def expected_words(starts: Sequence[Symbol], language: str) -> dict[str, Float[Tensor, "start"]]:
    """How often each word stands in a sentence on average, for each start, before respelling.

    Expectations add up whatever depends on what: each symbol hands the times that it is expected to be used on to its children,
    by their probability. Nothing is drawn. Symbols are visited parents first.
    """
    visits: dict[Symbol, Tensor] = {start: row for start, row in zip(starts, torch.eye(len(starts)).double(), strict=True)}
    words: dict[str, Tensor] = {}
    for symbol in _parents_first(starts):
        for alternative in symbol.alternatives:
            times = visits[symbol] * alternative.probability
            for child in alternative.children:
                visits[child] = visits[child] + times if child in visits else times
            for item in alternative.sides[language]:
                if isinstance(item, str):
                    words[item] = words[item] + times if item in words else times
    return words


def _parents_first(starts: Sequence[Symbol]) -> list[Symbol]:
    """All symbols below, each before those it can reach: a search in depth, back to front."""
    order: list[Symbol] = []
    seen: set[Symbol] = set()
    stack = [(start, False) for start in starts]
    while stack:
        symbol, finished = stack.pop()
        if finished:
            order.append(symbol)
        elif symbol not in seen:
            seen.add(symbol)
            stack.append((symbol, True))
            stack += [(child, False) for a in symbol.alternatives for child in a.branches]
    return order[::-1]
