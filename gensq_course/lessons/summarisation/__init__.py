"""The exercises of lesson 12: a loss with copies, a bound for compressions, ROUGE-L, wrong facts, coverage."""
from gensq_course.checks.registry import register
from gensq_course.lessons.summarisation.scoring import COVERAGE, ROUGE, WRONG
from gensq_course.lessons.summarisation.writing import BOUND, COPY

register(COPY, ROUGE, WRONG, COVERAGE, BOUND)
