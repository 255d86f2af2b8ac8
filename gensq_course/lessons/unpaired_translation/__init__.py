"""The exercises of lesson 17: keys by frequency, their likelihood, expected counts, twins, choosing a restart; the bound for a
side that was never seen, and what an encoder wants of a judge."""
from gensq_course.checks.registry import register
from gensq_course.lessons.unpaired_translation.counting import COUNTS
from gensq_course.lessons.unpaired_translation.keys import BEST, FREQUENCY, SCORE, TWIN
from gensq_course.lessons.unpaired_translation.neural import ENCODER, UNSEEN

register(FREQUENCY, SCORE, COUNTS, TWIN, BEST, UNSEEN, ENCODER)
