"""`gensq doctor`: everything that a run may depend on, on one screen, to read or to paste into a bug report.

It needs nothing but Python, so that it can speak when everything else is broken; torch is asked in a process of its own.
"""
import textwrap
from collections.abc import Callable, Iterable, Sequence

from gensq_course.doctor import machine, project
from gensq_course.doctor.finding import COLUMNS, Finding, nameless

LOOKS: tuple[Callable[[], Finding], ...] = (
    project.version, machine.system, project.environment, project.packages, machine.device, machine.threads,
    machine.memory, machine.encoding, machine.cache, machine.reports, machine.lessons, project.world, project.checkpoint,
    project.real_corpora, project.books, project.settings, machine.port, machine.browser)
IN_CLASS = ("version", "system", "device", "threads", "memory", "packages", "world", "checkpoint", "cache", "lessons",
            "encoding", "settings")  # the columns of `--class`, before the number and the names of problems
LINES, MOST_PROBLEMS = 40, 5


def look(each: Callable[[], Finding]) -> Finding:
    """What is found, even when looking itself fails."""
    try:
        return each()
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        problem = f"expected to be able to look at {each.__name__}, got {reason}; please report this"
        return Finding(each.__name__, "not seen", problem, short="not seen")


def examine(looks: Sequence[Callable[[], Finding]] = LOOKS) -> dict[str, Finding]:
    """All findings, by the name of the function that found them."""
    return {each.__name__: look(each) for each in looks}


def screen(findings: Iterable[Finding]) -> str:
    """Plain text: what was found, then what is wrong and what to do. At most 40 lines of 100 columns."""
    findings = list(findings)
    problems = [nameless(finding.problem) for finding in findings if finding.problem]
    told = told_problems(problems) if problems else ["No problem found."]
    whole = [line for finding in findings for line in finding.lines()]
    first = [line for finding in findings for line in finding.lines()[:1]]
    return "\n".join([*(whole if len(whole) + len(told) < LINES else first), "", *told])


def told_problems(problems: Sequence[str]) -> list[str]:
    """One sentence each; the first few, if there are many."""
    style = {"initial_indent": "- ", "subsequent_indent": "  ", "max_lines": 3, "placeholder": " ...", "break_on_hyphens": False}
    told = [line for problem in problems[:MOST_PROBLEMS] for line in textwrap.wrap(problem, COLUMNS, **style)]
    more = len(problems) - MOST_PROBLEMS
    return [f"Problems: {len(problems)}", *told, *[f"- and {more} more; mend these first"] * (more > 0)]


def class_line(found: dict[str, Finding]) -> str:
    """One line for an instructor, cells parted by tabs; it names no host, no user and no folder."""
    wrong = [finding.name for finding in found.values() if finding.problem]
    cells = [cell for name in IN_CLASS for cell in found[name].cells()]
    return "\t".join([*cells, f"problems: {len(wrong)}", " ".join(wrong)]).rstrip("\t")


def main(*, of_class: bool = False) -> int:
    """Print; 0 if all is well, else 1."""
    found = examine()
    print(class_line(found) if of_class else screen(found.values()))
    return int(any(finding.problem for finding in found.values()))
