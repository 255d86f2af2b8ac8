"""Exercise of lesson 02: a museum of wrong KLs. Each exhibit is what a bug makes of one input; which bug was it?"""
import torch
from torch import Tensor

from gensq_course.checks.answers import shown
from gensq_course.checks.choices import Choice
from gensq_course.checks.exercises import COMMON
from gensq_course.lessons.text_vae.kl import KL

MEAN = torch.tensor([[1.5, 0.0, -0.5], [0.0, 2.0, 1.0]])
LOG_VAR = torch.tensor([[-1.0, -0.5, 0.5], [0.0, -2.0, -1.0]])
OPTIONS = {
    "half": "without the factor 1/2 the number is twice as large, which a turned sign or a sum does not explain.",
    "mean over latent": "a mean over three dimensions would be a third.",
    "minus one": "without the - 1 each of three dimensions would be 1/2 too large.",
    "sigma": "log_var taken for sigma would make the second sentence infinite, because there log_var is 0.",
    "log sigma": "log_var taken for log sigma would double all logarithms of widths.",
    "reverse": "the other direction is dominated by the narrow dimensions.",
    "batch mean": "a mean over the batch leaves one number.",
    "sign": "a turned sign makes all negative, and changes no digit.",
    "bits": "bits are nats over log 2: 1.44 times as large.",
    "no exp": "a variance without its exp cancels the log_var: only the means count.",
}
ANSWERS = {"A": "mean over latent", "B": "log sigma", "C": "minus one", "D": "reverse", "E": "bits", "F": "no exp"}


def exhibit(bug: str) -> Tensor:
    """What the bug makes of the museum's input: nats per sentence, as it says."""
    return KL.with_mistakes([bug] if bug else [], (MEAN, LOG_VAR))


def described() -> dict[str, str]:
    """What each bug is, in words."""
    return {bug: (COMMON | KL.mistakes)[bug] for bug in OPTIONS}


def museum() -> dict[str, Tensor]:
    """The exhibits by letter."""
    return {letter: exhibit(bug) for letter, bug in ANSWERS.items()}


def evidence(letter: str, option: str) -> str:
    return f"It would show {shown(exhibit(option))}; the exhibit shows {shown(exhibit(ANSWERS[letter]))}."


BUGS = Choice(
    name="name_the_bugs", reference=lambda: dict(ANSWERS), answers=ANSWERS, mistakes=OPTIONS, evidence=evidence,
    hints=(
        "Divide each exhibit by the right numbers. A constant factor, the same for both sentences, names three suspects.",
        "Subtract: a constant difference of k/2 with k dimensions is the forgotten - 1.",
        "Two exhibits are left: compute KL(p || q), and the formula with 2 log_var in place of log_var.",
    ),
    praise="Factor, difference, direction: most wrong KLs can be told from two numbers and a pencil.",
)
