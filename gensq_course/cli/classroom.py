"""`gensq assignment` and `gensq feedback`: what a class hands in, with nbgrader and without."""
from pathlib import Path

import click

from gensq_course.cli.arguments import FILE


@click.command("assignment")
@click.argument("lessons", nargs=-1, required=True, metavar="LESSON...")
@click.option("-o", "output", type=FILE, default=Path("course"), metavar="COURSE", help="the course's folder (default: course)")
def make_assignment(lessons: tuple[str, ...], output: Path) -> int:
    """Lessons as assignments of an nbgrader course.

    LESSON is a name or a number. nbgrader itself: pip install "gensq_lib[classroom]". See docs/instructors.md.
    """
    from gensq_course.classroom import assignment

    for sentence in assignment.write(lessons, output):
        print(sentence)
    return 0


@click.command("feedback")
@click.argument("submissions", type=FILE)
@click.option("-o", "output", type=FILE, default=Path("feedback"), metavar="FEEDBACK", help="where to write (default: feedback)")
@click.option("--course", type=FILE, metavar="COURSE", help="of gensq assignment: hidden inputs are drawn with its secret")
def give_feedback(submissions: Path, output: Path, course: Path | None) -> int:
    """A page for each student, one for the class, a table of points.

    SUBMISSIONS has a folder for each student, or files called STUDENT_LESSON.ipynb. Each notebook is judged in a process with
    limits. It runs strangers' code: read docs/instructors.md first.
    """
    from gensq_course.classroom import feedback

    for sentence in feedback.write(submissions, output, course):
        print(sentence, flush=True)
    return 0


COMMANDS = (make_assignment, give_feedback)
