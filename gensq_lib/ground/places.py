"""Where things are kept, and how they are written: whole or not at all. Needs nothing but Python."""
import contextlib
import functools
import getpass
import os
import tempfile
import time
from collections.abc import Iterator
from glob import escape
from pathlib import Path

from gensq_lib.ground.errors import GensqError, expect

_ROOT = Path(__file__).resolve().parents[2]
CHECKOUT = _ROOT if (_ROOT / "pyproject.toml").is_file() else None  # the repository's folder; None in an installed wheel
PROJECT = CHECKOUT or _ROOT / "gensq_lib" / "_files"  # lessons, data and recorded tables; a wheel brings its own (setup.py)
NOTEBOOKS, DATA, RESULTS = PROJECT / "notebooks", PROJECT / "data", PROJECT / "docs" / "results"
STALE = 3600  # seconds after which an unfinished file belongs to a process that was killed


def cores() -> int:
    """Cores that this process may use (a container or a class server may grant fewer than there are)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads_wanted(threads: int = 0) -> int:
    """`threads`; for 0 what `GENSQ_THREADS` or `OMP_NUM_THREADS` says, else one per core, at most 4."""
    wanted = str(threads or os.environ.get("GENSQ_THREADS") or os.environ.get("OMP_NUM_THREADS") or 0)
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 5):
        raise GensqError(f'expected a number of threads such as 2, got "{wanted}"; mend GENSQ_THREADS')
    return int(wanted) or min(4, cores())


def home() -> Path | None:
    """The user's home folder, if it can be written; on class servers and in containers some have none."""
    with contextlib.suppress(RuntimeError):  # no home is known
        return Path.home() if os.access(Path.home(), os.W_OK) else None


@functools.cache
def temporary_home() -> Path:
    """A folder for a user who has no home that can be written; it may be emptied when the machine restarts."""
    try:
        folder = Path(tempfile.gettempdir()) / f"gensq-{getpass.getuser()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        mine = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()  # else somebody else made it
    except (OSError, KeyError, ImportError):  # nobody knows the user's name, or a file of that name is in the way
        mine = False
    return folder if mine else Path(tempfile.mkdtemp(prefix="gensq-"))


def cache_path() -> Path:
    """Where the cache is or would be: `GENSQ_CACHE`, else the user's cache folder, else a temporary one."""
    if given := os.environ.get("GENSQ_CACHE"):
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or (home() and home() / ".cache")
    return Path(base) / "gensq" if base else temporary_home()


def cache_folder() -> Path:
    """Where fetched corpora and trained models are kept; made when it is not there."""
    folder = cache_path()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError, RecursionError) as error:
        raise GensqError(f"expected a cache folder that can be written, got {folder} ({getattr(error, 'strerror', error)}); "
                         "set GENSQ_CACHE to a folder of yours") from None
    return folder


def data_folder() -> Path | None:
    """A folder that already holds real corpora (`GENSQ_DATA`), for work without a network."""
    name = os.environ.get("GENSQ_DATA")
    expect(not name or os.path.isdir(name), f"expected GENSQ_DATA to name a folder, got {name}; mend or unset it")
    return Path(name) if name else None


@contextlib.contextmanager
def atomic_write(path: Path | str) -> Iterator[Path]:
    """A temporary path beside `path` that replaces it at the end: readers see the old file or the new, never half.

    What writers that were killed left behind is taken away.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _delete_unfinished(path)
        yield temporary
        _flush(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise GensqError(f"expected to write {path}, got: {error.strerror or error}; "
                         "free some space or choose a folder that can be written") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _delete_unfinished(path: Path) -> None:
    for left in path.parent.glob(f".{escape(path.name)}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                left.unlink()


def _flush(path: Path) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())
