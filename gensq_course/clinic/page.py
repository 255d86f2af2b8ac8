"""The clinic as one HTML file: no network, no kernel, played with mouse or keyboard; for a class, or for the train.

Everything the page can say is worked out here; its script, that of the widget, only adds up points and shows what was bought. The
answers are in the file, for whoever looks into its source: it is a game, not an examination.
"""
from typing import Any

from gensq_course.clinic.game import DIAGNOSES, WORTH, WRONG, Game, Patient
from gensq_course.clinic.instruments import INSTRUMENTS
from gensq_course.report.html import embedded, opening
from gensq_course.widgets import fronts

START = """const game = JSON.parse(document.getElementById("game").textContent);
clinic.render({model: {get: () => game}, el: document.getElementById("clinic")});
"""


def page(game: Game) -> str:
    """The whole file."""
    script = f"const clinic = {fronts.value('clinic')};\n{START}"
    style = fronts.page_style(fronts.stylesheet("clinic", ".gensq-clinic"))
    head = opening(f"The clinic of posterior collapse, student {game.student}", scripts=[script], style=style)
    return f"""{head}<body>
<main>
<h1>The clinic</h1>
<p>{len(game.visits)} training runs of a small text VAE, on sentences whose true probability is known. Most are sick.
A right diagnosis is worth {WORTH} points; each instrument costs what stands on its button; a wrong diagnosis costs {WRONG}.
Buy as little as decides. Tab moves on, Enter or the space bar presses; in the game the keys 1 to {len(game.visits)} call a
patient.</p>
<div id="clinic"></div>
<noscript>This page needs its own script; it loads nothing else.</noscript>
</main>
<script type="application/json" id="game">{embedded(contents(game))}</script>
<script>{script}</script>
</body>
</html>
"""


def contents(game: Game) -> dict[str, Any]:
    """All that the page may have to show."""
    instruments = [{"name": name, "cost": one.cost, "asks": one.asks} for name, one in INSTRUMENTS.items()]
    return {"student": game.student, "worth": WORTH, "wrong": WRONG, "instruments": instruments, "diagnoses": list(DIAGNOSES),
            "patients": [told(visit.patient) for visit in game.visits]}


def told(patient: Patient) -> dict[str, Any]:
    """The readings of every instrument, and the answer to every diagnosis."""
    return {"readings": {name: one.show(patient.chart) for name, one in INSTRUMENTS.items()},
            "verdicts": [vars(patient.verdict(guess)) for guess in DIAGNOSES]}
