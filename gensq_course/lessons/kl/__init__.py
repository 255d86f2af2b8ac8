"""The exercises of lesson 02: KL of Gaussians and of categoricals, its Monte Carlo error, its unit, a museum of bugs."""
from gensq_course.checks.registry import register
from gensq_course.lessons.kl.between import BETWEEN
from gensq_course.lessons.kl.categorical import CATEGORICAL
from gensq_course.lessons.kl.errors import ERRORS
from gensq_course.lessons.kl.museum import BUGS
from gensq_course.lessons.kl.tokens import TOKENS

register(BETWEEN, ERRORS, CATEGORICAL, TOKENS, BUGS)
