"""One sentence a line, made of paragraphs, wrapped lines, subtitles, or items that a mark parts.

Nothing that was said is lost. Cut a second time a text stays as it is: an empty line is left where a line without a stop (a
heading) stands before a small letter, so that the two are never taken for one sentence.
"""
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

from gensq_course.report.gate import refuse_table
from gensq_course.report.signs import CUE, goes_on, is_cue_number, is_wrapped
from gensq_course.report.stops import sentences
from gensq_lib.ground.errors import expect
from gensq_lib.ground.places import atomic_write
from gensq_lib.text.corpora.own import CODED, CODES, has_word, texts
from gensq_lib.text.corpora.text import WIDE

DASHES = ("-", "–", "—")  # before who spoke or who wrote it: a new line of its own
Lines = list[str]


@dataclass(frozen=True)
class Cut:
    """The lines of a text that was cut, and how often what was done."""

    lines: tuple[str, ...]
    account: dict[str, int]


def cut_file(path: Path, new: Path, *, force: bool = False) -> Cut:
    """Write `path`, cut, as `new`: whole or not at all."""
    expect(force or not new.exists(),
           f"expected the path of a new file, got {new}, which exists; choose another name, or --force")
    refuse_table(written := texts(path), path)
    done = cut(written)
    expect(done.lines, f"expected a text with words in {path}, got none; check the path")
    with atomic_write(new) as unfinished:
        unfinished.write_text("\n".join(done.lines) + "\n", encoding="utf-8", newline="\n")
    return done


def cut(written: Sequence[str]) -> Cut:
    """One sentence a line."""
    plain = [CODES.sub("", line) for line in written]
    spoken = [line for line, after in pairwise([*plain, ""]) if not (CUE.fullmatch(line) or is_cue_number(line, after))]
    cues, joins = any(map(CUE.fullmatch, plain)), is_wrapped(plain)
    units = list(_cues(plain) if cues else _items(plain) if joins else ([line] for line in plain if has_word(line)))
    found = list(chain.from_iterable(sentences(_joined(unit)) for unit in units))
    some = [line for line in spoken if line.strip()]
    account = Counter({"lines with text": sum(bool(line.strip()) for line in plain),
                       CODED + " left out": sum(len(CODES.findall(line)) for line in written),
                       "numbers and times left out": len(plain) - len(spoken),
                       "lines without a word left out": sum(not has_word(line) for line in some),
                       "lines joined to the one before": sum(len(unit) - 1 for unit in units), "sentences": len(found)})
    return Cut(tuple(_apart(found)), {what: num for what, num in account.items() if num})


def _items(plain: Lines) -> Iterator[Lines]:
    """Lines that belong together: an empty line, a mark or a dash at the beginning parts them."""
    unit: Lines = []
    for line in [*plain, ""]:
        if unit and (not has_word(line) or line.lstrip().startswith(DASHES)):
            yield unit
            unit = []
        if has_word(line):
            unit.append(line)


def _cues(plain: Lines) -> Iterator[Lines]:
    """What is spoken in a cue, and in the next ones where it goes on in small letters."""
    shown = ["" if CUE.fullmatch(line) or is_cue_number(line, after) else line for line, after in pairwise([*plain, ""])]
    unit: Lines = []
    for cue in _items(shown):
        if unit and not goes_on(unit[-1], cue[0]):
            yield unit
            unit = []
        unit += cue
    if unit:
        yield unit


def _joined(unit: Lines) -> str:
    """In one line; no space beside a Chinese character, nor behind a hyphen inside a word."""
    said = ""
    for line in (" ".join(line.split()) for line in unit):
        hyphen = said[-1:] == "-" and said[-2:-1].isalpha() and line[:1].islower()
        said += line if not said or hyphen or WIDE.match(said[-1]) and WIDE.match(line[0]) else " " + line
    return said


def _apart(found: Lines) -> Iterator[str]:
    """With an empty line where a second cut could join."""
    for line, after in pairwise([*found, ""]):
        yield line
        if goes_on(line, after):
            yield ""
