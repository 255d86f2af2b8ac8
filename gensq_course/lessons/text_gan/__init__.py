"""The exercises of lesson 15: the loss of REINFORCE, what it is fed with, and the straight-through choice."""
from gensq_course.checks.registry import register
from gensq_course.lessons.text_gan.baseline import BASELINE
from gensq_course.lessons.text_gan.loss import LOSS
from gensq_course.lessons.text_gan.rewards import PREFIX, TO_GO
from gensq_course.lessons.text_gan.straight import STRAIGHT

register(LOSS, TO_GO, BASELINE, STRAIGHT, PREFIX)
