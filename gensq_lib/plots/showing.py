"""Showing figures, never without words for those who cannot see them.

JupyterLab and nbconvert's default template drop the "alt" of an image's metadata, so the picture is shown as an HTML
<img> with its alt text; the PNG (with the same text in its metadata) stays beside it for other readers.
"""
import base64
import io
from html import escape

from IPython.core.getipython import get_ipython
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

DOTS = (150, 110, 80)  # per inch: the first with which a picture is small enough
MAX_BYTES = 100_000  # a committed notebook holds ten of these
PALETTE = 128


def show(drawn: Axes | Figure, *, alt: str) -> None:
    """Show a figure. `alt` says in a sentence what there is to see, with the numbers that matter."""
    data, text = png(drawn), alt_text(alt)
    width = round(figure_of(drawn).get_figwidth() * 100)
    code = base64.b64encode(data).decode()
    html = (f'<img src="data:image/png;base64,{code}" alt="{escape(text)}" width="{width}" '
            'style="max-width:100%;height:auto;border-radius:6px">')
    bundle = {"text/html": html, "image/png": code, "text/plain": f"Figure: {text}"}
    metadata = {"image/png": {"alt": text, "width": width}}
    if get_ipython() is None:
        print(bundle["text/plain"])
    else:
        display(bundle, metadata=metadata, raw=True)


def png(drawn: Axes | Figure) -> bytes:
    """The figure as PNG with few colours: a third of the size, and no difference to the eye. A long run of a reader's may
    draw so many points that fewer dots must do.
    """
    for dots in DOTS:
        if len(data := _png(figure_of(drawn), dots)) < MAX_BYTES:
            return data
    raise ValueError(f"expected a picture below {MAX_BYTES:,} bytes, got {len(data):,}; draw fewer points")


def _png(figure: Figure, dots: int) -> bytes:
    buffer, small = io.BytesIO(), io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dots)
    Image.open(buffer).convert("RGB").quantize(PALETTE, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    return small.getvalue()


def figure_of(drawn: Axes | Figure) -> Figure:
    """The figure that these axes stand on, or the figure itself."""
    return drawn.figure if isinstance(drawn, Axes) else drawn


def alt_text(alt: str) -> str:
    """The text in one line; one that is too short to say anything is refused."""
    text = " ".join(alt.split())
    if len(text) < 20:
        raise ValueError(f'expected alt text of 20 characters or more that says what the figure shows, got "{text}"; '
                         "describe what a reader who cannot see it should know")
    return text
