"""The exercises of lesson 01: log p(x) by summing over z, the posterior, the ELBO, and a derivation with a wrong line."""
from gensq_lib.checks.elbo.bound import BOUND
from gensq_lib.checks.elbo.lines import LINE
from gensq_lib.checks.elbo.marginal import MARGINAL
from gensq_lib.checks.elbo.posterior import POSTERIOR
from gensq_lib.checks.registry import register

register(MARGINAL, POSTERIOR, BOUND, LINE)
