"""The exercises of lesson 16: looking back at the prompt, copying from it, two measures where several replies are right, and
what a judge's opinion is worth: beside other replies to the same prompt, and when one of them is drawn again."""
from gensq_course.checks.registry import register
from gensq_course.lessons.dialogue_gan.adversary import AGAIN, BESIDE
from gensq_course.lessons.dialogue_gan.measures import COVERAGE, JUDGE
from gensq_course.lessons.dialogue_gan.prompts import ATTENTION, COPYING

register(ATTENTION, COPYING, COVERAGE, JUDGE, BESIDE, AGAIN)
