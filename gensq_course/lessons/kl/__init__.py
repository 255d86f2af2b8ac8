"""The exercises of lesson 02: KLs of Gaussians and words, their error and unit, mean field, k3 repaired, a museum of bugs."""
from gensq_course.checks.registry import register
from gensq_course.lessons.kl.balanced import DRAWS
from gensq_course.lessons.kl.between import BETWEEN
from gensq_course.lessons.kl.categorical import CATEGORICAL
from gensq_course.lessons.kl.errors import ERRORS
from gensq_course.lessons.kl.mean_field import FIELD
from gensq_course.lessons.kl.museum import BUGS
from gensq_course.lessons.kl.tokens import TOKENS

register(BETWEEN, ERRORS, FIELD, CATEGORICAL, TOKENS, DRAWS, BUGS)
