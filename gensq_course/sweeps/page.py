"""The page that compares the points of a sweep: what holds, what failed, a table to sort, charts. One file, no request."""
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gensq_course.execute import page
from gensq_course.report.html import opening
from gensq_course.report.lessons import Lesson, Value
from gensq_course.sweeps.plots import MOST_LINES, chart
from gensq_course.sweeps.points import ENDED, Metrics, Point
HERE = Path(__file__).resolve().parent
MOST_MEASURES = 12  # in the table and the charts, unless more are asked for


@dataclass
class Sweep:
    """The points, and what is known of each so far. `seconds_left` is a guess while it runs, 0 when nothing runs."""

    lesson: Lesson
    points: Sequence[Point]
    metrics: dict[str, Metrics] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    seconds_left: float = 0.0

    def of(self, *statuses: str) -> list[Point]:
        """The points whose run came to this."""
        return [point for point in self.points if self.metrics.get(point.name, {}).get("status") in statuses]

    @property
    def ended(self) -> list[Point]:
        return self.of(*ENDED)

    @property
    def failed(self) -> list[Point]:
        return self.of("failed", "stopped", "incomplete")

    @property
    def varied(self) -> list[str]:
        """The parameters of which there is more than one value."""
        names = dict.fromkeys(name for point in self.points for name in point.setting)
        return [name for name in names if len({point.setting.get(name) for point in self.points}) > 1]

    @property
    def measures(self) -> list[str]:
        """What is compared: what was asked for and is there, else the values of claims, then what was recorded."""
        return [name for name in self.wanted if name in self.known] if self.wanted else self.known[:MOST_MEASURES]

    @property
    def known(self) -> list[str]:
        """All that could be."""
        return list(dict.fromkeys(name for point in self.ended for name in measured(self.metrics[point.name])))


def measured(metrics: Metrics) -> dict[str, float]:
    """The numbers that a run claimed and recorded; what is not finite has no place on an axis."""
    found = {name: claim["value"] for name, claim in metrics["claims"].items()} | metrics["recorded"]
    return {name: value for name, value in found.items() if type(value) in (int, float) and math.isfinite(value)}


def built(sweep: Sweep) -> str:
    """The page as text."""
    scripts = [page.read("sorting.js"), (HERE / "sweep.js").read_text(encoding="utf-8")]
    style = page.read("page.css") + (HERE / "sweep.css").read_text(encoding="utf-8")
    title = f"Sweep of {sweep.lesson.name}"
    return f"""{opening(title, scripts=scripts, style=style)}<body>
<header class="report{' failed' if sweep.failed else ''}">
<h1>{escape(title)}</h1>
<p role="status">{escape(state(sweep))}</p>
</header>
<main>
{failures(sweep)}{held(sweep)}{charts(sweep)}{points_table(sweep)}
</main>
{''.join(f'<script>{script}</script>' for script in scripts)}
</body>
</html>
"""


def state(sweep: Sweep) -> str:
    """How far it is, in a sentence or two."""
    told = f"{len(sweep.ended)} of {len(sweep.points)} points finished"
    told += f", {len(sweep.failed)} failed." if sweep.failed else "."
    if sweep.seconds_left:
        return f"{told} About {duration(sweep.seconds_left)} left; load this page again to see more."
    missing = len(sweep.points) - len(sweep.ended)
    return f"{told} The same command again runs the {missing} that did not finish, and no other." if missing else told


