"""The files behind corpora: a reader's own, or fetched once and checked by their sha256. Nothing in them is executed."""
import hashlib
import io
import sys
import tomllib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import cache_folder, data_folder
from gensq_lib.ground.textfiles import bytes_of, text_of

LARGEST = 60_000_000  # bytes, about a million sentences: more takes minutes to read and gigabytes as tokens


@dataclass(frozen=True)
class Remote:
    """A public file: where it is kept below a data folder, its address, and what must be true of its bytes.

    An archive that a server packs anew for each version of its own has other bytes there: of one, `members` says below which
    folder its files are, and `sha256` is that of the list of them that `sha256sum` writes.
    """

    path: str
    url: str
    sha256: str
    num_bytes: int
    licence: str
    members: str = ""


def remotes_in(folder: str) -> tuple[Remote, ...]:
    """The public files of this folder."""
    row = tomllib.loads(Path(__file__).with_name("remotes.toml").read_text("utf-8"))[folder]
    return tuple(Remote(f"{folder}/{name}", row["page"] + facts.pop("at", name), licence=row["licence"], **facts)
                 for name, facts in row["files"].items())


def lines(path: Path) -> list[str]:
    """The lines of a text file."""
    return text_of(path, kind="a text file", largest=LARGEST).split("\n")


def fetched(remote: Remote) -> Path:
    """The file, from `GENSQ_DATA`, else from the cache, else from its address; never with another sha256."""
    folder = data_folder()
    if folder and (folder / remote.path).exists():
        return _checked(folder / remote.path, remote)
    kept = cache_folder() / "corpora" / remote.path
    if damaged := kept.is_file() and _sha256(kept, remote) != remote.sha256:
        print(f"gensq: expected {kept} as it was fetched, got another content; it is fetched again.", file=sys.stderr)
    if damaged or not kept.is_file():
        _download(remote, kept)
    return kept


def _download(remote: Remote, path: Path) -> None:
    import pooch  # here, because it is slow to import and rarely needed

    try:
        known = None if remote.members else f"sha256:{remote.sha256}"
        pooch.retrieve(remote.url, known_hash=known, fname=path.name, path=path.parent)
    except (OSError, ValueError) as error:  # requests' errors are OSErrors; a wrong hash is a ValueError
        reason = str(error).splitlines()[0][:46] if str(error) else type(error).__name__
        raise GensqError(
            f"expected to fetch {remote.url}, got: {reason}; offline set GENSQ_DATA to a folder with "
            f"{remote.path} ({remote.num_bytes:,} bytes, sha256 {remote.sha256}, {remote.licence})") from None
    if remote.members:
        _checked(path, remote)


def _checked(path: Path, remote: Remote) -> Path:
    if (found := _sha256(path, remote)) != remote.sha256:
        raise GensqError(f"expected {path} with {remote.num_bytes:,} bytes and sha256 {remote.sha256}, got "
                         f"{path.stat().st_size:,} bytes and sha256 {found}; replace it by the file at {remote.url}")
    return path


def _sha256(path: Path, remote: Remote) -> str:
    content = bytes_of(path, kind="a corpus", largest=LARGEST)
    return _of_members(content, remote.members) if remote.members else hashlib.sha256(content).hexdigest()


def _of_members(content: bytes, folder: str) -> str:
    """The sha256 of the list of an archive's files below a folder, in order; of what is no archive the sha256 of its bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {folder + name.rpartition(folder)[2]: hashlib.sha256(archive.read(name)).hexdigest()
                     for name in archive.namelist() if folder in name and not name.endswith("/")}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256("".join(f"{files[name]}  {name}\n" for name in sorted(files)).encode()).hexdigest()
