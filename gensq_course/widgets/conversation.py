"""A conversation as bubbles above a field: what was said in, callables called, bubbles out. By day and by night, on a phone, too.

What is new is read aloud, the field keeps the focus, and the last bubble stays in view; plain ipywidgets can do none of this,
so it brings a script of its own (conversation.js, by anywidget). Nothing is fetched.
"""
from collections.abc import Callable
from html import escape
from pathlib import Path

import anywidget
import traitlets

from gensq_course.widgets.fronts import stylesheet

SHOWN = 60  # turns that stay on the page: those of a long talk would slow it down
LONGEST = 300  # characters of what was said that a bubble shows
Turn = tuple[str, str]  # who ("you", "model", "note"), and escaped HTML


class Conversation(anywidget.AnyWidget):
    """Bubbles, the newest last; `say(said)` and `forget()` are called for what the reader sends and when it starts anew.

    `say` returns the turns to show and whether what was sent may leave the field.
    """

    _esm = Path(__file__).with_name("conversation.js")
    _css = stylesheet("conversation", ".gensq-chat")
    bubbles = traitlets.List().tag(sync=True)  # {"id", "who", "html"}
    examples = traitlets.List().tag(sync=True)
    legend = traitlets.Unicode().tag(sync=True)
    placeholder = traitlets.Unicode("say something, then Enter").tag(sync=True)
    longest = traitlets.Int(LONGEST).tag(sync=True)

    def __init__(self, *, say: Callable[[str], tuple[list[Turn], bool]], forget: Callable[[], None], **state):
        super().__init__(**state)
        self.say, self.forget, self.count = say, forget, 0
        self.on_msg(self.hear)

    def hear(self, _: anywidget.AnyWidget, sent: dict, buffers: list) -> None:
        """A message of the page."""
        if sent.get("anew"):
            self.forget()
            self.bubbles = []
        elif isinstance(said := sent.get("said"), str) and said.strip():
            self.add(said)

    def add(self, said: str) -> None:
        """What was said, and what comes of it."""
        turns, understood = self.say(said)
        new = [{"id": str(self.count + i), "who": who, "html": html} for i, (who, html) in enumerate(turns)]
        self.count += len(new)
        kept = [bubble for bubble in [*self.bubbles, *new] if bubble["id"] != EARLIER["id"]]
        self.bubbles = kept if len(kept) <= SHOWN else [EARLIER, *kept[-SHOWN:]]
        self.send({"understood": understood})


def bubble(text: str, *, by: str) -> str:
    """A plain one, escaped; a screen reader hears whose it is."""
    kind = "bubble note" if by == "note" else "bubble"
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
    return f"<p class='{kind}' dir='auto'><span class='said-by'>{by}: </span>{escape(shown)}</p>"


EARLIER = {"id": "earlier", "who": "note", "html": bubble("Earlier turns are no longer shown.", by="note")}
