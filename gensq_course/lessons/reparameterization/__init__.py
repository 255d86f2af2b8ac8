"""The exercises of lesson 03: gradient estimates of a continuous and a discrete z, and a baseline."""
from gensq_course.checks.registry import register
from gensq_course.lessons.reparameterization.checks import BASELINE, PATH, SCORE
from gensq_course.lessons.reparameterization.discrete import DISCRETE

register(SCORE, BASELINE, PATH, DISCRETE)
