"""The exercises of lesson 18: EASE in closed form, nDCG with ties, a place among drawn items."""
from gensq_course.checks.registry import register
from gensq_course.lessons.topics_and_tastes.tastes import EASE, NDCG, SAMPLED

register(EASE, NDCG, SAMPLED)
