"""The exercises of lesson 14: what both players pay, the best judge, a penalty on slopes, the smallest game, modes, patients."""
from gensq_course.checks.registry import register
from gensq_course.lessons.gan.losses import LOSSES
from gensq_course.lessons.gan.modes import MODES
from gensq_course.lessons.gan.optimal import OPTIMAL
from gensq_course.lessons.gan.orbit import ORBIT
from gensq_course.lessons.gan.penalty import PENALTY
from gensq_course.lessons.gan.ward import WARD

register(LOSSES, OPTIMAL, PENALTY, ORBIT, MODES, WARD)
