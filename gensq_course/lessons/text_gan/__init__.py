"""The exercises of lesson 15: the loss of REINFORCE, what it is fed with, the straight-through choice; leash and preferences."""
from gensq_course.checks.registry import register
from gensq_course.lessons.text_gan.gradients import LOSS, STRAIGHT
from gensq_course.lessons.text_gan.leash import LEASHED, PREFERENCE
from gensq_course.lessons.text_gan.rewards import BASELINE, PREFIX, TO_GO

register(LOSS, TO_GO, BASELINE, STRAIGHT, PREFIX, LEASHED, PREFERENCE)
