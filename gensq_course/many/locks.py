"""One process at a time, where several commands, or machines with one disk, may want the same."""
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process has this lock; the system takes it from one that dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        if os.name == "nt":
            lock_on_windows(file.fileno())
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def lock_on_windows(file: int) -> None:
    """Its lock gives up after ten seconds."""
    import msvcrt

    while True:
        with contextlib.suppress(OSError):
            return msvcrt.locking(file, msvcrt.LK_LOCK, 1)
