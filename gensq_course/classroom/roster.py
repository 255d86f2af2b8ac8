"""The list of a class: a text file with a student on each line, by name or number."""
import unicodedata
from pathlib import Path

from gensq_lib.ground.errors import expect
from gensq_lib.ground.textfiles import text_of

LARGEST = 1_000_000  # bytes
MOST = 2_000  # students
LONGEST = 100  # characters of a name


def students_of(path: Path) -> list[str]:
    """Each student once, in the order of the file; empty lines and those that begin with # are passed over."""
    text = text_of(path, kind="a list of students", largest=LARGEST)
    lines = (unicodedata.normalize("NFC", line.strip()) for line in text.split("\n"))
    found = list({name.casefold(): name for name in lines if name and not name.startswith("#")}.values())
    expect(0 < len(found) <= MOST, f"expected from 1 to {MOST:,} students in {path}, got {len(found):,}; write one on each line")
    for name in found:
        expect(len(name) <= LONGEST and name.isprintable(),
               f"expected names of at most {LONGEST} characters that print in {path}, got {name[:20]!a}; write a name or a "
               "number on each line")
    return found
