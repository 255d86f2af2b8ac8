"""Train, validation and test without leaks: a sentence's own hash says where it belongs, whatever else is there.

Spellings of one sentence share a key (`text.key`) and stay together. Pairs that share a side, directly or through
other pairs, are one component and stay together, so that no sentence of either language is in two parts.
"""
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Generic, TypeVar

from gensq_lib.ground.errors import GensqError
from gensq_lib.text.vocab import Sentence

Item = TypeVar("Item")
Node = tuple[int, str]  # side, key


@dataclass(frozen=True)
class Parts(Generic[Item]):
    """About 90 %, 5 % and 5 %, each in an order that has nothing to do with the file's."""

    train: Sequence[Item]
    valid: list[Item]
    test: list[Item]

    def each(self, change: Callable[[list[Item]], list]) -> "Parts":
        """The same change in all three parts."""
        return Parts(change(self.train), change(self.valid), change(self.test))


def number_of(*key: object) -> int:
    """A number from 0 to 2**64, the same on every machine."""
    return _number("\t".join(map(str, key)))


def _number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")


def part_of(source: Sentence) -> str:
    """Where a source of a grammar (a prompt) belongs, whatever else is drawn: about 80 %, 10 % and 10 %."""
    return {0: "test", 1: "valid"}.get(number_of("prompt", *source) % 10, "train")


def _content(item: object) -> object:
    """What is hashed of an item: of a pair its parts, so that the name of its class is no part of the order."""
    return tuple(vars(item).values()) if is_dataclass(item) else item


def part_by(key: str) -> str:
    """Where an item with this key belongs."""
    place = _number(key) % 100
    return "test" if place < 5 else "valid" if place < 10 else "train"


def split(items: Sequence[Item], keys: Sequence[str]) -> Parts[Item]:
    """Each item goes where its key says."""
    parts: dict[str, list[Item]] = {"train": [], "valid": [], "test": []}
    for item, key in zip(items, keys, strict=True):
        parts[part_by(key)].append(item)
    return Parts(**{part: sorted(inside, key=lambda item: number_of(part, _content(item))) for part, inside in parts.items()})


def components(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """One name per pair of keys, the same for all pairs of a component (union-find)."""
    parent: dict[Node, Node] = {}
    pairs = list(pairs)
    for left, right in pairs:
        a, b = _root(parent, (0, left)), _root(parent, (1, right))
        parent[max(a, b)] = min(a, b)  # the smallest key is the root, in whatever order the pairs come
    return [str(_root(parent, (0, left))) for left, _ in pairs]


def alone(key: str) -> str:
    """The name of a component whose source has this key, where nothing is shared."""
    return str((0, key))


def _root(parent: dict[Node, Node], node: Node) -> Node:
    while (above := parent.setdefault(node, node)) != node:
        parent[node] = parent[above]  # halve the way for those who come later
        node = above
    return node


def subset(items: list[Item], num: int, *, seed: int) -> list[Item]:
    """`num` of the items, chosen by the seed; 0 means all."""
    if num < 0 or num > len(items):
        raise GensqError(f"expected num_train from 1 to {len(items):,} (all of them), got {num:,}; 0 takes all")
    return sorted(items, key=lambda item: number_of(seed, _content(item)))[:num] if num else items
