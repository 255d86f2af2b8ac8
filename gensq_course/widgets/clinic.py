"""The clinic of lesson 07: buy readings, choose a diagnosis.

All that it can show is handed over with the game, so its script (clinic.js, by anywidget) needs no kernel: a notebook, a page of
Voila, a report, the web book and the file of `gensq clinic` play it with the same one.
"""
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from gensq_course.widgets.fronts import stylesheet


class Clinic(anywidget.AnyWidget):
    """`game`: points, instruments with their prices, diagnoses, and each patient's readings and verdicts."""

    _esm = Path(__file__).with_name("clinic.js")
    _css = stylesheet("clinic", ".gensq-clinic")
    game = traitlets.Dict().tag(sync=True)


def clinic(game: Mapping[str, Any]) -> Clinic:
    """One room for a game (`clinic.contents` writes it down): choose a patient, buy readings, choose a diagnosis."""
    return Clinic(game=dict(game))
