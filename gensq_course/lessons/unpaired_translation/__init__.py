"""The exercises of lesson 17: keys by frequency, their likelihood, expected counts, twins, choosing a restart."""
from gensq_course.checks.registry import register
from gensq_course.lessons.unpaired_translation.counting import COUNTS
from gensq_course.lessons.unpaired_translation.keys import BEST, FREQUENCY, SCORE, TWIN

register(FREQUENCY, SCORE, COUNTS, TWIN, BEST)
