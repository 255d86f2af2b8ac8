"""A sweep from its first point to its last: what is done is kept, the page says it after every point."""
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tqdm.auto import tqdm

from gensq_course.report.lessons import Lesson
from gensq_course.sweeps.page import Sweep, built
from gensq_course.sweeps.points import ENDED, Metrics, Point, check_folder, finished, run_points
from gensq_lib.ground.places import atomic_write

PAGE = "index.html"


def perform(lesson: Lesson, points: Sequence[Point], folder: Path, *, jobs: int = 0, scheduler: str = "",
            measures: tuple[str, ...] = ()) -> Sweep:
    """Every point that is not done; the page in `folder` is written anew after each, also when the sweep is stopped by hand."""
    check_folder(folder)
    if scheduler:
        from gensq_course.many.cluster import check_shared

        check_shared(scheduler, folder.resolve())
    done = {point.name: metrics for point in points if (metrics := finished(point)) is not None}
    sweep, began = Sweep(lesson, points, done, measures), time.monotonic()
    missing = [point for point in points if point.name not in done]
    keep(sweep, folder)
    try:
        for number, (point, metrics) in enumerate(run_points(missing, jobs=jobs, scheduler=scheduler), start=1):
            sweep.metrics[point.name] = metrics
            sweep.seconds_left = (time.monotonic() - began) / number * (len(missing) - number)
            tell(point, metrics)
            keep(sweep, folder)
    finally:
        sweep.seconds_left = 0.0
        keep(sweep, folder)
    return sweep


def keep(sweep: Sweep, folder: Path) -> None:
    """The page, whole."""
    with atomic_write(folder / PAGE) as temporary:
        temporary.write_text(built(sweep), encoding="utf-8")


def tell(point: Point, metrics: Metrics) -> None:
    """How a point ended, in a line above the bar."""
    good = metrics["status"] in ENDED
    tqdm.write(f"{point.name}: {metrics['status'] if good else metrics['status'].upper()} in {metrics['seconds']:.0f} s. "
               f"{metrics['message']}", file=sys.stdout if good else sys.stderr)
