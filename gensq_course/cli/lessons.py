"""`gensq list`, `report` and `smoke`: the lessons, and one or all of them as reports."""
import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gensq_course.cli.arguments import seeds

if TYPE_CHECKING:  # it would load papermill
    from gensq_course.execute.running import Outcome


def add_lessons(commands: argparse._SubParsersAction) -> None:
    """Read lessons and run them."""
    listing = commands.add_parser("list", help="the lessons, their time and their parameters")
    listing.set_defaults(command=list_lessons)

    report = commands.add_parser("report", help="run a lesson and write notebook, HTML page and metrics.json")
    report.add_argument("notebook", nargs="?", default="06_text_vae", metavar="NOTEBOOK",
                        help="name, number or path (default: 06_text_vae)")
    report.add_argument("-p", action="append", default=[], dest="assignments", metavar="name=value",
                        help="a parameter; repeatable")
    report.add_argument("-o", dest="output", type=Path, metavar="DIR", help="where to write (default: reports/NOTEBOOK)")
    report.add_argument("--seeds", type=seeds, metavar="0,1,2", help="one run for each seed, and a table of the claims")
    report.set_defaults(command=write_report)

    smoke = commands.add_parser("smoke", help="every lesson at the smallest budget")
    smoke.set_defaults(command=run_smoke)


def list_lessons(options: argparse.Namespace) -> int:
    """Each lesson: name, title, time, and its parameters with their defaults and comments."""
    from gensq_course.report.lessons import all_lessons

    for lesson in all_lessons():
        print(f"{lesson.name}  {lesson.title}" + (f"  ({lesson.time})" if lesson.time else ""))
        for parameter in lesson.parameters.values():
            comment = f"  # {parameter.help}" if parameter.help else ""
            print(f"    {parameter.name}: {parameter.type.__name__} = {parameter.default!r}{comment}")
    return 0


def write_report(options: argparse.Namespace) -> int:
    """One run, or one for each seed; the parameters are checked before the heavy modules load."""
    from gensq_course.report.lessons import find_lesson
    from gensq_course.report.parameters import read_assignments

    lesson = find_lesson(options.notebook)
    values = read_assignments(lesson, options.assignments)
    output = options.output or Path("reports") / lesson.name
    if options.seeds is None:
        return worst(run_all([(options.notebook, values, output)]))
    outcomes = run_all([(options.notebook, values | {"seed": seed}, output / f"seed_{seed}") for seed in options.seeds])
    print("\n".join(claims_table(outcome.metrics for outcome in outcomes)))
    return worst(outcomes)


def run_smoke(options: argparse.Namespace) -> int:
    """Every lesson with budget=smoke, into reports/smoke/."""
    from gensq_course.report.lessons import all_lessons

    return worst(run_all([(str(lesson.path), {"budget": "smoke"}, Path("reports/smoke") / lesson.name)
                          for lesson in all_lessons()]))


def run_all(jobs: Sequence[tuple[str, dict, Path]]) -> list["Outcome"]:
    """Run the jobs one after another and say how each ended; a run that is stopped by hand is the last."""
    from gensq_course.execute import running

    outcomes = []
    for name, values, output in jobs:
        print(f"{Path(name).stem}: running ...", flush=True)
        outcomes.append(running.run(name, parameters=values, output=output))
        last = outcomes[-1]
        stream = sys.stderr if last.exit_code else sys.stdout
        print(f'{last.lesson}: {last.status.upper() if last.exit_code else last.status} in {last.metrics["seconds"]:.0f} s. '
              f"{last.message} See {output / last.lesson}.html", file=stream, flush=True)
        if last.status == "stopped":
            break
    return outcomes


def worst(outcomes: Iterable["Outcome"]) -> int:
    """The worst exit code."""
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
