"""Tidy rows: what a run found is a list of records, each with its measure, its value, and what else tells it from others.

    {"way": "adversarial", "temperature": 0.9, "measure": "valid", "value": 0.84}

A row keeps its setting and its records; `by` brings them together as a table needs them:

    >>> rows = [{"setting": {"seed": s}, "seconds": 1.0, "found": records({"valid": s}, way="likelihood")} for s in (0, 1)]
    >>> by(rows, "way", measure="valid")["likelihood"].mean
    0.5
"""
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gensq_lib.ground.errors import GensqError
from gensq_lib.maths.stats import Estimate, estimate

Record = dict[str, Any]  # "measure", "value" (a number, or what was said) and keys such as "way", "temperature", "word"
Row = dict[str, Any]  # "setting", "found", "seconds"


def records(values: Mapping[str, float], **keys: str | float) -> list[Record]:
    """A record for each measure, all with the same keys."""
    return [{**keys, "measure": measure, "value": value} for measure, value in values.items()]


def texts(found: Iterable[Record], **where: Any) -> list[Record]:
    """Of the records with these keys those whose value is a text: what a model said, say."""
    return [record for record in found if isinstance(record["value"], str) and _fits(record, where)]


def values(found: Sequence[Record], **where: Any) -> list[float]:
    """Of the records whose keys are these, in their order."""
    return [record["value"] for record in found if _fits(record, where)]


def value(found: Sequence[Record], **where: Any) -> float:
    """Of the one record whose keys are these."""
    fits = values(found, **where)
    if len(fits) != 1:
        raise GensqError(f"expected one record with {where}, got {len(fits)}; name more or other keys")
    return fits[0]


def _fits(record: Record, where: Mapping[str, Any]) -> bool:
    return all(record.get(key) == wanted for key, wanted in where.items())


def flat(rows: Sequence[Row]) -> list[Record]:
    """All records of all rows, each with the setting of its row; the seconds are one more measure."""
    return [{**row["setting"], **record} for row in rows
            for record in [*row["found"], {"measure": "seconds", "value": row["seconds"]}]]


def by(rows: Sequence[Row], *names: str, **where: Any) -> dict[Any, Estimate]:
    """Records that agree in these keys together, of those that are as `where` says: the mean over what is left, the seeds.

    The keys of the result are tuples, or plain where there is one name; a key that a record lacks is None. Texts have no mean.
    """
    groups: dict[Any, list[Record]] = {}
    for record in flat(rows):
        key = tuple(record.get(name) for name in names)
        groups.setdefault(key if len(names) > 1 else key[0], []).append(record)
    found = {key: values([r for r in same if not isinstance(r["value"], str)], **where) for key, same in groups.items()}
    return {key: estimate(numbers) for key, numbers in found.items() if numbers}
