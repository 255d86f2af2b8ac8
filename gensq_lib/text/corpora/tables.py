"""One column of a reader's table: CSV, TSV, JSONL or a list in JSON. Nothing in it is executed."""
import csv
import io
import json
import re
from pathlib import Path

from gensq_lib.ground.errors import GensqError, listed, nearest
from gensq_lib.ground.textfiles import text_of

from .files import LARGEST

JSON, TABLES = (".json", ".jsonl", ".ndjson"), (".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson")
Rows = list[list[str]]


def column_of(path: Path, name: str) -> list[str]:
    """The cells of the column with this name; a number counts columns from 1 and takes the first row for no header."""
    rows = table(path)
    names = rows[0]
    if name in names:
        return _cells(rows[1:], names.index(name))
    if name.isascii() and name.isdigit() and 1 <= int(name[:9]) <= len(names):
        return _cells(rows, int(name) - 1)
    shown = f'"{name[:60]}"' if name else "no name"
    advice = nearest(name, names) or f"; write file:{path}#{best(rows)}"
    raise GensqError(f'expected a column of {path}, {listed(first_few(names))}, got {shown}{advice}')


def best(rows: Rows) -> str:
    """The column that looks most like text, the one with the longest cells: its name, or its number if it has none."""
    names = rows[0]
    place = max(range(len(names)), key=lambda place: sum(map(len, _cells(rows[1:200], place))))
    return names[place] if re.fullmatch(r"[^\W\d][\w .-]{,29}", names[place]) and names[place].count(" ") < 3 else str(place + 1)


def first_few(names: list[str]) -> list[str]:
    """As many names, and as much of each, as a message can bear."""
    return [name[:30] for name in names[:12]] + ["..."] * (len(names) > 12)


def table(path: Path) -> Rows:
    """All rows, the names of the columns first; what a record of JSON lacks is empty."""
    content = text_of(path, kind="a table", largest=LARGEST)
    if not content.strip():
        raise GensqError(f"expected a table in {path}, got an empty file; choose another")
    try:
        if path.suffix.lower() in JSON or content.lstrip()[:1] in ("{", "["):
            return _records(content, path)
        first = content.partition("\n")[0]
        if path.suffix.lower() in (".tsv", ".tab") or "\t" in first:
            return [[_unquoted(cell) for cell in line.split("\t")] for line in content.split("\n") if line.strip()]
        return list(filter(None, csv.reader(io.StringIO(content), delimiter=max(",;|", key=first.count))))
    except (csv.Error, RecursionError, ValueError) as error:
        raise GensqError(f"expected a table in {path}, got a mistake: {str(error)[:120]}; mend it, or save the column as a text "
                         "file with one sentence a line") from None


def _records(content: str, path: Path) -> Rows:
    whole = content.lstrip()[:1] == "["
    lines = enumerate(content.split("\n"), start=1)
    records = json.loads(content) if whole else [_record(line, number) for number, line in lines if line.strip()]
    if not (records and all(isinstance(record, dict) for record in records)):
        raise ValueError("a record that is no object with names")
    names = list(dict.fromkeys(name for record in records for name in record))
    return [names, *([_written(record.get(name)) for name in names] for record in records)]


def _record(line: str, number: int) -> object:
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"line {number} is no JSON ({str(error)[:80]})") from None


def _written(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None or isinstance(value, list | dict) else str(value)


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _cells(rows: Rows, place: int) -> list[str]:
    return [" ".join(row[place].split()) if place < len(row) else "" for row in rows]
