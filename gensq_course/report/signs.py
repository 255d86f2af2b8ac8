"""Signs that the lines of a file are not sentences: a table, markup, time codes, a page cut at its margin.

They are looked for in honest prose, too (verse, code comments, captions, chats): a share of the lines decides, not one.
"""
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from gensq_course.report.stops import STOPS, sentences
from gensq_lib.text.corpora.own import CUT, has_word

ALIKE = 0.9  # of the lines have the form of a table: it is one
HEAD = re.compile(r"[^\W\d][\w .-]{0,29}")  # the name of a column
TIME = r"(?:\d{1,2}:)?\d{1,2}:\d\d[,.]\d+"
CUE = re.compile(rf"\s*{TIME}\s*-->\s*{TIME}(?:\s+\w+:\S+)*\s*")  # of SubRip and WebVTT
OFTEN, LEAST = 20, 0.1  # times, and share of all lines, from which on a line without a word parts items
MARGIN = 45  # characters: shorter lines are no page
FULL, GO_ON, SMALL = 0.75, 0.1, 0.8  # of a margin; lines that go on, lines that begin small


@dataclass(frozen=True)
class Sign:
    """Lines that are not what a sentence looks like: how they are found, and from which share on there is a warning."""

    name: str
    found: re.Pattern
    share: float
    advice: str
    most: float = 1.0  # a form that more than so many lines have is how this text is written


SIGNS = (
    Sign("markup", re.compile(r"</(?!s>)[a-z][\w:-]*>|<[a-z][\w:-]*\s[^<>]*=[^<>]*>|<(?:br|p|div|span|li|hr|h\d)\s*/?>"
                              r"|&(?:amp|lt|gt|quot|nbsp|#\d+);", re.IGNORECASE), 0.02,
         "tags become words; take them out first"),
    Sign("time codes", re.compile(rf"^{CUE.pattern}$"), 0.01,
         f"numbers and times of subtitles become sentences; keep what is spoken: {CUT}"),
    Sign("a date and a time", re.compile(r"^\W{0,3}\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}:\d\d"), 0.2,
         "a model learns the clock; keep what was said"),
    Sign("a name and a colon", re.compile(r"^\s*[^\W\d]\w{0,14}(?: \w{1,14}){0,2} ?[:：](?!//)\s*\S"), 0.1,
         "who speaks or wrote it becomes a word; take it out, or keep it in a column of its own", most=0.9),
    Sign("nothing but a title in brackets", re.compile(r"^\s*(?:《[^》]*》|【[^】]*】|〈[^〉]*〉|\[[^\]]*\])\s*$"), 0.05,
         "titles and stage directions are no sentences; take them out"),
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


def separator(written: Sequence[str]) -> tuple[str, int]:
    """The line without a word that comes most often, and how often, where that is often: % between fortunes, --- or ***."""
    marks = Counter(line.strip() for line in written if line.strip() and not has_word(line)).most_common(1)
    return marks[0] if marks and marks[0][1] > max(OFTEN, LEAST * len(written)) else ("", 0)


def again(written: Sequence[str]) -> tuple[str, int]:
    """The line with a word and no stop that comes most often, and how often, where that is often: a heading, a name."""
    lines = Counter(line.strip() for line in written if has_word(line) and not line.strip().endswith(STOPS)).most_common(1)
    return lines[0] if lines and lines[0][1] > OFTEN else ("", 0)


def num_cue_numbers(written: Sequence[str]) -> int:
    """Lines with nothing but a number, right before a time code."""
    return sum(is_cue_number(line, following) for line, following in pairwise(written))


def is_cue_number(line: str, following: str) -> bool:
    """The number of a cue stands before its times."""
    return line.strip().isdecimal() and bool(CUE.fullmatch(following))


def goes_on(line: str, following: str) -> bool:
    """A line without a stop before one that begins with a small letter: perhaps one sentence."""
    return bool(line.strip()) and not line.rstrip().endswith(STOPS) and following.lstrip()[:1].islower()


def is_wrapped(written: Sequence[str]) -> bool:
    """A page: lines of nearly one length with ends of sentences inside, or full lines that go on with a small letter."""
    some = [line.strip() for line in written if has_word(line)]
    return bool(some) and (_is_page(some) or _goes_on(written, some))


def _goes_on(written: Sequence[str], some: Sequence[str]) -> bool:
    """Lines that fill their width and go on in the next. Verse in small letters throughout, and chats, do not count."""
    margin = sorted(map(len, some))[len(some) * 9 // 10]
    full = sum(goes_on(line, after) and len(line.strip()) >= FULL * margin for line, after in pairwise(written))
    return margin > MARGIN and full > GO_ON * len(some) and fmean(line[0].islower() for line in some) < SMALL


def _is_page(written: Sequence[str]) -> bool:
    """Nearly one length, with ends of sentences inside and not at the ends of lines. Verse ends where it likes."""
    lengths = sorted(len(line.strip()) for line in written if line.strip())
    ends = fmean(line.rstrip().endswith(STOPS) for line in written if line.strip())
    middle = median(lengths)
    near = fmean(middle - 12 <= length <= middle + 12 for length in lengths)
    inside = fmean(len(sentences(line)) > 1 for line in written)
    return middle > MARGIN and near > 0.6 and ends < 0.45 and inside > 0.1


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
