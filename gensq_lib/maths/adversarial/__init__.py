"""What adversarial training minimises: losses as a table, penalties on the judge's slope."""
from gensq_lib.maths.adversarial.losses import LOSSES, Loss, log_ratio, named
from gensq_lib.maths.adversarial.penalties import PENALTIES, between, gradient_penalty, slopes, zero_centred

__all__ = ["LOSSES", "PENALTIES", "Loss", "between", "gradient_penalty", "log_ratio", "named", "slopes", "zero_centred"]
