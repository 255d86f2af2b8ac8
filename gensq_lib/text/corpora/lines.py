"""The lines of a file that is not read at once: where each begins and how many tokens it has at most, as numpy arrays.

One pass over the file finds both, checks its encoding and its tabs, and hashes it; a second or so for a million lines, and
seven bytes of memory for each, or more where there are cells. A line itself is read when it is asked for.
"""
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Int, Integer, UInt8

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.textfiles import decoded

KIND = "a text file"
BLOCK = 2**18  # bytes that are looked at together
LONGEST = 2**26  # bytes of a line
MANY = 30_000  # tokens: of a line with more it is not known how many
RETURN, NEWLINE, TAB = map(ord, "\r\n\t")
SPACE, LETTER, BEGIN, INSIDE = range(4)  # what a byte is: of a word, a token of its own (or the first of a character), its rest
BYTES = np.array([SPACE if i <= 32 or i == 127 else INSIDE if 128 <= i < 192 else
                  LETTER if i < 128 and (chr(i).isalnum() or chr(i) == "_") else BEGIN for i in range(256)], dtype=np.uint8)


class Lines:
    """`lines[i]` is line i. Only a file that was not changed since is read.

    `sizes` are bounds: a run of ASCII letters is a token, every other character one, too, so "don't" and "né" count as several
    though they are one each. With `cells` they are those of the cells between tabs, a column for each.
    """

    def __init__(self, path: Path, *, cells: int = 1):
        try:
            self.file = open(path, "rb", buffering=0)
        except OSError as error:
            raise GensqError(f"expected {KIND} that can be read, got: {error.strerror} ({path}); "
                             "check the path and its permissions") from None
        self.path, self._stamp, digest = path, _stamp(self.file.fileno()), hashlib.sha256()
        width = np.uint32 if os.fstat(self.file.fileno()).st_size < 2**32 else np.int64  # of a place in the file
        starts, sizes, tabs = [np.zeros(1, width)], [], []
        for place, block in _blocks(self.file, path):
            digest.update(block)
            decoded(block, path, kind=KIND, before=sum(map(len, sizes)))
            ends, found, num_tabs = _measured(np.frombuffer(block, np.uint8), cells)
            starts.append((place + ends).astype(width))
            sizes.append(found)
            tabs.append(num_tabs)
        self._starts, self.digest = np.concatenate(starts), digest.hexdigest()
        self.sizes: Int[np.ndarray, "line cell"] = np.concatenate([np.zeros((0, cells), np.int16), *sizes])
        self.tabs: UInt8[np.ndarray, "line"] = np.concatenate([np.zeros(0, np.uint8), *tabs])

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    def num_bytes(self) -> Integer[np.ndarray, "line"]:
        """Of each line, its end included."""
        return np.diff(self._starts)

    def __getitem__(self, i: int) -> str:
        return self.some((i,))[0]

    def some(self, index: Sequence[int] | Int[np.ndarray, "some"]) -> list[str]:
        """These lines."""
        if _stamp(self.file.fileno()) != self._stamp:
            raise GensqError(f"expected {self.path} as it was when it was opened, got a file that was changed since; "
                             "load the corpus anew")
        index, found = np.asarray(index, dtype=np.int64), []
        for start, end in zip(self._starts[index].tolist(), self._starts[index + 1].tolist()):
            self.file.seek(start)
            found.append(self.file.read(end - start).decode("utf-8" if start else "utf-8-sig").rstrip("\r\n"))
        return found


def _stamp(descriptor: int) -> tuple[int, int]:
    """What changes with a file: when it was written, and its size."""
    status = os.fstat(descriptor)
    return status.st_mtime_ns, status.st_size


def _blocks(file, path: Path) -> Iterator[tuple[int, bytes]]:
    """The file in pieces that end with a line, and where each begins."""
    place, rest = 0, b""
    while more := file.read(BLOCK):
        rest += more
        cut = max(rest.rfind(b"\n"), rest[:-1].rfind(b"\r")) + 1  # behind a \r at the very end an \n may follow
        if len(rest) - cut > LONGEST:
            raise GensqError(f"expected lines of at most {LONGEST:,} bytes in {path}, got a longer one; break it")
        if cut:
            yield place, rest[:cut]
            place, rest = place + cut, rest[cut:]
    if rest:
        yield place, rest


def _measured(block: UInt8[np.ndarray, "byte"], cells: int
              ) -> tuple[Int[np.ndarray, "line"], Int[np.ndarray, "line cell"], UInt8[np.ndarray, "line"]]:
    """Where each line ends, its end included; how many tokens each of its first cells has at most; how many tabs it has."""
    lasts = np.flatnonzero((block == NEWLINE) | (block == RETURN) & (np.append(block[1:], 0) != NEWLINE))
    ends = lasts + 1 if len(lasts) and lasts[-1] + 1 == len(block) else np.append(lasts + 1, len(block))
    starts = np.append(0, ends[:-1])
    kinds = BYTES[block]
    begins = (kinds == BEGIN) | (kinds == LETTER) & (np.append(SPACE, kinds[:-1]) != LETTER)
    before = np.zeros(len(block) + 1, np.int32)  # begins before each byte
    np.cumsum(begins, out=before[1:])
    tabs = np.flatnonzero(block == TAB)
    first = np.searchsorted(tabs, starts)
    num_tabs = np.searchsorted(tabs, ends) - first
    sizes, here = np.zeros((len(ends), cells), np.int16), starts
    for cell in range(cells):
        reached = np.append(tabs, len(block))[np.minimum(first + cell, len(tabs))]
        there = np.minimum(reached, ends) if cells > 1 else ends
        sizes[:, cell] = np.minimum(before[there] - before[here], MANY)
        here = there
    return ends, sizes, np.minimum(num_tabs, 255).astype(np.uint8)
