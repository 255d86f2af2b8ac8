"""Experiments on references: what is cited is held against the checked list in docs/references.bib, and against checked facts."""
import re
from functools import cache

from gensq_course.lessons.tutorial_autopsy.experiments import Found, read
from gensq_lib.ground.places import PROJECT

Entry = dict[str, str]


@cache
def bibliography() -> dict[str, Entry]:
    """The fields of each entry, without braces, by its key."""
    text = (PROJECT / "docs" / "references.bib").read_text(encoding="utf-8")
    found = {}
    for entry in re.split(r"^@\w+\{", text, flags=re.MULTILINE)[1:]:
        fields = re.findall(r"^\s*(\w+)\s*=\s*\{(.*)\},?$", entry, flags=re.MULTILINE)
        found[entry.partition(",")[0]] = {name: re.sub(r"[{}]", "", value) for name, value in fields}
    return found


def strangers(cited: Entry) -> int:
    """How many fields of a citation are not those of the work with this title."""
    work = next(entry for entry in bibliography().values() if entry["title"] == cited["title"])
    return sum(value not in work.get(field, work.get("booktitle", "")) for field, value in cited.items())


def compared(name: str) -> Found:
    """Fields that are wrong, as the tutorial cites the work and as the list has it."""
    row = read()["cited"][name]
    return Found(strangers(row["wrong"]), strangers(row["right"]))


def pages() -> Found:
    """Pages of another paper: false fields."""
    return compared("pages")


def authors() -> Found:
    """Authors of another paper: false fields."""
    return compared("authors")


def identifier() -> Found:
    """An arXiv number that belongs to somebody else: false fields."""
    return compared("identifier")


def venue() -> Found:
    """The wrong conference and year: false fields."""
    return compared("venue")


def told(name: str) -> Found:
    """1 where what the tutorial tells is not what the work says (facts with their places, in tutorial.toml), else 0."""
    row = read()["fact"][name]
    return Found(float(row["told"] != row["true"]), float(row["repaired"] != row["true"]))


def credit() -> Found:
    """A measure credited to those who used it: statements that differ from the work."""
    return told("credit")


def model_name() -> Found:
    """A model's name used for another: statements that differ from the work."""
    return told("model_name")


def result_turned(mle: float = 0.718, seqgan: float = 1.082) -> Found:
    """NLL of the model that the tutorial names the better one, less that of the other (RelGAN's Table 2, COCO captions)."""
    return Found(seqgan - mle, mle - seqgan)
