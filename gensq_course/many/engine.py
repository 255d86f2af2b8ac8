"""Points in, what became of each out; where they are worked on is chosen here."""
import contextlib
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm.auto import tqdm

from gensq_lib.ground.errors import GensqError
from gensq_lib.ground.places import cores

Work = Callable[[Any], Any]  # a function of a module, or a partial of one: other processes must find it by its name
ONE_THREAD = {"OMP_NUM_THREADS": "1", "GENSQ_THREADS": "1", "GENSQ_PROGRESS": "0"}  # points share the cores, and the screen


@dataclass(frozen=True)
class Done:
    """What became of a point: what the work returned, or a sentence about why it did not."""

    point: Any
    value: Any = None
    error: str = ""
    trace: str = ""  # Python's own words, for whoever wrote the work


def run_many(work: Work, points: Sequence[Any], *, jobs: int | None = 0, scheduler: str = "", name: str = "") -> Iterator[Done]:
    """Each point once, as they finish; with a `name` there is a bar that says how much time is left.

    `jobs` processes work side by side (0: one per core), or the workers of the Dask scheduler at an address; with None it is
    done here, one after another, and what the work raises is raised. Close the iterator to stop: what runs is given up.
    """
    if scheduler:
        from gensq_course.many.cluster import on_cluster  # needs a package that not everybody has

        finished = on_cluster(work, points, scheduler)
    elif jobs is None:
        finished = (Done(point, work(point)) for point in points)
    else:
        from gensq_course.many.processes import side_by_side

        finished = side_by_side(work, points, jobs or cores())
    with contextlib.closing(finished):
        yield from tqdm(finished, total=len(points), desc=name, disable=not name, smoothing=0)


def attempt(work: Work, point: Any) -> Done:
    """The work on one point, whatever it raises."""
    try:
        return Done(point, work(point))
    except GensqError as error:
        return Done(point, error=str(error))
    except Exception as error:
        return Done(point, error=" ".join(f"{type(error).__name__}: {error}".split())[:300], trace=traceback.format_exc())
