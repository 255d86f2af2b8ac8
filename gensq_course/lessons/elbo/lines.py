"""Exercise of lesson 01: a derivation in seven lines, of which one is wrong."""
from gensq_course.checks.choices import Choice
from gensq_course.checks.exercises import words

LINE = Choice(**words(__file__, "wrong_line"), reference=lambda: 5, answers={"": "5"})
