"""Points on the workers of a Dask cluster (docs/cluster.md): the machines must run what this one runs, which is checked first.

What travels between them is pickled by Dask: a scheduler must not be reachable from outside.
"""
import contextlib
import functools
import logging
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gensq_course.many.engine import ONE_THREAD, Done, Work, attempt
from gensq_course.many.versions import versions
from gensq_lib.ground.errors import GensqError, expect

try:
    from distributed import Client, as_completed
except ImportError:
    raise GensqError('expected the package distributed for --scheduler, got none; install it with `pip install '
                     '"gensq-lib[cluster]"` (in the repository: pip install -e ".[cluster]")') from None

PATIENCE, WAITING = 10.0, 30.0  # seconds until a scheduler, and the first of its workers, is missed
ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}")
START = "start one: dask worker ADDRESS --nworkers 2 --nthreads 1"


def on_cluster(work: Work, points: Sequence[Any], address: str) -> Iterator[Done]:
    """Each point on a worker, as they finish; one whose worker dies is tried on another by Dask."""
    with connected(address) as client:
        check(client)
        name = f"gensq-{uuid.uuid4().hex[:8]}"  # nothing of an earlier call is taken for ours
        futures = {client.submit(attempt_there, work, point, key=f"{name}-{at}", retries=0): point
                   for at, point in enumerate(points)}
        try:
            for future in as_completed(list(futures), loop=client.loop):
                yield result(future, futures[future])
                future.release()
        finally:
            with contextlib.suppress(Exception):  # the scheduler may be gone, and our own reason is what counts
                client.cancel(list(futures))


def attempt_there(work: Work, point: Any) -> Done:
    """On a worker, which has one thread for it."""
    os.environ.update(ONE_THREAD)
    return attempt(work, point)


def result(future: Any, point: Any) -> Done:
    """What a future holds: an answer, or what Dask says about a worker or a scheduler that is gone."""
    try:
        return future.result()
    except Exception as error:
        told = " ".join(str(error).split())[:200] or "no reason"
        return Done(point, error=f"expected a worker to finish it, got {type(error).__name__} ({told}); see whether the "
                                 "scheduler and its workers live, then run the same command again")


@contextlib.contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the scheduler."""
    expect(ADDRESS.fullmatch(address), f"expected the address of a Dask scheduler such as tcp://127.0.0.1:8786, got "
                                       f'"{address}"; copy the one that `dask scheduler` prints')
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # its complaints would stand between our sentences
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # of many kinds: no answer, another protocol, no certificate
        told = " ".join(str(error).split())[:150]
        raise GensqError(f"expected a Dask scheduler at {address}, got no answer within {PATIENCE:.0f} s ({told}); start one "
                         "with `dask scheduler`, or mend the address") from None
    with client:
        yield client


def check(client: Client) -> None:
    """Workers are there, have one thread each, and run the same Python, torch and code as we do."""
    try:
        client.wait_for_workers(1, timeout=WAITING)
    except Exception:
        raise GensqError(f"expected a worker at the scheduler, got none within {WAITING:.0f} s; {START}") from None
    threads = max(client.nthreads().values())
    expect(threads == 1, f"expected workers of one thread each, got one with {threads}, which would share what belongs to a run; "
                         "start them with --nthreads 1")
    ours, everywhere = versions(), everywhere_in(client, versions)
    for address, theirs in everywhere.items():
        for what, version in ours.items():
            expect(theirs[what] == version, f"expected every worker to run {what} {version} as this machine does, got "
                                            f"{theirs[what]} at {address}; bring both to one version and start that worker anew")


def everywhere_in(client: Client, asked: Any) -> dict[str, Any]:
    """The answers of all workers."""
    try:
        return client.run(asked)
    except Exception as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())[:150]
        raise GensqError(f"expected workers that can import gensq_course, got {told}; start them in an environment with this "
                         "project in it") from None


def check_shared(address: str, folder: Path) -> None:
    """Refuse a folder that some worker does not see: its reports would be written elsewhere."""
    mark = folder / f".seen-{uuid.uuid4().hex[:8]}"
    mark.touch()
    try:
        with connected(address) as client:
            check(client)
            seen = everywhere_in(client, functools.partial(os.path.exists, str(mark)))
    finally:
        mark.unlink(missing_ok=True)
    blind = [worker for worker, there in seen.items() if not there]
    expect(not blind, f"expected every worker to see {folder}, got {len(blind)} that do not ({', '.join(blind[:2])}); choose a "
                      "folder on a shared disk")
