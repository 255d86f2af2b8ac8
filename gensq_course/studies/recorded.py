"""Rows that were recorded before rows were tidy: their numbers stood under names made of several keys.

Only for the files of docs/results/ that were made so; a new study writes records, and needs nothing here.
"""
import re

from gensq_course.studies.rows import Record

PATTERNS = {  # of each study, the forms of its names; a name that fits none is a measure alone
    "cures": (r"(?P<measure>gain) at word (?P<word>\d+)", r"(?P<measure>waterfall) (?P<bar>.+)",
              r"(?P<measure>knows) (?P<attribute>.+)"),
    "seqgan_oracle": (r"T=(?P<temperature>[\d.]+) (?P<measure>.+)",),
}
KINDS = {"temperature": float, "word": int}


def tidy(study: str, found: dict[str, float] | list[Record]) -> list[Record]:
    """The records of a row, however it was written."""
    if isinstance(found, list):
        return found
    return [{**keys(study, name), "value": value} for name, value in found.items()]


def keys(study: str, name: str) -> Record:
    """What a name of the old form was made of."""
    fits = (re.fullmatch(pattern, name) for pattern in PATTERNS.get(study, ()))
    parts = next((fit.groupdict() for fit in fits if fit), {"measure": name})
    return {key: KINDS.get(key, str)(part) for key, part in parts.items()}
