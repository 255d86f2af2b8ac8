"""The exercises of lesson 23: an estimate of the bound, the exact likelihood by sets, the price of two words at once."""
from gensq_course.checks.registry import register
from gensq_course.lessons.masked_diffusion.likelihoods import ESTIMATE, RECURSION
from gensq_course.lessons.masked_diffusion.together import PRICE

register(ESTIMATE, RECURSION, PRICE)
