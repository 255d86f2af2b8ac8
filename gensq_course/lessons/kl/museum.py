"""Exercise of lesson 02: a museum of wrong KLs. Each exhibit is what a bug makes of one input; which bug was it?"""
import torch
from torch import Tensor

from gensq_course.checks.answers import shown
from gensq_course.checks.choices import Choice
from gensq_course.checks.exercises import COMMON, words
from gensq_course.lessons.text_vae.nats import KL

MEAN = torch.tensor([[1.5, 0.0, -0.5], [0.0, 2.0, 1.0]])
LOG_VAR = torch.tensor([[-1.0, -0.5, 0.5], [0.0, -2.0, -1.0]])
ANSWERS = {"A": "mean over latent", "B": "log sigma", "C": "minus one", "D": "reverse", "E": "bits", "F": "no exp"}


def exhibit(bug: str) -> Tensor:
    """What the bug makes of the museum's input: nats per sentence, as it says."""
    return KL.with_mistakes([bug] if bug else [], (MEAN, LOG_VAR))


def described() -> dict[str, str]:
    """What each bug is, in words."""
    return {bug: (COMMON | KL.mistakes)[bug] for bug in BUGS.mistakes}


def museum() -> dict[str, Tensor]:
    """The exhibits by letter."""
    return {letter: exhibit(bug) for letter, bug in ANSWERS.items()}


def evidence(letter: str, option: str) -> str:
    return f"It would show {shown(exhibit(option))}; the exhibit shows {shown(exhibit(ANSWERS[letter]))}."


BUGS = Choice(**words(__file__, "name_the_bugs"), reference=lambda: dict(ANSWERS), answers=ANSWERS, evidence=evidence)
