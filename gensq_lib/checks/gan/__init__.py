"""The exercises of lesson 14: what both players pay, the best discriminator, a penalty on slopes, modes, five patients."""
from gensq_lib.checks.gan.losses import LOSSES
from gensq_lib.checks.gan.modes import MODES
from gensq_lib.checks.gan.optimal import OPTIMAL
from gensq_lib.checks.gan.penalty import PENALTY
from gensq_lib.checks.gan.ward import WARD
from gensq_lib.checks.registry import register

register(LOSSES, OPTIMAL, PENALTY, MODES, WARD)
