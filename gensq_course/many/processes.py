"""Points side by side on this machine: each process does one after another, on one thread.

Pools of Python and of joblib are broken as a whole when one of their processes dies; here each has a pipe of its own, so that
a death is seen, costs the point that was being worked on, and a new process takes its place.
"""
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from multiprocessing import connection, get_context, parent_process
from typing import Any

from gensq_course.many.engine import ONE_THREAD, Done, Work, attempt

SPAWN = get_context("spawn")  # a fork would take threads and locks along
GRACE = 5.0  # seconds for a process that was asked to end


def side_by_side(work: Work, points: Sequence[Any], jobs: int) -> Iterator[Done]:
    """Each point in one of `jobs` processes, as they finish."""
    todo, busy = deque(points), {}

    def begin(worker: "Worker") -> None:
        worker.begin(work, todo.popleft())
        busy[worker.pipe] = worker

    try:
        for _ in range(min(jobs, len(todo))):
            begin(Worker())
        while busy:
            for pipe in connection.wait(list(busy)):
                worker = busy.pop(pipe)
                done = worker.result()
                if todo:
                    begin(worker if worker.process.is_alive() else Worker())
                else:
                    worker.end()
                yield done
    finally:
        for worker in busy.values():
            worker.stop()


class Worker:
    """A process, and our end of the pipe to it."""

    def __init__(self):
        self.pipe, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()  # so that its death closes the pipe

    def begin(self, work: Work, point: Any) -> None:
        """Hand over a point."""
        self.point = point
        self.pipe.send((work, point))

    def result(self) -> Done:
        """What became of it, once the pipe has something to say."""
        try:
            return replace(self.pipe.recv(), point=self.point)
        except (EOFError, OSError):
            self.process.join()
            return Done(self.point, error=ending(self.process.exitcode))

    def end(self) -> None:
        """No more points: an open pipe is all that a process waits for."""
        self.pipe.close()
        self.process.join(GRACE)
        self.stop()

    def stop(self) -> None:
        """End it where it is."""
        self.pipe.close()
        self.process.terminate()
        self.process.join(GRACE)
        self.process.kill()


def ending(code: int | None) -> str:
    """A sentence about a process that ended before its point did."""
    if code is not None and code < 0:
        return (f"expected its process to live, got {signal.Signals(-code).name}: it was killed, perhaps for want of memory; run "
                "the same command again, with fewer --jobs if memory is short")
    return f"expected its process to live, got its end with exit code {code}; run the same command again"


def serve(pipe: connection.Connection) -> None:
    """In the process: points until the pipe is closed."""
    os.environ.update(ONE_THREAD)
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl+C is for the command, which then ends us
    threading.Thread(target=end_with_parent, daemon=True).start()
    while True:
        try:
            work, point = pipe.recv()
            done = attempt(work, point)
        except EOFError:
            return
        except Exception as error:
            done = Done(None, error=f"expected work that a process can import, got {type(error).__name__}: {error}; "
                                    "write it in a module")
        answer(pipe, done)


def answer(pipe: connection.Connection, done: Done) -> None:
    """Send what was found, if it can be sent."""
    try:
        pipe.send(done)
    except (TypeError, AttributeError, ValueError, RecursionError) as error:
        pipe.send(Done(None, error=f"expected work that returns numbers, words and lists of them, got a value that cannot be "
                                   f"sent ({error}); return plain data"))


def end_with_parent() -> None:
    """A command that was killed can end nobody: without it a process would work on, beside the one that takes its place."""
    connection.wait([parent_process().sentinel])
    os._exit(1)