def duration(seconds: float) -> str:
    """"40 s", "12 min", "3 h 20 min"."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def failures(sweep: Sweep) -> str:
    """The points that failed, each with its cell and what it said."""
    rows = [[link(point, sweep), cell(sweep.metrics[point.name]["message"])] for point in sweep.failed]
    return section("Failed", table("What failed, and where", ["point", "what happened"], rows)) if rows else ""


def held(sweep: Sweep) -> str:
    """For each setting, over its seeds: how many runs keep each claim."""
    rows = []
    for setting, points in settings(sweep, sweep.ended).items():
        claims = [claim for point in points for claim in sweep.metrics[point.name]["claims"].values()]
        for name in dict.fromkeys(claim["name"] for claim in claims):
            same = [claim for claim in claims if claim["name"] == name]
            kept, asserted = sum(claim["holds"] for claim in same), "yes" if all(claim["asserted"] for claim in same) else "no"
            rows.append([cell(setting or "as it is"), cell(same[0]["sentence"]), cell(f"{kept} of {len(same)}"),
                         cell(spread([claim["value"] for claim in same])), cell(bound(same[0])), cell(asserted)])
    names = ["setting", "claim", "holds", "found: mean (lowest to highest)", "bound", "asserted"]
    note = ("<p>Claims are asserted where all parameters but the seed are the lesson's own; elsewhere the same bounds are shown "
            "for comparison.</p>")
    return section("Claims over seeds", note + table("How many runs keep each claim", names, rows)) if rows else ""


def spread(values: Sequence[float | str]) -> str:
    """Mean and range; values that are no numbers are named."""
    numbers = [value for value in values if not isinstance(value, str)]
    if len(numbers) < len(values):
        return ", ".join(map(str, values))
    return f"{statistics.fmean(numbers):.4g}" + (f" ({min(numbers):.4g} to {max(numbers):.4g})" if len(numbers) > 1 else "")


def bound(claim: Mapping[str, Any]) -> str:
    """"≥ 1 ≤ 2"."""
    return " ".join(f"{sign} {claim[key]:g}" for key, sign in (("min", "≥"), ("max", "≤")) if key in claim)


def settings(sweep: Sweep, points: Sequence[Point], without: str = "seed") -> dict[str, list[Point]]:
    """Points that differ in their seed (and in `without`) alone, under the name of what they share."""
    groups: dict[str, list[Point]] = {}
    for point in points:
        shared = {name: point.setting[name] for name in sweep.varied if name in point.setting and name not in ("seed", without)}
        groups.setdefault(", ".join(f"{name} = {value}" for name, value in shared.items()), []).append(point)
    return groups


def charts(sweep: Sweep) -> str:
    """Each measure against each number that varies; where lines would be too many, all other settings are one."""
    numeric = [name for name in sweep.varied if name != "seed" and sweep.lesson.parameters[name].type in (int, float)]
    figures = "".join(figure(sweep, parameter, measure) for measure in sweep.measures for parameter in numeric)
    if not figures:
        return ""
    options = "".join(f"<option>{escape(measure)}</option>" for measure in sweep.measures)
    return section("Charts", f'<p><label>Measure <select id="measure">{options}</select></label></p>'
                             f'<div class="charts">{figures}</div>')


def figure(sweep: Sweep, parameter: str, measure: str) -> str:
    """One chart with its caption."""
    lines = {}
    for name, points in settings(sweep, sweep.ended, parameter).items():
        found = [(float(point.setting[parameter]), measured(sweep.metrics[point.name]).get(measure)) for point in points
                 if parameter in point.setting]
        lines[name] = [(x, float(y)) for x, y in found if y is not None]
    lines = {name: runs for name, runs in lines.items() if runs}
    together = len(lines) > MOST_LINES
    if together:
        lines = {"": [run for runs in lines.values() for run in runs]}
    drawing = chart(lines, x_name=parameter, y_name=measure)
    what = "mean over all other settings" if together else "mean over seeds"
    keys = "".join(f'<span class="key line{at}"></span>{escape(name)}' for at, name in enumerate(lines) if name)
    return (f'<figure data-measure="{escape(measure)}">{drawing}<figcaption>{escape(measure)} against {escape(parameter)}: '
            f"each run a dot, the line their {what}.{keys}</figcaption></figure>") if drawing else ""


def points_table(sweep: Sweep) -> str:
    """A row for each point, sorted by a press on a column's name."""
    names = ["point", *sweep.varied, "status", "seconds", "claims kept", *sweep.measures]
    rows = [row(sweep, point) for point in sweep.points]
    heads = [f'<th scope="col"><button type="button">{escape(name)}</button></th>' for name in names]
    body = "".join(f"<tr{' class=failed' if point in sweep.failed else ''}>{''.join(cells)}</tr>"
                   for point, cells in zip(sweep.points, rows, strict=True))
    caption = "<caption>Press the name of a column to sort by it</caption>"
    return section("All points", f'<table id="points" class="sortable">{caption}<thead><tr>{"".join(heads)}</tr></thead>'
                                 f"<tbody>{body}</tbody></table>")


def row(sweep: Sweep, point: Point) -> list[str]:
    """The cells of a point; empty ones while it waits."""
    metrics = sweep.metrics.get(point.name)
    known = [cell(point.setting.get(name, "")) for name in sweep.varied]
    if metrics is None or point not in sweep.ended:
        status = metrics["status"] if metrics else "waiting"
        return [link(point, sweep), *known, cell(status), *[cell("")] * (2 + len(sweep.measures))]
    claims = metrics["claims"].values()
    numbers = measured(metrics)
    return [link(point, sweep), *known, cell(metrics["status"]), cell(metrics["seconds"]),
            f'<td data-value="{(kept := sum(claim["holds"] for claim in claims))}">{kept} of {len(claims)}</td>',
            *(cell(numbers.get(name, "")) for name in sweep.measures)]


def link(point: Point, sweep: Sweep) -> str:
    """The point's name, and its report where there is one."""
    there = (point.run.output / f"{point.run.name}.html").is_file()
    name = escape(point.name)
    return f'<td><a href="{quote(point.report)}">{name}</a></td>' if there else f"<td>{name}</td>"


def cell(value: Value) -> str:
    """A number to the right with all its digits to sort by; words as they are, escaped."""
    if type(value) in (int, float):
        return f'<td class="number" data-value="{value!r}">{value:.5g}</td>'
    return f"<td>{escape(str(value))}</td>"


def table(caption: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A plain one, of ready cells."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def section(title: str, content: str) -> str:
    """Under a heading."""
    return f"<section><h2>{escape(title)}</h2>{content}</section>\n"
