"""The exercises of lesson 11: a score that has not seen the answer, minimum Bayes risk, a noisy channel, a paired bootstrap."""
from gensq_course.checks.registry import register
from gensq_course.lessons.translation.choosing import CHANNEL, UTILITY
from gensq_course.lessons.translation.scoring import PRIOR, WON

register(PRIOR, UTILITY, CHANNEL, WON)
