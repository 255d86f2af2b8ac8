"""The exercises of lesson 08: the price with free bits, batch-normalised means, a bag of words, and a verdict on cures."""
from gensq_course.checks.registry import register
from gensq_course.lessons.curing_collapse.bag import BAG
from gensq_course.lessons.curing_collapse.batch_norm import NORMALISED
from gensq_course.lessons.curing_collapse.free_bits import FREE_BITS
from gensq_course.lessons.curing_collapse.verdict import VERDICT

register(FREE_BITS, NORMALISED, BAG, VERDICT)
