"""The exercises of lesson 16: looking back at the prompt, copying from it, and two measures where several replies are right."""
from gensq_course.checks.registry import register
from gensq_course.lessons.dialogue_gan.measures import COVERAGE, JUDGE
from gensq_course.lessons.dialogue_gan.prompts import ATTENTION, COPYING

register(ATTENTION, COPYING, COVERAGE, JUDGE)
