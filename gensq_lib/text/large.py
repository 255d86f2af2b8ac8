"""Sequences that are too large to be held: of each item its place and its sizes are kept, as numbers, and it is made anew
whenever it is asked for."""
import hashlib
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, SupportsIndex

import numpy as np
from jaxtyping import Int

from gensq_lib.ground.errors import GensqError

LOOKED_AT = 20_000  # items that stand for all of them where words are counted
TRIES = 1_000
Made = Callable[[Sequence[int]], list]  # the items of these places, None where a place has none


class Large(Sequence):
    """`made(places)` are the items of some places, or None for one that has none, which only a look at it can tell.

    Batches take `some`, so that each item comes once. As a sequence it has an item at every place: where there is none, that of
    another place, by chance and always the same one. Its order is one of chance, too: the first items stand for all of them.
    `sizes` says how many tokens an item has at most, a column for each of its sides, so that nothing is read to put like lengths
    together. `source` names what it is made of. Slices and what is `mapped` are such sequences.
    """

    def __init__(self, made: Made, places: Int[np.ndarray, "item"], sizes: Int[np.ndarray, "item side"], *, source: str,
                 whole: Int[np.ndarray, "place"] | None = None):
        self.made, self.places, self.sizes, self.source = made, places, sizes, source
        self.whole = places if whole is None else whole  # where another place is taken from: a slice has the items of old

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, i: SupportsIndex | slice) -> Any:
        if isinstance(i, slice):
            return Large(self.made, self.places[i], self.sizes[i], source=self.source, whole=self.whole)
        place = int(self.places[i])
        for again in range(TRIES):
            if (item := self.made((place,))[0]) is not None:
                return item
            place = int(self.whole[zlib.crc32(f"{place} {again}".encode()) % len(self.whole)])
        raise GensqError(f"expected items among {len(self.whole):,} places, got none in {TRIES:,}; take another text")

    def some(self, index: Sequence[int] | Int[np.ndarray, "some"], *, most: int | None = None) -> list:
        """The items at these places, as far as there are any; of more than `most` the first ones."""
        left, found = self.places[np.asarray(index, dtype=np.int64)].tolist(), []
        wanted = len(left) if most is None else most
        while left and len(found) < wanted:
            asked, left = left[: wanted - len(found)], left[wanted - len(found) :]
            found += [item for item in self.made(tuple(asked)) if item is not None]
        return found

    @property
    def digest(self) -> str:
        """A hash that changes with what it is made of, and with which items there are."""
        return hashlib.sha256(self.source.encode() + self.places.tobytes()).hexdigest()


def mapped(make: Callable[[Any], Any], items: Iterable, *, sides: slice = slice(None)) -> Sequence:
    """`make` of each item: a list, or of a `Large` another one. `sides` says which of the old sizes the new ones are."""
    if not isinstance(items, Large):
        return list(map(make, items))

    def made(places: Sequence[int]) -> list:
        return [None if item is None else make(item) for item in items.made(places)]

    return Large(made, items.places, items.sizes[:, sides], source=items.source, whole=items.whole)


def together(first: Large, second: Large) -> Large:
    """Pairs of what two of the same places have."""
    def both(places: Sequence[int]) -> list:
        pairs = zip(first.made(places), second.made(places), strict=True)
        return [None if pair[0] is None else pair for pair in pairs]

    return Large(both, first.places, first.sizes, source=first.source, whole=first.whole)


def looked_at(items: Iterable) -> Iterable:
    """The items; of a `Large` those at its first `LOOKED_AT` places."""
    return items.some(range(min(LOOKED_AT, len(items)))) if isinstance(items, Large) else items
