"""The exercises of lesson 02: KL of Gaussians and of categoricals, its Monte Carlo error, its unit, a museum of bugs."""
from gensq_lib.checks.kl.between import BETWEEN
from gensq_lib.checks.kl.categorical import CATEGORICAL
from gensq_lib.checks.kl.errors import ERRORS
from gensq_lib.checks.kl.museum import BUGS
from gensq_lib.checks.kl.tokens import TOKENS
from gensq_lib.checks.registry import register

register(BETWEEN, ERRORS, CATEGORICAL, TOKENS, BUGS)
