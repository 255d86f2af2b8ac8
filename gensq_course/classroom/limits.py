"""A student's code gets a process with limits and without the caller's secrets.

    python -m gensq_course.classroom.limits COMMAND ...

What is limited: memory, computing time, size of a file, core dumps; on Linux that allows it also the network and the life of
child processes. What is not: reading whatever the account can read. Standard library only: it runs before everything else.
"""
import contextlib
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

try:
    import resource
except ImportError:  # Windows has no such limits: there the clock alone ends a run
    resource = None

MEMORY = 4 * 2**30  # bytes of addresses; torch alone takes 0.7 GB of them
SECONDS = 60  # of computing, for one process
GRACE = 2  # seconds before the end in which a process may still say that its time is up
TIME_IS_UP = 75  # its exit code then
LARGEST_FILE = 50 * 2**20  # bytes
KEPT = {"PATH", "HOME", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONPATH", "PYTHONUTF8", "VIRTUAL_ENV",
        "OMP_NUM_THREADS", "MKL_NUM_THREADS", "JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_PLATFORM_DIRS",
        "JPY_PARENT_PID", "IPYTHONDIR", "MPLCONFIGDIR", "MPLBACKEND", "NBGRADER_EXECUTION"}
ALONE = ("unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--")


def apply(seconds: int = SECONDS, memory: int = MEMORY) -> None:
    """To this process and its children; never above a limit that holds already."""
    if resource is None:
        return
    wanted = {resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: seconds, resource.RLIMIT_FSIZE: LARGEST_FILE,
              resource.RLIMIT_CORE: 0}
    for kind, most in wanted.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit of addresses
            resource.setrlimit(kind, (max(most - GRACE * (kind == resource.RLIMIT_CPU), 0), most))


def without_secrets(variables: Mapping[str, str]) -> dict[str, str]:
    """What a lesson needs of the environment: no token, no key, no password that stands in it."""
    return {name: value for name, value in variables.items() if name in KEPT or name.startswith(("LC_", "GENSQ_"))}


@functools.cache
def alone() -> tuple[str, ...]:
    """What stands before a command so that it has no network and takes its children along when it ends; () where that is not
    allowed. Asked once."""
    if not shutil.which(ALONE[0]):
        return ()
    try:
        done = subprocess.run([*ALONE, sys.executable, "-S", "-c", ""], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return ALONE if done.returncode == 0 else ()


def main(command: Sequence[str]) -> None:
    """Become the command."""
    apply(seconds=10 * SECONDS)  # a kernel runs a whole notebook
    os.execvpe(command[0], list(command), without_secrets(os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
