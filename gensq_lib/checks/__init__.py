"""Checks of exercises that name the mistake, hints, quiz questions, and predictions with their calibration.

    kl_to_prior = checks.kl_to_prior(kl_to_prior)   # yours when right, else the reference
    checks.hint("kl_to_prior")                      # one hint more each time
    checks.quiz("06_text_vae")                      # questions; widgets.quiz makes them clickable
    guess = checks.predict("kl", guess=5.0, sure=0.7)

To add an exercise, write one entry in the module of its lesson; a new lesson is one import line here.
"""
from collections.abc import Callable
from functools import partial

from gensq_lib.checks import curing as curing
from gensq_lib.checks import dense_vae as dense_vae
from gensq_lib.checks import dialogue as dialogue
from gensq_lib.checks import elbo as elbo
from gensq_lib.checks import gan as gan
from gensq_lib.checks import kl as kl
from gensq_lib.checks import language_models as language_models
from gensq_lib.checks import latent_space as latent_space
from gensq_lib.checks import posterior_collapse as posterior_collapse
from gensq_lib.checks import reparameterization as reparameterization
from gensq_lib.checks import start as start
from gensq_lib.checks import text_gan as text_gan
from gensq_lib.checks import text_vae as text_vae
from gensq_lib.checks.predictions import calibration, outcome, predict
from gensq_lib.checks.questions import advice, quiz
from gensq_lib.checks.registry import EXERCISES, check, hint
from gensq_lib.errors import nearest

__all__ = ["advice", "calibration", "hint", "outcome", "predict", "quiz"]


def __getattr__(name: str) -> Callable:
    """`checks.<name>` for every registered exercise."""
    if name in EXERCISES:
        return partial(check, name)
    raise AttributeError(f'gensq_lib.checks has no exercise "{name}"{nearest(name, EXERCISES)}')


def __dir__() -> list[str]:
    return [*__all__, *EXERCISES]
