"""Feedback as files: a page for each student, one for the class, a table for a learning management system."""
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gensq_course.checks import registry
from gensq_course.classroom.examined import Examined, examined
from gensq_course.classroom.pages import page
from gensq_course.classroom.submissions import clean, read_all
from gensq_course.lessons import load_all
from gensq_course.report.progress import Guess, calibration
from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.ground.places import atomic_write

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute a cell that begins with one of these
COLUMNS = ("student", "lesson", "points", "most", "right", "wrong", "not attempted", "mistakes", "note")


@dataclass(frozen=True)
class Row:
    """One exercise over the class."""

    lesson: str
    name: str
    verdicts: Mapping[str, int]
    mistakes: Sequence[tuple[str, int]]  # most frequent first


def write(submissions: Path, output: Path, course: Path | None = None) -> Iterator[str]:
    """Grade all that can be graded and write the files; yields one sentence for each thing worth saying."""
    load_all()
    found, said = read_all(submissions)
    expect(found or said, f"expected notebooks in {submissions}, got an empty folder; name the folder they lie in")
    yield from said
    works: list[Examined] = []
    for one in found:
        works.append(examined(one, course))
        yield from (f"{clean(one.student)}, {one.lesson}: {note}" for note in notes(works[-1]))
    try:
        output.mkdir(parents=True, exist_ok=True)
        by_student = students(works)
        files = {file_name(name): student_page(name, own) for name, own in by_student.items()}
        files |= {"class.html": class_page(works, by_student, said), "grades.csv": table(works)}
        for name, content in files.items():
            with atomic_write(output / name) as path:
                path.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise GensqError(f"expected a folder to write to, got {output} ({error.strerror}); choose another with -o") from None
    yield (f"{len(by_student)} students, {len(works)} notebooks, {len(said)} files left out or twice: open "
           f"{output / 'class.html'}; the table is {output / 'grades.csv'}.")


def notes(work: Examined) -> list[str]:
    """What an instructor should look at."""
    return [note for note in (work.note, *work.submission.tampered) if note]


def students(works: Iterable[Examined]) -> dict[str, list[Examined]]:
    """The works of each; names that differ in capitals only are one student, as in the files of many systems."""
    names: dict[str, str] = {}
    found: dict[str, list[Examined]] = {}
    for work in works:
        name = names.setdefault(work.submission.student.casefold(), work.submission.student)
        found.setdefault(name, []).append(work)
    return found


def file_name(student: str) -> str:
    """Of letters and digits alone, and no two students share one.

    >>> file_name("../<b>"), file_name("anna")
    ('student_b_2bc29cd1.html', 'student_anna_55579b55.html')
    """
    short = re.sub(r"[^A-Za-z0-9]+", "_", student).strip("_")[:40]
    return f"student_{short}_{hashlib.sha256(student.encode()).hexdigest()[:8]}.html"


def student_page(name: str, works: Sequence[Examined]) -> str:
    """What was right, which mistakes have a name, a hint for each: never the solution."""
    hints = {one.name: registry.exercise(one.name).hints[0] for work in works for one in work.exercises}
    return page(f"Feedback for {clean(name)}", "student.html.j2", works=works, hints=hints, notes=notes)


def class_page(works: Sequence[Examined], by_student: Mapping[str, Sequence[Examined]], said: Sequence[str]) -> str:
    """The class at a glance: who, which mistake how often, what nobody solved, how well predictions were calibrated."""
    guesses: list[Guess] = [guess for work in works for guess in work.submission.guesses]
    rows = exercises(works)
    return page("Feedback for the class", "class.html.j2", rows=rows, by_student=by_student, said=said, notes=notes,
                nobody=[row for row in rows if not row.verdicts.get("right")], file_name=file_name,
                calibrated=calibration(guesses) if guesses else "")


def exercises(works: Iterable[Examined]) -> list[Row]:
    """Every exercise that was asked, in the order of the lessons."""
    verdicts: dict[tuple[str, str], Counter] = {}
    mistakes: dict[tuple[str, str], Counter] = {}
    for work in works:
        for one in work.exercises:
            key = (work.submission.lesson, one.name)
            verdicts.setdefault(key, Counter())[one.verdict] += 1
            mistakes.setdefault(key, Counter()).update(one.mistakes)
    order = sorted(verdicts, key=lambda key: key[0])
    return [Row(*key, verdicts[key], mistakes[key].most_common()) for key in order]


def table(works: Iterable[Examined]) -> str:
    """A row for each student and lesson, in UTF-8; no cell begins like a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(map(cell, row) for row in map(entries, works))
    return text.getvalue()


def entries(work: Examined) -> tuple[str, ...]:
    """The cells of a row: an exercise is worth 1 point, half of it for one mistake that has a name."""
    verdicts = Counter(one.verdict for one in work.exercises)
    named = "; ".join(f"{one.name}: {', '.join(one.mistakes)}" for one in work.exercises if one.mistakes)
    return (work.submission.student, work.submission.lesson, f"{work.share:g}", str(len(work.exercises)),
            *(str(verdicts[verdict]) for verdict in ("right", "wrong", "not attempted")), named, "; ".join(notes(work)))


def cell(text: str) -> str:
    """Text that stays text in a spreadsheet.

    >>> cell("=1+1"), cell("anna")
    ("'=1+1", 'anna')
    """
    return f"'{clean(text)}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else clean(text)
