"""`gensq list`, `report`, `smoke` and `claims`: the lessons, and one or all of them as reports."""
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gensq_course.cli.arguments import FILE, JOBS, SCHEDULER, SEEDS
from gensq_course.setup.workplace import checkout

if TYPE_CHECKING:  # it would load papermill
    from gensq_course.execute.running import Outcome


@click.command("list")
def list_lessons() -> int:
    """The lessons, their time and their parameters."""
    from gensq_course.report.lessons import readable_lessons
    from gensq_course.setup.endings import readable

    lessons, complaints = readable_lessons()
    for lesson in lessons:
        print(f"{lesson.name}  {lesson.title}" + (f"  ({lesson.time})" if lesson.time else ""))
        for parameter in lesson.parameters.values():
            comment = f"  # {parameter.help}" if parameter.help else ""
            print(f"    {parameter.name}: {parameter.type.__name__} = {parameter.default!r}{comment}")
    for sentence in complaints:
        print(f"gensq: {readable(sentence)}", file=sys.stderr)
    return int(bool(complaints))


@click.command("report")
@click.argument("notebook", default="06_text_vae")
@click.option("-p", "assignments", multiple=True, metavar="name=value", help="a parameter; repeatable")
@click.option("-o", "output", type=FILE, metavar="DIR", help="where to write (default: reports/NOTEBOOK)")
@click.option("--seeds", type=SEEDS, metavar="0,1,2", help="one run for each seed, and a table of the claims")
@JOBS
def write_report(notebook: str, assignments: tuple[str, ...], output: Path | None, seeds: tuple[int, ...] | None,
                 jobs: int | None) -> int:
    """Run a lesson and write notebook, HTML page and metrics (JSON).

    NOTEBOOK is a name, a number or a path (default: 06_text_vae).
    """
    from gensq_course.report.lessons import find_lesson
    from gensq_course.report.parameters import read_assignments

    lesson = find_lesson(notebook)
    values = read_assignments(lesson, assignments)  # checked before the heavy modules load
    output = output or Path("reports") / lesson.name
    if seeds is None:
        return worst_exit_code(run_all([(notebook, values, output)]))
    outcomes = run_all([(notebook, values | {"seed": seed}, output / f"seed_{seed}") for seed in seeds], jobs=jobs)
    print("\n".join(claims_table(outcome.metrics for outcome in outcomes)))
    return worst_exit_code(outcomes)


@click.command("smoke")
@JOBS
def run_smoke(jobs: int | None) -> int:
    """Every lesson at the smallest budget, into reports/smoke/."""
    from gensq_course.report.lessons import all_lessons

    return worst_exit_code(run_all([(str(lesson.path), {"budget": "smoke"}, Path("reports/smoke") / lesson.name)
                                    for lesson in all_lessons()], jobs=jobs))


@click.command("claims")
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
@click.option("--seeds", type=SEEDS, default=(0, 1, 2), metavar="0,1,2", help="one run for each seed (default: 0,1,2)")
@click.option("--record", is_flag=True, help="keep the numbers in docs/results/, for the lesson to show")
@JOBS
@SCHEDULER
def run_claims(notebooks: tuple[str, ...], seeds: tuple[int, ...], record: bool, jobs: int | None, scheduler: str) -> int:
    """Every lesson at seeds 0, 1, 2, and the table of claims."""
    from gensq_course.report.lessons import all_lessons, find_lesson

    if record:
        checkout("`gensq claims --record`")
    chosen = [find_lesson(name) for name in notebooks] or all_lessons()
    output = Path("reports/claims")
    outcomes = run_all([(str(lesson.path), {"budget": "standard", "seed": seed}, output / lesson.name / f"seed_{seed}")
                        for lesson in chosen for seed in seeds], jobs=jobs, scheduler=scheduler)
    print("\n".join(claims_table(outcome.metrics for outcome in outcomes)))
    if record:
        record_claims(outcomes, seeds)
    return worst_exit_code(outcomes)


def record_claims(outcomes: Sequence["Outcome"], seeds: Sequence[int]) -> None:
    """Keep the numbers of these runs where the lessons show them; a lesson of which a run did not end is left alone."""
    from gensq_course.report.results import write_recorded

    for lesson in dict.fromkeys(outcome.lesson for outcome in outcomes):
        runs = [outcome.metrics for outcome in outcomes if outcome.lesson == lesson and outcome.ended]
        if len(runs) < len(seeds):
            print(f"{lesson}: not recorded, {len(runs)} of {len(seeds)} runs came to their end.", file=sys.stderr)
            continue
        command = f"gensq claims {lesson} --seeds {','.join(map(str, seeds))} --record"
        print(f"Recorded in {write_recorded(lesson, runs, command=command)}.")


def run_all(runs: Sequence[tuple[str, dict, Path]], *, jobs: int | None = None, scheduler: str = "") -> list["Outcome"]:
    """Lessons (a name, its parameters, where its report goes), in this order, however they are run."""
    from gensq_course.execute.several import Run, run_several

    asked = [Run(name, values, output, Path.cwd()) for name, values, output in runs]
    ended = {outcome.folder: outcome for outcome in run_several(asked, jobs=jobs, scheduler=scheduler)}
    return [ended[run.output] for run in asked if run.output in ended]


def worst_exit_code(outcomes: Iterable["Outcome"]) -> int:
    """1 if any run failed, else 0."""
    return max((outcome.exit_code for outcome in outcomes), default=0)


def claims_table(runs: Iterable[dict]) -> list[str]:
    """Claim x seed: value, bound, margin, verdict; as lines of text."""
    rows = [("claim", "seed", "value", "bound", "margin", "")]
    for run in runs:
        for claim in run["claims"].values():
            bound = " ".join(f"{sign} {claim[key]:g}" for key, sign in (("min", ">="), ("max", "<=")) if key in claim)
            verdict = ("pass" if claim["holds"] else "MISSED") if claim["asserted"] else "not asserted"
            rows.append((f'{run["lesson"]}.{claim["name"]}', str(run["parameters"].get("seed", "")), short(claim["value"]),
                         bound, short(claim["margin"]), verdict))
        if run["status"] in ("failed", "stopped"):
            rows.append((run["lesson"], str(run["parameters"].get("seed", "")), "", "", "", run["status"].upper()))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def short(value: float | str) -> str:
    """Four digits."""
    return value if isinstance(value, str) else f"{value:.4g}"


COMMANDS = (list_lessons, write_report, run_smoke, run_claims)
