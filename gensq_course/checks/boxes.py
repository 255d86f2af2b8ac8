"""Small coloured boxes: how the checks speak to a reader.

In a notebook a box is escaped, accessible HTML on its own light card (readable in a dark theme too); in a
terminal it is plain text. Its record is a JSON entry of the cell's output, so that tools can read the verdict.
"""
from dataclasses import dataclass, field
from html import escape
from textwrap import indent
from typing import Any

from IPython.display import display

from gensq_lib.plots.style import BOXES, INK

MIME = "application/vnd.gensq+json"
MARKS = {"right": "✓", "wrong": "✗", "open": "○", "note": "→"}  # a tone's mark and title say the same without its colour


@dataclass(frozen=True)
class Box:
    """A title and some lines, with a tone and a record for tools."""

    tone: str
    title: str
    lines: tuple[str, ...] = ()
    banner: str = ""  # set apart below the lines: what the reader must not overlook
    record: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        head = f"{MARKS[self.tone]} {self.title}"
        banner = (f"  [{self.banner}]",) if self.banner else ()
        return "\n".join((head, *(indent(line, "  ") for line in self.lines), *banner))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self.html(), MIME: self.record}

    def html(self) -> str:
        mark, (edge, card) = MARKS[self.tone], BOXES[self.tone]
        lines = "".join(f"<div style='margin-top:.35em'>{multiline(line)}</div>" for line in self.lines)
        style = (f"border-left:6px solid {edge};background:{card};color:{INK};padding:.6em .9em;"
                 "margin:.3em 0;border-radius:3px;max-width:52em;line-height:1.45")
        title = f"<strong style='color:{edge}'><span aria-hidden='true'>{mark}</span> {escape(self.title)}</strong>"
        return f"<div role='status' style='{style}'>{title}{lines}{self.banner_html(edge)}</div>"

    def banner_html(self, edge: str) -> str:
        if not self.banner:
            return ""
        style = f"margin-top:.6em;padding:.25em .6em;border:1px dashed {edge};font-weight:600"
        return f"<div style='{style}'>{escape(self.banner)}</div>"

    def show(self) -> None:
        display(self)


def multiline(text: str) -> str:
    """Escaped text; lines after the first are data, set in a fixed-width font."""
    first, *rest = text.split("\n")
    if not rest:
        return escape(first)
    data = escape("\n".join(rest))
    style = "margin:.2em 0 0;background:transparent;color:inherit;white-space:pre-wrap"
    return f"{escape(first)}<pre style='{style}'>{data}</pre>"
