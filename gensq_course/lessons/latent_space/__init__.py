"""The exercises of lesson 09: a turn between two codes, what a table of counts tells, a direction from labels, its repair."""
from gensq_course.checks.registry import register
from gensq_course.lessons.latent_space.information import INFORMATION
from gensq_course.lessons.latent_space.moves import DIRECTION, REPAIR, TURN

register(TURN, INFORMATION, DIRECTION, REPAIR)
