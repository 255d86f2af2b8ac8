"""The card of a model in a file: what it is, what it was made from, what was measured, how to load it. Never the text itself.

A card may come from anywhere, so nothing in it is trusted: its form is checked, and its Markdown is escaped.
"""
import html
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gensq_lib.ground.errors import GensqError

LONGEST = 500  # characters of one entry on the page
LICENCE = ("code: MIT; the weights were made from the text and are under what its licence or its owner allows: {licence}. Rare "
           "wordings can be drawn from a model that has learnt sentences by heart, so share it where the text may be shared.")
LOAD = """    gensq sample {file} --num 10
    gensq score {file} my_sentences.txt

    from gensq_course.shipped import exported
    model = exported.load("{file}")
    model.sample(10, seed=0), model.score(["A sentence."])

The file is safetensors: numbers and this card, nothing that runs. Names, shapes and rules for other programs: docs/export.md."""


@dataclass(frozen=True)
class Measure:
    """One measured number with its unit, its 95 % interval where it has one, and what it was measured on."""

    name: str
    value: float
    unit: str
    on: str
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Card:
    """Everything here is plain JSON. `made` is lesson, parameters, seed, commit, date, versions; `corpus` its name and sizes."""

    model: str  # "language model" or "text VAE"
    sizes: Mapping[str, Any]
    corpus: Mapping[str, Any]
    tokens: str
    made: Mapping[str, Any]
    measures: tuple[Measure, ...]
    licence: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON; a number that is none is null."""
        return asdict(self) | {"measures": [_plain(measure) for measure in self.measures]}

    def markdown(self, file: str = "FILE", *, level: int = 1) -> str:
        """For people; what stands in it is shown and never obeyed. Its title is a heading of this level."""
        rows = {"model": self.model, **_flat("", self.sizes), **_flat("corpus", self.corpus), "tokens": self.tokens,
                **_flat("made", self.made), "licence": self.licence}
        measures = [(m.name, f"{m.value:.4g}", "" if m.interval is None else "{:.4g} to {:.4g}".format(*m.interval), m.unit, m.on)
                    for m in self.measures]
        title = f"{self.model[:1].upper()}{self.model[1:]} of {self.corpus.get('name', 'a text')}"
        mark = "#" * level
        return "\n".join([f"{mark} {escaped(title)}", "",
                          *_table(("what", ""), rows.items()), "", f"{mark}# Measured", "",
                          *_table(("what", "value", "95 % interval", "unit", "on"), measures), "", f"{mark}# How to load", "",
                          LOAD.format(file=file if re.fullmatch(r"[\w.-]+", file) else "FILE"), ""])


def card_from(found: Any) -> Card:
    """Out of a file: refused where it is no card."""
    try:
        measures = tuple(Measure(m["name"], float("nan") if m["value"] is None else float(m["value"]), m["unit"], m["on"],
                                 m["interval"] and tuple(map(float, m["interval"]))) for m in found["measures"])
        card = Card(**{**found, "measures": measures})
        words = [card.model, card.tokens, card.licence, *(text for m in measures for text in (m.name, m.unit, m.on))]
        parts = (card.sizes, card.corpus, card.made)
        if not all(isinstance(word, str) for word in words) or not all(isinstance(part, dict) for part in parts):
            raise TypeError
        if any(m.interval is not None and len(m.interval) != 2 for m in measures):
            raise ValueError
        return card
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        raise GensqError("got a card of another form") from None


def without_folders(name: Any) -> Any:
    """A path, or a name of a corpus with one, without its folders, which are nobody's business: "file:/home/me/a" -> "file:a"."""
    begins = r"^(?:([a-z]{2,}:)|(?=[/\\~.]|[A-Za-z]:\\))"
    return re.sub(begins + r".*[/\\]", r"\1", name, flags=re.S) if isinstance(name, str) else name


def escaped(value: Any) -> str:
    """Any value as text in a cell of Markdown, in which nothing is markup or moves a cursor."""
    text = f"{value:,}" if type(value) is int else f"{value:.6g}" if isinstance(value, float) else str(value)
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text):,} characters)"
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return re.sub(r"([\\`*_\[\]|#~!])", r"\\\1", html.escape(text, quote=False))


def _plain(measure: Measure) -> dict[str, Any]:
    return {key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in asdict(measure).items()}


def _flat(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of a dict one by one: "corpus: sentences: train"."""
    rows: dict[str, Any] = {}
    for key, value in found.items():
        full = f"{name}: {key}" if name else str(key)
        rows |= _flat(full, value) if isinstance(value, Mapping) and len(full) < LONGEST else {full: value}
    return rows


def _table(head: Sequence[str], rows: Any) -> list[str]:
    lines = ["| " + " | ".join(map(escaped, row)) + " |" for row in (head, *rows)]
    return [lines[0], "|" + "---|" * len(head), *lines[1:]]
