"""`gensq assignment`, `gensq feedback` and `gensq exam`: what a class hands in, with nbgrader, without, or on paper."""
from pathlib import Path

import click

from gensq_course.cli.arguments import COUNT, FILE


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


@click.command("exam")
@click.option("-n", "num", type=COUNT, default=10, help="questions (default: 10)")
@click.option("--lessons", default="", metavar="01,02", help="only of these lessons (default: all that have questions)")
@click.option("--students", type=FILE, metavar="FILE", help="names or numbers, one on each line: a sheet of their own for each")
@click.option("--secret", "place", type=FILE, metavar="FILE", help="what numbers are drawn from (default: $EXAM_SECRET)")
@click.option("-o", "output", type=FILE, default=Path("exam"), metavar="EXAM", help="a new folder (default: exam)")
def make_exam(num: int, lessons: str, students: Path | None, place: Path | None, output: Path) -> int:
    """Questions to be worked by hand.

    Their numbers are drawn from a secret.
    The same secret gives the same exam. Sheets and solutions lie apart. A wrong answer comes from a mistake that a lesson names.
    """
    from gensq_course.classroom.exam import drawing

    secret = drawing.secret_of(place)
    from gensq_course.classroom.exam import sheets
    from gensq_course.classroom.roster import students_of

    wanted = [name.strip() for name in lessons.split(",") if name.strip()]
    for sentence in sheets.write(secret, num, output, wanted, students_of(students) if students else ()):
        print(sentence)
    return 0


COMMANDS = (make_assignment, give_feedback, make_exam)
