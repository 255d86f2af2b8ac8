"""To talk with a model and to rate it blindly: callables and texts in, widget out. Nothing is kept but what the page shows."""
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, Protocol, runtime_checkable

import ipywidgets

from gensq_course.widgets.arrows import keeping_keys
from gensq_course.widgets.controls import control, sentence
from gensq_course.widgets.conversation import Conversation, Turn, bubble
from gensq_course.widgets.showing import CARD

REMEMBERED = 6  # turns of the conversation that are handed to the model
WHOSE = ("a neighbour", "the model")
LEGEND = "Shading by a judge: blue, like a person; orange, dotted: it doubts."


@runtime_checkable
class Answered(Protocol):
    """A reply, and the conversation up to it: what the person and the model said in turns."""

    turns: Sequence[str]


def chat(respond: Callable[..., Answered], show: Callable[[Any], str], *, examples: Sequence[str], legend: str = LEGEND,
         **controls: Any) -> ipywidgets.VBox:
    """Someone to talk with: `respond(said, turns, **values)` answers, `show` makes escaped HTML of the answer.

    Controls, in the short forms of `control`, count from the next sentence on. It begins with an answer to the first example.
    What `respond` raises is a note, and what was said stays in the field to be mended.
    """
    made = {name: control(name, given) for name, given in controls.items()}
    turns: list[str] = []

    def say(said: str) -> tuple[list[Turn], bool]:
        try:
            found = respond(said, tuple(turns), **{name: widget.value for name, widget in made.items()})
            shown = show(found)
        except Exception as error:
            return [("note", bubble(sentence(error), by="note"))], False
        turns[:] = found.turns[-REMEMBERED:]
        return [("you", bubble(said, by="you")), ("model", shown)], True

    talk = Conversation(say=say, forget=turns.clear, examples=list(examples), legend=legend)
    for first in list(examples)[:1]:
        talk.add(first)
    return ipywidgets.VBox([compact_row(made.values()), talk, *keeping_keys(made.values())])


def compact_row(made: Iterable[ipywidgets.Widget]) -> ipywidgets.HBox:
    """Controls side by side as far as there is room; a slider needs more of it than a menu."""
    for widget in made:
        share = "1 1 9em" if isinstance(widget, ipywidgets.Dropdown) else "2 1 18em"
        widget.layout = {"width": "auto", "flex": share, "max_width": "100%"}
    return ipywidgets.HBox([*made], layout={"flex_flow": "row wrap", "max_width": "44rem", "width": "100%"})


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
