"""Exercise of lesson 14: five training runs, known by their readings; what was done to each?"""
from gensq_course.checks.choices import Choice

OPTIONS = {
    "healthy": "a healthy run covers the modes, stays there, and its judge is sometimes wrong.",
    "judge not in the optimiser": "a judge that never learns is fooled for good: every fake above every real example.",
    "judge too slow": "a generator that outruns its judge heaps all in one place: few modes, and the mass moves on.",
    "real data frozen": "a generator that was shown the same few points for ever draws those, not fresh ones.",
    "generator not in the optimiser": "gradients would arrive, and not one sample would move.",
}
ANSWERS = {"A": "judge not in the optimiser", "B": "healthy", "C": "judge too slow", "D": "real data frozen",
           "E": "generator not in the optimiser"}

WARD = Choice(
    name="diagnoses", reference=lambda: dict(ANSWERS), answers=ANSWERS, mistakes=OPTIONS,
    hints=(
        "In one run nothing moves, in one the judge is wrong about every pair: who is missing from the optimiser?",
        "Where the mass changes modes again and again, the generator outruns a judge that does learn.",
        "Of the two that are left, one draws the first real points again and again; a fair share is .5.",
    ),
    praise="Not one of these diagnoses was made from a loss curve.",
)
