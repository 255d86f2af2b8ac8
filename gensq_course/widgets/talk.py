"""To talk with a model and to rate it blindly: callables and texts in, widget out. Nothing is kept but what the page shows."""
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Protocol, runtime_checkable

import ipywidgets

from gensq_course.widgets.controls import WIDE, answer, control
from gensq_course.widgets.showing import CARD, Picture

SHOWN = 6  # turns of the conversation on the page
WHOSE = ("a neighbour", "the model")


@runtime_checkable
class Answered(Protocol):
    """A reply, and the conversation up to it: what the person and the model said in turns."""

    turns: Sequence[str]


def chat(respond: Callable[..., Answered], show: Callable[[Any], str], *, examples: Sequence[str], **controls: Any
         ) -> ipywidgets.VBox:
    """A field to say something in; `respond(said, turns, **values)` answers, `show` makes escaped HTML of the answer.

    Controls, in the short forms of `control`, count from the next sentence on. It begins with an answer to the first example.
    """
    field = ipywidgets.Combobox(value=examples[0], options=list(examples), ensure_option=False, continuous_update=False,
                                placeholder="say something, then Enter", description="you", style=WIDE,
                                layout={"width": "min(40em, 95%)"})
    made = {name: control(name, given) for name, given in controls.items()}
    send, anew = (ipywidgets.Button(description=words, layout={"width": "auto"}) for words in ("say it", "start anew"))
    talk, view = ipywidgets.HTML(), ipywidgets.HTML()
    turns: list[str] = []

    def reply() -> Picture:
        found = respond(field.value, tuple(turns), **{name: widget.value for name, widget in made.items()})
        turns[:] = found.turns[-SHOWN:]
        field.value = ""
        return Picture(f"<div role='status' style='{CARD}'>{show(found)}</div>")

    def say(change: Any = None) -> None:
        if field.value.strip():
            view.value = answer(reply, {})  # a sentence that was not understood stays in the field
            talk.value = conversation(turns[:-1])

    def forget(change: Any = None) -> None:
        turns.clear()
        field.value = talk.value = view.value = ""

    field.observe(say, names="value")
    send.on_click(say)
    anew.on_click(forget)
    say()
    return ipywidgets.VBox([*made.values(), talk, view, field, ipywidgets.HBox([send, anew])])


def conversation(turns: Sequence[str]) -> str:
    """What was said before the last answer, escaped; the person began."""
    speakers = ("you", "model") if len(turns) % 2 else ("model", "you")
    lines = (f"<p style='margin:.2em 0'><em>{speakers[i % 2]}:</em> {escape(said)}</p>" for i, said in enumerate(turns))
    return f"<div style='overflow-wrap:anywhere'>{''.join(lines)}</div>"


def blind_rating(items: Sequence[tuple[str, bool]], *, share: Callable[[int, int], Any], whose: tuple[str, str] = WHOSE
                 ) -> ipywidgets.VBox:
    """Texts, one after the other, each real or not: two buttons, and a tally with what `share(right, all)` says of it."""
    shown, tally = ipywidgets.HTML(), ipywidgets.HTML()
    buttons = [ipywidgets.Button(description=name, layout={"width": "auto"}) for name in whose]
    right: list[bool] = []

    def turn_page() -> None:
        done = len(right) == len(items)
        text = "That was the last one." if done else items[len(right)][0]
        shown.value = f"<div style='{CARD};overflow-wrap:anywhere'>{escape(text).replace(chr(10), '<br>')}</div>"
        tally.value = f"<p role='status'>{escape(tally_line(right, len(items), share))}</p>"
        for button in buttons:
            button.disabled = done

    def guess(real: bool) -> None:
        right.append(items[len(right)][1] == real)
        turn_page()

    for button, real in zip(buttons, (True, False), strict=True):
        button.on_click(lambda _, real=real: guess(real))
    turn_page()
    return ipywidgets.VBox([shown, ipywidgets.HBox(buttons), tally])


def tally_line(right: Sequence[bool], total: int, share: Callable[[int, int], Any]) -> str:
    """How the last guess was, and all of them."""
    if not right:
        return f"{total} to rate. In a running notebook the buttons count."
    last = "Right. " if right[-1] else "Wrong. "
    return f"{last}{sum(right)} of {len(right)}: {share(sum(right), len(right))}. Guessing gives 0.5."
