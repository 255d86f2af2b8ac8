"""The world of lesson 01: three topics, sixteen beginnings of sentences, and the probability of each pair.

The notebook writes it down as a grammar; tests/test_live.py holds both to each other.
"""
from typing import Any

TOPICS = {"food": 0.5, "school": 0.3, "farm": 0.2}
WHO = {"food": {"cook": 6, "teacher": 1, "farmer": 1, "child": 2}, "school": {"cook": 1, "teacher": 6, "farmer": 1, "child": 4},
       "farm": {"cook": 1, "teacher": 1, "farmer": 6, "child": 2}}
DOES = {"food": {"eats": 6, "reads": 1, "digs": 1, "waits": 4}, "school": {"eats": 1, "reads": 6, "digs": 1, "waits": 3},
        "farm": {"eats": 2, "reads": 1, "digs": 6, "waits": 2}}


def overheard() -> dict[str, Any]:
    """Beginnings x, topics z, and p(x, z), a row for each x."""
    rows = {f"the {who} {does}": [share * _part(WHO[z], who) * _part(DOES[z], does) for z, share in TOPICS.items()]
            for who in sorted(WHO["food"]) for does in sorted(DOES["food"])}
    return {"sentences": list(rows), "topics": list(TOPICS), "joint": list(rows.values())}


def _part(weights: dict[str, int], word: str) -> float:
    return weights[word] / sum(weights.values())
