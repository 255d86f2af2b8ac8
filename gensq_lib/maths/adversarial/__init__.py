"""What adversarial training minimises: losses as a table, penalties on the judge's slope."""
from gensq_lib.maths.adversarial.losses import LOSSES, Loss, log_ratio, loss_named
from gensq_lib.maths.adversarial.penalties import PENALTIES, gradient_penalty, points_between, slopes, zero_centred

__all__ = ["LOSSES", "PENALTIES", "Loss", "gradient_penalty", "log_ratio", "loss_named", "points_between", "slopes",
           "zero_centred"]
