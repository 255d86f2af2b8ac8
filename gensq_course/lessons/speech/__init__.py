"""The exercises of lesson 13: bands of the ear, a distance of spectra, a likelihood, Bayes with bounds, expected word errors."""
from gensq_course.checks.registry import register
from gensq_course.lessons.speech.judging import ERRORS, LIKELIHOOD, POSTERIOR
from gensq_course.lessons.speech.spectra import BANK, DISTANCE

register(BANK, DISTANCE, LIKELIHOOD, POSTERIOR, ERRORS)
