"""The exercises of lesson 08: free bits, batch-normalised means, a bag of words, a verdict, cures at equal rate."""
from gensq_course.checks.registry import register
from gensq_course.lessons.curing_collapse.bag import BAG
from gensq_course.lessons.curing_collapse.rates import FREE_BITS, NORMALISED
from gensq_course.lessons.curing_collapse.verdict import VERDICT
from gensq_course.lessons.curing_collapse.waste import WASTE

register(FREE_BITS, NORMALISED, BAG, VERDICT, WASTE)
