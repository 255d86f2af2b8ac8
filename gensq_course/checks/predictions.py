"""Predict first: a reader writes a guess and how sure he is; the end of the lesson shows how well calibrated he was.

The guess is written into a form, or into the code: `checks.predict("kl", guess=5.0, sure=0.7)`.
Someone who is 70 % sure each time should be right in about 70 % of the cases.
"""
from dataclasses import dataclass
from typing import Any, SupportsFloat

from IPython import get_ipython
from IPython.display import display

from gensq_course import widgets
from gensq_course.checks.boxes import Box
from gensq_course.report.words import say
from gensq_lib.ground.errors import GensqError


@dataclass
class Prediction:
    """A guess (None: no guess), how sure, and later what came out and how near counts as right."""

    name: str
    guess: float | None
    sure: float | None
    value: float | None = None
    tolerance: float = 0.0

    @property
    def counts(self) -> bool:
        return self.guess is not None and self.value is not None

    @property
    def hit(self) -> bool:
        return self.counts and abs(self.guess - self.value) <= self.tolerance

    def __str__(self) -> str:
        guessed = "none" if self.guess is None else "guess"
        sure = ["sure"] if guessed == "guess" and self.sure is not None else []
        parts = [guessed, *sure, *([] if self.value is None else [self.verdict])]
        return "".join(say("prediction", part, **vars(self)) for part in parts)

    @property
    def verdict(self) -> str:
        """The name of the sentence about what came out."""
        return "found" if self.guess is None else "hit" if self.hit else "missed"


_predictions: dict[str, Prediction] = {}


def predict(name: str, *, guess: float | None = None, sure: float | None = None) -> float | None:
    """Keep a guess and how sure you are (between 0 and 1) that it will be near enough.

    With no guess (None) a notebook shows a form that keeps one; what the form kept stays when the cell is run again.
    """
    if sure is not None and not 0 <= sure <= 1:
        raise GensqError(f"expected sure between 0 and 1, got {sure}; write 0.7 for 70 %")
    asked = guess is None and in_notebook()
    made = _predictions.get(name) if asked else None
    made = _predictions[name] = made or Prediction(name, guess, sure)
    box = Box("note", str(made), record={"prediction": name, "guess": made.guess, "sure": made.sure})
    if asked:
        display(form_bundle(made) | box._repr_mimebundle_(), raw=True)
    else:
        box.show()
    return made.guess


def in_notebook() -> bool:
    """Whether a kernel listens to widgets."""
    return hasattr(get_ipython(), "kernel")


def form_bundle(made: Prediction) -> dict[str, Any]:
    """The form of a prediction, to display; a guess that is kept after the outcome counts when `outcome` is run again."""
    def keep(guess: float, sure: float) -> str:
        made.guess, made.sure, made.value = guess, sure, None
        return say("prediction", "kept", said=str(made))

    return widgets.guess_form(made.name, keep, guess=made.guess, sure=made.sure)._repr_mimebundle_()


def outcome(name: str, value: SupportsFloat, tolerance: float) -> None:
    """Hold what came out against the guess; a guess within `tolerance` is a hit."""
    made = _predictions.setdefault(name, Prediction(name, None, None))
    made.value, made.tolerance = float(value), tolerance
    tone = "open" if not made.counts else "right" if made.hit else "wrong"
    entry = {"prediction": name, "guess": made.guess, "sure": made.sure, "value": made.value, "hit": made.hit}
    Box(tone, str(made), record=entry).show()


def calibration() -> None:
    """All predictions, the share of hits beside the mean sureness, and the Brier score (Brier 1950; 0 is best)."""
    judged = [p for p in _predictions.values() if p.counts and p.sure is not None]
    entry: dict[str, float | int] = {"predictions": len(_predictions), "judged": len(judged)}
    verdict = say("prediction", "uncalibrated")
    if judged:
        hits = sum(p.hit for p in judged) / len(judged)
        sure = sum(p.sure for p in judged) / len(judged)
        brier = sum((p.sure - p.hit) ** 2 for p in judged) / len(judged)
        entry |= {"hits": hits, "sure": sure, "brier": brier}
        verdict = say("prediction", "calibrated", hits=hits, judged=len(judged), sure=sure, brier=brier)
    Box("note", verdict, tuple(str(p) for p in _predictions.values()), record=entry).show()


def forget_predictions() -> None:
    """Start again."""
    _predictions.clear()
