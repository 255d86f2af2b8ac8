"""Several runs of lessons, by the one engine (gensq_course/many): here, side by side, or on a cluster."""
import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm.auto import tqdm

from gensq_course.execute import running
from gensq_course.execute.running import Outcome
from gensq_course.many import Done, run_many
from gensq_course.report.lessons import Value

TRIALS = 3  # of a kernel that did not start: two that start at once may choose the same port
NOT_STARTED = ("Kernel died before replying", "Address already in use", "Kernel didn't respond")


@dataclass(frozen=True)
class Run:
    """A lesson (a name or a path), its parameters, where its report goes, and where relative paths begin."""

    lesson: str
    values: Mapping[str, Value]
    output: Path
    base: Path

    @property
    def name(self) -> str:
        """Of the lesson."""
        return Path(self.lesson).stem


def run_several(runs: Sequence[Run], *, jobs: int | None = None, scheduler: str = "") -> Iterator[Outcome]:
    """What each came to, as they finish, said in a line; here (jobs=None) the first that is stopped by hand is the last."""
    here = jobs is None and not scheduler
    if scheduler:
        from gensq_course.many.cluster import check_shared

        check_shared(scheduler, runs[0].base)
    bar = "runs" * (not here and sys.stderr.isatty())  # a log has its lines, one for each run
    for done in run_many(announced if here else perform, runs, jobs=jobs, scheduler=scheduler, name=bar):
        outcome = done.value or lost(done)
        tell(outcome)
        yield outcome
        if here and outcome.status == "stopped":
            break


def announced(run: Run) -> Outcome:
    """One run, after a word about which."""
    print(f"{run.name}: running ...", flush=True)
    return perform(run)


def perform(run: Run) -> Outcome:
    """One run. Where many kernels start at once, one in a while does not: it is started again."""
    with contextlib.chdir(run.base):
        for trial in range(1, TRIALS + 1):
            try:
                return running.run(run.lesson, parameters=run.values, output=run.output)
            except RuntimeError as error:
                if trial == TRIALS or not any(sign in str(error) for sign in NOT_STARTED):
                    raise
    raise AssertionError("the last trial returns or raises")


def tell(outcome: Outcome) -> None:
    """How a run ended, above the bar if there is one."""
    failed = bool(outcome.exit_code)
    tqdm.write(f"{outcome.lesson}: {outcome.status.upper() if failed else outcome.status} in {outcome.metrics['seconds']:.0f} s. "
               f"{outcome.message} See {outcome.folder / outcome.lesson}.html", file=sys.stderr if failed else sys.stdout)


def lost(done: Done) -> Outcome:
    """A run whose process died, or that could not begin."""
    metrics = {"lesson": done.point.name, "status": "failed", "message": done.error, "parameters": dict(done.point.values),
               "claims": {}, "recorded": {}, "seconds": 0.0}
    return Outcome(lesson=done.point.name, status="failed", message=done.error, metrics=metrics, folder=done.point.output)
