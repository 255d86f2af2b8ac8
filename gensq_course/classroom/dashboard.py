"""What the notebooks of a class say, without running any: lessons and students, exercises and mistakes, predictions.

    gensq progress --class HANDED_IN

It rests on stored outputs, which their author can edit; `gensq feedback` judges the code itself.
"""
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from statistics import fmean, median

from gensq_course.classroom.submissions import asked_of, clean, read_all, student_in
from gensq_course.report.progress import Guess, Work, calibration, read_work
from gensq_lib.ground.errors import GensqError, expect
from gensq_lib.ground.places import atomic_write

MANY = 3  # judged answers, the last of them wrong: this student is stuck
HALF = 0.5  # of those who answered are wrong: this exercise is
LEVELS = (0.0, 0.5, 0.7, 0.9, 1.0)  # of sureness: below 50 %, below 70 %, below 90 %, and above
IN_A_ROW = 10  # lessons beside each other in a terminal
MOST_SAID = 20  # sentences about files that were left out
LONGEST = 80  # characters of a name in a record
MOST_MISTAKES = 5  # of one answer
MOST_TRIES = 9_999


@dataclass(frozen=True)
class Exercise:
    """One exercise over all who have begun its lesson. `tries` are judged answers of a student's last session."""

    lesson: str
    name: str
    verdicts: Mapping[str, int]
    mistakes: Sequence[tuple[str, int]]  # most frequent first
    tries: Sequence[int]

    @property
    def answered(self) -> int:
        return self.verdicts.get("right", 0) + self.verdicts.get("wrong", 0)

    @property
    def open(self) -> int:
        """Of those who have begun the lesson, how many have no judged answer."""
        return sum(self.verdicts.values()) - self.answered

    @property
    def hard(self) -> bool:
        """Two or more answered, and at least half of them are wrong."""
        return self.answered > 1 and self.verdicts.get("wrong", 0) >= HALF * self.answered


@dataclass(frozen=True)
class Level:
    """Guesses of about the same sureness."""

    name: str
    guesses: Sequence[Guess]

    @property
    def sure(self) -> float:
        return fmean(guess.sure for guess in self.guesses)

    @property
    def hits(self) -> int:
        return sum(guess.hit for guess in self.guesses)


@dataclass
class Class:
    """Students -> lessons -> what their notebook says; `absent` are known by a folder or a list only; `said`: other files."""

    works: dict[str, dict[str, Work]]
    absent: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @cached_property
    def begun(self) -> dict[str, dict[str, Work]]:
        """Those with a judged answer or a guess, and only such lessons."""
        found = {name: {lesson: work for lesson, work in own.items() if begun(work)} for name, own in self.works.items()}
        return {name: own for name, own in found.items() if own}

    @property
    def lessons(self) -> list[str]:
        """Those that somebody has begun, in order."""
        return sorted({lesson for own in self.begun.values() for lesson in own})

    @property
    def not_begun(self) -> list[str]:
        """Students without a judged answer and without a guess."""
        return sorted([*self.absent, *(name for name in self.works if name not in self.begun)], key=str.casefold)

    @property
    def students(self) -> list[str]:
        """All, by name."""
        return sorted([*self.works, *self.absent], key=str.casefold)

    @property
    def guesses(self) -> list[Guess]:
        return [guess for own in self.begun.values() for work in own.values() for guess in work.guesses]


def begun(work: Work) -> bool:
    """Has anything been answered in it? A copy that was only opened, or run with empty answers, says no."""
    return bool(work.count("right") + work.count("wrong") + len(work.guesses))


def read_class(place: Path, roster: Sequence[str] = ()) -> Class:
    """What lies in a folder of notebooks that were handed in, or of the students' own folders."""
    found, said = read_all(place)
    works: dict[str, dict[str, Work]] = {}
    names: dict[str, str] = {name.casefold(): name for name in roster}  # names that differ in capitals are one student
    for one in found:
        try:
            work = known(read_work(one.path), asked_of(one.lesson))
        except GensqError as error:
            said.append(f"{clean(one.path.name)} of {clean(one.student)}: {clean(str(error))}")
            continue
        works.setdefault(names.setdefault(one.student.casefold(), one.student), {})[one.lesson] = work
    flat = any(one.path.parent == place for one in found)  # then a folder is no student
    present = {name.casefold() for name in works}
    absent = {name.casefold(): name for name in [*([] if flat else folders(place)), *roster] if name.casefold() not in present}
    expect(works or absent, f"expected notebooks of a class in {place}, got none that can be read; name the folder in which each "
                            "student has a folder, or that holds files called STUDENT_LESSON.ipynb")
    return Class(works, list(absent.values()), said)


def folders(place: Path) -> list[str]:
    """Each is a student's; what systems leave behind, and links, are none."""
    return [student_in(path.name) for path in place.iterdir()
            if path.is_dir() and not path.is_symlink() and not path.name.startswith((".", "__"))]


def known(work: Work, asked: Sequence[str]) -> Work:
    """Of a notebook's records those of the lesson's own exercises, and no text that is longer than a name."""
    return replace(
        work, checks={name: work.checks.get(name, "missing") for name in asked},
        mistakes={name: tuple(clean(each)[:LONGEST] for each in work.mistakes[name][:MOST_MISTAKES]) for name in asked
                  if name in work.mistakes},
        tries={name: work.tries[name] for name in asked if 0 < work.tries.get(name, 0) <= MOST_TRIES},
        guesses=tuple(replace(guess, name=clean(guess.name)[:LONGEST]) for guess in work.guesses))


