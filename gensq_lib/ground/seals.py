"""Files that we write and read back end with a digest, so that a damaged one is named in a sentence and never used.

In the cache it is of the file's name, too. It finds accidents and is no signature: what is read is still never executed.
"""
import hashlib
import sys
from pathlib import Path

from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.ground.places import atomic_write
from gensq_lib.ground.textfiles import bytes_of

MARK = b"\ngensq sha256 "  # stands before the digest, at the end of the file
LARGEST = 10**10  # bytes


def seal(path: Path | str, content: bytes, *, name: str = "") -> None:
    """The content and its digest, whole or not at all; in the cache with the `name` of the file."""
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        file.writelines((content, MARK, _digest(content, name)))


def unseal(path: Path | str, *, name: str = "") -> bytes:
    """What `seal` wrote under this `name`; anything else is refused. What to do then, the caller says."""
    content, _, digest = bytes_of(Path(path), kind="a file of gensq", largest=LARGEST).rpartition(MARK)
    right = digest == _digest(content, name)
    expect(right, f"expected {path} as it was written, got a file that is damaged, of an older version or not of gensq")
    return content


def kept(path: Path) -> bytes | None:
    """What lies in the cache; None when there is nothing, and when it is damaged, which is said: then it is made anew."""
    try:
        return unseal(path, name=path.name) if path.exists() else None
    except GensqError as error:
        print(f"gensq: {error}; it is made anew.", file=sys.stderr, flush=True)
        return None


def _digest(content: bytes, name: str) -> bytes:
    found = hashlib.sha256(f"{name}\n".encode())
    found.update(content)
    return found.hexdigest().encode()
