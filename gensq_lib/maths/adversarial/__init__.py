"""What adversarial training minimises: losses as a table, penalties on the judge's slope; and rewards of words (`policy`)."""
from gensq_lib.maths.adversarial.losses import (
    LOSSES,
    PENALTIES,
    Loss,
    gradient_penalty,
    loss_named,
    points_between,
    slopes,
    zero_centred,
)
