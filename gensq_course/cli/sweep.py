"""`gensq sweep`: a lesson at many settings, side by side or on a cluster, and one page that compares them."""
import sys
from pathlib import Path

import click

from gensq_course.cli.arguments import COUNT, FILE, SCHEDULER, SEEDS
from gensq_lib.ground.errors import expect, nearest


@click.command("sweep")
@click.argument("notebook")
@click.option("-p", "assignments", multiple=True, metavar="name=a,b,c", help="a parameter and its values; repeatable")
@click.option("--grid", type=FILE, metavar="FILE", help="values in YAML: a mapping from names to lists, or a list of such")
@click.option("--seeds", type=SEEDS, metavar="0..4", help="each setting with each of these seeds")
@click.option("--jobs", type=COUNT, default=0, help="points at the same time, each on one thread (default: one per core)")
@SCHEDULER
@click.option("--measure", "measures", multiple=True, metavar="NAME",
              help="a number for columns and charts of the page; repeatable")
@click.option("-o", "output", type=FILE, metavar="DIR", help="where to write (default: reports/sweeps/NOTEBOOK)")
@click.option("--yes", is_flag=True, help="run more than 1,000 points")
def sweep(notebook: str, assignments: tuple[str, ...], grid: Path | None, seeds: tuple[int, ...] | None, jobs: int,
          scheduler: str, measures: tuple[str, ...], output: Path | None, yes: bool) -> int:
    """Run a lesson at many settings, and compare them on one page.

    Each point leaves a report in a folder of its own. Stopped, the same command goes on: what is done is not done again, what
    failed is tried again. A value with a comma in it stands in double quotes.
    """
    from gensq_course.report.lessons import find_lesson
    from gensq_course.sweeps import grid as grids

    lesson = find_lesson(notebook)
    axes = grids.read_grid(lesson, assignments, grid, seeds)  # checked before the heavy modules load
    num = grids.num_points(axes)
    expect(num > 1, f"expected a parameter with several values, got one point; write for example -p steps=100,200 or "
                    f"--seeds 0..4, or run it alone: gensq report {lesson.name}")
    expect(num <= grids.MANY or yes, f"expected at most {grids.MANY:,} points, got {num:,}; take fewer values, or add --yes if "
                                     "you mean it")
    return run_sweep(lesson, axes, output or Path("reports/sweeps") / lesson.name, jobs, scheduler, measures)


def run_sweep(lesson, axes, folder: Path, jobs: int, scheduler: str, measures: tuple[str, ...]) -> int:
    """The points, and what they came to; 1 if one failed or missed an asserted claim."""
    from gensq_course.sweeps import grid as grids
    from gensq_course.sweeps.points import points_of
    from gensq_course.sweeps.sweep import PAGE, perform

    settings = grids.combinations(axes)
    points = points_of(lesson, settings, [grids.with_budget(lesson, setting) for setting in settings], folder)
    if len(points) < (num := grids.num_points(axes)):
        print(f"{num - len(points)} of {num} points are said twice: {len(points)} are left.")
    found = perform(lesson, points, folder, jobs=jobs, scheduler=scheduler, measures=measures)
    for name in (name for name in measures if found.known and name not in found.known):
        print(f'gensq: no run has a number called "{name}"{nearest(name, found.known)}', file=sys.stderr)
    print(f"{len(found.ended)} of {len(points)} points finished, {len(found.failed)} failed. See {folder / PAGE}")
    return int(len(found.of("passed")) < len(points))
