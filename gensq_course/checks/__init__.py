"""Checks of exercises that name the mistake, hints, quiz questions, and predictions with their calibration.

    kl_to_prior = checks.kl_to_prior(kl_to_prior)   # yours when right, else the reference
    checks.hint("kl_to_prior")                      # one hint more each time
    checks.quiz("06_text_vae")                      # questions; widgets.quiz makes them clickable
    guess = checks.predict("kl", guess=5.0, sure=0.7)

An exercise is one entry in the folder of its lesson, gensq_course/lessons/NOUN; `report.begin` loads that folder.
"""
from collections.abc import Callable
from functools import partial

from gensq_course.checks.predictions import calibration, outcome, predict
from gensq_course.checks.questions import advice, quiz
from gensq_course.checks.registry import EXERCISES, check, hint
from gensq_lib.ground.errors import nearest

__all__ = ["advice", "calibration", "hint", "outcome", "predict", "quiz"]


def __getattr__(name: str) -> Callable:
    """`checks.<name>` for every registered exercise."""
    if name in EXERCISES:
        return partial(check, name)
    raise AttributeError(f'gensq_course.checks has no exercise "{name}"{nearest(name, EXERCISES)}')


def __dir__() -> list[str]:
    return [*__all__, *EXERCISES]
