"""What a notebook shows without a kernel: tables, texts and pictures as HTML, all escaped, all with words for screen readers."""
import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from gensq_lib.plots.style import BOXES, INK, LINE

TEXT = "font-size:1.05em;line-height:1.5;overflow-wrap:anywhere"
CARD = f"background:{BOXES['open'][1]};color:{INK};border-radius:3px;padding:.5em .8em;margin:.2em 0;line-height:1.45"

ROWS = ("<style>:where(.gensq-rows :is(th, td)) {padding: .2em .7em; line-height: 1.4} "
        # a wide table moves sideways by itself: what stands around it, its caption too, is read without that
        ":where(.gensq-rows) {container-type: inline-size; overflow-x: auto} "
        ":where(.gensq-rows caption) {position: sticky; left: 0; max-width: 100cqw}</style>"
        "<div class='gensq-rows'>{table}</div>")  # where anybody has a rule of their own, as the page of a report has, it counts


@dataclass(frozen=True)
class Table:
    """Rows of text and numbers as an HTML table (in any script) or as plain text."""

    rows: Sequence[Sequence[Any]]
    columns: Sequence[str]
    caption: str = ""

    def __repr__(self) -> str:
        cells = [list(map(str, self.columns)), *([as_text(cell) for cell in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
        return "\n".join([*([self.caption] if self.caption else []), *lines])

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col' style='text-align:left'>{escape(name)}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(map(cell_html, row))}</tr>" for row in self.rows)
        caption = f"<caption style='text-align:left;caption-side:top'>{escape(self.caption)}</caption>" if self.caption else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def table(rows: Iterable[Sequence[Any]], columns: Sequence[str], caption: str = "") -> Table:
    """A table to show: texts (escaped; Chinese is fine here), numbers (right-aligned)."""
    return Table([list(row) for row in rows], list(columns), caption)


def rounded(found: Mapping[str, float], *, names: Iterable[str], digits: int = 4) -> list[float]:
    """Some of these numbers, for a row: what is 0 in truth is 0.000000000000005 on a computer."""
    return [round(found[name], digits) + 0.0 for name in names]  # and -0.0 is 0


def as_text(cell: Any) -> str:
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def cell_html(cell: Any) -> str:
    align = "right" if isinstance(cell, (int, float)) and not isinstance(cell, bool) else "left"
    text = as_text(cell).replace(" ± ", "\u00a0±\u00a0")  # a number and its error stay in one line
    return f"<td style='text-align:{align}'>{escape(text)}</td>"


def text_html(text: str) -> str:
    """Escaped text; line breaks stay."""
    return f"<div style='{TEXT}'>" + escape(text).replace("\n", "<br>") + "</div>"


@dataclass(frozen=True)
class Picture:
    """A picture that carries its own words, for steppers and explorers."""

    html: str = field(repr=False)  # or a notebook would keep every byte of it twice

    def _repr_html_(self) -> str:
        return self.html


def picture(png: bytes, alt: str, width: int = 800) -> Picture:
    """A figure computed beforehand: `picture(plots.png(axes), alt=...)`."""
    return Picture(f'<img src="data:image/png;base64,{base64.b64encode(png).decode()}" alt="{escape(alt, quote=True)}" '
                   f'width="{width}" style="max-width:100%;height:auto;border-radius:6px">')


def pixels(values: Sequence[Sequence[float]], alt: str, *, side: int = 160) -> Picture:
    """A small grey picture, rows of values from 0 (white) to 1 (black), drawn as squares."""
    size = side / max(len(values), len(values[0]))
    squares = "".join(
        f'<rect x="{x * size:.1f}" y="{y * size:.1f}" width="{size + 0.3:.1f}" height="{size + 0.3:.1f}" '
        f'fill="rgb({grey(value)},{grey(value)},{grey(value)})"/>' for y, row in enumerate(values) for x, value in enumerate(row))
    return Picture(f'<svg role="img" aria-label="{escape(alt, quote=True)}" width="{side}" height="{side}" '
                   f'style="border:1px solid {LINE};background:white">{squares}</svg>')


def grey(value: float) -> int:
    return round(255 * (1 - min(max(value, 0.0), 1.0)))


def content_html(item: str | Picture) -> str:
    return item.html if isinstance(item, Picture) else text_html(item)


def cards(texts: Mapping[str, str], note: str = "") -> Picture:
    """Texts side by side, each under its name; a screen reader says them again when they change."""
    boxes = "".join(f"<div style='{CARD};flex:1 1 16em'><strong>{escape(name)}</strong>{text_html(text)}</div>"
                    for name, text in texts.items())
    below = f"<p style='margin:.3em 0'>{escape(note)}</p>" if note else ""
    return Picture(f"<div role='status' style='display:flex;flex-wrap:wrap;gap:.6em'>{boxes}</div>{below}")


def together(*parts: Picture | Table) -> Picture:
    """One below the other. In a widget nobody sets the columns of a table apart or lets it scroll, as JupyterLab does in an
    output of its own."""
    return Picture("".join(ROWS.replace("{table}", part._repr_html_()) if isinstance(part, Table) else part.html
                           for part in parts))
