"""Files that hold text: read with care, or fetched once and checked by their sha256.

Every way in which a file can be wrong ends in one sentence that names it; nothing is unpickled, nothing is executed.
"""
import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from gensq_lib.errors import GensqError
from gensq_lib.runtime import cache_folder, data_folder

LARGEST = 200_000_000  # bytes: more than that does not fit in memory as tokens


@dataclass(frozen=True)
class Remote:
    """A public file: where it is kept below a data folder, its address, and what must be true of its bytes."""

    path: str
    url: str
    sha256: str
    num_bytes: int
    licence: str


def lines(path: Path) -> list[str]:
    """The lines of a text file. Windows, Unix and old Mac line ends and a byte-order mark are all right."""
    data = _bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GensqError(f"expected UTF-8 text in {path}, got the byte {data[error.start]:#04x} in line "
                         f"{_line(data, error.start)}; save the file as UTF-8") from None
    if (place := data.find(b"\0")) >= 0:
        raise GensqError(f"expected text in {path}, got a NUL byte in line {_line(data, place)}; "
                         "give a plain text file, one sentence a line")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def fetched(remote: Remote) -> Path:
    """The file, from `GENSQ_DATA`, else from the cache, else from its address; never with another sha256."""
    folder = data_folder()
    if folder and (folder / remote.path).exists():
        return _checked(folder / remote.path, remote)
    kept = cache_folder() / "corpora" / remote.path
    if not kept.is_file() or _sha256(kept) != remote.sha256:
        _download(remote, kept)
    return kept


def _download(remote: Remote, path: Path) -> None:
    import pooch  # here, because it is slow to import and rarely needed

    try:
        pooch.retrieve(remote.url, known_hash=f"sha256:{remote.sha256}", fname=path.name, path=path.parent)
    except (OSError, ValueError) as error:  # requests' errors are OSErrors; a wrong hash is a ValueError
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise GensqError(
            f"expected to fetch {remote.url}, got: {reason}; without a network set GENSQ_DATA to a folder that holds "
            f"{remote.path} ({remote.num_bytes:,} bytes, sha256 {remote.sha256}, licence {remote.licence})") from None


def _checked(path: Path, remote: Remote) -> Path:
    found = hashlib.sha256(_bytes(path)).hexdigest()
    if found != remote.sha256:
        raise GensqError(f"expected {path} with {remote.num_bytes:,} bytes and sha256 {remote.sha256}, got "
                         f"{path.stat().st_size:,} bytes and sha256 {found}; replace it by the file at {remote.url}")
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _bytes(path: Path) -> bytes:
    """What is in the file. Folders, pipes and devices are refused before they are opened: they could wait for ever."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or device"
            raise GensqError(f"expected a text file, got {kind}: {path}; give the path of an ordinary file")
        if status.st_size > LARGEST:
            raise GensqError(f"expected at most {LARGEST:,} bytes, got {status.st_size:,} in {path}; take a part of it")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, GensqError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise GensqError(f"expected a readable file, got: {reason} ({path}); check the path and its permissions") from None


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1
