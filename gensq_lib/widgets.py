"""Things to click in a notebook: callables and texts in, widget out. The only home of ipywidgets.

What can work without a kernel does: `stepper` and the explanations of `quiz` are linked in the browser, so that they
answer in an HTML report, too. Everything shown is escaped and has a label for screen readers.
"""
import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol, runtime_checkable

import ipywidgets

from gensq_lib.errors import GensqError

TEXT = "font-size:1.05em;line-height:1.5;overflow-wrap:anywhere"
CARD = "background:#F0F2F4;color:#1B1F23;border-radius:3px;padding:.5em .8em;margin:.2em 0;line-height:1.45"
WIDE = {"description_width": "initial"}
LONG_OPTIONS = ("<style>.gensq-quiz .widget-radio-box, .gensq-quiz .widget-radio-box label {height: auto; max-width: 100%}"
                ".gensq-quiz .widget-radio-box label {display: flex; flex-direction: row-reverse; justify-content: flex-end;"
                " white-space: normal; line-height: 1.4; margin: .15em 0}"
                ".gensq-quiz .widget-radio-box input {flex: none}</style>")


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


def as_text(cell: Any) -> str:
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def cell_html(cell: Any) -> str:
    align = "right" if isinstance(cell, (int, float)) and not isinstance(cell, bool) else "left"
    return f"<td style='text-align:{align}'>{escape(as_text(cell))}</td>"


def text_html(text: str) -> str:
    """Escaped text; line breaks stay."""
    return f"<div style='{TEXT}'>" + escape(text).replace("\n", "<br>") + "</div>"


@dataclass(frozen=True)
class Picture:
    """A picture that carries its own words, for steppers and explorers."""

    html: str

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
                   f'style="border:1px solid #9AA1AA;background:#FFF">{squares}</svg>')


def grey(value: float) -> int:
    return round(255 * (1 - min(max(value, 0.0), 1.0)))


def content_html(item: str | Picture) -> str:
    return item.html if isinstance(item, Picture) else text_html(item)


def stepper(items: Sequence[str | Picture], label: str) -> ipywidgets.VBox:
    """A slider that walks through texts or pictures computed beforehand; linked in the browser, so it needs no kernel."""
    if not items:
        raise GensqError("expected at least one text to step through, got none; compute the path first")
    slider = ipywidgets.IntSlider(value=0, min=0, max=len(items) - 1, description=label, style=WIDE,
                                  layout={"width": "min(40em, 95%)"})
    pages = ipywidgets.Stack([ipywidgets.HTML(content_html(item)) for item in items], selected_index=0)
    ipywidgets.jslink((slider, "value"), (pages, "selected_index"))
    return ipywidgets.VBox([slider, pages])


def explorer(show: Callable[..., str | Picture], **controls: Any) -> ipywidgets.VBox:
    """Controls above a text or picture that `show(**values)` computes in the kernel whenever one of them changes.

    A control is a widget, or a short form of one: (low, high, step) or (low, high, step, start) a slider, a list a menu, a str a
    text field, a bool a box to tick. What `show` raises is written as a sentence in its place.
    """
    made = {name: control(name, given) for name, given in controls.items()}
    view = ipywidgets.HTML()

    def update(change: Any = None) -> None:
        view.value = answer(show, {name: widget.value for name, widget in made.items()})

    for widget in made.values():
        widget.observe(update, names="value")
    update()
    return ipywidgets.VBox([*made.values(), view])


def control(name: str, given: Any) -> ipywidgets.Widget:
    """A labelled widget from its short form."""
    looks = {"description": name.replace("_", " "), "style": WIDE, "layout": {"width": "min(40em, 95%)"}}
    match given:
        case ipywidgets.Widget():
            return given
        case bool():
            return ipywidgets.Checkbox(given, indent=False, **looks)
        case str():
            return ipywidgets.Text(given, continuous_update=False, **looks)
        case list():
            return ipywidgets.Dropdown(options=given, **looks)
        case (int() as low, int() as high, int() as step):
            return ipywidgets.IntSlider(low, low, high, step, **looks)
        case (low, high, step, start):
            return ipywidgets.FloatSlider(start, min=low, max=high, step=step, **looks)
        case (low, high, step):
            return ipywidgets.FloatSlider(min(max(0.0, low), high), min=low, max=high, step=step, **looks)
    raise GensqError(f"expected (low, high, step), (low, high, step, start), a list, a str, a bool or a widget for {name}, "
                     f"got {given!r}; write the control in one of these ways")


def answer(show: Callable[..., str | Picture], values: dict[str, Any]) -> str:
    try:
        return content_html(show(**values))
    except Exception as error:
        return f"<div role='alert' style='{CARD}'>{escape(f'{type(error).__name__}: {error}')}</div>"


@runtime_checkable
class Option(Protocol):
    text: str
    why: str
    right: bool


@runtime_checkable
class Question(Protocol):
    ask: str
    options: Sequence[Option]


@runtime_checkable
class Quiz(Protocol):
    questions: Sequence[Question]


