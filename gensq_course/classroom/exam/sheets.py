"""An exam as files: a sheet for each student, and apart from it solutions and a key for whoever marks."""
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from gensq_course.classroom import pages
from gensq_course.classroom.exam.bank import templates
from gensq_course.classroom.exam.drawing import generator
from gensq_course.classroom.exam.questions import Question, Template, made
from gensq_course.classroom.feedback import cell, file_name
from gensq_course.lessons import load_all
from gensq_course.report.lessons import find_lesson
from gensq_lib.ground.errors import expect, listed
from gensq_lib.ground.places import atomic_write

MOST = 50  # questions
COLUMNS = ("student", "number", "question", "lesson", "letter", "answer", "marks")


def chosen(secret: str, num: int, lessons: Sequence[str] = ()) -> list[Template]:
    """The kinds of questions of an exam, in the order of the lessons: the same for all students. A kind comes twice only when all
    have come once."""
    wanted = {find_lesson(name).name for name in lessons}
    offered = [template for template in templates() if not wanted or template.lesson in wanted]
    known = sorted({template.lesson for template in templates()})
    expect(offered, f"expected lessons with questions ({listed(known)}), got none of them; choose others")
    expect(0 < num <= MOST, f"expected from 1 to {MOST} questions, got {num}; choose -n among them")
    draw, found = generator(secret, "kinds"), []
    while len(found) < num:
        found += draw.sample(offered, min(len(offered), num - len(found)))
    return sorted(found, key=templates().index)


def exam(secret: str, num: int, lessons: Sequence[str] = (), student: str = "") -> list[Question]:
    """The questions of one student. Two students have the same kinds in the same order, with other numbers."""
    kinds = chosen(secret, num, lessons)
    return [made(kind, secret, student, str(at)) for at, kind in enumerate(kinds)]


def write(secret: str, num: int, output: Path, lessons: Sequence[str] = (), students: Sequence[str] = ()) -> Iterator[str]:
    """Write OUTPUT/sheets and OUTPUT/solutions; yields what was done."""
    load_all()
    expect(not output.exists() or output.is_dir() and not any(output.iterdir()),
           f"expected a new or an empty folder, got {output} with files in it; choose another with -o, so that no two exams mix")
    made_for = {student: exam(secret, num, lessons, student) for student in students or [""]}
    for student, questions in made_for.items():
        name = file_name(student) if student else "exam.html"
        put(output / "sheets" / name, page("Exam", "exam.html.j2", student, questions))
        put(output / "solutions" / name, page("Solutions", "solutions.html.j2", student, questions))
    put(output / "solutions" / "key.csv", key(made_for))
    (output / "solutions").chmod(0o700)
    marks = sum(question.template.marks for question in next(iter(made_for.values())))
    yield f"{num} questions, {marks} marks, sheets: {len(made_for)}. Print what lies in {output / 'sheets'}."
    yield f"Keep to yourself: {output / 'solutions'} (with key.csv), and the secret, which makes the same exam again."


def put(path: Path, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def page(title: str, template: str, student: str, questions: Sequence[Question]) -> str:
    """A sheet, or its solutions."""
    return pages.page(f"{title}, {student}" if student else title, template, student=student, questions=questions,
                      marks=sum(question.template.marks for question in questions))


def key(made_for: dict[str, list[Question]]) -> str:
    """A row for each student and question; no name begins like a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for student, questions in made_for.items():
        writer.writerows((cell(student), at, question.template.name, question.template.lesson, question.right.letter,
                          question.right.value.replace("−", "-"), question.template.marks)
                         for at, question in enumerate(questions, start=1))
    return text.getvalue()
