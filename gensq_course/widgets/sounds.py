"""Sounds to play: the samples stand in the page itself, so that they play without a network and without a kernel."""
import base64
from html import escape

from jaxtyping import Float
from torch import Tensor

from gensq_course.widgets.showing import CARD, Picture
from gensq_lib.ground.errors import expect
from gensq_lib.sounds import RATE, as_wav

LONGEST = 20.0  # seconds: a page keeps every sample


def sound(wave: Float[Tensor, "time"], words: str, *, shown: Picture | None = None) -> Picture:
    """A player with its text equivalent, `words`, below it, and what is to be seen of the sound above it.

    Whoever cannot hear has the picture and the words; whoever cannot see, the sound and the words.
    """
    expect(0 < len(wave) <= LONGEST * RATE, f"expected a sound of up to {LONGEST:g} seconds, got {len(wave) / RATE:.1f}; cut it")
    source = base64.b64encode(as_wav(wave)).decode()
    return Picture(
        f"<figure style='{CARD};display:inline-block;margin:.3em;max-width:18em;vertical-align:top'>{shown.html if shown else ''}"
        f"<audio controls preload='none' aria-label='{escape(words, quote=True)}' style='width:100%' "
        f"src='data:audio/wav;base64,{source}'></audio><figcaption>{escape(words)}</figcaption></figure>")


def sounds(players: list[Picture]) -> Picture:
    """Several side by side."""
    return Picture(f"<div style='display:flex;flex-wrap:wrap'>{''.join(player.html for player in players)}</div>")
