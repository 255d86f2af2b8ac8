"""What the reader's own notebooks say: which checks pass, and how well calibrated the predictions were.

Reads the records that checks and predictions left in the stored outputs. Runs nothing, imports nothing heavy, and
nothing leaves the machine.
"""
import re
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gensq_course.report import lessons
from gensq_course.report.lessons import read_cells, source, tags
from gensq_course.report.records import MIME
from gensq_lib.ground.errors import GensqError

CALL = re.compile(r"^(\w+) = checks\.\1\(\1\)", flags=re.MULTILINE)
BEGIN = re.compile(r"""report\.begin\(["'](\w+)["']""")
MARKS = {"right": "✓", "wrong": "✗", "not attempted": "○", "not run": "○", "missing": "–"}


@dataclass(frozen=True)
class Guess:
    """A prediction that was held against what came out."""

    sure: float
    hit: bool
    name: str = ""


@dataclass(frozen=True)
class Work:
    """What one notebook says. `checks` maps an exercise to its verdict; `mistakes` to the names of what was wrong; `tries` to how
    many answers its last session judged, where there were several."""

    name: str
    checks: dict[str, str]
    mistakes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    tries: dict[str, int] = field(default_factory=dict)

    def count(self, verdict: str) -> int:
        return list(self.checks.values()).count(verdict)


def progress(folder: Path) -> list[str]:
    """The screen of `gensq progress`: every notebook of a folder, and the sum."""
    if not folder.is_dir():
        raise GensqError(f"expected your lessons in {folder}, got no such folder; run `make lab` (or `gensq lab`) once, "
                         "or name your folder")
    works, lines = [], []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            works.append(read_work(path))
            lines += described(works[-1])
        except GensqError as error:
            lines.append(f"{path.stem}: {error}")
    return [*lines, *summary(works), f"Read from {folder}; nothing leaves this machine."]


def read_work(path: Path) -> Work:
    """The records of one notebook; a file that is no lesson is refused in a sentence."""
    cells = read_cells(path)
    try:
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        return work_of(path.stem, asked_in(code), list(records(code)), wanted_of(path, code))
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise GensqError(f"expected a notebook, got a file with broken cells ({type(error).__name__}); "
                         "fetch the lesson again") from None


def asked_in(code: Iterable[dict]) -> list[str]:
    """The exercises whose check cells stand in a notebook."""
    return [name for cell in code if "solution" not in tags(cell) for name in CALL.findall(source(cell))]


def wanted_of(path: Path, code: Iterable[dict]) -> list[str]:
    """The exercises of the lesson that this is a copy of, by what its set-up cell begins; none where we know no such lesson."""
    begun = next((name for cell in code for name in BEGIN.findall(source(cell))), path.stem)
    given = lessons.folder() / f"{begun}.ipynb"
    if not given.is_file() or given.resolve() == path.resolve():
        return []
    try:
        return asked_in(cell for cell in read_cells(given) if cell["cell_type"] == "code")
    except GensqError:  # of our own: not the reader's affair here
        return []


def work_of(name: str, asked: list[str], found: list[dict], wanted: Iterable[str] = ()) -> Work:
    """What these records say, and what of `wanted` is missing; a notebook that neither asks nor has answered is no lesson."""
    if not asked and not found:
        raise GensqError("expected a lesson, got a notebook without checks; left out")
    verdicts = {entry["check"]: entry for entry in found if "check" in entry}
    guesses = {entry["prediction"]: entry for entry in found if "prediction" in entry}
    unanswered = dict.fromkeys(wanted, "missing") | dict.fromkeys(asked, "not run")
    return Work(name, unanswered | {name: verdict(entry) for name, entry in verdicts.items()},
                {name: mistake_names(entry) for name, entry in verdicts.items() if mistake_names(entry)},
                tuple(filter(None, map(scored_guess, guesses.values()))),
                {name: entry["tries"] for name, entry in verdicts.items() if type(entry.get("tries")) is int})


def records(code: Iterable[dict]) -> Iterator[dict]:
    """What checks and predictions left behind, in the order of the cells; anything of another form is passed over."""
    for output in (output for cell in code for output in cell.get("outputs") or []):
        entry = output.get("data", {}).get(MIME)
        if isinstance(entry, dict) and all(isinstance(entry.get(key, ""), str) for key in ("check", "prediction")):
            yield entry


def verdict(entry: dict) -> str:
    """One of the four words; a record that says something else counts as not run."""
    return entry["verdict"] if str(entry.get("verdict")) in MARKS.keys() - {"missing"} else "not run"


def mistake_names(entry: dict) -> tuple[str, ...]:
    """What was wrong with an answer, in the words of its check."""
    mistakes = entry.get("mistake")
    return tuple(map(str, mistakes)) if isinstance(mistakes, list) else ()


def scored_guess(entry: dict) -> Guess | None:
    """A guess that came with a sureness and met its outcome; None for any other."""
    sure, hit, guess = entry.get("sure"), entry.get("hit"), entry.get("guess")
    whole = isinstance(sure, int | float) and 0 <= sure <= 1 and isinstance(hit, bool) and guess is not None
    return Guess(float(sure), hit, str(entry.get("prediction", ""))) if whole and entry.get("value") is not None else None


def described(work: Work) -> list[str]:
    """A line for the notebook, one for each check, one for its predictions."""
    gone = work.count("missing")
    missing = f", {'one is' if gone == 1 else f'{gone} are'} missing: the cell is not in this notebook" * bool(gone)
    lines = [f"{work.name}: {work.count('right')} of {len(work.checks)} checks pass{missing}"]
    for name, found in work.checks.items():
        says = f" ({', '.join(work.mistakes[name])})" if name in work.mistakes else ""
        lines.append(f"  {MARKS[found]} {name}: {found}{says}")
    return lines + ([f"  predictions: {calibration(work.guesses)}"] if work.guesses else [])


def summary(works: Iterable[Work]) -> list[str]:
    """Over all notebooks."""
    works = list(works)
    counts = {word: sum(work.count(word) for work in works) for word in MARKS}
    guesses = [guess for work in works for guess in work.guesses]
    open_ones = counts["not attempted"] + counts["not run"]
    missing = f", {counts['missing']} missing" * bool(counts["missing"])
    return ["", f"In all: {counts['right']} checks pass, {counts['wrong']} wrong, {open_ones} not attempted{missing}.",
            f"Predictions: {calibration(guesses)}" if guesses else "Predictions: none with a guess and a sureness yet."]


def calibration(guesses: Iterable[Guess]) -> str:
    """Hits beside the mean sureness, and the Brier score (Brier 1950): 0 is best, always 50 % sure gives 0.25."""
    guesses = list(guesses)
    hits = sum(guess.hit for guess in guesses)
    sure = statistics.fmean(guess.sure for guess in guesses)
    brier = statistics.fmean((guess.sure - guess.hit) ** 2 for guess in guesses)
    return f"{hits} of {len(guesses)} near enough, {sure:.0%} sure on average (Brier score {brier:.2f}; 0 is best)"
