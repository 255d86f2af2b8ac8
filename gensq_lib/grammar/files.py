"""The text of a grammar file; whatever is no ordinary UTF-8 file is refused with the reason and what to do."""
import stat
from pathlib import Path

from gensq_lib.errors import GensqError

LARGEST = 10_000_000  # bytes: a grammar that a person wrote is far smaller


def text_of(path: Path) -> str:
    """The file's text; refuses folders, pipes and devices before opening them, so that nothing waits for ever."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or device"
            raise GensqError(f"{path}: expected a grammar file, got {kind}; give the path of an ordinary text file")
        if status.st_size > LARGEST:
            raise GensqError(f"{path}: expected at most {LARGEST:,} bytes, got {status.st_size:,}; split the grammar")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, GensqError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise GensqError(f"{path}: expected a readable grammar file, got: {reason}; check the path") from None
    return _decoded(path, data)


def _decoded(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise GensqError(f"{path}, line {line}: expected UTF-8, got the byte {data[error.start]:#04x}; "
                         "save the file as UTF-8") from None
    if not text.strip():
        raise GensqError(f"{path}: expected a grammar, got an empty file; start from a copy of data/world.grammar")
    return text
