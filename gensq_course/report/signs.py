"""Signs that the lines of a file are not sentences: a table, markup, time codes, a page cut at its margin.

They are looked for in honest prose, too (verse, code comments, captions, chats): a share of the lines decides, not one.
"""
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

ALIKE = 0.9  # of the lines have the form of a table: it is one
HEAD = re.compile(r"[^\W\d][\w .-]{0,29}")  # the name of a column
INSIDE = re.compile(r"[.?!][\"'”’]? [A-Z\"'“]")  # a sentence ends and another begins
STOPS = tuple(".?!…:;,\"'”’»)]。？！")


@dataclass(frozen=True)
class Sign:
    """Lines that are not what a sentence looks like: how they are found, and from which share on there is a warning."""

    name: str
    found: re.Pattern
    share: float
    advice: str


SIGNS = (
    Sign("markup", re.compile(r"</(?!s>)[a-z][\w:-]*>|<[a-z][\w:-]*\s[^<>]*=[^<>]*>|<(?:br|p|div|span|li|hr|h\d)\s*/?>"
                              r"|&(?:amp|lt|gt|quot|nbsp|#\d+);", re.IGNORECASE), 0.02,
         "tags become words; take them out first"),
    Sign("time codes", re.compile(r"^\s*\d{1,2}:\d\d:\d\d[,.]\d+\s*-->"), 0.01,
         "numbers and times of subtitles become sentences; keep the lines that are spoken"),
    Sign("a date and a time", re.compile(r"^\W{0,3}\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}:\d\d"), 0.2,
         "a model learns the clock; keep what was said"),
    Sign("tabs", re.compile(r"\S\t+\S"), 0.05, "a tab becomes a space; a column is read as file:PATH#2"),
    Sign("braces of JSON", re.compile(r"^\s*(?:[{}\[\]],?|\{.*[}\],]|\"[^\"]*\"\s*:.*)\s*$"), 0.05,
         "braces become words; a column is read as file:PATH#NAME"),
    Sign("marks such as </s> or <eos>", re.compile(r"</?s>|<(?:eos|bos|pad|sos)>|\[(?:CLS|SEP|PAD|BOS|EOS)\]", re.IGNORECASE),
         0.01, "each model has an end of its own; take them out"),
    Sign("wrong characters", re.compile("\ufffd|Ã[\u0080-\u00bf]|â€"), 0.005,
         "it was once read in a wrong encoding; export it anew as UTF-8"),
    Sign("web addresses", re.compile(r"https?://|www\."), 0.2, "each is cut into many words; take them out"),
)
LITERAL = Sign("a literal <unk>", re.compile(r"<unk>|\[UNK\]", re.IGNORECASE), 0.0,
               "it is cut into three words; words:PATH keeps it whole")


def signs_in(written: Sequence[str], name: str) -> Iterator[tuple[Sign, int]]:
    """How many lines have each sign; in ready-made tokens and in pairs some are as they should be."""
    signs = {"words": SIGNS, "pairs": [sign for sign in SIGNS if sign.name != "tabs"] + [LITERAL]}.get(
        name.partition(":")[0], (*SIGNS, LITERAL))
    for sign in signs:
        yield sign, sum(bool(sign.found.search(line[:1000])) for line in written)


def is_wrapped(written: Sequence[str]) -> bool:
    """Lines of nearly one length, with ends of sentences inside and not at their ends: a page. Verse ends where it likes."""
    lengths = sorted(len(line.strip()) for line in written if line.strip())
    ends = fmean(line.rstrip().endswith(STOPS) for line in written if line.strip())
    middle = median(lengths)
    near = fmean(middle - 12 <= length <= middle + 12 for length in lengths)
    inside = fmean(bool(INSIDE.search(line)) for line in written)
    return middle > 45 and near > 0.6 and ends < 0.45 and inside > 0.1


def is_table(lines: Sequence[str]) -> bool:
    """Whether lines that are not empty are rows of JSON, TSV or CSV."""
    return bool(lines) and (_is_json(lines) or same_tabs(lines) or _is_csv(lines))


def _is_json(lines: Sequence[str]) -> bool:
    """Objects, one a line, or a list of them over many lines."""
    try:
        if lines[0][0] == "[" and lines[-1][-1] == "]":
            return isinstance(json.loads("\n".join(lines))[0], dict)
        return sum(line[0] == "{" and line[-1] == "}" for line in lines) > ALIKE * len(lines) and isinstance(
            json.loads(lines[0]), dict)
    except (ValueError, IndexError, KeyError, RecursionError):
        return False


def same_tabs(lines: Sequence[str]) -> bool:
    (num, times), = Counter(line.count("\t") for line in lines).most_common(1)
    return num > 0 and times > ALIKE * len(lines)


def _is_csv(lines: Sequence[str]) -> bool:
    """A line of names, and nearly as many fields in every other line: no prose has its commas like that."""
    mark = max(",;|", key=lines[0].count)
    names = lines[0].split(mark)
    if len(names) < 2 or not all(HEAD.fullmatch(name.strip('"')) for name in names):
        return False
    try:
        fields = [len(row) for row in csv.reader(lines[:2000], delimiter=mark)]
    except csv.Error:
        return False
    return fields.count(len(names)) > ALIKE * len(fields)
