"""The exercises of lesson 01: log p(x) by summing over z, the posterior, the ELBO, EM, and a derivation with a wrong line."""
from gensq_course.checks.registry import register
from gensq_course.lessons.elbo.bound import BOUND
from gensq_course.lessons.elbo.em import STEP
from gensq_course.lessons.elbo.lines import LINE
from gensq_course.lessons.elbo.marginal import MARGINAL
from gensq_course.lessons.elbo.posterior import POSTERIOR

register(MARGINAL, POSTERIOR, BOUND, STEP, LINE)
