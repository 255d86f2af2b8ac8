"""Predict first: a reader writes a guess and how sure he is; the end of the lesson shows how well calibrated he was.

Someone who is 70 % sure each time should be right in about 70 % of the cases.
"""
from dataclasses import dataclass
from typing import SupportsFloat

from gensq_course.checks.boxes import Box
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
        if self.guess is None:
            return f"{self.name}: no guess" + (f"; it is {self.value:.4g}" if self.value is not None else "")
        text = f"{self.name}: you guessed {self.guess:.4g}" + (f", {self.sure:.0%} sure" if self.sure is not None else "")
        if self.value is None:
            return text
        return f"{text}; it is {self.value:.4g}, " + ("within" if self.hit else "not within") + f" ± {self.tolerance:.4g}"


_predictions: dict[str, Prediction] = {}


def predict(name: str, *, guess: float | None = None, sure: float | None = None) -> float | None:
    """Keep a guess and how sure you are (between 0 and 1) that it will be near enough; None is no guess."""
    if sure is not None and not 0 <= sure <= 1:
        raise GensqError(f"expected sure between 0 and 1, got {sure}; write 0.7 for 70 %")
    made = _predictions[name] = Prediction(name, guess, sure)
    Box("note", str(made), record={"prediction": name, "guess": guess, "sure": sure}).show()
    return guess


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
    verdict = "Calibration: no guess with a sureness yet"
    if judged:
        hits = sum(p.hit for p in judged) / len(judged)
        sure = sum(p.sure for p in judged) / len(judged)
        brier = sum((p.sure - p.hit) ** 2 for p in judged) / len(judged)
        entry |= {"hits": hits, "sure": sure, "brier": brier}
        verdict = (f"Calibration: {hits:.0%} of {len(judged)} guesses were near enough, you were {sure:.0%} sure "
                   f"on average (Brier score {brier:.2f}; 0 is best, always 50 % sure gives 0.25)")
    Box("note", verdict, tuple(str(p) for p in _predictions.values()), record=entry).show()


def forget_predictions() -> None:
    """Start again."""
    _predictions.clear()