def quiz(asked: Quiz, *, advice: Callable[[dict[int, int]], str] | None = None) -> ipywidgets.VBox:
    """Questions to click (or Tab and the space bar): each choice is explained at once; a kernel also counts the points,
    and says what `advice` makes of the choices when all questions are answered."""
    score, style = ipywidgets.HTML(points(asked, {})), ipywidgets.HTML(LONG_OPTIONS)
    chosen: dict[int, int] = {}
    boxes = []
    for number, question in enumerate(asked.questions):
        radio, why = question_parts(question)

        def choose(change: Any, number: int = number) -> None:
            chosen[number] = change["new"]
            score.value = points(asked, chosen)
            if advice and len(chosen) == len(asked.questions):
                score.value += f"<p role='status'>{escape(advice(chosen))}</p>"

        radio.observe(choose, names="index")
        heading = f"<strong>{number + 1}. {escape(question.ask)}</strong>"
        title = ipywidgets.HTML(f"<p style='margin:.8em 0 .2em;line-height:1.4'>{heading}</p>")
        boxes.append(ipywidgets.VBox([title, radio, why]))
    return ipywidgets.VBox([style, *boxes, score], _dom_classes=("gensq-quiz",))


def question_parts(question: Question) -> tuple[ipywidgets.RadioButtons, ipywidgets.Stack]:
    """The options and their explanations, linked in the browser."""
    texts = [(f"{letter}) {option.text}", i) for i, (letter, option) in
             enumerate(zip("abcdefgh", question.options, strict=False))]
    radio = ipywidgets.RadioButtons(options=texts, index=None, layout={"width": "auto"}, tooltip=question.ask)
    why = ipywidgets.Stack([ipywidgets.HTML(why_html(option)) for option in question.options], selected_index=None)
    ipywidgets.jslink((radio, "index"), (why, "selected_index"))
    return radio, why


def why_html(option: Option) -> str:
    verdict, edge = ("✓ Right.", "#006B4B") if option.right else ("✗ No.", "#A33C00")
    return f"<div role='status' style='{CARD};border-left:5px solid {edge}'><strong>{verdict}</strong> {escape(option.why)}</div>"


def points(asked: Quiz, chosen: dict[int, int]) -> str:
    """How many questions are answered, and how many rightly. Without a kernel nobody counts, and it does not pretend to."""
    if not chosen:
        return "<p role='status'>In a running notebook your points are counted here.</p>"
    right = sum(asked.questions[number].options[i].right for number, i in chosen.items() if i is not None)
    return f"<p role='status'>{right} of {len(asked.questions)} right, {len(chosen)} answered.</p>"


@runtime_checkable
class Visit(Protocol):
    """A case of a game: what was bought for it, what it is worth so far, and what to answer to a diagnosis."""

    bought: Sequence[str]
    solved: bool
    points: int

    def buy(self, name: str) -> Any: ...
    def read(self, name: str) -> Sequence[tuple[str, str]]: ...
    def diagnose(self, guess: str) -> Any: ...


def clinic(visits: Sequence[Visit], *, instruments: dict[str, int], diagnoses: Sequence[str]) -> ipywidgets.VBox:
    """One room: choose a patient, buy readings (a button each, with its price), choose a diagnosis. It asks the kernel."""
    patient = ipywidgets.Dropdown(options=[(f"patient {i + 1}", i) for i in range(len(visits))], value=0, description="patient")
    buttons = [ipywidgets.Button(description=f"{name} ({cost})" if cost else name, tooltip=f"buy {name} for {cost} points",
                                 layout={"width": "auto"}) for name, cost in instruments.items()]
    guess = ipywidgets.Dropdown(options=["choose a diagnosis", *diagnoses], description="it is",
                                layout={"width": "min(30em, 95%)"})
    readings, verdict, score = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()

    def show(change: Any = None) -> None:
        visit = visits[patient.value]
        readings.value = "".join(table(visit.read(name), ["reading", "value"], name)._repr_html_() for name in visit.bought)
        score.value = (f"<p role='status'>{sum(v.points for v in visits)} points, "
                       f"{sum(v.solved for v in visits)} of {len(visits)} patients diagnosed.</p>")

    def call(change: Any) -> None:
        guess.index, verdict.value = 0, ""
        show()

    def diagnose(change: Any) -> None:
        if guess.index:
            answered = visits[patient.value].diagnose(guess.value)
            verdict.value = verdict_html(answered.right, answered.text)
            show()

    for button, name in zip(buttons, instruments, strict=True):
        button.on_click(lambda _, name=name: (visits[patient.value].buy(name), show()))
    patient.observe(call, names="value")
    guess.observe(diagnose, names="value")
    show()
    shelf = ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap"})
    return ipywidgets.VBox([score, patient, shelf, readings, guess, verdict])


def verdict_html(right: bool, text: str) -> str:
    """An answer in a box, good or bad to see without colours, too."""
    verdict, edge = ("✓", "#006B4B") if right else ("✗", "#A33C00")
    return f"<div role='status' style='{CARD};border-left:5px solid {edge}'>{verdict} {escape(text)}</div>"
