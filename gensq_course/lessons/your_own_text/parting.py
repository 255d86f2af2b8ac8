"""What of a reader's text stays in one part: near copies, lines in a row, blocks between marks, what a column says is one.

The library splits by sentence. Where lines belong together (a chapter, a talk), their neighbours give names and topics away.
"""
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import accumulate

from gensq_lib.diagnostics import leaks
from gensq_lib.ground.errors import expect
from gensq_lib.text import corpora
from gensq_lib.text.corpora import Corpus, own
from gensq_lib.text.corpora.splits import number_of
from gensq_lib.text.corpora.text import key
from gensq_lib.text.vocab import Sentence

NEAR = "near"
WAYS = f"{NEAR} (near copies), a number (so many lines in a row), the name of a column, or the mark between items, such as %"
SHORT = 2_000  # sentences: of fewer a tenth is held out for the test, and a tenth for validation; else a twentieth
FEWEST = 5  # sentences in a part: with fewer nothing can be tested


def parted(name: str, text: Corpus, groups: str = "") -> Corpus:
    """The same sentences split anew, a group in one part; "" is by sentence. Its vocabulary is still that of the library's split.

    What a held-out part would say word for word as training does, of another group, is left out of it and counted.
    """
    items, keys = grouped(name, text, groups) if groups else (_all(text), list(map(key, _all(text))))
    size = len(items) // (10 if len(items) < SHORT else 20)
    place = placed(keys, size)
    train, valid, test = ([item for item, of in zip(items, keys, strict=True) if place[of] == part] for part in range(3))
    said = set(map(key, train))
    fresh = [[sentence for sentence in part if key(sentence) not in said] for part in (valid, test)]
    fewest, largest = min(map(len, fresh)), max(Counter(keys).values())
    expect(fewest >= FEWEST, f"expected at least {FEWEST} sentences each for validation and test in {name}, got {fewest} "
                             f"({len(place):,} groups of {len(items):,} lines, the largest of {largest:,}); "
                             + ("make smaller groups" if groups else "bring some 300 lines"))
    lost = len(valid) + len(test) - sum(map(len, fresh))
    notes = (f"split by groups={groups}, {len(place):,} of them; {lost:,} held-out sentences that training says, too, left out",)
    return replace(text, train=train, valid=fresh[0], test=fresh[1], notes=text.notes + notes * bool(groups))


def placed(keys: Sequence[Hashable], size: int) -> dict[Hashable, int]:
    """The part of each group, 0 (training), 1 or 2, in an order by its name alone: the held-out ones are filled up to `size`.

    A group that does not fit goes to training.
    """
    room, place = {2: size, 1: size}, {}
    for of, num in sorted(Counter(keys).items(), key=lambda group: number_of("group", group[0])):
        place[of] = next((part for part, left in room.items() if num <= left), 0)
        room[place[of]] = room.get(place[of], 0) - num
    return place


def grouped(name: str, text: Corpus, groups: str) -> tuple[list[Sentence], list[Hashable]]:
    """The sentences in the order of their file, and the group of each."""
    it = corpora.found(name)
    expect(it.path is not None and not it.path.is_dir(),
           f"expected a file of yours for groups={groups}, got {name}; leave groups empty")
    written = own.texts(it.path, column=it.column if it.entry.behind else None)
    spelled: dict[str, deque[Sentence]] = defaultdict(deque)
    for sentence in _all(text):
        spelled[key(sentence)].append(sentence)
    found = [(spelled[said].popleft(), row) for row, line in enumerate(written)
             if spelled[said := key(text.read(own.CODES.sub("", line)))]]
    items, rows = [item for item, _ in found], [row for _, row in found]
    if groups == NEAR:
        return items, leaks.groups(len(items), [(i, j) for i, j, _ in leaks.near(items)])
    if groups.isdecimal() and int(groups) > 0:
        return items, [place // int(groups) for place in range(len(items))]
    if it.column:
        says = own.texts(it.path, column=groups)
        expect(len(says) == len(written), f"expected the names of both columns, got a number and a name ({name}, "
                                          f"groups={groups}); name both")
        return items, [says[row] for row in rows]
    marks = [own.CODES.sub("", line).strip() == groups for line in written]
    expect(any(marks), f'expected for groups {WAYS}, got "{groups[:40]}", which is no line of {it.path}; choose one of these')
    block = list(accumulate(marks))
    return items, [block[row] for row in rows]


def _all(text: Corpus) -> list[Sentence]:
    return [*text.train, *text.valid, *text.test]
