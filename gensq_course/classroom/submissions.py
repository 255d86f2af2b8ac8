"""What lies in a folder of submissions: whose, of which lesson; and one sentence about each file that is none.

    SUBMISSIONS/anna/02_kl.ipynb        a folder for each student, as deep as it likes (nbgrader's submitted/ and Moodle's, too)
    SUBMISSIONS/anna_02_kl.ipynb        or a file for each

Nothing is executed here, links are not followed, and no name of a file becomes a name of one of ours.
"""
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gensq_course.report.lessons import folder, read_cells, source
from gensq_course.report.progress import BEGIN, CALL, Guess, records, scored_guess
from gensq_lib.ground.errors import GensqError, expect, listed
from gensq_lib.ground.textfiles import text_of

LARGEST = 20 * 2**20  # bytes of a notebook; a lesson with all its pictures has 1.5 MB
MOST_CELLS = 1_000
MOODLE = re.compile(r"_\d+_assignsubmission_\w*$")
REACHES = re.compile(r"checks\.registry|gensq_course\.checks|sys\.modules|setattr|__globals__|_getframe|get_referrers|/proc/self")
LESSONS = "gensq_course.lessons"


@dataclass(frozen=True)
class Submission:
    """A notebook that was handed in, read."""

    student: str
    lesson: str
    path: Path
    cells: tuple[str, ...]  # the code
    guesses: tuple[Guess, ...] = ()
    tampered: tuple[str, ...] = ()  # sentences for the instructor


def read_all(place: Path) -> tuple[list[Submission], list[str]]:
    """All submissions, by student, and what is to be said of the rest. Of two of the same student the newer one counts."""
    expect(place.is_dir(), f"expected a folder of submissions, got {place}, which is none; name the folder they lie in")
    found: dict[tuple[str, str], Submission] = {}
    said: list[str] = []
    for path in files(place):
        where = shown(path.relative_to(place))
        try:
            one = read(place, path)
        except GensqError as error:
            said.append(f"{where}: {clean(without(path, str(error)))}")
            continue
        key = (one.student.casefold(), one.lesson)
        if key in found:
            kept, other = sorted((found[key], one), key=lambda each: (each.path.stat().st_mtime, str(each.path)), reverse=True)
            said.append(f"{where}: expected one {one.lesson} of {clean(one.student)}, got two; the newer one was graded, "
                        f"{shown(kept.path.relative_to(place))}, not {shown(other.path.relative_to(place))}")
            one = kept
        found[key] = one
    return sorted(found.values(), key=lambda one: (one.student.casefold(), one.lesson)), said


def files(place: Path) -> Iterator[Path]:
    """Every file, but what systems and editors leave behind."""
    for root, folders, names in os.walk(place, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        yield from (Path(root) / name for name in sorted(names) if not name.startswith("."))


def read(place: Path, path: Path) -> Submission:
    """One submission; anything else is refused in a sentence."""
    expect(not path.is_symlink(), "expected a file, got a link; hand in the notebook itself")
    expect(path.suffix == ".ipynb", f"expected a notebook (.ipynb), got {path.suffix or 'a file without an ending'}; left out")
    text_of(path, kind="a notebook", largest=LARGEST)
    code = [cell for cell in read_cells(path) if cell["cell_type"] == "code"]
    expect(len(code) <= MOST_CELLS, f"expected a notebook of at most {MOST_CELLS:,} cells, got {len(code):,}; left out")
    cells = tuple(source(cell) for cell in code)
    lesson = lesson_of(path, cells)
    return Submission(student_of(place, path, lesson), lesson, path, cells, guesses_in(code), tampered(lesson, cells))


def guesses_in(code: list[dict]) -> tuple[Guess, ...]:
    """The predictions of its stored outputs, the last record of each; none where they are broken."""
    try:
        last = {entry["prediction"]: entry for entry in records(code) if "prediction" in entry}
        return tuple(filter(None, map(scored_guess, last.values())))
    except (TypeError, AttributeError, ValueError, ArithmeticError):
        return ()


def lesson_of(path: Path, cells: tuple[str, ...]) -> str:
    """The lesson that its set-up cell begins, else the one that the file is called after."""
    known = sorted(each.stem for each in folder().glob("*.ipynb"))
    begun = [name for cell in cells for name in BEGIN.findall(cell)]
    found = [name for name in known if name in begun] or [name for name in known if path.stem.endswith(name)]
    expect(found, f"expected a notebook of a lesson ({listed(known[:3])} ...), got one of no lesson; left out")
    return found[0]


def student_of(place: Path, path: Path, lesson: str) -> str:
    """By the folder, else by what stands before the lesson's name in the file's."""
    parts = path.relative_to(place).parts
    name = student_in(parts[0]) if len(parts) > 1 else path.stem.removesuffix(lesson).strip("_- ")
    expect(name, f"expected a student's folder, or a file called STUDENT_{lesson}.ipynb, got a notebook without a name; left out")
    return unicodedata.normalize("NFC", name)


def student_in(folder: str) -> str:
    """The name of a student's folder; Moodle adds something to it."""
    return unicodedata.normalize("NFC", MOODLE.sub("", folder))


def asked_of(lesson: str) -> list[str]:
    """The exercises of a lesson, in its order."""
    return [name for cell in read_cells(folder() / f"{lesson}.ipynb") if "check" in cell["metadata"].get("tags", [])
            for name in CALL.findall(source(cell))]


def tampered(lesson: str, cells: tuple[str, ...]) -> tuple[str, ...]:
    """What was done to check cells: one that is gone or reads otherwise, and code that reaches for the checks themselves."""
    text = "\n".join(cells)
    gone = [f"the check of {name} was changed or taken out" for name in asked_of(lesson)
            if not re.search(rf"^{name} = checks\.{name}\((handed_in|{name})\)", text, flags=re.MULTILINE)]
    own = {line.strip() for cell in read_cells(folder() / f"{lesson}.ipynb") for line in source(cell).splitlines()}
    imported = {LESSONS for line in text.splitlines() if LESSONS in line and line.strip() not in own}  # references stand there
    reached = sorted({*REACHES.findall(text), *imported})
    return (*gone, *([f"a cell reaches for the checks themselves ({', '.join(reached)}): read it"] if reached else ()))


def shown(path: Path) -> str:
    """A path in a sentence: a name can hold anything."""
    return clean(path.as_posix())


def without(path: Path, sentence: str) -> str:
    """A sentence that need not say again of which file it speaks."""
    for before in (" in ", " of ", ": "):
        sentence = sentence.replace(f"{before}{path}", "")
    return sentence


def clean(text: str) -> str:
    """Without line ends and other characters that do not print."""
    return "".join(c if c.isprintable() else "�" for c in text)[:400]
