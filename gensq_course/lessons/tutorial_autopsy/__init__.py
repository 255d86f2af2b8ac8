"""The exercises of lesson 20: a hunt for mistakes, lines to repair, a round of a game to write."""
from gensq_course.checks.registry import register
from gensq_course.lessons.tutorial_autopsy.hunting import HUNT
from gensq_course.lessons.tutorial_autopsy.repairing import CODES, ELBO, JUDGE, PERPLEXITY, ROUND

register(HUNT, CODES, ELBO, JUDGE, PERPLEXITY, ROUND)
