"""Pictures of lesson 10, each with the words that stand for it: reliability, posteriors word by word, curves over labels."""
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from gensq_course.lessons.understanding.study import NUM_TRAIN
from gensq_course.studies.pool import PUT_ASIDE
from gensq_course.studies.rows import Row, by
from gensq_course.widgets import Picture
from gensq_lib import plots
from gensq_lib.diagnostics.calibration import Predictions
from gensq_lib.maths.stats import Estimate, estimate
from gensq_lib.plots.style import BOXES, COLOURS, INK, LINE

Drawn = tuple[Any, str]  # the axes of a figure, and the words that stand for it
BINS = 8
EVERY = NUM_TRAIN - PUT_ASIDE  # labels of the record's last column


def reliability(found: Mapping[str, Predictions]) -> Drawn:
    """Hits over confidence, a line for each classifier; where one has fewer than ten sentences in a bin there is no point."""
    tables = {name: said.reliability(bins=BINS) for name, said in found.items()}
    middles = [(b + 0.5) / BINS for b in range(BINS)]
    lines = {name: [h.item() if n >= 10 else float("nan") for h, n in zip(table.hits, table.num, strict=True)]
             for name, table in tables.items()}
    axes = plots.curves_over(middles, lines, xlabel="confidence: the probability of what is said", ylabel="share that is right",
                             title="Does 70 % mean 70 %?")
    axes.plot([0, 1], [0, 1], color=INK, linestyle=(0, (4, 3)), linewidth=1.2)
    words = "; ".join(f"{name}: {table.error:.3f}" for name, table in tables.items())
    return axes, (f"Share of hits over confidence in {BINS} bins; on the dashed diagonal both agree. Mean distance from it in "
                  f"these bins: {words}.")


def over_labels(rows: Sequence[Row], ways: Sequence[str], *, attribute: str) -> Drawn:
    """Accuracy over the number of labels, with the standard error over the draws."""
    found = by(rows, "way", "num", measure="accuracy", attribute=attribute)
    numbers = sorted({num for _, num in found}, key=lambda num: num or float("inf"))
    places = [num or EVERY for num in numbers]
    none = Estimate(float("nan"), float("nan"), 0)  # not tried there
    means, errors = ({way: [getattr(found.get((way, num), none), what) for num in numbers] for way in ways}
                     for what in ("mean", "error"))
    axes = plots.curves_over(places, means, errors=errors, log="x", xlabel=f"labelled sentences (the last point: all, {EVERY:,})",
                             ylabel="share that is right", title=f"The world's {attribute}: who learns from how few?")
    words = "; ".join(f"{way}: {', '.join(f'{value:.2f}' for value in means[way] if value == value)}" for way in ways)
    return axes, f"Accuracy at {', '.join(str(num or 'all') for num in numbers)} labels, mean over draws. {words}."


def word_by_word(words: Sequence[str], rows: Mapping[str, Sequence[Sequence[float]]], labels: Sequence[str]) -> Picture:
    """A table of bars: for each beginning of a sentence, what each classifier gives to each label.

    Where there are more labels than colours a bar shows the likeliest alone.
    """
    colours = list(COLOURS.values())[:len(labels)]
    head = "".join(f"<th scope='col' style='text-align:left'>{escape(name)}</th>" for name in rows)
    body = ""
    for place, word in enumerate(["(nothing yet)", *words]):
        cells = "".join(f"<td style='white-space:nowrap'>{_bar(said[place], labels, colours)}</td>" for said in rows.values())
        body += f"<tr><th scope='row' style='text-align:left'>{escape(word)}</th>{cells}</tr>"
    legend = "the likeliest label" if len(labels) > len(colours) else ", ".join(
        f"<span style='border-bottom:4px solid {colour}'>{escape(label)}</span>"
        for colour, label in zip(colours, labels, strict=True))
    return Picture(f"<table role='status'><caption style='text-align:left'>After each word: {legend}</caption>"
                   f"<thead><tr><th scope='col'>heard</th>{head}</tr></thead><tbody>{body}</tbody></table>")


def _bar(shares: Sequence[float], labels: Sequence[str], colours: Sequence[str]) -> str:
    """The shares side by side, and the largest in words; where all are 0, that nothing begins so (a reader may type anything)."""
    if not any(shares):
        return "no sentence begins so"
    best = max(range(len(shares)), key=shares.__getitem__)
    drawn = dict(zip(colours, shares, strict=True)) if len(shares) == len(colours) else {colours[0]: shares[best]}
    parts = "".join(f"<span style='display:inline-block;height:.8em;width:{int(100 * share + 1e-6)}px;"
                    f"background:{colour}'></span>" for colour, share in drawn.items() if share > 0.004)
    return (f"<span style='display:inline-block;width:100px;background:{BOXES['open'][1]};border:1px solid {LINE};line-height:0'>"
            f"{parts}</span> {escape(labels[best])} {shares[best]:.0%}")


def short(found: Estimate | None) -> str:
    """A share and its error for a table of many columns: without the zeros in front, narrow spaces (U+202F) around the sign."""
    return re.sub(r"\b0\.", ".", f"{found.mean:.2f}\u202f±\u202f{found.error:.2f}") if found else ""


def lead(rows: Sequence[Row], first: str, second: str, *, attribute: str, num: int, measure: str = "accuracy") -> Estimate:
    """How much higher a measure of `first` is than that of `second` on the same labelled sentences: mean, error over draws."""
    found = by(rows, "way", "draw", measure=measure, attribute=attribute, num=num)
    draws = sorted({draw for _, draw in found})
    return estimate([found[first, draw].mean - found[second, draw].mean for draw in draws])
