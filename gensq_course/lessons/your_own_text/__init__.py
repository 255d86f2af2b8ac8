"""The exercises of lesson 21: how alike sentences are, what belongs in one part, a two-sample test."""
from gensq_course.checks.registry import register
from gensq_course.lessons.your_own_text.splitting import RESEMBLANCE, TOGETHER
from gensq_course.lessons.your_own_text.testing import PERMUTATION

register(RESEMBLANCE, TOGETHER, PERMUTATION)
