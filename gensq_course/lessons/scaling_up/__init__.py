"""The exercises of lesson 22: log p by head and tail, log p among drawn words, losses of several processes."""
from gensq_course.checks.registry import register
from gensq_course.lessons.scaling_up.outputs import ADAPTIVE, SAMPLED
from gensq_course.lessons.scaling_up.ranks import RANKS

register(ADAPTIVE, SAMPLED, RANKS)
