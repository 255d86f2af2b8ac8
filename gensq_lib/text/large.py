"""Sequences that are too large to be held: of each item its place and its sizes are kept, as numbers, and it is made anew
whenever it is asked for."""
import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int

LOOKED_AT = 20_000  # items that stand for all of them where words are counted


class Large(Sequence):
    """`make(place)` is the item of a place. Slices and what is `mapped` are such sequences, too.

    `sizes` says how many tokens an item has at most, a column for each of its sides, so that nothing is read to put like lengths
    together. Its order is one of chance: the first items stand for all of them (`looked_at`). `source` names what it is made of.
    """

    def __init__(self, make: Callable[[int], Any], places: Int[np.ndarray, "item"], sizes: Int[np.ndarray, "item side"], *,
                 source: str):
        self.make, self.places, self.sizes, self.source = make, places, sizes, source

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, i: int | slice) -> Any:
        if isinstance(i, slice):
            return Large(self.make, self.places[i], self.sizes[i], source=self.source)
        return self.make(int(self.places[i]))

    @property
    def digest(self) -> str:
        """A hash that changes with what it is made of, and with which items there are."""
        return hashlib.sha256(self.source.encode() + self.places.tobytes()).hexdigest()


def mapped(make: Callable[[Any], Any], items: Iterable) -> Sequence:
    """`make` of each item: a list, or of a `Large` another one."""
    if isinstance(items, Large):
        return Large(lambda place: make(items.make(place)), items.places, items.sizes, source=items.source)
    return list(map(make, items))


def looked_at(items: Iterable) -> Iterable:
    """The items; of a `Large` the first `LOOKED_AT`."""
    return items[:LOOKED_AT] if isinstance(items, Large) else items
