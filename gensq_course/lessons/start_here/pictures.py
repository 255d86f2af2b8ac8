"""The figure of lesson 00: bars as high and as red as a sentence's words are surprising. HTML, so that any script will do."""
from collections.abc import Sequence
from html import escape

from gensq_course.widgets import Picture
from gensq_lib.plots.style import BOXES, CARD, INK, LOSS, UNUSED

HIGHEST = 110  # pixels of the most surprising word


def coloured_words(words: Sequence[str], costs: Sequence[float], caption: str) -> Picture:
    """A bar for each word, by height and colour as surprising as it was, its nats above it. Taught in lesson 00."""
    most = max(*costs, 1e-9)
    bars = "".join(bar(word, cost, cost / most) for word, cost in zip(words, costs, strict=True))
    card = f"background:{CARD};color:{INK};border-radius:3px;padding:.5em .8em;margin:.3em 0"
    row = "display:flex;flex-wrap:wrap;align-items:flex-end;gap:.3em .5em;margin-top:.5em"
    return Picture(f"<figure style='{card}'><figcaption>{escape(caption)}</figcaption><div style='{row}'>{bars}</div></figure>")


def bar(word: str, cost: float, share: float) -> str:
    """A number, a bar, a word, one below the other."""
    box = f"height:{max(2, HIGHEST * share):.0f}px;background:{mixed(UNUSED, LOSS, share)};border-radius:3px 3px 0 0"
    number = f"<div style='font-size:.85em'>{cost:.2f}</div>"
    return (f"<div style='text-align:center;min-width:2.6em'>{number}<div style='{box}'></div>"
            f"<div style='border-top:2px solid {BOXES['open'][0]}'>{escape(word)}</div></div>")


def mixed(cold: str, hot: str, share: float) -> str:
    """A colour between two of the style: share 0 is the first, 1 the second."""
    parts = [[int(colour[i:i + 2], 16) for i in (1, 3, 5)] for colour in (cold, hot)]
    return f"rgb({','.join(str(round(a + share * (b - a))) for a, b in zip(*parts, strict=True))})"
