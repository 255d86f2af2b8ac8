"""The exercises of lesson 10: naive Bayes by hand, a calibration error, M2's bound with the label summed out, its objective."""
from gensq_course.checks.registry import register
from gensq_course.lessons.understanding.bounds import OBJECTIVE, SUMMED_OUT
from gensq_course.lessons.understanding.judging import CALIBRATION, NAIVE_BAYES

register(NAIVE_BAYES, CALIBRATION, SUMMED_OUT, OBJECTIVE)
