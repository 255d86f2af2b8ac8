"""Clicks: who clicked on what, as a table of 0 and 1. Of the world of tastes, or of a reader's own file.

Users are split, not clicks: whoever is tested was never trained on (strong generalisation, Liang et al. 2018). Of each of them
some clicks are given, and the others are held out and to be found.
"""
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from gensq_lib.ground import runtime
from gensq_lib.ground.errors import GensqError, border, expect, nearest, whole
from gensq_lib.ground.textfiles import text_of
from gensq_lib.vectors import tastes
from gensq_lib.vectors.tastes import Neighbours, Tastes

NAME, FILE = "tastes", "file:"
SHARE = 0.5  # of the clicks of a tested user that are given
SIZES = {"train": 1_000, "valid": 500, "test": 1_000}  # neighbours of the world
LARGEST, MOST_USERS, MOST_ITEMS = 50_000_000, 20_000, 2_000  # bytes; the table is dense, EASE inverts items by items
FEWEST_USERS, FEWEST_ITEMS, LEAST = 40, 5, 2  # of a file; users with fewer than LEAST clicks cannot be tested
Pairs = Sequence[tuple[str, str]]  # user and item
Table = Float[Tensor, "user item"]


@dataclass(frozen=True)
class FoldIn:
    """Users who are tested: what a recommender is given of each, and what it should find. Taught in lesson 18."""

    given: Table
    held_out: Table

    def __len__(self) -> int:
        return len(self.given)


@dataclass(frozen=True)
class Clicks:
    """The table of the training users, and tested users; `world` and `tested` are there where the truth is known.

    Taught in lesson 18.
    """

    name: str
    items: tuple[str, ...]
    train: Table
    valid: FoldIn
    test: FoldIn
    world: Tastes | None = None
    tested: Neighbours | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()


def hold_out(clicks: Table, *, share: float = SHARE, generator: torch.Generator) -> FoldIn:
    """Each click is given with this chance and held out otherwise. A user may be left with nothing to find, or nothing given."""
    expect(0 < share < 1, f"expected a share between 0 and 1, got {share}; {SHARE} gives half of the clicks")
    kept = (torch.rand(clicks.shape, generator=generator) < share).to(clicks)
    return FoldIn(clicks * kept, clicks * (1 - kept))


def load(name: str = NAME, *, seed: int = 0, num_train: int = 0) -> Clicks:
    """The world of tastes ("tastes"), or "file:PATH" with lines user<TAB>item. `num_train` training users, 0: as usual or all.

    Taught in lesson 18.
    """
    right = isinstance(name, str) and whole(seed) and whole(num_train)
    expect(right, f"expected a name, and a seed and num_train of 0 or more, got {name!r}, {seed!r} and {num_train!r}; "
                  'write load("tastes")')
    if name == NAME:
        return _of_world(seed=seed, num_train=num_train or SIZES["train"])
    if not name.startswith(FILE) or name == FILE:
        raise GensqError(f'expected clicks out of "{NAME}", "{FILE}PATH", got "{name}"'
                         f'{nearest(name, [NAME]) or f"; put {FILE} before the path of a file"}')
    return _of_file(Path(name.removeprefix(FILE)).expanduser(), name=name, seed=seed, num_train=num_train)


def _of_world(*, seed: int, num_train: int) -> Clicks:
    world = tastes.load()
    sizes = SIZES | {"train": num_train}
    drawn = {part: world.sample(num, generator=runtime.generator(seed, "tastes", part)) for part, num in sizes.items()}
    valid, test = (hold_out(drawn[part].clicks, generator=runtime.generator(seed, "held out", part))
                   for part in ("valid", "test"))
    return Clicks(NAME, world.items, drawn["train"].clicks, valid, test, world, drawn["test"])


def _of_file(path: Path, *, name: str, seed: int, num_train: int) -> Clicks:
    found, notes = read_pairs(path)
    common = [item for item, _ in Counter(item for _, item in found).most_common(MOST_ITEMS)]
    kept = set(common)
    users: dict[str, list[int]] = {}
    place = {item: i for i, item in enumerate(common)}
    for user, item in found:
        if item in kept:
            users.setdefault(user, []).append(place[item])
    order = torch.randperm(len(users), generator=runtime.generator(seed, "users")).tolist()
    everybody = list(users.values())
    chosen = [everybody[i] for i in order[:MOST_USERS]]
    several, single = ([each for each in chosen if (len(each) >= LEAST) == wanted] for wanted in (True, False))
    if len(several) < FEWEST_USERS or len(common) < FEWEST_ITEMS:
        raise GensqError(f"expected {FEWEST_USERS} users or more with {LEAST} different items or more each, and {FEWEST_ITEMS} "
                         f"items, got {len(several)} and {len(common)} in {path}; nobody could be tested on fewer: add lines")
    num = max(len(several) // 7, 10)
    parts = several[:num], several[num : 2 * num], [*several[2 * num :], *single]
    test, valid, train = (_table(part, len(common)) for part in parts)
    notes += tuple(f"{what} left out: {num:,}" for what, num in
                   (("items beyond the most frequent", len({item for _, item in found}) - len(common)),
                    ("users beyond those that were drawn", len(users) - len(chosen))) if num)
    notes += (f"users with one item, kept for training alone: {len(single):,}",) if single else ()
    held = [hold_out(part, generator=runtime.generator(seed, "held out", which))
            for which, part in (("valid", valid), ("test", test))]
    return Clicks(name, tuple(common), train[: num_train or len(train)], *held, notes=notes)


def _table(users: Sequence[Sequence[int]], num_items: int) -> Table:
    table = torch.zeros(len(users), num_items)
    for row, items in zip(table, users, strict=True):
        row[list(items)] = 1.0
    return table


def read_pairs(path: Path) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """Lines user<TAB>item, each pair once, and what is to be said of the reading. Empty lines are passed over."""
    lines = text_of(path, kind="clicks", largest=LARGEST).split("\n")
    read = [tuple(part.strip() for part in line.split("\t")) for line in lines]
    wrong = [i for i, (line, parts) in enumerate(zip(lines, read, strict=True), start=1)
             if line.strip() and (len(parts) != 2 or not all(parts))]
    if wrong:
        raise GensqError(f"expected user<TAB>item in line {wrong[0]} of {path}, got {lines[wrong[0] - 1][:60]!r} "
                         f"({len(wrong):,} such lines); write two names with one tab between")
    pairs = [parts for line, parts in zip(lines, read, strict=True) if line.strip()]
    expect(pairs, f"expected lines user<TAB>item in {path}, got none; write one click a line")
    once = list(dict.fromkeys(pairs))
    return once, (f"lines that say a click again, counted once: {len(pairs) - len(once):,}",) if len(once) < len(pairs) else ()


def frequent(pairs: Pairs, *, users_of_an_item: int = 1, items_of_a_user: int = 1) -> list[tuple[str, str]]:
    """Pairs whose item has so many users, and then those whose user has so many items left; no user or item is counted twice.

    Whoever publishes a metric says both numbers: on users with many clicks everybody looks better. To be applied before users
    are split, on all of a user's clicks, never on those that were held out. Taught in lesson 18.
    """
    count = Counter(item for _, item in set(pairs))
    left = [pair for pair in pairs if count[pair[1]] >= users_of_an_item]
    count = Counter(user for user, _ in set(left))
    return [pair for pair in left if count[pair[0]] >= items_of_a_user]


border(globals())
