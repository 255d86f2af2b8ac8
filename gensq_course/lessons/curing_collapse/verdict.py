"""Exercise of lesson 08: four readings of four made-up models; which of them uses its z?"""
from gensq_course.checks.choices import Choice
from gensq_course.checks.exercises import words

CHARTS = {  # made up for the exercise, each possible: active units of 8, rate, mutual information, shuffled cost, NLL - LM's
    "A": {"active units": 8, "rate": 0.6, "mutual information": 0.1, "cost of a shuffled z": 0.0, "NLL above the LM's": 0.0},
    "B": {"active units": 8, "rate": 3.7, "mutual information": 3.4, "cost of a shuffled z": 10.1, "NLL above the LM's": 0.1},
    "C": {"active units": 8, "rate": 13.0, "mutual information": 5.1, "cost of a shuffled z": 20.0, "NLL above the LM's": 7.0},
    "D": {"active units": 0, "rate": 4.0, "mutual information": 0.0, "cost of a shuffled z": 0.0, "NLL above the LM's": 0.4},
}
ANSWERS = {"A": "empty", "B": "cured", "C": "too dear", "D": "paid for nothing"}


def evidence(letter: str, option: str) -> str:
    if letter == "D" and option == "empty":
        return "Nobody would miss the z of D either, but D pays 4 nats for it, and an empty z pays next to nothing."
    return f"The chart: {', '.join(f'{name} {value}' for name, value in CHARTS[letter].items())}."


VERDICT = Choice(**words(__file__, "verdict"), reference=lambda: dict(ANSWERS), answers=ANSWERS, evidence=evidence)