def exercises(found: Class) -> list[Exercise]:
    """Every exercise of the lessons that somebody has begun, in the order of the lessons."""
    works: dict[tuple[str, str], list[Work]] = {}
    for lesson in found.lessons:
        for work in (own[lesson] for own in found.begun.values() if lesson in own):
            for name in work.checks:
                works.setdefault((lesson, name), []).append(work)
    return [over(lesson, name, own) for (lesson, name), own in works.items()]


def over(lesson: str, name: str, works: Sequence[Work]) -> Exercise:
    """One exercise over these notebooks."""
    mistakes = Counter(mistake for work in works for mistake in work.mistakes.get(name, ()))
    return Exercise(lesson, name, Counter(work.checks[name] for work in works), mistakes.most_common(),
                    [work.tries[name] for work in works if name in work.tries])


def stuck(found: Class) -> list[tuple[str, str, str, int, str]]:
    """(student, lesson, exercise, tries, mistakes) where the last of several answers is wrong; most tries first."""
    rows = [(name, lesson, asked, work.tries[asked], ", ".join(work.mistakes.get(asked, ()))) for name, own in found.begun.items()
            for lesson, work in own.items() for asked, verdict in work.checks.items()
            if verdict == "wrong" and work.tries.get(asked, 0) >= MANY]
    return sorted(rows, key=lambda row: (-row[3], row[0].casefold(), row[1]))


def levels(guesses: Sequence[Guess]) -> list[Level]:
    """The guesses by sureness; levels without any are left out."""
    found = []
    for low, high in zip(LEVELS, LEVELS[1:]):
        inside = [guess for guess in guesses if low <= guess.sure < high or guess.sure == high == LEVELS[-1]]
        found += [Level(f"{low:.0%} to {high:.0%}", inside)] if inside else []
    return found


def surprises(guesses: Iterable[Guess]) -> list[tuple[str, int, int]]:
    """(prediction, hits, guesses) of those that two or more have made, the least foreseen first."""
    by_name: dict[str, list[bool]] = {}
    for guess in guesses:
        by_name.setdefault(guess.name, []).append(guess.hit)
    rows = [(name, sum(hits), len(hits)) for name, hits in by_name.items() if len(hits) > 1]
    return sorted(rows, key=lambda row: (row[1] / row[2], -row[2], row[0]))


def table(found: Class) -> Iterator[str]:
    """For a terminal: right answers of exercises, a row for each student; some lessons beside each other."""
    width = max([len(short(name)) for name in found.students] + [len("student")])
    for start in range(0, len(found.lessons), IN_A_ROW):
        part = found.lessons[start:start + IN_A_ROW]
        yield f"{'student':{width}}  " + "  ".join(f"{lesson[:2]:>5}" for lesson in part)
        for name in found.students:
            yield f"{short(name):{width}}  " + "  ".join(f"{score(found, name, lesson):>5}" for lesson in part)
        yield ""


def short(name: str) -> str:
    """A name in a table of a terminal."""
    return clean(name)[:24]


def score(found: Class, name: str, lesson: str) -> str:
    """"3/5", or a dash where the lesson has not been begun."""
    work = found.begun.get(name, {}).get(lesson)
    return f"{work.count('right')}/{len(work.checks)}" if work else "–"


def screen(found: Class) -> Iterator[str]:
    """What a terminal shows."""
    yield from table(found)
    rows = exercises(found)
    for row in (row for row in rows if row.hard):
        named = ", ".join(f"{name} ({count})" for name, count in row.mistakes[:3])
        wrong = f"{row.verdicts['wrong']} of {row.answered} wrong"
        yield f"Hard: {row.lesson}, {row.name}: {wrong}" + f": {named}" * bool(named)
    for name, lesson, asked, tries, mistakes in stuck(found):
        yield f"Stuck: {short(name)}, {lesson}, {asked}, after {tries} answers" + f" ({mistakes})" * bool(mistakes)
    absent = found.not_begun
    yield f"Not begun: {len(absent)} of {len(found.students)}" + f": {', '.join(map(short, absent))}." * bool(absent)
    yield f"Predictions of the class: {calibration(found.guesses)}." if found.guesses else "Predictions: none that came out yet."
    yield from found.said[:MOST_SAID]
    if len(found.said) > MOST_SAID:
        yield f"And {len(found.said) - MOST_SAID} more files that were left out; the page lists them."


def page(found: Class) -> str:
    """The same and more as one HTML file."""
    from gensq_course.classroom import pages

    guesses = found.guesses
    return pages.page(
        "Progress of the class", "progress.html.j2", found=found, rows=exercises(found), stuck=stuck(found), median=median,
        score=score, right=lambda own: sum(work.count("right") for work in own.values()),
        levels=levels(guesses), surprises=surprises(guesses), calibrated=calibration(guesses) if guesses else "")


def write(place: Path, output: Path, roster: Sequence[str] = ()) -> Iterator[str]:
    """Write the page; yields what the terminal shows."""
    found = read_class(place, roster)
    yield from screen(found)
    with atomic_write(output) as path:
        path.write_text(page(found), encoding="utf-8")
    yield f"Written: {output}. Nothing was run, and nothing leaves this machine."
