"""Work for the tests of the engine; processes import it by name. As a program: points until it is killed."""
import os
import signal
import sys
import time
from pathlib import Path

from gensq_lib.ground.errors import GensqError


def square(number):
    return number**2, os.getpid(), os.environ["OMP_NUM_THREADS"]


def sometimes(number):
    """Odd numbers fail, each in its own way."""
    if number == 1:
        raise ValueError("one\nis odd")
    if number == 3:
        raise GensqError("expected an even number, got 3; take 4")
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 7:
        sys.exit(3)
    if number == 9:
        return (n for n in range(3))  # cannot be sent
    return number


def double(*, number):
    """A row of a study."""
    return [{"measure": "doubled", "value": 2.0 * number}]


def linger(folder, number):
    """Leaves its process id, and works on for a while."""
    (Path(folder) / f"{number}.pid").write_text(str(os.getpid()))
    time.sleep(60 if number else 0)
    return number


if __name__ == "__main__":
    from functools import partial

    import many_work

    from gensq_course.many import run_many

    list(run_many(partial(many_work.linger, sys.argv[1]), [1, 2], jobs=2))
