"""The exercises of lesson 15: the loss of REINFORCE, what it is fed with, and the straight-through choice."""
from gensq_course.checks.registry import register
from gensq_course.lessons.text_gan.gradients import LOSS, STRAIGHT
from gensq_course.lessons.text_gan.rewards import BASELINE, PREFIX, TO_GO

register(LOSS, TO_GO, BASELINE, STRAIGHT, PREFIX)
