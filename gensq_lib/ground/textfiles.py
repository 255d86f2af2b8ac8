"""Text files that a reader brings: a grammar, a corpus. Every way in which a file can be wrong is one sentence.

Nothing is opened that could wait for ever (a pipe), never end (a device) or not fit in memory.
"""
import stat
from pathlib import Path

from gensq_lib.ground.errors import GensqError, expect


def text_of(path: Path, *, kind: str, largest: int) -> str:
    """The file's text; Windows, Unix and old Mac line ends and a byte-order mark are all right.

    `kind` is what the file should be, for the message: "a grammar". `largest` is in bytes.
    """
    text = decoded(bytes_of(path, kind=kind, largest=largest), path, kind=kind)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decoded(data: bytes, path: Path, *, kind: str, before: int = 0) -> str:
    """The text in bytes of a file, behind `before` lines of it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GensqError(f"expected {kind} in UTF-8, got the byte {data[error.start]:#04x} in line "
                         f"{before + line_of(data, error.start)} of {path}; save the file as UTF-8 "
                         "(for example: iconv -f cp1252 -t utf-8 OLD > NEW)") from None
    if (place := data.find(b"\0")) >= 0:
        raise GensqError(f"expected {kind} in plain text, got a NUL byte in line {before + line_of(data, place)} of {path}; "
                         "save it anew")
    return text


def bytes_of(path: Path, *, kind: str, largest: int) -> bytes:
    """What is in the file. Folders, pipes and devices are refused before they are opened."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            got = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or device"
            raise GensqError(f"expected {kind}, got {got}: {path}; give the path of an ordinary file")
        size = status.st_size
        expect(size <= largest, f"expected {kind} of at most {largest:,} bytes, got {size:,} in {path}; take a part of it")
        return path.read_bytes()
    except GensqError:
        raise
    except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        raise GensqError(f"expected {kind} that can be read, got: {reason} ({path}); "
                         "check the path and its permissions") from None


def line_of(data: bytes, place: int) -> int:
    """The number of the line in which a byte stands."""
    return data.count(b"\n", 0, place) + 1
