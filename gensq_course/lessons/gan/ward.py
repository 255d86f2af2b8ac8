"""Exercise of lesson 14: five training runs, known by their readings; what was done to each?"""
from gensq_course.checks.choices import Choice
from gensq_course.checks.exercises import words

ANSWERS = {"A": "judge not in the optimiser", "B": "healthy", "C": "judge too slow", "D": "real data frozen",
           "E": "generator not in the optimiser"}

WARD = Choice(**words(__file__, "diagnoses"), reference=lambda: dict(ANSWERS), answers=ANSWERS)
